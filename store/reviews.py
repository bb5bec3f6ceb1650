"""What was decided about a change, by whom, when and why: reviews, and the steps that nobody can rewrite."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from store.alert_schema import ReviewEntryRow, ReviewRow
from store.history import change_number
from store.schema import ChangeRow
from store.subscriptions import Subscription

BY_AT_MOST, REASON_AT_MOST = 200, 2000
_A_SECOND = timedelta(seconds=1)  # Slack tells the time in whole ones
_AT_A_TIME = 500  # addresses in one question; SQLite takes a bounded number of values
# Unicode TR 36: these turn the reading direction, so that a name could be shown as another one.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class ReviewState(StrEnum):
    """How far a change is dealt with; the last two are closed."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    IN_REVIEW = "in_review"
    ACTIONED = "actioned"
    DISMISSED = "dismissed"

    @property
    def closed(self) -> bool:
        return self in (ReviewState.ACTIONED, ReviewState.DISMISSED)


class Via(StrEnum):
    """How a step was taken."""

    PAGE = "page"
    API = "api"
    COMMAND = "command"
    SLACK = "slack"


_FORWARD = {
    ReviewState.OPEN: (
        ReviewState.ACKNOWLEDGED,
        ReviewState.IN_REVIEW,
        ReviewState.ACTIONED,
        ReviewState.DISMISSED,
    ),
    ReviewState.ACKNOWLEDGED: (ReviewState.IN_REVIEW, ReviewState.ACTIONED, ReviewState.DISMISSED),
    ReviewState.IN_REVIEW: (ReviewState.ACTIONED, ReviewState.DISMISSED),
    ReviewState.ACTIONED: (),
    ReviewState.DISMISSED: (),
}
# Going back takes a reason: whoever reads the trail must not have to guess why a decision did not stand.
_BACK = {
    ReviewState.OPEN: (),
    ReviewState.ACKNOWLEDGED: (ReviewState.OPEN,),
    ReviewState.IN_REVIEW: (ReviewState.OPEN,),
    ReviewState.ACTIONED: (ReviewState.OPEN, ReviewState.IN_REVIEW),
    ReviewState.DISMISSED: (ReviewState.OPEN, ReviewState.IN_REVIEW),
}


class InvalidReview(ValueError):
    """A step of a review cannot be taken; field names what is wrong, the text says what to do instead."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field


@dataclass(frozen=True, slots=True)
class ReviewEntry:
    """One step: who took it, when, to which state, why (a reason, or None) and how."""

    at: datetime
    by: str
    state: ReviewState
    reason: str | None
    via: Via


@dataclass(frozen=True, slots=True)
class Review:
    """What an owner ("team:NAME" or "subscription:ID") decided about a change FROM..TO, with every step, oldest first.

    A change that nobody touched is open and has no step; updated_at is then None.
    """

    owner: str
    change: str
    change_id: int
    state: ReviewState
    updated_at: datetime | None
    entries: tuple[ReviewEntry, ...]

    @property
    def next_states(self) -> tuple[ReviewState, ...]:
        """Where it may go from here."""
        return (*_FORWARD[self.state], *_BACK[self.state])


def needs_reason(before: ReviewState, after: ReviewState) -> bool:
    """Whether a step from one state to another is only taken with a reason: dismissing, and every way back."""
    return after is ReviewState.DISMISSED or after in _BACK[before]


def review(
    session: Session,
    owner: Subscription | str,
    change: str,
    state: ReviewState | str,
    by: str,
    reason: str | None,
    via: Via,
    now: datetime,
    *,
    seen_at: datetime | None = None,
) -> Review:
    """Takes one step of a review and returns the review. The very same step once more changes nothing.

    by: a name or an address as typed. Raises InvalidReview naming the field, NoSuchChange. Two people at once: the
    second is judged against what the first decided. seen_at: when the person acted, where that reaches us later; what
    was decided since refuses the step, so that a request sent twice takes no second one.
    """
    wanted, who, why = _state(state), _said("by", by, BY_AT_MOST), _said("reason", reason or "", REASON_AT_MOST) or None
    if not who:
        raise InvalidReview("by", "say who decides: a name or an e-mail address")
    row = _row(session, owner_of(owner), change_number(session, change), now)
    before = _review(session, row, change)
    if before.state is wanted and before.entries and (before.entries[-1].by, before.entries[-1].reason) == (who, why):
        return before
    if seen_at is not None and before.updated_at is not None and before.updated_at > seen_at + _A_SECOND:
        last = before.entries[-1]
        raise InvalidReview("state", f"{last.by} made it {last.state.value} meanwhile; look again")
    _check(before, wanted, why)
    session.add(ReviewEntryRow(review_id=row.id, at=now, by=who, state=wanted, reason=why, via=via))
    row.state, row.updated_at = wanted, now
    session.flush()
    return _review(session, row, change)


def review_of(session: Session, owner: Subscription | str, change: str) -> Review:
    """The review of one change with all its steps; an open one where nobody took any. Raises NoSuchChange."""
    number = change_number(session, change)
    query = select(ReviewRow).where(ReviewRow.owner == owner_of(owner), ReviewRow.change_id == number)
    row = session.scalar(query)
    if row is None:
        return Review(owner_of(owner), change, number, ReviewState.OPEN, None, ())
    return _review(session, row, change)


def reviews_of(session: Session, owner: Subscription | str, state: ReviewState | None = None) -> tuple[Review, ...]:
    """Every review that an owner has touched, with all its steps, by the change's time."""
    query = (
        select(ReviewRow, ChangeRow)
        .join(ChangeRow, ChangeRow.id == ReviewRow.change_id)
        .where(ReviewRow.owner == owner_of(owner))
        .order_by(ChangeRow.at, ChangeRow.id)
    )
    if state is not None:
        query = query.where(ReviewRow.state == state)
    found = [(row, f"{change.from_version}..{change.to_version}") for row, change in session.execute(query)]
    steps = _entries(session, [row.id for row, _ in found])
    return tuple(_value(row, address, steps.get(row.id, ())) for row, address in found)


