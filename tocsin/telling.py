"""Stories for readers: which are asked for, how they look as JSON, and who disagrees about which day, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from store.codec import jsonable
from store.happenings import Day, Saying, StoryFilter, StoryView
from tocsin import asked

FILTERS = ("since", "until", "publisher", "territory")
PARAMETERS = (*FILTERS, "limit")


def story_filter(given: Mapping[str, str | None]) -> StoryFilter:
    """The filter that the parameters in FILTERS describe. Raises asked.BadParameter."""
    return StoryFilter(
        since=asked.instant("since", given.get("since")),
        until=asked.instant("until", given.get("until"), whole_day=True),
        publisher=given.get("publisher") or None,
        territory=asked.territory(given.get("territory")),
    )


def story_json(view: StoryView) -> dict[str, Any]:
    """A story as --json and the API give it: every value of the view, and in words whose days disagree."""
    found: dict[str, Any] = jsonable(view)
    return found | {"disagreements": [f"{role} {dispute(view, role)}" for role in view.disputed]}


def dispute(view: StoryView, role: str) -> str:
    """ "2026-06-12 (Anthropic, official); 2026-06-13 (Example News)": all of them, none averaged."""
    roles = (role,) if role == "ends" else ("effective", "announced")
    said = [one for one in view.sayings if one.role in roles and (one.role == role or one.official)]
    return "; ".join(f"{span(one.day)} ({_who(one)})" for one in said)


def span(day: Day) -> str:
    """ "2024-07-09", or "2024-06-21/2024-06-30"."""
    first = day.first.isoformat()
    return first if day.first == day.last else f"{first}/{day.last.isoformat()}"


def _who(said: Saying) -> str:
    return ", ".join((*said.sources, *(("official",) if said.official else ())))
