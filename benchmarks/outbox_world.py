"""Sources, changes and subscriptions for benchmarks/deliveries.py, written as visits and judgements write them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks import letters
from store.alert_schema import AttemptRow
from store.archive import Received, Visited, record_visit
from store.database import Database, open_database
from store.deliveries import told_changes
from store.outbox_views import count_by_state, deliveries
from store.pending import record_judgement
from store.sources import SourceSpec, claim_named, declare
from store.subscriptions import NewSubscription, add, list_subscriptions, resume
from store.untold import unannounced
from store.values import (
    Availability,
    Content,
    DeliveryState,
    Facts,
    Finding,
    FindingKind,
    Judgement,
    Outcome,
    Passage,
    PassageKind,
    Polarity,
    Severity,
    SourceKind,
    Span,
    Status,
)

PUBLISHERS, SUBSCRIPTIONS = 5, 100
REFUSED = ("550", "554", "410")
_CODES = ("AL", "AR", "AU", "BE", "BR", "CA", "CL", "DK", "EE", "FI", "FR", "GH", "IN", "JP", "KE", "LV", "MX", "NO")


def spec(slug: str, publisher: str) -> SourceSpec:
    return SourceSpec(
        slug=slug,
        title=f"{publisher}: supported countries",
        publisher=publisher,
        product=f"{publisher} API",
        kind=SourceKind.AVAILABILITY,
        polarity=Polarity.ALLOW,
        language="en",
        jurisdiction=None,
        url=f"https://example.com/{slug}",
        host="example.com",
        every=timedelta(hours=1),
        text="",
    )


def content(slug: str, *codes: str) -> Content:
    """A list of territories of one product."""
    facts = [
        Availability(code, f"{slug} API", Status.LISTED, code, Span(number, 0, len(code), code))
        for number, code in enumerate(codes)
    ]
    return Content(tuple(Passage(PassageKind.LIST_ITEM, code) for code in codes), Facts(availability=tuple(facts)))


def visit(session: Any, slug: str, said: Content, at: datetime) -> int:
    """The version that a visit brings."""
    [source] = claim_named(session, [slug], at, timedelta(minutes=5))
    url = f"https://example.com/{slug}"
    received = Received(url, 200, {}, f"{slug} {at} {said.fingerprint}".encode())
    due = at + timedelta(hours=1)
    version = record_visit(
        session, source, Visited(Outcome.VERSION, at, due, url, "r", received=received, content=said)
    )
    assert version is not None
    return version


@dataclass(frozen=True)
class Stored:
    """A delivery as it ended. refused: the receiver said that it never wants it."""

    id: int
    key: str
    subscription: int
    changes: tuple[int, ...]
    thread: int
    state: str
    refused: bool


@dataclass(frozen=True)
class Outcomes:
    deliveries: list[Stored]
    wanted: set[tuple[int, int]]
    changes: int
    subscriptions: int
    attempts: int


@dataclass
class Outbox:
    """The database of a chaos run, opened anew each time: a connection must not be shared with what is forked."""

    url: str
    web: str
    changes: list[int] = field(default_factory=list)

    def seed(self, at: datetime) -> None:
        """Each publisher with a list, and everybody subscribed to everything, half by mail and half by webhook."""
        open_database(self.url).close()
        with self._opened() as database, database.begin() as session:
            declare(session, [spec(f"p{number}", f"P{number}") for number in range(PUBLISHERS)], at)
            for number in range(PUBLISHERS):
                visit(session, f"p{number}", content(f"p{number}", *_CODES), at)
            for number in range(SUBSCRIPTIONS):
                channel = "email" if number % 2 else "webhook"
                to = f"s{number}@example.org" if number % 2 else f"{self.web}/s{number}"
                add(session, NewSubscription(channel, to, min_severity="info"), at)

    def release(self, at: datetime, number: int) -> None:
        """One change of every publisher, judged and not announced: HK goes, comes, goes, ..., one thread for each."""
        with self._opened() as database, database.begin() as session:
            before = set(unannounced(session))
            for publisher in range(PUBLISHERS):
                slug, gone = f"p{publisher}", number % 2 == 0
                codes = _CODES if gone else (*_CODES, "HK")
                version = visit(session, slug, content(slug, *codes, f"X{number}"), at)
                kind = FindingKind.TERRITORY_REMOVED if gone else FindingKind.TERRITORY_ADDED
                values = {"old" if gone else "new": "listed"}
                finding = Finding(kind, Severity.HIGH, product=f"{slug} API", territory="HK", **values)
                judgement = Judgement(True, 1.0, Severity.HIGH, ("seeded",))  # lower ones would meet the budget
                record_judgement(session, version, (finding,), judgement, at)
            self.changes += sorted(set(unannounced(session)) - before)

    def all_announced(self) -> bool:
        with self._opened() as database, database.read() as session:
            return not unannounced(session)

    def made(self) -> int:
        """How many deliveries there are."""
        with self._opened() as database, database.read() as session:
            return sum(count_by_state(session).values())

    def undone(self) -> int:
        with self._opened() as database, database.read() as session:
            counts = count_by_state(session)
            return counts[DeliveryState.PENDING] + counts[DeliveryState.FAILED]

    def resume(self) -> None:
        with self._opened() as database, database.begin() as session:
            for one in list_subscriptions(session):
                if one.paused_at is not None:
                    resume(session, one.id)

    def stored(self) -> Outcomes:
        with self._opened() as database, database.read() as session:
            rows = deliveries(session, limit=10**6)
            ended = [
                Stored(
                    one.id,
                    one.key,
                    one.subscription_id,
                    told_changes(session, one.id),
                    one.thread_id or one.id,
                    one.state.value,
                    one.state is DeliveryState.DEAD and any(code in (one.error or "") for code in REFUSED),
                )
                for one in rows
            ]
            people = [one.id for one in list_subscriptions(session)]
            wanted = {(person, change) for person in people for change in self.changes}
            return Outcomes(ended, wanted, len(self.changes), len(people), session.query(AttemptRow).count())

    def _opened(self) -> _Opened:
        return _Opened(Database(self.url))


@dataclass
class _Opened:
    database: Database

    def __enter__(self) -> Database:
        return self.database

    def __exit__(self, *error: object) -> None:
        self.database.close()


def latency_run(folder: Path, smtp: int, journal: Path, number: int) -> dict[str, list[float]]:
    """Seconds from a version being stored, and from its change being stored, to its mail being taken."""
    from tocsin.app import App
    from tocsin.settings import read_settings

    settings = read_settings(
        database_url=f"sqlite:///{folder}/latency.db",
        smtp_url=f"smtp://127.0.0.1:{smtp}?starttls=never",
        mail_from="tocsin@example.org",
        model="none",
        group_wait=0,
        messages_an_hour=0,
    )
    database = open_database(settings.database_url)
    stored = asyncio.run(_versions(App(settings, database), number, journal))
    with database.read() as session:
        keys = {told_changes(session, one.id)[0]: one.key for one in deliveries(session)}
        from store import history

        views = [history.change_by_id(session, change).change for change in keys]
    database.close()
    taken = {line["key"]: line["at"] for line in letters.lines(journal)}
    return {
        "version stored to mail taken": [taken[keys[one.id]] - stored[one.after.version] for one in views],
        "change announced to mail taken": [
            taken[keys[one.id]] - one.announced_at.timestamp() for one in views if one.announced_at
        ],
    }


async def _versions(app: Any, number: int, journal: Path) -> dict[int, float]:
    """Runs the service's loops while versions come in, one every third of a second; when each was stored."""
    from tocsin.promptly import Promptly

    slugs, began = [f"l{one}" for one in range(number)], datetime.now(UTC)
    with app.database.begin() as session:
        declare(session, [spec(slug, slug) for slug in slugs], began)
        for slug in slugs:
            visit(session, slug, content(slug, *_CODES), began)
        add(session, NewSubscription("email", "ada@example.org", min_severity="info"), began)
    prompt, stored = Promptly(app), {}
    loops = prompt.start()
    await prompt.tick()  # the baselines
    for slug in slugs:
        now = datetime.now(UTC)
        with app.database.begin() as session:
            version = visit(session, slug, content(slug, *_CODES, "HK"), now)
        stored[version] = datetime.now(UTC).timestamp()
        prompt.visited(slug, Outcome.VERSION)
        await asyncio.sleep(0.33)
    for _ in range(60):
        if len(letters.lines(journal)) >= number:
            break
        await asyncio.sleep(0.5)
    for loop in loops:
        loop.cancel()
    await asyncio.gather(*loops, return_exceptions=True)
    return stored
