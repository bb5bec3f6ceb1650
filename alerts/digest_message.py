"""A digest as a message, as text, as HTML and as JSON."""

from __future__ import annotations

from collections import Counter
from typing import Any

from alerts.digest import DatesAhead, Digest, DigestChange
from alerts.keys import thread_key
from alerts.message import Message, Row, filters_in_words, footer, page, why
from alerts.page import rendered
from alerts.week import Week
from alerts.words import clean, counted, day, instant, listed, plain_day, safe_link, short
from store.codec import jsonable
from store.subscriptions import Subscription
from store.values import Severity
from store.views import Coverage, Deadline

DIGEST_THREAD = "digest"


def digest_message(digest: Digest, subscription: Subscription, base_url: str | None = None) -> Message:
    """The message that brings a digest to one subscription."""
    link = page(base_url, "")
    unsubscribe = page(base_url, f"unsubscribe/{subscription.secret}")
    parts = _parts(digest, base_url) | {"why": why(subscription), "unsubscribe": unsubscribe}
    return Message(
        subject=str(parts["subject"]),
        first_line=str(parts["first_line"]),
        severity=max((one.severity for one in digest.changes), key=lambda one: one.rank, default=Severity.INFO),
        facts=facts(digest),
        findings=_lines(digest),
        sides=(),
        more_sides=0,
        evidence=(),
        reasons=(),
        source="Weekly digest",
        url=None,
        link=link,
        thread=thread_key(subscription.secret, DIGEST_THREAD),
        why=why(subscription),
        ending=subscription.secret,
        unsubscribe=unsubscribe,
        text=digest_text(digest) + "\n".join(footer(why(subscription), unsubscribe)) + "\n",
        html=rendered("digest.html", parts),
    )


def digest_html(digest: Digest, base_url: str | None = None) -> str:
    """The digest as a page of its own, for nobody in particular."""
    parts = {"why": f"Digest of {filters_in_words(digest.filters)}.", "unsubscribe": None}
    return rendered("digest.html", _parts(digest, base_url) | parts)


def digest_json(digest: Digest) -> dict[str, Any]:
    """The digest as plain lists, dicts, strings and numbers; instants in ISO 8601."""
    found: dict[str, Any] = jsonable(digest)
    return found | {"first_line": first_line(digest), "verified": digest.verified}


def first_line(digest: Digest) -> str:
    """What the week comes to: "2 changes; 6 sources verified 412 times", or that nothing changed, and what is stale."""
    told = counted(len(digest.changes), "change") if digest.changes else "No change"
    sources = f"{counted(len(digest.coverage), 'source')} verified {counted(digest.verified, 'time')}"
    stale = f"; {len(digest.stale)} of them stale" if digest.stale else ""
    return f"{told}{' so far' if digest.so_far else ''}; {sources}{stale}"


def digest_text(digest: Digest) -> str:
    """The digest in plain text, which reads well alone."""
    lines = [f"Digest {digest.week}, {_span(digest)}", first_line(digest), ""]
    lines += [f"{label + ':':<16}{value}" for label, value in facts(digest)]
    lines += ["", "Changes"]
    for one in digest.changes:
        lines += [f"- [{one.severity}] {one.line}", f"  seen {_local(one)}, {clean(one.title)}, change {one.address}"]
        lines.append(f"  evidence: SHA-256 {one.before.sha256} before, {one.after.sha256} after")
    lines += [] if digest.changes else ["- none"]
    lines += ["", "Dates ahead"]
    for stretch in digest.ahead:
        lines += (
            [f"{_stretch(stretch)}:", *(f"- {_deadline(one)}" for one in stretch.deadlines)]
            if stretch.deadlines
            else []
        )
    lines += [] if any(one.deadlines for one in digest.ahead) else ["- none in the next 90 days"]
    lines += ["", "What was watched"]
    lines += [f"- {clean(one.title)}: {_watched(one)}" for one in digest.coverage] or ["- no source is in scope"]
    return "\n".join(lines) + "\n"


