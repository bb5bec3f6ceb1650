"""How a digest says its periods, stages, dates and hours; in the language in force."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from alerts.digests.values import DateAhead, Digest, Watched
from alerts.kinds import territory_word
from alerts.language import _, ngettext
from alerts.week import parse_period
from alerts.words import clean, day, figure, instant, plain_day, short
from store.docket import What
from store.happenings import Day
from store.reviews import ReviewState
from store.rule_stages import State
from store.territory import is_code
from store.values import Held

_NAME_AT_MOST = 200
_WEEKEND = 5  # Monday is 0


def first_line(digest: Digest) -> str:
    """What the period comes to: "2 changes; 6 sources verified 412 times", or "No change", and how many are stale."""
    count, sources, times, stale = len(digest.changes), len(digest.watched), digest.verified, len(digest.stale)
    told = ngettext("{n} change", "{n} changes", count).format(n=figure(count)) if count else _("No change")
    told = _("{changes} so far").format(changes=told) if digest.so_far else told
    named = ngettext("{n} source", "{n} sources", sources).format(n=figure(sources))
    often = ngettext("verified {n} time", "verified {n} times", times).format(n=figure(times))
    said = _("{changes}; {sources} {verified}").format(changes=told, sources=named, verified=often)
    if not stale:
        return said
    return f"{said}; " + ngettext("{n} of them stale", "{n} of them stale", stale).format(n=figure(stale))


def span(digest: Digest) -> str:
    """ "Monday 8 July 2024 to Sunday 14 July 2024"."""
    period = parse_period(digest.period)
    whole = (
        day(period.first)
        if period.first == period.last
        else _("{first} to {last}").format(first=day(period.first), last=day(period.last))
    )
    return _("{days}, so far until {at}").format(days=whole, at=instant(digest.until)) if digest.so_far else whole


def name(text: str) -> str:
    """A title, publisher or product as a page chose it: one clean line that leaves room for others."""
    return short(clean(text[: 4 * _NAME_AT_MOST]), _NAME_AT_MOST)


def local(at: datetime) -> str:
    """An instant that has its zone: "9 July 2024 10:00 CEST"."""
    return f"{plain_day(at.date())} {at:%H:%M} {at.tzname()}"


def local_in(at: datetime, timezone: str) -> str:
    return local(at.astimezone(ZoneInfo(timezone)))


def territory(code: str) -> str:
    """ "Hong Kong (HK)"."""
    return f"{territory_word(code)} ({code})" if is_code(code) else clean(code)


def hours(verified: int, of: int, awaiting: int) -> str:
    """ "verified 151 of 168 hours, 17 await the next look"."""
    said = _("verified {verified} of {hours} hours").format(verified=figure(verified), hours=figure(of))
    if not awaiting:
        return said
    more = ngettext("{n} awaits the next look", "{n} await the next look", awaiting).format(n=figure(awaiting))
    return f"{said}, {more}"


def by_day(watched: Watched) -> str:
    """ "by day: 24/24, 24/24, 20/24", for forms that cannot draw."""
    return _("by day: {days}").format(days=", ".join(f"{one.verified}/{one.of}" for one in watched.days))


def date_line(due: DateAhead) -> str:
    """ "comments close, 2024-13923 Provisions ... (US Treasury)"; what only the press says is said to be so."""
    title = short(name(due.title), 120)
    if due.number is None:
        said = {"effective": _("said to take effect"), "ends": _("said to end")}[due.what]
        who = _("{publisher}, reported") if due.reported else _("{publisher}, official")
        return f"{said}: {title} ({who.format(publisher=name(due.publisher))})"
    return f"{what_word(due.what)}, {clean(due.number)} {title} ({name(due.publisher)})"


def weekend(on: date) -> str:
    """A deadline on a weekend is a trap; whether it moves is for the regulator to say."""
    return _("falls on a weekend") if on.weekday() >= _WEEKEND else ""


def what_word(what: str) -> str:
    return {What.COMMENTS_CLOSE: _("comments close"), What.TAKES_EFFECT: _("takes effect")}[What(what)]


def day_said(said: Day) -> str:
    """A day as texts say it: one day, or a span."""
    if said.first == said.last:
        return day(said.first)
    return _("between {first} and {last}").format(first=plain_day(said.first), last=plain_day(said.last))


def state_word(state: State) -> str:
    """Where a proceeding stands."""
    return {
        State.UNOPENED: _("not opened"),
        State.INSPECTED: _("on public inspection"),
        State.ADVANCE_NOTICE: _("advance notice of proposed rulemaking"),
        State.PROPOSED: _("proposed rule"),
        State.INTERIM_FINAL: _("interim final rule"),
        State.FINAL: _("final rule, not yet in effect"),
        State.EFFECTIVE: _("in effect"),
        State.SUSPENDED: _("suspended"),
        State.WITHDRAWN: _("withdrawn"),
    }[state]


def review_word(state: ReviewState) -> str:
    return {
        ReviewState.OPEN: _("open"),
        ReviewState.ACKNOWLEDGED: _("acknowledged"),
        ReviewState.IN_REVIEW: _("in review"),
        ReviewState.ACTIONED: _("actioned"),
        ReviewState.DISMISSED: _("dismissed"),
    }[state]


def held_word(reason: str) -> str:
    """Why a change was not announced, in two words."""
    return {
        Held.COSMETIC: _("cosmetic"),
        Held.REVERSION: _("a return to an earlier text"),
        Held.UNKNOWN_NAME: _("an unknown name"),
        Held.AWAITING_CONFIRMATION: _("awaiting confirmation"),
        Held.UNCONFIRMED: _("unconfirmed"),
        Held.REPEATED: _("told on another source"),
        Held.OVER_BUDGET: _("too many of one source"),
        Held.DOUBTFUL: _("a doubtful capture"),
    }[Held(reason)]