def states_of(session: Session, owner: Subscription | str, changes: Iterable[int]) -> dict[int, ReviewState]:
    """The state of each of these changes (ChangeView.id), in their order; untouched ones are open."""
    numbers, known = list(dict.fromkeys(changes)), dict[int, str]()
    for start in range(0, len(numbers), _AT_A_TIME):
        some = numbers[start : start + _AT_A_TIME]
        query = select(ReviewRow.change_id, ReviewRow.state)
        query = query.where(ReviewRow.owner == owner_of(owner), ReviewRow.change_id.in_(some))
        known.update((number, state) for number, state in session.execute(query))
    return {number: ReviewState(known.get(number, ReviewState.OPEN)) for number in numbers}


def open_changes(session: Session, owner: Subscription | str, changes: Iterable[int]) -> Mapping[int, ReviewState]:
    """Which of these changes (ChangeView.id) still need a decision, in their order, and how far each one is."""
    return {number: state for number, state in states_of(session, owner, changes).items() if not state.closed}


def owner_of(owner: Subscription | str) -> str:
    """ "team:NAME" or "subscription:ID"."""
    return owner if isinstance(owner, str) else owner.owner


def _state(written: ReviewState | str) -> ReviewState:
    if written not in list(ReviewState):
        raise InvalidReview("state", f"{str(written)[:40]!r} is none; allowed: {', '.join(ReviewState)}")
    return ReviewState(written)


def _said(field: str, text: str, most: int) -> str:
    """One line without control characters and direction marks: the trail must read as it was meant."""
    plain = "".join(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp", "Cs") else sign for sign in text)
    said = " ".join("".join(sign for sign in plain if sign not in _TURNING).split())
    if len(said) > most:
        raise InvalidReview(field, f"is {len(said):,} characters long; at most {most:,}")
    return said


def _check(before: Review, wanted: ReviewState, reason: str | None) -> None:
    if before.state is wanted:
        who = f" by {before.entries[-1].by}" if before.entries else ""
        raise InvalidReview("state", f"{before.change} is {wanted.value} already{who}")
    if wanted not in before.next_states:
        allowed = ", ".join(before.next_states)
        raise InvalidReview("state", f"{before.change} is {before.state.value}; from there: {allowed}")
    if needs_reason(before.state, wanted) and not reason:
        raise InvalidReview("reason", f"say why: {before.state.value} becomes {wanted.value} only with a reason")


def _row(session: Session, owner: str, change_id: int, now: datetime) -> ReviewRow:
    """The review's row, ours to change until the transaction ends; SQLite holds its write lock for all of it."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    made = dialect.insert(ReviewRow).values(owner=owner, change_id=change_id, state=ReviewState.OPEN, updated_at=now)
    session.execute(made.on_conflict_do_nothing())
    mine = select(ReviewRow).where(ReviewRow.owner == owner, ReviewRow.change_id == change_id)
    return session.scalars(mine.with_for_update().execution_options(populate_existing=True)).one()


def _review(session: Session, row: ReviewRow, change: str) -> Review:
    return _value(row, change, _entries(session, [row.id]).get(row.id, ()))


def _value(row: ReviewRow, change: str, entries: Iterable[ReviewEntry]) -> Review:
    steps = tuple(entries)
    return Review(row.owner, change, row.change_id, ReviewState(row.state), row.updated_at if steps else None, steps)


def _entries(session: Session, reviews: list[int]) -> dict[int, list[ReviewEntry]]:
    found: dict[int, list[ReviewEntry]] = {}
    for start in range(0, len(reviews), _AT_A_TIME):
        some = ReviewEntryRow.review_id.in_(reviews[start : start + _AT_A_TIME])
        for row in session.scalars(select(ReviewEntryRow).where(some).order_by(ReviewEntryRow.id)):
            entry = ReviewEntry(row.at, row.by, ReviewState(row.state), row.reason, Via(row.via))
            found.setdefault(row.review_id, []).append(entry)
    return found
