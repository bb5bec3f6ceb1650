"""A message that only says something: a confirmation, a sample's note, a reminder, a dead channel."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.page import rendered
from alerts.plain import footer
from alerts.told import SUBJECT_AT_MOST, Message, Row
from alerts.why import severity_word, unsubscribe_page, why
from alerts.words import clean, safe_link, short
from store.subscriptions import Subscription
from store.values import Severity


def notice_message(
    subject: str,
    lines: Sequence[str],
    subscription: Subscription,
    base_url: str | None = None,
    *,
    severity: Severity = Severity.INFO,
    links: Sequence[Row] = (),
    because: str | None = None,
) -> Message:
    """A message of a heading, paragraphs and links, to one subscription.

    subject: the heading, and the subject of a mail; say "[critical] ..." in it yourself where that matters. lines: one
    paragraph each. links: (label, address); what is no web address is left out. because: why the reader gets it, where
    that is not the subscription's own wish.
    """
    said, heading = tuple(clean(line) for line in lines), short(clean(subject), SUBJECT_AT_MOST)
    shown = tuple((clean(label), link) for label, address in links if (link := safe_link(address)))
    reason, unsubscribe = because or why(subscription), unsubscribe_page(subscription, base_url)
    text = [heading, "", *_apart(said), *(f"{label}: {address}" for label, address in shown)]
    parts: dict[str, object] = {"subject": heading, "lines": said, "links": shown, "severity": severity}
    parts |= {"severity_word": severity_word(severity), "why": reason, "unsubscribe": unsubscribe}
    return Message(
        subject=heading,
        first_line=heading,
        severity=severity,
        text="\n".join([*text, *footer(reason, unsubscribe)]) + "\n",
        html=rendered("notice.html", parts),
        findings=said,
        links=shown,
        link=shown[0][1] if shown else None,
        why=reason,
        ending=subscription.secret,
        unsubscribe=unsubscribe,
        subscription=subscription.id,
    )


def _apart(paragraphs: Sequence[str]) -> list[str]:
    return [line for paragraph in paragraphs for line in (paragraph, "")]
