"""The dates as calendars show them, each with a sequence that grows when it moves: written by rounds, read by feeds.

A feed only reads these rows, so that two readers, or one reader twice, are always told the same sequence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from store.alert_schema import CalendarEntryRow
from store.calendar_dates import Dated, Held, held_dates, what_is_read
from store.codec import decode, encode
from store.database import Database

READ_AGAIN = timedelta(days=1)  # also when nothing new came: a better reading of the same notices shows within a day
# The row that says what the others were made of; no date has this name, all of those end in "@tocsin".
_NOTED = "noted"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a calendar says of a date. cancelled: withdrawn, or it holds no more; dated is then as it was last held."""

    dated: Dated
    cancelled: bool


@dataclass(frozen=True, slots=True)
class CalendarDate:
    """A date as every calendar shows it.

    sequence: how often it moved, was cancelled or came back. updated_at: when anything of it last changed.
    """

    uid: str
    dated: Dated
    cancelled: bool
    sequence: int
    updated_at: datetime


def note_dates(database: Database, now: datetime) -> int:
    """Brings the calendar's rows up to date with what is held; how many are new or different. Safe to run any time."""
    with database.read() as session:
        if _is_noted(session, now):
            return 0
    with database.begin() as session:
        _one_at_a_time(session)
        return 0 if _is_noted(session, now) else _noted(session, now)


def calendar_dates(session: Session, since: date) -> tuple[CalendarDate, ...]:
    """Every date that ends on or after a day, the cancelled ones included, in order."""
    rows = session.scalars(select(CalendarEntryRow).where(CalendarEntryRow.uid != _NOTED))
    found = (_value(row) for row in rows)
    return tuple(sorted((one for one in found if one.dated.last >= since), key=lambda one: (one.dated.first, one.uid)))


def _is_noted(session: Session, now: datetime) -> bool:
    row = session.get(CalendarEntryRow, _NOTED)
    return row is not None and row.shown == what_is_read(session) and abs(now - row.updated_at) < READ_AGAIN


def _noted(session: Session, now: datetime) -> int:
    read = what_is_read(session)
    known = {row.uid: row for row in session.scalars(select(CalendarEntryRow))}
    noted = known.pop(_NOTED, None) or CalendarEntryRow(uid=_NOTED, sequence=0)
    held = held_dates(session)
    changed = 0
    for uid, dated in sorted((_gone(known, held) | dict(held)).items()):
        changed += _kept(session, known.get(uid), uid, dated, now)
    noted.shown, noted.updated_at = read, now
    session.add(noted)
    return changed


def _gone(known: dict[str, CalendarEntryRow], held: Held) -> dict[str, Dated | None]:
    """Dates of stories that are told no more: their reports stand in another story now, under another name."""
    return {uid: None for uid in known if uid.startswith("story-") and uid not in held}


def _kept(session: Session, row: CalendarEntryRow | None, uid: str, dated: Dated | None, now: datetime) -> bool:
    """Whether something new is to be shown. A date that never was shown is not cancelled."""
    if row is None:
        if dated is not None:
            shown = encode(Shown(dated, False)).decode()
            session.add(CalendarEntryRow(uid=uid, sequence=0, shown=shown, updated_at=now))
        return dated is not None
    before: Shown = decode(Shown, row.shown.encode())
    after = Shown(dated or before.dated, dated is None)
    if after == before:
        return False
    # RFC 5545 3.8.7.4: a new sequence is for what makes the reader look again, and a mended title does not.
    row.sequence += _moved(before) != _moved(after)
    row.shown = encode(after).decode()
    row.updated_at = max(now, row.updated_at)  # a clock set back must not make LAST-MODIFIED go back
    return True


def _moved(shown: Shown) -> tuple[date, date, bool]:
    return shown.dated.first, shown.dated.last, shown.cancelled


def _value(row: CalendarEntryRow) -> CalendarDate:
    shown: Shown = decode(Shown, row.shown.encode())
    return CalendarDate(row.uid, shown.dated, shown.cancelled, row.sequence, row.updated_at)


def _one_at_a_time(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":  # SQLite's BEGIN IMMEDIATE already lets only one in
        session.execute(text("SELECT pg_advisory_xact_lock(7467)"))
