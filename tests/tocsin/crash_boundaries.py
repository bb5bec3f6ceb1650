"""The boundaries that a process passes on its way through the house, and the one at which it dies."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from store.database import Database

HOUSE = Path(__file__).resolve().parents[2]
ROOMS = ("crawler", "detector", "alerts", "tocsin")
Kill = list[Any]


@dataclass
class Watch:
    """Counts the boundaries that this process passes and kills it at the one asked for."""

    kill: Kill | None = None
    passed: list[str] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    door: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, boundary: str) -> None:
        with self.door:
            self.passed.append(boundary)
            self.counted[boundary] += 1
            reached = (["nth", len(self.passed)], ["named", boundary, self.counted[boundary]])
            if self.kill in reached:
                os.kill(os.getpid(), signal.SIGKILL)

    @contextlib.contextmanager
    def listening(self, database: Database) -> Iterator[None]:
        """Boundaries of every transaction that writes, named by who conducts it."""

        def executed(_c: Any, _cursor: Any, statement: str, _p: Any, _x: Any, _many: Any) -> None:
            words = statement.replace('"', "").split()
            if words[0] in ("INSERT", "UPDATE", "DELETE"):
                self(f"{conductor()}: after {words[0].lower()} {words[1 if words[0] == 'UPDATE' else 2]}")

        def before(_session: Session) -> None:
            self(f"{conductor()}: before commit")

        def after(_session: Session) -> None:
            self(f"{conductor()}: after commit")

        heard = (
            (database.engine, "after_cursor_execute", executed),
            (Session, "before_commit", before),
            (Session, "after_commit", after),
        )
        for what, name, hear in heard:
            event.listen(what, name, hear)
        yield
        for what, name, hear in heard:
            event.remove(what, name, hear)


def conductor() -> str:
    """The innermost function on the stack that belongs to a room above the store."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        file = Path(frame.f_code.co_filename)
        if file.is_relative_to(HOUSE) and (parts := file.relative_to(HOUSE).parts)[0] in ROOMS:
            return ".".join((*parts[:-1], file.stem, frame.f_code.co_name))
        frame = frame.f_back
    return "?"
