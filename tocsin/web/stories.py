"""The list of stories the news tells, with its filters, and one story with who says what and what it rests on."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request, Response

from alerts.story_words import headline as headline
from store.stories import NoSuchStory, story
from store.stories import stories as stored
from tocsin import asked
from tocsin.telling import FILTERS, PARAMETERS, story_filter
from tocsin.web.room import Room

_SHOWN = 50
_NUMBER = re.compile(r"[0-9]{1,9}")


def routes(room: Room) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/stories")
    def listed(request: Request) -> Response:
        given = asked.parameters(request.query_params.multi_items(), PARAMETERS)
        wanted = story_filter(given)
        limit = asked.number("limit", given.get("limit"), usual=_SHOWN, most=1000)
        with room.database.read() as session:
            found = stored(session, wanted, limit=limit)
        parts = {
            "given": {name: given.get(name, "") for name in FILTERS},
            "filtered": any(given.get(name) for name in FILTERS),
            "found": [(one, headline(one)) for one in reversed(found)],
            "full": len(found) == limit,
        }
        return room.page("stories.html", parts)

    @router.get("/stories/{number}")
    def one(number: str) -> Response:
        with room.database.read() as session:
            view = story(session, number_of(number))
        return room.page("story.html", {"story": view, "headline": headline(view)})

    return router


def number_of(written: str) -> int:
    """The number in an address. Raises NoSuchStory for what is none."""
    if not _NUMBER.fullmatch(written):
        raise NoSuchStory(f"{written[:60]!r} is no number of a story; /stories lists them")
    return int(written)
