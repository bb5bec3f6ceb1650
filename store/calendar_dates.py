"""Which dates hold now: of the notices in the dockets that are watched, and of the stories that are told."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from store.archive import content_of
from store.docket import What, docket
from store.documents import plain_number
from store.happenings import StoryFilter, StoryView
from store.schema import SourceRow, VersionRow
from store.stories import stories
from store.story_schema import StoryRow
from store.values import Notice, SourceKind

TITLE_AT_MOST = 500
# "2024-13923": the Federal Register has numbered for itself alone since 2016, whichever agency's docket shows it.
_FEDERAL = re.compile(r"(?:[CR]\d+-)?20(?:1[6-9]|[2-9]\d)-\d{3,}")
_UNSAFE = re.compile(r"[^A-Za-z0-9.]+")


class DateKind(StrEnum):
    """Which of a notice's or a story's dates."""

    COMMENTS_CLOSE = "comments_close"
    TAKES_EFFECT = "takes_effect"
    STORY_EFFECTIVE = "story_effective"
    STORY_ENDS = "story_ends"


_OF_NOTICES = {What.COMMENTS_CLOSE: DateKind.COMMENTS_CLOSE, What.TAKES_EFFECT: DateKind.TAKES_EFFECT}


@dataclass(frozen=True, slots=True)
class Dated:
    """A date with what a reader needs to know of it. first and last are one day, but for a span ("late June").

    publishers: whose docket, or who acts, is acted upon and reports. about: the notice's number, or the number of the
    story. territories: as the story names them; a notice has none of its own. url: the document, None where unknown.
    """

    kind: DateKind
    first: date
    last: date
    title: str
    publishers: tuple[str, ...]
    source: str | None
    source_kind: SourceKind
    product: str | None
    language: str | None
    territories: tuple[str, ...]
    about: str
    url: str | None
    words: str = ""


Held = Mapping[str, Dated | None]


def held_dates(session: Session) -> Held:
    """By uid what is held now; None where a notice or story is held and this date of it is not (any more).

    A uid that is absent says nothing: a list may have stopped showing an old notice, and that withdraws nothing. Where
    several sources show one document, the one whose version is newest gives the date, and one that knows of its
    withdrawal outweighs those that do not.
    """
    found: dict[str, Dated | None] = {}
    withdrawn: set[str] = set()
    for source, version in session.execute(_dockets().order_by(VersionRow.at, VersionRow.id)).tuples():
        for one in _of_docket(source, content_of(version).facts.notices):
            found[one.uid] = _together(found.get(one.uid), one.dated)
            withdrawn |= {one.uid} if one.withdrawn else set()
    found |= dict.fromkeys(withdrawn)
    for view in stories(session, StoryFilter()):
        found.update(_of_story(view))
    return found


def what_is_read(session: Session) -> str:
    """A fingerprint of everything held_dates reads, got without reading it."""
    versions = session.execute(
        select(SourceRow.slug, SourceRow.version_id)
        .where(SourceRow.active, SourceRow.kind == SourceKind.DOCKET.value)
        .order_by(SourceRow.slug)
    ).all()
    told = session.execute(select(func.count(), func.max(StoryRow.id), func.max(StoryRow.derived_at))).one()
    return hashlib.sha256(repr((versions, told)).encode()).hexdigest()


def uid_of(kind: DateKind, publisher: str, number: str, published: date | None) -> str:
    """The stable name of a date of a notice: "2024-13923.comments-close@tocsin".

    Numbers that only their publisher keeps apart carry the publisher and the day of print.
    """
    if _FEDERAL.fullmatch(number):
        return f"{plain_number(number)}.{_part(kind)}@tocsin"
    named = f"{publisher}\n{plain_number(number)}\n{published or ''}"
    told_apart = hashlib.sha256(named.encode()).hexdigest()[:12]
    return f"{_UNSAFE.sub('-', number)[:60].strip('-')}-{told_apart}.{_part(kind)}@tocsin"


def _part(kind: DateKind) -> str:
    return kind.value.replace("_", "-")


def _dockets() -> Select[SourceRow, VersionRow]:
    return (
        select(SourceRow, VersionRow)
        .join(VersionRow, VersionRow.id == SourceRow.version_id)
        .where(SourceRow.active, SourceRow.kind == SourceKind.DOCKET.value)
    )


@dataclass(frozen=True, slots=True)
class _Read:
    """A date of a notice in one docket. withdrawn: the notice states it, and it does not hold."""

    uid: str
    dated: Dated | None
    withdrawn: bool


def _of_docket(source: SourceRow, notices: tuple[Notice, ...]) -> Iterator[_Read]:
    read = docket(notices)
    dues = {(due.of.key, due.what): due.on for due in read.dues}
    for notice in read.notices:
        for what, kind in _OF_NOTICES.items():
            on = dues.get((notice.key, what))
            stated = notice.comments_close if what is What.COMMENTS_CLOSE else notice.effective
            uid = uid_of(kind, source.publisher, notice.number, notice.published)
            dated = None if on is None else _dated(kind, on, notice, source)
            yield _Read(uid, dated, stated is not None and on is None)


def _together(older: Dated | None, newer: Dated | None) -> Dated | None:
    """One date of a document that two sources show: in the calendars of both publishers, under one source's name."""
    if older is None or newer is None:
        return newer or older
    return replace(
        newer,
        publishers=tuple(sorted({*older.publishers, *newer.publishers})),
        source=min(older.source or "", newer.source or ""),
        product=newer.product if newer.product == older.product else None,
        url=newer.url or older.url,
    )


def _dated(kind: DateKind, on: date, notice: Notice, source: SourceRow) -> Dated:
    return Dated(
        kind=kind,
        first=on,
        last=on,
        title=notice.title[:TITLE_AT_MOST],
        publishers=(source.publisher,),
        source=source.slug,
        source_kind=SourceKind.DOCKET,
        product=source.product,
        language=source.language,
        territories=(),
        about=notice.number,
        url=notice.url,
    )


def _of_story(view: StoryView) -> Iterator[tuple[str, Dated | None]]:
    outlets = (report.publisher for report in view.reports)
    names = tuple(dict.fromkeys(name for name in (view.actor, view.object, *outlets) if name))
    languages = {report.language for report in view.reports}
    for kind, day in ((DateKind.STORY_EFFECTIVE, view.effective), (DateKind.STORY_ENDS, view.ends)):
        uid = f"story-{view.id}.{_part(kind)}@tocsin"
        yield (
            uid,
            None
            if day is None
            else Dated(
                kind=kind,
                first=day.first,
                last=day.last,
                title=view.title[:TITLE_AT_MOST],
                publishers=names,
                source=None,
                source_kind=SourceKind.FEED,
                product=view.products[0] if len(view.products) == 1 else None,
                language=languages.pop() if len(languages) == 1 else None,
                territories=view.territories,
                about=str(view.id),
                url=view.reports[0].link if view.reports else None,
                words=day.words[:TITLE_AT_MOST],
            ),
        )
