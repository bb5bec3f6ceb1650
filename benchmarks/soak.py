"""A long run against a restless world: is every real change told once and nothing else, and does memory stay flat?

Starts a loopback world (soak_world.py: lists and terms at addresses of their own, changing at random; one visit in five
gets a fault) and a mail server, runs `tocsin run` against both in a process of its own, and at the end, after the world
has stood still for a while, compares what was mailed with what really changed.

    python -m benchmarks.soak [--minutes 120] [--sources 300] [--faulty 0.2] [--seed 1] [--folder FOLDER]
"""

from __future__ import annotations

import argparse
import asyncio
import email
import json
import os
import re
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

from benchmarks.soak_world import Change, World

EVERY = 60  # seconds between two visits of a source
QUIET = 15 * 60  # the world stands still at the end, so that what came last can be seen, confirmed and told
SETTLE = 120  # every source is read once before the world begins to change
SAMPLED = 15
_NUMBER = re.compile(r"\d+")


@dataclass
class Mailbox:
    """The Message-IDs that arrived, in order."""

    arrived: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.arrived.append(str(email.message_from_bytes(envelope.content)["Message-ID"]))
        return "250 kept"


@dataclass(frozen=True)
class Outcome:
    """What was mailed against what happened. surplus and missed: (source, what) with how often."""

    real: int
    told_once: int
    missed: Sequence[tuple[str, str]]
    surplus: Sequence[tuple[str, str]]
    mails: int
    repeated: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--sources", type=int, default=300)
    parser.add_argument("--faulty", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="keeps database and log here")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        world = World(asked.sources, asked.faulty, asked.seed)
        raise SystemExit(asyncio.run(soaked(folder, world, asked.minutes * 60)))


async def soaked(folder: Path, world: World, seconds: float) -> int:
    mailbox = Mailbox()
    mail = await asyncio.get_running_loop().create_server(lambda: SMTP(mailbox), "127.0.0.1", 0)
    port = mail.sockets[0].getsockname()[1]
    await world.open()
    environment = prepared(folder, world, port)
    tocsin(environment, folder, "subscribe", "--email", "officer@example.org", "--confirmed", "--min-severity", "low")
    with (folder / "run.log").open("w") as log:
        command = [sys.executable, "-m", "tocsin.cli", "run", "--port", str(free_port())]
        service = subprocess.Popen(command, env=environment, cwd=folder, stderr=log)
        try:
            memory = await live(world, service, seconds)
        finally:
            service.terminate()
            service.wait(30)
            mail.close()
            await world.close()
    outcome = compared(folder / "soak.db", world.changes, mailbox.arrived)
    report(outcome, world, memory, seconds)
    return 1 if outcome.missed or outcome.surplus or outcome.repeated else 0


async def live(world: World, service: subprocess.Popen[bytes], seconds: float) -> list[tuple[float, float]]:
    """Lets the world change until QUIET seconds (a third of a short run) before the end; (second, MB) samples."""
    began, memory = time.monotonic(), []
    settle, still = min(SETTLE, seconds / 8), min(QUIET, seconds / 3)
    while (passed := time.monotonic() - began) < seconds:
        if service.poll() is not None:
            raise SystemExit(f"tocsin run ended with {service.returncode}; see run.log")
        world.restless = settle < passed < seconds - still
        if passed > seconds - still:
            world.faulty = 0.0
        memory.append((passed, resident(service.pid)))
        await asyncio.sleep(SAMPLED)
        world.step(SAMPLED)
    return memory


