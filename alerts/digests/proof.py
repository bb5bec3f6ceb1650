"""The last sections of a digest: what is reported, what is attested, what was watched, and how it was made."""

from __future__ import annotations

from alerts.digests.document import Cell, Document, Row, Section
from alerts.digests.sections import ahead, changes, decisions, pipeline, turns
from alerts.digests.values import Attestation, Digest, Known, Silence, StoryLine, Watched
from alerts.digests.words import by_day, day_said, first_line, held_word, hours, local_in, name, span, territory
from alerts.language import _, ngettext
from alerts.story_words import headline
from alerts.why import page, severity_word
from alerts.words import clean, figure, instant, listed, safe_link, short
from store.values import Outcome, Severity
from store.views import Coverage


def document(digest: Digest, base_url: str | None = None) -> Document:
    """The whole digest in words."""
    return Document(
        label=_("Digest {period}").format(period=digest.period),
        first_line=first_line(digest),
        span=span(digest),
        facts=facts(digest),
        sections=(
            decisions(digest, base_url),
            changes(digest, base_url),
            turns(digest, base_url),
            pipeline(digest),
            ahead(digest),
            stories(digest, base_url),
            attested(digest),
            watched(digest),
            trend(digest),
        ),
        method=method(digest),
    )


def facts(digest: Digest) -> tuple[tuple[str, str], ...]:
    """The counts at the head of a digest."""
    by_severity = [
        f"{figure(count)} {severity_word(severity)}"
        for severity in reversed(Severity)
        if (count := sum(one.severity is severity for one in digest.changes))
    ]
    below = _("{n} below severity {severity}").format(
        n=figure(digest.below), severity=severity_word(digest.filters.min_severity)
    )
    proven, of = digest.hours
    known = _("{at}, as known now") if digest.known is Known.NOW else _("{at}")
    rows = [
        (_("Period"), f"{digest.period}, {span(digest)}, {digest.timezone}"),
        (_("Known at"), known.format(at=local_in(digest.known_at, digest.timezone))),
        (_("Changes"), ", ".join(by_severity) or _("none")),
        (_("Not listed"), below if digest.below else ""),
        (_("Held back"), ", ".join(f"{figure(count)} {held_word(reason)}" for reason, count in digest.held)),
        (_("Verified"), _verified(proven, of) if of else ""),
        (_("Stale"), listed([name(one.title) for one in digest.stale], 5)),
        (_("Never verified"), listed([name(one.title) for one in digest.unproven], 5)),
    ]
    return tuple((label, value) for label, value in rows if value)


def _verified(proven: int, of: int) -> str:
    said = _("{verified} of {hours} hours, all sources together")
    return said.format(verified=figure(proven), hours=figure(of))


def stories(digest: Digest, base_url: str | None) -> Section:
    return Section(
        "stories",
        _("What is reported"),
        (_("Story"), _("Source grade")),
        (64, 36),
        tuple(_story(one, base_url) for one in digest.stories),
        _("No story in the period."),
    )


def attested(digest: Digest) -> Section:
    return Section(
        "attestations",
        _("Attestations"),
        (_("What is attested"), _("Hours")),
        (68, 32),
        tuple(_attestation(one) for one in digest.attestations),
        _("No list, text or docket is in scope."),
    )


def watched(digest: Digest) -> Section:
    return Section(
        "watched",
        _("What was watched"),
        (_("Source"), _("Hours"), _("Visits")),
        (36, 26, 38),
        tuple(_source(one) for one in sorted(digest.watched, key=lambda one: one.coverage.stale_since is None)),
        _("No source is in scope."),
    )


def trend(digest: Digest) -> Section:
    rows = tuple(
        (
            Cell(one.period),
            Cell(
                ", ".join(f"{figure(count)} {severity_word(severity)}" for severity, count in one.told) or _("none"),
            ),
        )
        for one in digest.trend
    )
    return Section(
        "trend", _("Changes told, by period"), (_("Period"), _("Changes")), (30, 70), rows, _("None."),
        trend=digest.trend,
    )  # fmt: skip


def method(digest: Digest) -> tuple[str, ...]:
    """How the digest was made and what silence in it means; nothing here depends on the hour of compiling."""
    at = local_in(digest.known_at, digest.timezone)
    cut = (
        _("Compiled as known now: from what was stored, judged and confirmed by {at}. What came after the period and "
          "corrects it is marked so.")
        if digest.known is Known.NOW
        else _("Compiled as known then: from what was stored, judged and confirmed by {at}. "
               "What came later is not in it.")
    )  # fmt: skip
    models = ", ".join(clean(one) for one in digest.models)
    return (
        cut.format(at=at),
        _("An hour is verified when it lies whole between two good visits of a row in which no gap is longer than the "
          "source's promise. What changed in it, and was undone before the next visit, can have gone unseen. Silence "
          "proves nothing for other hours."),
        _("A list is read by the names on it: a territory that is not on it is unlisted, which does not mean that it "
          "is refused. A removal is told when two visits agree on it."),
        _("Territories, dates, numbers and duties are compared as facts.") + " " + (
            _("Wording was also weighed by the model {models}.").format(models=models)
            if models
            else _("No model took part in judging this period's changes.")
        ),
        _("A story says what is reported, not what is. Official: the party itself says so. Otherwise the grade counts "
          "the reports that do not rest on each other; the count is a lower bound."),
        _("Dates are the agency's calendar days as printed. One on a weekend is marked and not moved."),
    )  # fmt: skip


