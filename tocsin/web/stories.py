"""The list of stories the news tells, with its filters, and one story with who says what and what it rests on."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request, Response

from store.happenings import Action, StoryView
from store.stories import NoSuchStory, story
from store.stories import stories as stored
from tocsin import asked
from tocsin.telling import FILTERS, PARAMETERS, story_filter
from tocsin.web.room import Room

_SHOWN = 50
_NUMBER = re.compile(r"[0-9]{1,9}")
# What is done with something named, and where nothing is named.
_DOES = {
    Action.RESTRICT: ("restricts access to {}", "restricts access"),
    Action.SUSPEND: ("suspends {}", "suspends access"),
    Action.LIFT: ("lifts a restriction: {}", "lifts a restriction"),
    Action.EXPAND: ("expands access to {}", "expands access"),
    Action.PROPOSE: ("proposes a rule: {}", "proposes a rule"),
    Action.DENY: ("denies a change: {}", "denies a change"),
    Action.OFFER: ("makes an offer: {}", "makes an offer"),
    Action.NO_CHANGE: ("says nothing changes: {}", "says nothing changes"),
}


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


def headline(view: StoryView) -> str:
    """Who does what, in our words: "OpenAI restricts access to OpenAI API", "Italy restricts access to DeepSeek"."""
    about = ", ".join(view.products) or view.object or ""
    if view.object and view.object not in about:
        about = f"{view.object} ({about})"
    named, bare = _DOES[view.action]
    done = named.replace("{}", about) if about else bare
    return f"{view.actor or 'Somebody'} {done}"
