"""The dates ahead as an iCalendar feed (RFC 5545, RFC 7986): one all-day entry each, with alarms."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

from icalendar import Alarm, Calendar, Event

from alerts.language import _, spoken
from alerts.matching import codes_of, in_language
from alerts.why import page
from alerts.words import clean, day, safe_link, short
from store.calendar import CalendarDate
from store.calendar_dates import Dated, DateKind
from store.subscriptions import Filters
from store.territory import find_territories
from store.values import FindingKind, SourceKind

REFRESH = timedelta(hours=1)
ALARMS = (30, 10, 2)  # days before
_TITLE_AT_MOST = 200
_PRODUCT = "-//Tocsin//Calendar//EN"


def calendar_of(dates: Iterable[CalendarDate], name: str, base_url: str | None = None) -> bytes:
    """The feed's bytes: the same for the same dates, in the language in force.

    base_url: where Tocsin's pages are; without it an entry links to the document alone.
    """
    made = Calendar()
    made.add("prodid", _PRODUCT)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("name", name)
    made.add("x-wr-calname", name)
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    head, end, rest = bytes(made.to_ical()).rpartition(b"END:VCALENDAR")
    return b"".join((head, *(_written(one, base_url, spoken()) for one in dates), end, rest))


@lru_cache(maxsize=8192)
def _written(one: CalendarDate, base_url: str | None, locale: str) -> bytes:
    """An entry's lines, in the language in force. Writing one takes milliseconds, and most never change."""
    return bytes(_entry(one, base_url).to_ical())


def wanted_date(filters: Filters, dated: Dated) -> bool:
    """Whether a date is within a subscription's filters.

    What names no territory or product (a federal rule) concerns everybody who did not narrow the publisher or kind.
    Severity does not count: a deadline has none.
    """
    if filters.publishers and not _folded(filters.publishers) & _folded(dated.publishers):
        return False
    if filters.products and dated.product is not None and not _folded(filters.products) & _folded((dated.product,)):
        return False
    if dated.language is not None and not in_language(filters, dated.language):
        return False
    kinds = [kind for kind in filters.kinds if kind in set(SourceKind)]
    if filters.kinds and dated.source_kind not in kinds and not _DATING[dated.source_kind] & set(filters.kinds):
        return False
    return not filters.territories or _there(filters, dated)


# Kinds of findings that a date of such a source comes with: who asked for these wants the dates too.
_DATING: dict[SourceKind, set[str]] = {
    SourceKind.DOCKET: {
        *(FindingKind.NOTICE_PUBLISHED, FindingKind.STAGE_ADVANCED, FindingKind.DEADLINE_SET),
        *(FindingKind.DEADLINE_MOVED, FindingKind.EFFECTIVE_DATE_SET, FindingKind.EFFECTIVE_DATE_MOVED),
    },
    SourceKind.FEED: {FindingKind.ENTRY_REPORTED},
}


def _there(filters: Filters, dated: Dated) -> bool:
    named = dated.territories or _named_in(dated.title)
    watched = codes_of(filters.territories, dated.first)
    return not named or any(_touch(one, code) for one in watched for code in codes_of(named, dated.first))


@lru_cache(maxsize=4096)
def _named_in(title: str) -> tuple[str, ...]:
    return tuple(mention.code for mention in find_territories(title))


def _touch(one: str, other: str) -> bool:
    """A country takes its areas with it, and the other way round: UA and UA-43."""
    return one == other or one.startswith(other + "-") or other.startswith(one + "-")


def _folded(names: Iterable[str]) -> set[str]:
    return {" ".join(name.split()).casefold() for name in names}


def _entry(one: CalendarDate, base_url: str | None) -> Event:
    dated, made = one.dated, Event()
    summary = _summary(one)
    made.add("uid", one.uid)
    made.add("dtstamp", one.updated_at)
    made.add("last-modified", one.updated_at)
    made.add("sequence", one.sequence)
    made.add("dtstart", dated.first)
    made.add("dtend", dated.last + timedelta(days=1))  # RFC 5545 3.6.1: the end is not part of it
    made.add("summary", summary)
    made.add("description", _description(dated, base_url))
    made.add("status", "CANCELLED" if one.cancelled else "CONFIRMED")
    made.add("transp", "TRANSPARENT")
    made.add("categories", [clean(name) for name in dated.publishers[:5]])
    link = safe_link(dated.url) or _page_of(dated, base_url)
    if link:
        made.add("url", link)
    for days in () if one.cancelled else ALARMS:
        made.add_component(_alarm(days, summary))
    return made


def _alarm(days: int, summary: str) -> Alarm:
    made = Alarm()
    made.add("action", "DISPLAY")
    made.add("trigger", -timedelta(days=days))
    made.add("description", summary)
    return made


def _summary(one: CalendarDate) -> str:
    """ "Comments close Sunday 4 August 2024: Provisions Pertaining to ...": the weekday is said, for it is a trap."""
    dated = one.dated
    said = {
        DateKind.COMMENTS_CLOSE: _("Comments close {day}: {title}"),
        DateKind.TAKES_EFFECT: _("Takes effect {day}: {title}"),
        DateKind.STORY_EFFECTIVE: _("From {day}: {title}"),
        DateKind.STORY_ENDS: _("Ends {day}: {title}"),
    }[dated.kind].format(day=_when(dated.first, dated.last), title=short(clean(dated.title), _TITLE_AT_MOST))
    return _("Cancelled: {summary}").format(summary=said) if one.cancelled else said


def _when(first: date, last: date) -> str:
    return day(first) if first == last else _("between {first} and {last}").format(first=day(first), last=day(last))


def _description(dated: Dated, base_url: str | None) -> str:
    lines = [clean(", ".join(dated.publishers[:5]))]
    if dated.source_kind is SourceKind.DOCKET:
        lines.append(_("Document {number}").format(number=clean(dated.about)))
    if dated.words:
        lines.append(_("In the words of the report: {words}").format(words=short(clean(dated.words), 300)))
    if evidence := _page_of(dated, base_url):
        lines.append(_("Evidence: {page}").format(page=evidence))
    return "\n".join(lines)


def _page_of(dated: Dated, base_url: str | None) -> str | None:
    return page(base_url, f"sources/{dated.source}" if dated.source else f"stories/{dated.about}")
