"""What is stored, told without numbers and to the round: two runs that lived through the same tell the same.

Also puts rows back as they were, so that many runs can start from one moment.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, insert, select, text

from store.columns import Base
from store.database import Database

Dump = dict[str, list[dict[str, Any]]]
Row = dict[str, Any]
_ITS_OWN_CLOCK = ("date", "server")


def dumped(database: Database) -> Dump:
    """Every row of every table."""
    with database.read() as session:
        return {
            table.name: [dict(row._mapping) for row in session.execute(select(table))]
            for table in Base.metadata.sorted_tables
        }


def restored(database: Database, rows: Dump) -> None:
    """Makes the database hold exactly these rows; numbers go on after the highest, as they would have."""
    laxly = "PRAGMA defer_foreign_keys = ON" if database.is_sqlite else "SET LOCAL session_replication_role = replica"
    with database.begin() as session:
        session.execute(text(laxly))  # on PostgreSQL a superuser's leave; TRUNCATE needs none, and thirty times as long
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())
        for table in Base.metadata.sorted_tables:
            if rows[table.name]:
                session.execute(insert(table), rows[table.name])
            if not database.is_sqlite and _is_numbered(table):
                session.execute(
                    text(
                        f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), greatest(max(id), 1),"
                        f' max(id) IS NOT NULL) FROM "{table.name}"'
                    )
                )


def _is_numbered(table: Table) -> bool:
    return "id" in table.columns and table.columns["id"].primary_key


def history(
    database: Database, received: Sequence[Sequence[str]], round_of: Callable[[datetime], int]
) -> dict[str, list[Any]]:
    """What is stored and what was received, by part. round_of: the round of an instant; finer times are left out.

    Visits are left out but for what they say of the source: a process that starts anew looks again.
    """
    return _Told(dumped(database), round_of).parts(received)


class _Told:
    def __init__(self, rows: Dump, round_of: Callable[[datetime], int]) -> None:
        self._rows, self._round_of = rows, round_of
        self._slug = {row["id"]: row["slug"] for row in rows["source"]}
        self._snapshot = self._numbered("snapshot")
        self._version = self._numbered("version")
        self._change = {row["id"]: self._version.get(row["to_version"]) for row in rows["change"]}
        self._reader = {row["id"]: f"{row['channel']} {row['digest']}" for row in rows["subscription"]}

    def _numbered(self, table: str) -> dict[int, str]:
        """By id: the source and which one of it, counted from 1."""
        counted: defaultdict[int, int] = defaultdict(int)
        names = {}
        for row in sorted(self._rows[table], key=lambda row: row["id"]):
            counted[row["source_id"]] += 1
            names[row["id"]] = f"{self._slug[row['source_id']]} {counted[row['source_id']]}"
        return names

    def _round(self, moment: datetime | None) -> int | None:
        return None if moment is None else self._round_of(moment)

    def parts(self, received: Sequence[Sequence[str]]) -> dict[str, list[Any]]:
        rows = self._rows
        keys = {row["key"]: self._about(row) for row in rows["delivery"]}
        seen = {(key, keys.get(key, "nothing that is stored")) for _, key in received}
        return {
            "source": [self._source(row) for row in rows["source"]],
            "snapshot": [self._told_snapshot(row) for row in rows["snapshot"]],
            "version": [self._told_version(row) for row in rows["version"]],
            "change": [self._told_change(row) for row in rows["change"]],
            "delivery": [[self._about(row), row["state"], self._round(row["created_at"])] for row in rows["delivery"]],
            "received": sorted(about for _, about in seen),
            "story": [self._story(row) for row in rows["story"]],
            "address": [self._address(row) for row in rows["source_address"]],
            "lease": [[row["slug"]] for row in rows["source"] if self._is_shut_out(row["lease_until"])]
            + [["host", row["name"]] for row in rows["host"] if row["owner"] and self._is_shut_out(row["owner_until"])],
            "damaged": self._damaged(),
        }

    def _is_shut_out(self, until: datetime | None) -> bool:
        """Whether a claim, perhaps of a process that died, still holds in the next round."""
        return until is not None and self._round_of(until) > self._round_of(max(v["at"] for v in self._rows["visit"]))

    def _about(self, delivery: Row) -> str:
        what = delivery["week"] or self._change.get(delivery["change_id"], "bulletin")
        return f"{self._reader[delivery['subscription_id']]}: {what}"

    def _source(self, row: Row) -> list[Any]:
        good = [visit for visit in self._rows["visit"] if visit["source_id"] == row["id"] and visit["version_id"]]
        stands = self._version.get(row["version_id"])
        return [row["slug"], row["url"], row["etag"], stands, row["failures"] > 0, self._round(good[-1]["at"])]

    def _address(self, row: Row) -> list[Any]:
        held = [self._round(row["since"]), self._round(row["until"])]
        return [self._slug[row["source_id"]], row["url"], row["why"], *held]

    def _told_snapshot(self, row: Row) -> list[Any]:
        headers = {name: value for name, value in row["headers"].items() if name not in _ITS_OWN_CLOCK}
        where = [self._snapshot[row["id"]], row["url"], row["status"], row["sha256"], headers]
        return [*where, self._round(row["fetched_at"])]

    def _told_version(self, row: Row) -> list[Any]:
        content = hashlib.sha256(row["content"]).hexdigest()
        stands_on = [self._snapshot[row["snapshot_id"]], self._version.get(row["previous_id"])]
        marks = [row["technical"], self._round(row["believed_at"]), self._round(row["judged_at"])]
        return [
            self._version[row["id"]],
            *stands_on,
            row["recipe"],
            row["fingerprint"],
            content,
            self._round(row["at"]),
            *marks,
        ]

    def _told_change(self, row: Row) -> list[Any]:
        between = [self._version[row["from_version"]], self._version[row["to_version"]]]
        said = [row[name] for name in ("substantive", "significance", "severity", "reasons", "model", "held")]
        when = [self._round(row[name]) for name in ("at", "confirmed_at", "announced_at")]
        found = sorted(
            (
                [value for name, value in finding.items() if name not in ("id", "change_id")]
                for finding in self._rows["finding"]
                if finding["change_id"] == row["id"]
            ),
            key=lambda finding: finding[0],
        )
        return [*between, *said, *when, found]

    def _story(self, row: Row) -> list[Any]:
        said = [row[name] for name in ("action", "actor", "object", "title", "territories", "chains", "official")]
        links = sorted(
            f"{self._slug[entry['source_id']]} {entry['link']} {entry['position']}"
            for entry in self._rows["story_entry"]
            if entry["story_id"] == row["id"]
        )
        return [*said, links]

    def _damaged(self) -> list[Any]:
        """Rows that lean on one that is not there, and work that nobody did."""
        blobs = {row["sha256"] for row in self._rows["blob"]}
        gone = [row["sha256"] for row in self._rows["snapshot"] if row["sha256"] not in blobs]
        loose = blobs - {row["sha256"] for row in self._rows["snapshot"]}
        undone = [self._version[row["id"]] for row in self._rows["version"] if row["judged_at"] is None]
        return [*gone, *sorted(loose), *undone]
