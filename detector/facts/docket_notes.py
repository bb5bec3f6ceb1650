"""What a reader of a docket should know beside the findings: weekdays of deadlines, irregular steps, corrections."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from store.docket import Docket, Due, What
from store.values import Notice, Stage

_WEEKEND = 5  # Saturday, as date.weekday() counts
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def notes_of(before: Notice | None, after: Notice, former: Docket, now: Docket) -> Iterator[str]:
    """The sentences for one document that came or changed. former, now: its docket without and with what it says."""
    known = {(one.notice.number, one.name, one.reason) for one in former.irregular}
    for one in now.irregular:
        if (one.notice.number, one.name, one.reason) not in known:
            stage = one.notice.stage.value.replace("_", " ")
            yield f"{one.notice.number} ({stage}) does not follow in {one.name}: {one.reason}"
    yield from _ties(before, after, now)
    held = {(due.what, due.of.number, due.on) for due in former.dues}
    for due in now.dues:
        if (due.what, due.of.number, due.on) not in held:
            yield from _about_date(due)
    yield from _filing(before, after)


def weekday(on: date) -> str:
    """ "Sunday 4 August 2024"."""
    return f"{_WEEKDAYS[on.weekday()]} {on.day} {on:%B %Y}"


def _about_date(due: Due) -> Iterator[str]:
    number = due.of.number
    if due.on.weekday() >= _WEEKEND:
        says = f"comments on {number} close on" if due.what is What.COMMENTS_CLOSE else f"{number} takes effect on"
        yield f"{says} {weekday(due.on)}, a weekend"
    printed = due.said_by.published
    if printed and due.on < printed:
        what = "close comments" if due.what is What.COMMENTS_CLOSE else "take effect"
        yield f"{due.said_by.number}, printed on {weekday(printed)}, is said to {what} on an earlier day, {due.on}"


def _ties(before: Notice | None, after: Notice, now: Docket) -> Iterator[str]:
    verb = _VERBS.get(after.stage)
    about = now.ties.get(after.key, ())
    if verb is None or (before is not None and before.corrects == after.corrects):
        return
    if about:
        yield f"{after.number} {verb} {', '.join(one.number for one in about)}"
    elif after.corrects:
        yield f"{after.number} {verb} {after.corrects}, which is not held here"


_VERBS = {
    Stage.CORRECTION: "corrects",
    Stage.EXTENSION: "extends the comments on",
    Stage.SUSPENSION: "suspends or delays",
    Stage.WITHDRAWAL: "withdraws",
}


def _filing(before: Notice | None, after: Notice) -> Iterator[str]:
    if after.stage is Stage.PUBLIC_INSPECTION and before is None:
        kind = f" ({after.filing} filing)" if after.filing else ""
        print_day = f", to be printed on {weekday(after.published)}" if after.published else ""
        yield f"{after.number} is on public inspection{kind}{print_day}"
    if after.note and (before is None or before.note != after.note):
        yield f"{after.number} carries the remark: {after.note}"
