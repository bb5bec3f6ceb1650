"""A digest as a message to one subscription, as text, HTML and JSON."""

from __future__ import annotations

from typing import Any

from alerts.digests.pages import MAIL_ROWS, alone_html, bounded, mail_html
from alerts.digests.proof import document
from alerts.digests.text import short_lines, text_of
from alerts.digests.values import Digest
from alerts.digests.words import first_line
from alerts.keys import thread_key
from alerts.language import _, ngettext
from alerts.payload import digest_data
from alerts.plain import footer
from alerts.told import Message
from alerts.why import filters_in_words, page, unsubscribe_page, why
from alerts.words import figure, short
from store.codec import jsonable
from store.subscriptions import Subscription
from store.values import Severity

DIGEST_THREAD = "digest"
_SUBJECT_AT_MOST = 150
_LINES_AT_MOST = 12  # of the short form; the page has the rest


def digest_message(digest: Digest, subscription: Subscription, base_url: str | None = None) -> Message:
    """The message that brings a digest to one subscription. link: its page, by the secret that only reads."""
    whole = document(digest, base_url)
    link = page(base_url, f"digest/{subscription.feed_secret}/{digest.period}")
    link = link if subscription.feed_secret else page(base_url, f"digest/{digest.period}")
    reason, unsubscribe = why(subscription), unsubscribe_page(subscription, base_url)
    subject = _subject(digest)
    daily = subscription.digest == "daily"
    return Message(
        subject=subject,
        first_line=whole.first_line,
        severity=max((one.severity for one in digest.changes), key=lambda one: one.rank, default=Severity.INFO),
        facts=(*whole.facts, *_counts(digest)),
        findings=short_lines(whole, _LINES_AT_MOST),
        source=_("Daily digest") if daily else _("Weekly digest"),
        link=link,
        thread=thread_key(subscription.secret, DIGEST_THREAD),
        why=reason,
        ending=subscription.secret,
        unsubscribe=unsubscribe,
        subscription=subscription.id,
        data=digest_data(digest_json(digest)),
        text=text_of(bounded(whole, 10 * MAIL_ROWS)) + "\n".join(footer(reason, unsubscribe)) + "\n",
        html=mail_html(whole, subject, reason, unsubscribe, link),
    )


def digest_text(digest: Digest, base_url: str | None = None) -> str:
    return text_of(document(digest, base_url))


def digest_html(digest: Digest, base_url: str | None = None) -> str:
    """The digest as a document of its own, for nobody in particular."""
    return alone_html(document(digest, base_url), _subject(digest), about(digest))


def digest_json(digest: Digest) -> dict[str, Any]:
    """The digest as plain lists, dicts, strings and numbers; instants in ISO 8601."""
    found: dict[str, Any] = jsonable(digest)
    return found | {"first_line": first_line(digest), "verified": digest.verified}


def about(digest: Digest) -> str:
    """Whose digest it is: what it was asked for."""
    return _("Digest of {wanted}.").format(wanted=filters_in_words(digest.filters))


def _subject(digest: Digest) -> str:
    said = _("Tocsin digest {period}: {first_line}").format(period=digest.period, first_line=first_line(digest))
    return short(said, _SUBJECT_AT_MOST)


def _counts(digest: Digest) -> tuple[tuple[str, str], ...]:
    """What the short form says of the sections that it leaves out."""
    near = sum(len(stretch.dates) for stretch in digest.ahead if stretch.within <= 30)
    turned = len(digest.turns)
    rows = (
        (_("Decisions"), ngettext("{n} waits", "{n} wait", len(digest.decisions)), len(digest.decisions)),
        (_("Corrections"), ngettext("{n} item", "{n} items", turned), turned),
        (_("Dates"), ngettext("{n} within 30 days", "{n} within 30 days", near), near),
        (_("Stories"), ngettext("{n} story", "{n} stories", len(digest.stories)), len(digest.stories)),
    )
    return tuple((label, said.format(n=figure(count))) for label, said, count in rows if count)