def facts(digest: Digest) -> tuple[Row, ...]:
    """The counts at the head of a digest."""
    by_severity = Counter(one.severity for one in digest.changes)
    gravest = sorted(by_severity.items(), key=lambda pair: -pair[0].rank)
    rows = [
        ("Week", f"{digest.week}, {_span(digest)}, {digest.timezone}"),
        ("Changes", ", ".join(f"{count} {severity}" for severity, count in gravest) or "none"),
        ("Not listed", f"{digest.below} below severity {digest.filters.min_severity}" if digest.below else ""),
        ("Held back", ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in digest.held)),
        ("Verified", f"{counted(len(digest.coverage), 'source')}, {counted(digest.verified, 'time')}"),
        ("Stale", listed([clean(one.title) for one in digest.stale], 5)),
        ("Never verified", listed([clean(one.title) for one in digest.unproven], 5)),
    ]
    return tuple((label, value) for label, value in rows if value)


def _parts(digest: Digest, base_url: str | None) -> dict[str, object]:
    return {
        "subject": short(f"Tocsin digest {digest.week}: {first_line(digest)}", 150),
        "first_line": first_line(digest),
        "week": digest.week,
        "span": _span(digest),
        "facts": facts(digest),
        "changes": [
            {
                "severity": one.severity,
                "line": one.line,
                "seen": _local(one),
                "title": clean(one.title),
                "address": one.address,
                "link": page(base_url, f"changes/{one.address}") or safe_link(one.url),
                "before": one.before.sha256,
                "after": one.after.sha256,
            }
            for one in digest.changes
        ],
        "ahead": [
            (_stretch(one), [(day(due.on), _deadline_what(due), safe_link(due.url)) for due in one.deadlines])
            for one in digest.ahead
            if one.deadlines
        ],
        "coverage": [(clean(one.title), _watched(one), one.stale_since is not None) for one in digest.coverage],
    }


def _span(digest: Digest) -> str:
    week = Week.parse(digest.week)
    whole = f"{day(week.monday)} to {day(week.sunday)}"
    return f"{whole}, so far until {instant(digest.until)}" if digest.so_far else whole


def _local(change: DigestChange) -> str:
    return f"{plain_day(change.seen.date())} {change.seen:%H:%M} {change.seen.tzname()}"


def _stretch(stretch: DatesAhead) -> str:
    return f"Within {stretch.within} days after the week" if stretch.within else "In the week itself"


def _deadline(deadline: Deadline) -> str:
    return f"{day(deadline.on)}: {_deadline_what(deadline)}"


def _deadline_what(deadline: Deadline) -> str:
    return (
        f"{deadline.what}, {clean(deadline.number)} {short(clean(deadline.title), 120)} ({clean(deadline.publisher)})"
    )


def _watched(coverage: Coverage) -> str:
    """How often a source was verified, what else its visits ended as, and since when and why it is stale."""
    others = {outcome: count for outcome, count in coverage.outcomes.items() if not outcome.good and count}
    failed = ", ".join(f"{count} {outcome}" for outcome, count in sorted(others.items()))
    said = f"verified {counted(coverage.verified, 'time')} in {counted(coverage.visits, 'visit')}"
    if failed:
        said += f" ({failed})"
    if coverage.captures:
        said += "; came instead: " + ", ".join(f"{n} {kind.value}" for kind, n in sorted(coverage.captures.items()))
    if coverage.last_verified_at:
        said += f", last {instant(coverage.last_verified_at)}"
    if coverage.stale_since is None:
        return said
    reason = f": {short(clean(coverage.reason), 160)}" if coverage.reason else ""
    return f"STALE since {instant(coverage.stale_since)}{reason}; {said}"


def _lines(digest: Digest) -> tuple[str, ...]:
    """A digest in list lines, for channels without tables."""
    lines = [f"[{one.severity}] {one.line} (seen {_local(one)}, change {one.address})" for one in digest.changes]
    lines += [f"Ahead: {_deadline(one)}" for stretch in digest.ahead for one in stretch.deadlines]
    lines += [f"{clean(one.title)}: {_watched(one)}" for one in digest.coverage]
    return tuple(lines)
