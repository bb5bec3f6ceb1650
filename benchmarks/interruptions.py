"""How often would somebody be interrupted who wants to hear of everything that is medium or graver? A replay says it.

A collection of terms (an unpacked folder with captures.jsonl, as ../shared/corpus/README.md says) goes through the
house capture by capture, each with its own time as the clock. What may be told is then announced, at the time at which
it could be, to one subscription to everything, medium and up, with the default group_wait and group_interval. Written
is every message with its date, its changes, its severity and the reasons.

    python -m benchmarks.interruptions FOLDER [--document docs/interruptions.md] [--goal 0.4] [--model none]
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from alerts.run import Timers, announce_change
from alerts.sentence import what_changed
from crawler.captures import captures
from store import history
from store.database import Database, open_database
from store.deliveries import told_changes
from store.outbox_views import deliveries
from store.schema import ChangeRow
from store.subscriptions import NewSubscription, add
from store.views import ChangeFilter, ChangeView
from tocsin.app import App
from tocsin.replay import replay_archive
from tocsin.settings import read_settings


@dataclass(frozen=True)
class Interruption:
    """One message: when it goes out, how grave it is, and the changes it tells."""

    at: datetime
    severity: str
    publisher: str
    changes: tuple[ChangeView, ...]


def replayed(app: App, folder: Path) -> list[tuple[int, datetime]]:
    """Changes that may be told, with the time at which each could be; they wait again to be announced."""
    replay_archive(app, folder, notify=False)
    with app.database.begin() as session:
        rows = session.query(ChangeRow).filter(ChangeRow.announced_at.is_not(None)).all()
        told = sorted(((row.announced_at, row.id) for row in rows if row.announced_at), key=lambda one: one)
        for row in rows:
            row.announced_at = None
    return [(number, at) for at, number in told]


def interruptions(database: Database, told: Sequence[tuple[int, datetime]], timers: Timers) -> list[Interruption]:
    """The messages that the subscription gets, in their order."""
    with database.begin() as session:
        began = told[0][1] - timedelta(days=1)
        add(session, NewSubscription("email", "reader@example.org", min_severity="medium"), began)
    for number, at in told:
        announce_change(database, number, at, timers)
    with database.read() as session:
        found = []
        for one in deliveries(session, limit=10**6):
            views = tuple(history.change_view(session, each) for each in told_changes(session, one.id))
            found.append(Interruption(one.next_at, one.severity or "", one.publisher or "", views))
    return sorted(found, key=lambda one: one.at)


def document(found: Sequence[Interruption], days: int, counts: str, timers: Timers, goal: float) -> str:
    """docs/interruptions.md."""
    wait, interval = timers.wait.total_seconds(), timers.interval.total_seconds()
    severities = Counter(one.severity for one in found)
    kinds = Counter(kind for one in found for kind in _ringing(one))
    publishers = Counter(one.publisher for one in found)
    busiest = Counter(one.at.date() for one in found).most_common(1)
    lines = [
        "# Interruptions",
        "",
        "What a subscription to everything, medium and up, at once, would have had from the recorded history of",
        "`terms-genai` (Open Terms Archive's collection of the terms of generative AI services), with the default",
        f"`group_wait` ({wait:g} s) and `group_interval` ({interval:g} s).",
        "Made by `python -m benchmarks.interruptions FOLDER --document docs/interruptions.md`.",
        "",
        f"**{len(found)} messages in {days} days: {len(found) / days:.2f} a day** (goal: at most {goal:g}). {counts}",
        f"By severity: {_listed(severities)}. Most in one day: {busiest[0][1] if busiest else 0}"
        f" ({busiest[0][0].isoformat() if busiest else 'none'}).",
        f"The findings that made them ring: {_listed(kinds, 8)}.",
        f"Publishers heard of most: {_listed(publishers, 8)}.",
        "",
        "Everything else is stored, with the reason why it was not told, and is in the digest and in `tocsin history`.",
        "",
        "| When (UTC) | Severity | Publisher: source | What | Why it was judged so |",
        "|---|---|---|---|---|",
    ]
    for one in found:
        for number, change in enumerate(one.changes):
            when = f"{one.at:%Y-%m-%d %H:%M}" if not number else "same message"
            title = _cell(f"{change.publisher}: {change.title}", 70)
            said = _cell(what_changed(change, ()), 220)
            lines.append(f"| {when} | {change.severity} | {title} | {said} | {_cell('; '.join(change.reasons), 200)} |")
    return "\n".join(lines) + "\n"


def _ringing(one: Interruption) -> set[str]:
    """The kinds of finding that are as grave as the message."""
    return {f.kind.value for change in one.changes for f in change.findings if f.severity.value == one.severity}


def _listed(counts: Counter[str], most: int | None = None) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common(most))


def _cell(text: str, most: int) -> str:
    """Page text in a cell of a table: one line, nothing that Markdown or HTML would take for itself."""
    plain = " ".join(text.split())
    plain = plain if len(plain) <= most else plain[: most - 1].rstrip() + "…"
    for sign in "\\`*_[]<>|#":
        plain = plain.replace(sign, "\\" + sign)
    return plain.replace("http", "http\u200b")  # no address in it becomes a link


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--document", type=Path)
    parser.add_argument("--goal", type=float, default=0.4, help="messages a day")
    parser.add_argument("--model", default="none", help="as TOCSIN_MODEL")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        settings = read_settings(
            database_url=f"sqlite:///{scratch}/replay.db", sources=(Path(scratch),), model=asked.model
        )
        database = open_database(settings.database_url)
        told = replayed(App(settings, database), asked.folder)
        timers = Timers(timedelta(seconds=settings.group_wait), timedelta(seconds=settings.group_interval))
        found = interruptions(database, told, timers)
        with database.read() as session:
            stored = history.changes(session, ChangeFilter())
        database.close()
    found_in = captures(asked.folder)
    times = [capture.at for capture in found_in]
    days = (max(times).date() - min(times).date()).days
    documents = len({one.fields.get("slug", one.url) for one in found_in})
    held = Counter(one.held.value for one in stored if one.held is not None)
    counts = (
        f"{len(found_in)} captures of {documents} documents brought {len(stored)} changes; {len(told)} may be told,"
        f" the others are held ({_listed(held)}) or not substantive."
    )
    text = document(found, days, counts, timers, asked.goal)
    if asked.document:
        asked.document.write_text(text, encoding="utf-8")
    print("\n".join(line for line in text.splitlines() if not line.startswith("|")))
    raise SystemExit(0 if len(found) / days <= asked.goal else 1)


if __name__ == "__main__":
    main()