def prepared(folder: Path, world: World, mail_port: int) -> dict[str, str]:
    """The declarations written, and the environment of a service that watches them."""
    sources = folder / "sources"
    sources.mkdir(exist_ok=True)
    for page in world.pages:
        (sources / f"{page.slug}.toml").write_text(page.declaration(EVERY), encoding="utf-8")
    given = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
    return given | {
        "TOCSIN_DATABASE_URL": f"sqlite:///{folder}/soak.db",
        "TOCSIN_SOURCES": str(sources),
        "TOCSIN_ALLOW_HOSTS": ",".join([page.host for page in world.pages]),
        "TOCSIN_SMTP_URL": f"smtp://127.0.0.1:{mail_port}",
        "TOCSIN_MAIL_FROM": "tocsin@example.org",
        "TOCSIN_CONTACT": "soak@example.org",
        "TOCSIN_GAP": "0.2",
        "TOCSIN_TIMEOUT": "5",
        "TOCSIN_TICK": "5",
        "TOCSIN_CONFIRM_AFTER": "20",
        "TOCSIN_MODEL": "none",
        # One reader hears of a thousand changes an hour here, and all of it before the world's last quiet minutes end.
        "TOCSIN_MESSAGES_AN_HOUR": "0",
        "TOCSIN_GROUP_WAIT": "5",
        "TOCSIN_GROUP_INTERVAL": "60",
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }


def tocsin(environment: dict[str, str], folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tocsin.cli", *words], env=environment, cwd=folder, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"tocsin {' '.join(words)} failed: {done.stdout}{done.stderr}")
    return done.stdout


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def resident(pid: int) -> float:
    """Resident memory of a process, in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def compared(database: Path, changes: Sequence[Change], arrived: Sequence[str]) -> Outcome:
    """What the mails that arrived say, by the change each belongs to, against what the world did."""
    keys = Counter(message.strip("<>").partition("@")[0] for message in arrived)
    told: Counter[tuple[str, str]] = Counter()
    with sqlite3.connect(database) as stored:
        rows = stored.execute(
            "with tells as (select key, change_id from delivery union all select delivery.key, joined.change_id"
            " from delivery_change as joined join delivery on delivery.id = joined.delivery_id)"
            " select tells.key, source.slug, finding.kind, finding.territory, finding.old, finding.new"
            " from tells join change on change.id = tells.change_id"
            " join source on source.id = change.source_id join finding on finding.change_id = change.id"
            " where finding.severity not in ('info', 'operational')"
        )
        for key, slug, kind, territory, old, new in rows:
            told[(slug, said(kind, territory, old, new))] += keys[key]
    real = Counter((one.slug, one.what) for one in changes)
    missed = sorted((real - told).elements())
    surplus = sorted((told - real).elements())
    once = sum(1 for what in real if told[what] == 1)
    repeated = sum(count - 1 for count in keys.values())
    return Outcome(sum(real.values()), once, missed, surplus, len(arrived), repeated)


def said(kind: str, territory: str | None, old: str | None, new: str | None) -> str:
    """A finding in the words of the world's own log."""
    signs = {"territory_added": "+", "territory_removed": "-"}
    if kind in signs:
        return f"{signs[kind]}{territory}"
    numbers = _NUMBER.findall(old or ""), _NUMBER.findall(new or "")
    single = len(numbers[0]) == len(numbers[1]) == 1
    return f"{numbers[0][0]} to {numbers[1][0]}" if single else f"{old} to {new}"


def report(outcome: Outcome, world: World, memory: Sequence[tuple[float, float]], seconds: float) -> None:
    visits, faults = world.asked, sum(world.faults.values())
    print(f"{len(world.pages)} sources, {seconds / 60:.0f} minutes, {visits} page requests, {faults} of them faulty:")
    print("  " + ", ".join(f"{name} {count}" for name, count in sorted(world.faults.items())))
    print(f"real changes {outcome.real}, told exactly once {outcome.told_once}, mails {outcome.mails}")
    print(f"missed {len(outcome.missed)}, told without a change {len(outcome.surplus)}, repeated {outcome.repeated}")
    for name, cases in (("missed", outcome.missed), ("surplus", outcome.surplus)):
        print(*(f"  {name}: {slug} {what}" for slug, what in cases[:20]), sep="\n" if cases else "")
    parts = [[mb for at, mb in memory if start <= at / seconds < start + 0.25] for start in (0.25, 0.5, 0.75)]
    figures = ", ".join(f"{statistics.median(part):.0f}" for part in parts if part)
    print(f"resident memory, MB, median of the second, third and last quarter: {figures}")
    print(json.dumps({"memory": [(round(at), round(mb)) for at, mb in memory[:: max(1, len(memory) // 24)]]}))


if __name__ == "__main__":
    main()
