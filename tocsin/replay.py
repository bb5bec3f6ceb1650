"""Replays an archive: each capture goes through the house with its own time as the clock."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from alerts.run import announce, deliver, pass_over
from crawler.captures import Capture, captures
from crawler.declaration import Declaration
from crawler.replay import Bookcase, replay
from detector.news.run import stories_of
from detector.run import judge
from store.calendar import note_dates
from store.values import Outcome
from tocsin import show
from tocsin.app import App, now
from tocsin.rounds import timers


@dataclass(frozen=True, slots=True)
class Ended:
    """How one capture ended."""

    slug: str
    at: datetime
    outcome: Outcome | None
    reason: str | None


@dataclass(slots=True)
class Report:
    """What a replay did. sent and failed are None where nothing was to be delivered."""

    ended: list[Ended] = field(default_factory=list)
    changes: int = 0
    sent: int | None = None
    failed: int | None = None

    @property
    def captures(self) -> int:
        return len(self.ended)

    @property
    def added(self) -> int:
        return sum(end.outcome is not None for end in self.ended)

    def as_json(self) -> dict[str, Any]:
        return {
            "captures": self.captures,
            "added": self.added,
            "changes": self.changes,
            "sent": self.sent,
            "failed": self.failed,
            "visits": [
                {
                    "source": end.slug,
                    "at": end.at.isoformat(),
                    "outcome": end.outcome.value if end.outcome else None,
                    "reason": end.reason,
                }
                for end in self.ended
            ],
        }


def replay_archive(app: App, archive: Path, *, notify: bool) -> Report:
    """Sends every capture through the rooms, oldest first. Raises ArchiveError, DeclarationError.

    With notify, what is found is announced at each capture's time and sent. Without, it is stored and passed over: the
    past of a source must not fill inboxes when the service next runs.
    """
    found = captures(archive)
    bookcase = Bookcase(app.declarations)
    read_as = [bookcase.declaration(capture) for capture in found]  # a bad capture stops the replay before it starts
    report = Report()
    with show.progress("replaying", len(found)) as step:
        for declaration, capture in zip(read_as, found, strict=True):
            step(declaration.slug)
            _replay_one(app, declaration, capture, notify, report)
    note_dates(app.database, now())
    if notify:
        counts = asyncio.run(deliver(app.database, app.channels(), now, base_url=app.settings.base_url))
        report.sent, report.failed = counts.sent, counts.failed + counts.dead
    return report


def _replay_one(app: App, declaration: Declaration, capture: Capture, notify: bool, report: Report) -> None:
    ended = replay(app.database, declaration, capture, app.pace)
    report.ended.append(Ended(ended.slug, capture.at, ended.outcome, ended.reason))
    report.changes += judge(app.database, app.encoder, capture.at)
    stories_of(app.database, capture.at, app.encoder)
    if notify:
        announce(app.database, capture.at, timers(app))
    else:
        pass_over(app.database, declaration.slug, capture.at)