def _story(one: StoryLine, base_url: str | None) -> Row:
    where = ", ".join(map(territory, one.territories))
    days = []
    if one.effective:
        days.append(_("from {day}").format(day=day_said(one.effective)))
    if one.ends:
        days.append(_("until {day}").format(day=day_said(one.ends)))
    if "effective" in one.disputed or "ends" in one.disputed:
        days.append(_("the reports disagree on the day"))
    if one.action == "offer" and not one.ends and "ends" not in one.disputed:
        days.append(_("no end date is reported"))
    link = page(base_url, f"stories/{one.id}") or safe_link(one.link)
    small = tuple(text for text in (where, ", ".join(days)) if text)
    return Cell(headline(one), link=link, small=small), Cell(
        _grade(one), small=(listed([name(outlet) for outlet in one.outlets], 4),)
    )


def _grade(one: StoryLine) -> str:
    if one.official:
        return _("official")
    if one.chains < 2:
        return _("one chain of reports")
    return ngettext("{n} independent report", "{n} independent reports", one.chains).format(n=figure(one.chains))


def _attestation(one: Attestation) -> Row:
    said = _attested_words(one).format(
        territory=territory(one.territory) if one.territory else "", source=name(one.title)
    )
    small = []
    for label, addresses in (
        (_("changes {addresses}"), one.changed),
        (_("seen, not believed: {addresses}"), one.doubtful),
    ):
        if addresses:
            small.append(label.format(addresses=listed(addresses, 6)))
    if one.unnamed:
        said_so = ngettext("{n} change there names no territory", "{n} changes there name no territory", one.unnamed)
        small.append(said_so.format(n=figure(one.unnamed)))
    return Cell(said, small=tuple(small)), Cell(hours(one.verified_hours, one.hours, one.awaiting_hours))


def _attested_words(one: Attestation) -> str:
    whole = one.verified_hours == one.hours
    of_territory, of_source = {
        Silence.CHANGED: (_("changed for {territory} at {source}"), _("changed at {source}")),
        Silence.DOUBTFUL: (
            _("no confirmed change for {territory} at {source}"),
            _("no confirmed change at {source}"),
        ),
        Silence.UNPROVEN: (
            _("nothing can be attested for {territory} at {source}"),
            _("nothing can be attested at {source}"),
        ),
        Silence.UNCHANGED: (
            (_("no change for {territory} at {source}"), _("no change at {source}"))
            if whole
            else (_("no change seen for {territory} at {source}"), _("no change seen at {source}"))
        ),
    }[one.state]
    return of_territory if one.territory else of_source


def _source(one: Watched) -> Row:
    stale = ("high", _("stale")) if one.coverage.stale_since is not None else None
    partly = one.verified_hours < one.hours and one.verified_hours
    return (
        Cell(name(one.coverage.title), stale),
        Cell(
            hours(one.verified_hours, one.hours, one.awaiting_hours),
            small=(by_day(one),) if partly and one.days else (),
            days=one.days,
        ),
        Cell(visits_line(one.coverage), small=_why_stale(one.coverage)),
    )


def visits_line(coverage: Coverage) -> str:
    """How often a source was verified, and what else its visits ended as."""
    others = {outcome: count for outcome, count in coverage.outcomes.items() if not outcome.good and count}
    said = _("verified {times} in {visits}").format(
        times=ngettext("{n} time", "{n} times", coverage.verified).format(n=figure(coverage.verified)),
        visits=ngettext("{n} visit", "{n} visits", coverage.visits).format(n=figure(coverage.visits)),
    )
    if others:
        said += " (" + ", ".join(f"{figure(n)} {_outcome(one)}" for one, n in sorted(others.items())) + ")"
    if coverage.captures:
        kinds = ", ".join(f"{figure(n)} {kind.value}" for kind, n in sorted(coverage.captures.items()))
        said += "; " + _("came instead: {kinds}").format(kinds=kinds)
    if coverage.last_verified_at:
        said += "; " + _("last {at}").format(at=instant(coverage.last_verified_at))
    return said


def _why_stale(coverage: Coverage) -> tuple[str, ...]:
    if coverage.stale_since is None:
        return ()
    since = _("STALE since {at}").format(at=instant(coverage.stale_since))
    return (f"{since}: {short(clean(coverage.reason[:1000]), 160)}" if coverage.reason else since,)


def _outcome(outcome: Outcome) -> str:
    return {
        Outcome.CONFIRMED: _("confirmed"),
        Outcome.VERSION: _("new version"),
        Outcome.BLOCKED: _("blocked"),
        Outcome.UNREACHABLE: _("unreachable"),
        Outcome.UNEXTRACTABLE: _("unextractable"),
        Outcome.IMPLAUSIBLE: _("implausible"),
    }[outcome]
