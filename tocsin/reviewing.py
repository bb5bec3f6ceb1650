"""Reviews for the pages, the API and the command: which changes are somebody's, and the audit trail as JSON and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from alerts.matching import wants
from store import history
from store.reviews import Review, ReviewEntry, ReviewState, reviews_of
from store.subscriptions import ChannelName, Session, Subscription, list_subscriptions
from store.views import ChangeFilter, ChangeView
from tocsin.asked import BadParameter
from tocsin.forms import Json, instant_json

LOOKED_AT = 1000  # changes in which those of a subscription are looked for
_BACK = timedelta(days=365)
COLUMNS = (
    *("owner", "change", "publisher", "source", "seen_at", "state"),
    *("step", "at", "by", "to_state", "reason", "via"),
)
# A spreadsheet runs a cell that begins so, also after the blanks and the quote signs that it forgives.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def concerning(session: Session, mine: Subscription, now: datetime) -> tuple[ChangeView, ...]:
    """What was announced in the last year and any subscription of the same owner wants, oldest first."""
    readers = [one for one in list_subscriptions(session) if one.owner == mine.owner and not one.operator]
    found = history.changes(session, ChangeFilter(held=False, since=now - _BACK), limit=LOOKED_AT)
    return tuple(one for one in found if one.substantive and any(wants(reader.filters, one) for reader in readers))


def reviews_for(
    session: Session, mine: Subscription, now: datetime, only: ReviewState | None = None
) -> list[tuple[ChangeView, Review]]:
    """What concerns a subscription's owner and what they touched, newest change first, each with its review.

    A change that nobody has touched is open and has no step.
    """
    touched = {one.change_id: one for one in reviews_of(session, mine)}
    wanted = concerning(session, mine, now)
    others = history.views_of(session, sorted(touched.keys() - {view.id for view in wanted}))
    views = sorted((*wanted, *others), key=lambda view: (view.at, view.id), reverse=True)
    untouched = partial(Review, mine.owner, state=ReviewState.OPEN, updated_at=None, entries=())
    found = [(view, touched.get(view.id) or untouched(view.address, view.id)) for view in views]
    return [(view, one) for view, one in found if only is None or one.state is only]


def state_named(written: str | None) -> ReviewState | None:
    """The state a parameter names; None for every state. Raises BadParameter."""
    if not written:
        return None
    if written not in list(ReviewState):
        raise BadParameter("state", written, f"allowed: {', '.join(ReviewState)}")
    return ReviewState(written)


def usual_name(mine: Subscription) -> str:
    """Who acts where nobody says: the mail address; a webhook's address is a secret and stays unsaid."""
    return mine.address if mine.channel is ChannelName.EMAIL else f"subscription {mine.id} ({mine.channel.value})"


def review_json(found: Review) -> Json:
    """One review with all its steps, oldest first."""
    return {
        "owner": found.owner,
        "change": found.change,
        "state": found.state.value,
        "updated_at": instant_json(found.updated_at),
        "next_states": [state.value for state in found.next_states],
        "entries": [_entry_json(entry) for entry in found.entries],
    }


def trail_csv(session: Session, found: Sequence[Review]) -> str:
    """The audit trail, one line a step (RFC 4180). Cells that a spreadsheet would take for a formula begin with '."""
    views = {view.id: view for view in history.views_of(session, [one.change_id for one in found])}
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    writer.writerows(_cells(row) for one in found for row in _rows(one, views.get(one.change_id)))
    return written.getvalue()


def harmless(cell: str) -> str:
    """A cell that a spreadsheet shows and does not run (OWASP, CSV injection)."""
    return f"'{cell}" if cell.lstrip(" \"'\ufeff\u200b").startswith(_FORMULA) else cell


def _rows(found: Review, view: ChangeView | None) -> Iterable[tuple[object, ...]]:
    about = (view.publisher, view.title, instant_json(view.at)) if view else ("", "", "")
    for number, entry in enumerate(found.entries, 1):
        step = (number, instant_json(entry.at), entry.by, entry.state, entry.reason or "", entry.via)
        yield (found.owner, found.change, *about, found.state, *step)


def _cells(row: Iterable[object]) -> list[str]:
    return [harmless(str(cell)) for cell in row]


def _entry_json(entry: ReviewEntry) -> dict[str, Any]:
    return {
        "at": instant_json(entry.at),
        "by": entry.by,
        "state": entry.state.value,
        "reason": entry.reason,
        "via": entry.via.value,
    }
