"""What would a message look like? One through the real channel, made from a typical change, and marked as a sample."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape

from alerts.keys import delivery_key, thread_key
from alerts.language import _
from alerts.matching import wants
from alerts.message import SUBJECT_AT_MOST, Message, changes_message
from alerts.why import unsubscribe_page
from alerts.words import short
from store import deliveries, history
from store.deliveries import Claim
from store.subscriptions import Filters, Session, Subscription
from store.values import (
    Finding,
    FindingKind,
    Passage,
    PassageKind,
    Polarity,
    Purpose,
    Severity,
    SourceKind,
    Span,
)
from store.views import ChangeFilter, ChangeTexts, ChangeView, Evidence

_LOOKED_AT = 200  # newest changes among which a typical one is looked for
_BODY = re.compile(r"<body[^>]*>", re.IGNORECASE)
_SAID = "Antarctica"  # a place that everybody knows and nobody does business in


def send_sample(session: Session, subscription: Subscription, now: datetime) -> int:
    """Puts a sample into the outbox, due now; the number of its delivery."""
    about = typical_change(session, subscription.filters)
    key = delivery_key(subscription.secret, f"sample {now.isoformat()}")
    number = deliveries.insert(session, subscription.id, key, now, purpose=Purpose.SAMPLE, about_id=about)
    if number is None:
        raise ValueError("a sample of this very moment was sent already")
    return number


def typical_change(session: Session, filters: Filters) -> int | None:
    """The id of the newest change that this subscription would have been told, else of any told; None without one."""
    newest = history.changes(session, ChangeFilter(held=False), limit=_LOOKED_AT)
    told = [change for change in newest if change.substantive]
    wanted = [change for change in told if wants(filters, change)]
    return (wanted or told)[-1].id if told else None


def sample_message(session: Session, claim: Claim, now: datetime, base_url: str | None) -> Message:
    """The message of the change that the delivery is about, or of a made-up one, marked in every part as a sample."""
    to = claim.subscription
    if claim.about_id:
        return marked(changes_message([history.change_by_id(session, claim.about_id)], to, base_url), to, made=False)
    # No page shows a change that never was, so it links to none but the one that ends the subscription.
    message = changes_message([made_up(claim.created_at)], to, None)
    return replace(marked(message, to, made=True), unsubscribe=unsubscribe_page(to, base_url))


def marked(message: Message, subscription: Subscription, *, made: bool) -> Message:
    """A message that nobody can take for news: subject, first line, both bodies and its data say what it is."""
    if made:
        note = _("This is a sample, made up by Tocsin to try the channel. Nothing has changed.")
    else:
        note = _("This is a sample to try the channel, made from a change that is stored already. It is no news.")
    first_line = _("Sample: {line}").format(line=message.first_line)
    box = f'<p style="padding:12px 16px;margin:0;border:2px dashed #a3201a;font-weight:bold">{escape(note)}</p>'
    return replace(
        message,
        subject=short(_("[sample] {subject}").format(subject=message.subject), SUBJECT_AT_MOST),
        first_line=first_line,
        reasons=(note, *message.reasons),
        findings=(note, *message.findings),
        text=f"{note}\n\n{message.text}",
        html=_BODY.sub(lambda body: body.group() + box, message.html, count=1),
        thread=thread_key(subscription.secret, "sample"),
        told=tuple(replace(one, first_line=first_line, reasons=(note, *one.reasons)) for one in message.told),
    )


def made_up(at: datetime) -> ChangeTexts:
    """A change of a publisher that does not exist, for a database without any."""
    path = ("Supported places",)
    old = tuple(Passage(PassageKind.LIST_ITEM, text, path) for text in ("Here", _SAID, "There"))
    new = (old[0], old[2])
    lost = Finding(
        FindingKind.TERRITORY_REMOVED,
        Severity.HIGH,
        old="listed",
        old_span=Span(1, 0, len(_SAID), _SAID),
        product="Example API",
        territory="AQ",
    )
    seen = at.astimezone(UTC).replace(microsecond=0)
    url = "https://example.com/supported-places"
    change = ChangeView(
        id=0,
        address="0..0",
        source="sample",
        title="Example AI: supported places (sample)",
        publisher="Example AI",
        product="Example API",
        kind=SourceKind.AVAILABILITY,
        polarity=Polarity.ALLOW,
        language="en",
        url=url,
        at=seen,
        severity=Severity.HIGH,
        substantive=True,
        significance=1.0,
        held=None,
        reasons=(),
        findings=(lost,),
        before=Evidence(0, "0" * 64, url, seen - timedelta(hours=1), 200),
        after=Evidence(0, "0" * 64, url, seen, 200),
        confirmed_at=None,
        announced_at=None,
        model=None,
    )
    return ChangeTexts(change, old, new)
