"""The first page: what Tocsin is, whether it is watching, and what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter, Response

from alerts.sentence import what_changed
from store import history
from store.happenings import StoryFilter
from store.stories import stories
from store.values import SourceKind
from store.views import ChangeFilter, ChangeView, SourceView
from tocsin.watching import often, watching
from tocsin.web.room import Room
from tocsin.web.stories import headline
from tocsin.web.words import state

_LATEST = 8
_STORIES = 3
_COUNTED = 500
_AHEAD = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Told:
    """A change with its sentence."""

    change: ChangeView
    sentence: str


def routes(room: Room) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def home() -> Response:
        now = room.clock()
        with room.database.read() as session:
            found = watching(session, now)
            watched = found.sources
            latest = history.changes(session, ChangeFilter(held=False), limit=_LATEST)
            month = history.changes(session, ChangeFilter(since=now - timedelta(days=30)), limit=_COUNTED)
            reported = stories(session, StoryFilter(), limit=_STORIES)
            ahead = history.deadlines(session, now.date(), (now + _AHEAD).date())
        parts = {
            "watched": watched,
            "often": {slug: often(seen) for slug, seen in found.seen.items()},
            "groups": grouped(watched),
            "states": Counter(state(source) for source in watched),
            "newest": max((source.verified_at for source in watched if source.verified_at), default=None),
            "latest": told(latest),
            "announced": sum(1 for change in month if change.held is None),
            "held": sum(1 for change in month if change.held is not None),
            "counted_all": len(month) < _COUNTED,
            "stories": [(one, headline(one)) for one in reversed(reported)],
            "ahead": ahead,
        }
        return room.page("home.html", parts)

    return router


def grouped(watched: Sequence[SourceView]) -> list[tuple[SourceKind, list[SourceView]]]:
    """Sources by kind, inside a kind by publisher and title."""
    ordered = sorted(watched, key=lambda source: (source.publisher.casefold(), source.title.casefold()))
    groups = [(kind, [source for source in ordered if source.kind is kind]) for kind in SourceKind]
    return [(kind, sources) for kind, sources in groups if sources]


def told(changes: Sequence[ChangeView]) -> list[Told]:
    """Changes with their sentences, newest first."""
    return [Told(change, what_changed(change, change.findings)) for change in reversed(changes)]
