"""Judges every version that waits for it: one at a time, each in a transaction of its own."""

from __future__ import annotations

from datetime import datetime

import structlog

from detector.compare import About, Comparison, compare
from detector.encoder import Encoder
from store import pending
from store.database import Database
from store.pending import Unjudged
from store.values import Judgement, Severity

_log = structlog.get_logger(__name__)


def judge(database: Database, encoder: Encoder | None, now: datetime) -> int:
    """Compares each unjudged version with its predecessor and stores the change; returns how many changes that made.

    A baseline and a technical re-reading are no change. A comparison that fails is stored as an operational judgement
    with the reason and does not stop the others.
    """
    count = 0
    while (waiting := _next(database)) is not None:
        result = None if waiting.old is None or waiting.technical else _comparison(waiting, encoder)
        with database.begin() as session:
            if result is None:
                pending.record_judgement(session, waiting.version_id, (), None, now)
            else:
                pending.record_judgement(
                    session, waiting.version_id, result.findings, result.judgement, now, waiting.old_id
                )
                count += 1
    return count


def _next(database: Database) -> Unjudged | None:
    with database.read() as session:
        return next(iter(pending.unjudged(session, 1)), None)


def _comparison(waiting: Unjudged, encoder: Encoder | None) -> Comparison:
    assert waiting.old is not None
    about = About(
        waiting.kind, waiting.publisher, waiting.product, waiting.polarity, waiting.language, waiting.at.date()
    )
    try:
        return compare(waiting.old, waiting.new, about, waiting.earlier, encoder)
    except Exception as error:  # noqa: BLE001 - one page must not stop the judging of all others
        _log.exception("comparison failed", version=waiting.version_id, publisher=waiting.publisher)
        reason = f"the comparison failed: {type(error).__name__}: {error}"
        return Comparison((), Judgement(False, 0.0, Severity.OPERATIONAL, (reason,)))
