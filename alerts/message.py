"""What a reader is told of one change: the sentence, both texts, the evidence, as text and as HTML."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from alerts.keys import thread_key
from alerts.matching import concerns, severity_for
from alerts.page import rendered
from alerts.sentence import finding_line, first_line, what_changed
from alerts.sides import Piece, SideBySide, side_by_side
from alerts.words import clean, counted, instant, safe_link, short
from store.subscriptions import Filters, Subscription
from store.values import Severity
from store.views import ChangeTexts, ChangeView, Evidence

SUBJECT_AT_MOST = 150
_FINDINGS_AT_MOST = 60

Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Message:
    """Ready for any channel. Every text is one clean line except text and html; html is escaped already.

    facts, evidence: (label, value). thread: stable id shared by messages that belong together.
    ending: the secret that ends the subscription; unsubscribe: the page where one does that, None without one.
    """

    subject: str
    first_line: str
    severity: Severity
    facts: tuple[Row, ...]
    findings: tuple[str, ...]
    sides: tuple[SideBySide, ...]
    more_sides: int
    evidence: tuple[Row, ...]
    reasons: tuple[str, ...]
    source: str
    url: str | None
    link: str | None
    thread: str
    why: str
    ending: str
    unsubscribe: str | None
    text: str
    html: str


def change_message(texts: ChangeTexts, subscription: Subscription, base_url: str | None = None) -> Message:
    """The message for one change to one subscription; what the subscription asked for comes first.

    base_url: where Tocsin's pages are, such as "https://tocsin.example.org"; without it there are no links to them.
    """
    change = texts.change
    mine = concerns(subscription.filters, change) or change.findings
    shown_first = {id(one) for one in mine}
    ordered = (*mine, *(one for one in change.findings if id(one) not in shown_first))
    severity = severity_for(subscription.filters, change, mine)
    sides, more_sides = side_by_side(texts, ordered)
    lines = [finding_line(change, one) for one in ordered[:_FINDINGS_AT_MOST]]
    if len(ordered) > len(lines):
        lines.append(f"and {counted(len(ordered) - len(lines), 'further finding')}")
    draft = Message(
        subject=short(f"[{severity}] {what_changed(change, mine)}", SUBJECT_AT_MOST),
        first_line=first_line(change, mine),
        severity=severity,
        facts=_facts(change, severity),
        findings=tuple(lines),
        sides=sides,
        more_sides=more_sides,
        evidence=(*_evidence("Before", change.before), *_evidence("After", change.after)),
        reasons=tuple(clean(reason) for reason in change.reasons),
        source=clean(change.title),
        url=safe_link(change.url),
        link=page(base_url, f"changes/{change.address}"),
        thread=thread_key(subscription.secret, change.source),
        why=why(subscription),
        ending=subscription.secret,
        unsubscribe=page(base_url, f"unsubscribe/{subscription.secret}"),
        text="",
        html="",
    )
    shown = {one.name: getattr(draft, one.name) for one in fields(draft)}
    return replace(draft, text=_plain(draft), html=rendered("change.html", shown))


def page(base_url: str | None, path: str) -> str | None:
    """An address on Tocsin's own site, None when it has none."""
    return f"{base_url.rstrip('/')}/{path}" if base_url else None


def why(subscription: Subscription) -> str:
    """Why the reader gets this: the subscription in words."""
    how = "a weekly digest" if subscription.digest else "changes at once"
    return f"Subscription {subscription.id}: {how}, {filters_in_words(subscription.filters)}."


def filters_in_words(filters: Filters) -> str:
    """ "publishers OpenAI; territories HK, MO; from severity medium", or "everything"."""
    named = (
        ("publishers", filters.publishers),
        ("products", filters.products),
        ("territories", filters.territories),
        ("kinds", filters.kinds),
    )
    parts = [f"{label} {', '.join(values)}" for label, values in named if values]
    if filters.min_severity.rank > Severity.INFO.rank:
        parts.append(f"from severity {filters.min_severity}")
    return clean("; ".join(parts)) or "everything"


def _facts(change: ChangeView, severity: Severity) -> tuple[Row, ...]:
    rows = [
        ("Severity", str(severity)),
        ("Publisher", change.publisher),
        ("Product", change.product),
        ("Source", change.title),
        ("Seen", instant(change.after.captured_at)),
        ("Old text read", instant(change.before.captured_at)),
        ("Confirmed", instant(change.confirmed_at) if change.confirmed_at else None),
        ("Change", change.address),
    ]
    return tuple((label, clean(value)) for label, value in rows if value)


def _evidence(side: str, evidence: Evidence) -> tuple[Row, ...]:
    return (
        (f"{side}: captured", f"{instant(evidence.captured_at)}, HTTP {evidence.status}"),
        (f"{side}: address", clean(evidence.url)),
        (f"{side}: SHA-256", evidence.sha256),
    )


def _plain(message: Message) -> str:
    """The text part, which reads well alone."""
    lines = [message.first_line, ""]
    lines += [f"{label + ':':<15}{value}" for label, value in message.facts]
    lines += ["", "What changed", *(f"- {line}" for line in message.findings)]
    if message.sides:
        lines += ["", "Old and new text ([[ ]] marks what changed)"]
        for number, row in enumerate(message.sides, 1):
            lines += [f"{number}. {row.where}".rstrip(), f"   old: {_marked(row.old)}", f"   new: {_marked(row.new)}"]
    if message.more_sides:
        lines.append(f"   and {counted(message.more_sides, 'further place')}")
    lines += ["", "Evidence", *(f"{label + ':':<19}{value}" for label, value in message.evidence)]
    if message.reasons:
        lines += ["", "Why it was judged so", *(f"- {reason}" for reason in message.reasons)]
    lines += [
        "",
        *(f"{label} {link}" for label, link in (("Page:", message.url), ("This change:", message.link)) if link),
    ]
    return "\n".join([*lines, *footer(message.why, message.unsubscribe)]) + "\n"


def footer(why_sent: str, unsubscribe: str | None) -> list[str]:
    """The last lines of a text part, behind the signature mark that mail programs know."""
    return ["", "-- ", why_sent, *([f"End it: {unsubscribe}"] if unsubscribe else [])]


def _marked(pieces: tuple[Piece, ...]) -> str:
    """One side in plain text."""
    return "".join(f"[[{one.text}]]" if one.marked else one.text for one in pieces).strip() or "(nothing)"
