"""What a reader is told of one change or of several: the sentence, both texts, the evidence, as text and as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

from alerts.language import _, ngettext
from alerts.matching import affected, concerns, severity_for
from alerts.notice import notice_message
from alerts.page import rendered
from alerts.payload import changes_data
from alerts.plain import affected_line, also_line, changes_text, footer, more_changes, more_places
from alerts.sentence import finding_line, first_line, what_changed
from alerts.sides import side_by_side
from alerts.told import SUBJECT_AT_MOST, Message, Row, ToldChange
from alerts.why import filters_in_words, page, severity_word, unsubscribe_page, why
from alerts.words import clean, figure, instant, safe_link, short
from store.subscriptions import Filters, Subscription
from store.values import Finding, Severity
from store.views import ChangeTexts, ChangeView, Evidence

__all__ = [
    "SUBJECT_AT_MOST",
    "Message",
    "Row",
    "ToldChange",
    "changes_message",
    "filters_in_words",
    "footer",
    "notice_message",
    "page",
    "why",
]

IN_FULL = 20  # changes told in full; more in one message nobody reads, and every channel has a limit
_NAMED = 200  # changes that get a sentence
_FINDINGS_AT_MOST, _FINDINGS_AT_LEAST = 60, 6  # of one change: where it has the message alone, and where 20 share it
_FACT_AT_MOST = 300  # signs of a value that a page chose, such as a title
_ADDRESS_AT_MOST = 2000
_REASON_AT_MOST, _REASONS_AT_MOST = 160, 30
_ROWS_AT_MOST = 30  # of old and new text, over all changes


def changes_message(texts: Sequence[ChangeTexts], subscription: Subscription, base_url: str | None = None) -> Message:
    """The message for one change or several to one subscription; the gravest first, and what was asked for first.

    base_url: where Tocsin's pages are, such as "https://tocsin.example.org"; without it there are no links to them.
    Raises ValueError without a change.
    """
    if not texts:
        raise ValueError("a message about changes needs at least one change")
    ordered = _gravest_first(texts, subscription.filters)
    in_full = ordered[:IN_FULL]
    told = tuple(told_change(one, subscription, base_url, len(in_full)) for one in in_full)
    draft = _draft(ordered, told, subscription, base_url)
    left = len(ordered) - len(told)
    shown = {one.name: getattr(draft, one.name) for one in fields(draft)}
    shown |= {"left": left, "severity_word": severity_word, "more_changes": more_changes, "more_places": more_places}
    shown |= {"affected_line": affected_line, "also_line": also_line}
    template = "change.html" if len(told) == 1 else "changes.html"
    return replace(draft, text=changes_text(draft, left), html=rendered(template, shown))


def told_change(
    texts: ChangeTexts, subscription: Subscription, base_url: str | None = None, share: int = 1
) -> ToldChange:
    """One change for one subscription. share: how many changes share the message, and with it the room."""
    change, filters = texts.change, subscription.filters
    mine = _mine(filters, change)
    shown_first = {id(one) for one in mine}
    ordered = (*mine, *(one for one in change.findings if id(one) not in shown_first))
    severity = severity_for(filters, change, mine)
    sides, more_sides = side_by_side(texts, ordered)
    rows, lines = max(1, _ROWS_AT_MOST // share), max(_FINDINGS_AT_LEAST, _FINDINGS_AT_MOST // share)
    return ToldChange(
        address=change.address,
        sentence=what_changed(change, mine),
        first_line=first_line(change, mine),
        severity=severity,
        facts=_facts(change, severity),
        findings=_finding_lines(change, ordered, lines),
        sides=sides[:rows],
        more_sides=more_sides + max(0, len(sides) - rows),
        evidence=(*_evidence_before(change.before), *_evidence_after(change.after)),
        reasons=tuple(short(clean(reason), _REASON_AT_MOST) for reason in change.reasons[:_REASONS_AT_MOST]),
        source=short(clean(change.title), _FACT_AT_MOST),
        url=safe_link(change.url) if len(change.url) <= _ADDRESS_AT_MOST else None,
        link=page(base_url, f"changes/{change.address}"),
        review=page(base_url, f"subscriptions/{subscription.secret}/changes/{change.address}"),
        affected=affected(filters, change, mine),
        also=tuple(short(clean(title), _FACT_AT_MOST) for title in texts.also),
    )


def _draft(
    ordered: Sequence[ChangeTexts], told: tuple[ToldChange, ...], subscription: Subscription, base_url: str | None
) -> Message:
    """The message but for its two bodies."""
    first, more = told[0], len(ordered) - 1
    return Message(
        subject=_subject(first, more),
        first_line=first.first_line if not more else _and_more(first.sentence, more),
        severity=first.severity,
        text="",
        html="",
        facts=first.facts if not more else _facts_of_several(ordered, told),
        findings=first.findings if not more else _sentences(ordered, told, subscription.filters),
        sides=() if more else first.sides,
        more_sides=0 if more else first.more_sides,
        evidence=() if more else first.evidence,
        reasons=() if more else first.reasons,
        source=first.source,
        url=None if more else first.url,
        link=page(base_url, "changes") if more else first.link,
        why=why(subscription),
        ending=subscription.secret,
        unsubscribe=unsubscribe_page(subscription, base_url),
        told=told,
        changes=tuple(one.change.address for one in ordered),
        subscription=subscription.id,
        data=changes_data(ordered, told),
    )


def _subject(first: ToldChange, more: int) -> str:
    """The gravest change, and how many more: that number is never what is cut away."""
    grave = f"[{severity_word(first.severity)}] "
    longest = SUBJECT_AT_MOST - len(grave) - (len(_and_more("", more)) if more else 0)
    sentence = short(first.sentence, longest)
    return grave + (_and_more(sentence, more) if more else sentence)


def _and_more(sentence: str, more: int) -> str:
    said = ngettext("{sentence}, and {n} more change", "{sentence}, and {n} more changes", more)
    return said.format(sentence=sentence, n=figure(more))


def _gravest_first(texts: Sequence[ChangeTexts], filters: Filters) -> list[ChangeTexts]:
    """Gravest first for this reader, else as they came."""
    return sorted(texts, key=lambda one: -severity_for(filters, one.change, _mine(filters, one.change)).rank)


def _mine(filters: Filters, change: ChangeView) -> tuple[Finding, ...]:
    """The findings that the reader asked for; all, where the filters leave none."""
    return concerns(filters, change) or change.findings


def _sentences(ordered: Sequence[ChangeTexts], told: Sequence[ToldChange], filters: Filters) -> tuple[str, ...]:
    """A sentence for each change; beyond those told in full it costs no reading of their texts."""
    lines = [f"[{severity_word(one.severity)}] {one.first_line}" for one in told]
    for texts in ordered[len(told) : _NAMED]:
        mine = _mine(filters, texts.change)
        severity = severity_for(filters, texts.change, mine)
        lines.append(f"[{severity_word(severity)}] {first_line(texts.change, mine)}")
    left = len(ordered) - len(lines)
    if left:
        lines.append(ngettext("and {n} further change", "and {n} further changes", left).format(n=figure(left)))
    return tuple(lines)


def _facts_of_several(ordered: Sequence[ChangeTexts], told: Sequence[ToldChange]) -> tuple[Row, ...]:
    publishers = dict.fromkeys(clean(one.change.publisher) for one in ordered)
    affected = dict.fromkeys(code for one in told for code in one.affected)
    rows = (
        (_("Severity"), severity_word(told[0].severity)),
        (_("Publisher"), short("; ".join(publishers), _FACT_AT_MOST)),
        (_("Changes"), figure(len(ordered))),
        (_("Seen"), instant(max(one.change.after.captured_at for one in ordered))),
        (_("You are affected"), ", ".join(affected)),
    )
    return tuple((label, value) for label, value in rows if value)


def _finding_lines(change: ChangeView, findings: Sequence[Finding], most: int) -> tuple[str, ...]:
    lines = [finding_line(change, one) for one in findings[:most]]
    left = len(findings) - len(lines)
    if left:
        lines.append(ngettext("and {n} further finding", "and {n} further findings", left).format(n=figure(left)))
    return tuple(lines)


def _facts(change: ChangeView, severity: Severity) -> tuple[Row, ...]:
    rows = [
        (_("Severity"), severity_word(severity)),
        (_("Publisher"), change.publisher),
        (_("Product"), change.product),
        (_("Source"), change.title),
        (_("Seen"), instant(change.after.captured_at)),
        (_("Old text read"), instant(change.before.captured_at)),
        (_("Confirmed"), instant(change.confirmed_at) if change.confirmed_at else None),
        (_("Change"), change.address),
    ]
    return tuple((label, short(clean(value), _FACT_AT_MOST)) for label, value in rows if value)


def _evidence_before(evidence: Evidence) -> tuple[Row, ...]:
    labels = (_("Before: captured"), _("Before: address"), _("Before: SHA-256"))
    return tuple(zip(labels, _captured(evidence), strict=True))


def _evidence_after(evidence: Evidence) -> tuple[Row, ...]:
    labels = (_("After: captured"), _("After: address"), _("After: SHA-256"))
    return tuple(zip(labels, _captured(evidence), strict=True))


def _captured(evidence: Evidence) -> tuple[str, str, str]:
    return (
        f"{instant(evidence.captured_at)}, HTTP {evidence.status}",
        short(clean(evidence.url), _ADDRESS_AT_MOST),
        evidence.sha256,
    )
