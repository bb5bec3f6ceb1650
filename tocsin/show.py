"""How answers look on a terminal: tables and lines for people, JSON for programs. Data goes to stdout, the rest to
stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)


def as_json(value: Any) -> None:
    """Prints a value as JSON, indented, with its own letters."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def as_json_line(value: Any) -> None:
    """Prints a value as one line of JSON and hands it on at once."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints a table. Cells are text from pages too: shown as they are, never as markup."""
    drawn = Table(title=escape(title), title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for row in rows:
        drawn.add_row(*(escape(printable(cell)) for cell in row))
    Console(width=None if sys.stdout.isatty() else 160).print(drawn)


def line(text: str) -> None:
    out.print(escape(printable(text)), highlight=False)


def note(text: str) -> None:
    """A line about the run, on stderr."""
    err.print(escape(printable(text)), highlight=False)


def printable(text: str) -> str:
    """The text without control characters, which could steer a terminal."""
    return "".join(letter if letter == "\n" or letter.isprintable() else "�" for letter in text)


def moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "never"


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Any]:
    """A progress bar on stderr; call what it yields after each step, with the words to show."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(what, total=total)

        def step(words: str = "") -> None:
            bar.update(task, advance=1, description=f"{what} {escape(words)[:40]:40}")

        yield step
