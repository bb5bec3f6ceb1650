"""Sources, contents and visits for the store's tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from store.archive import Received, Visited, record_visit
from store.database import Database
from store.sources import SourceSpec, claim_named, declare
from store.values import (
    Availability,
    Content,
    Facts,
    Outcome,
    Passage,
    PassageKind,
    Polarity,
    SourceKind,
    Span,
    Status,
)

START = datetime(2024, 7, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def start() -> datetime:
    return START


@pytest.fixture
def list_of() -> Callable[..., Content]:
    """A content that lists territories of "Example API"; a value in conditions makes one restricted."""

    def made(*codes: str, conditions: dict[str, str] | None = None, product: str = "Example API") -> Content:
        passages, facts = [], []
        for number, code in enumerate(codes):
            condition = (conditions or {}).get(code)
            passages.append(Passage(PassageKind.LIST_ITEM, code))
            status = Status.RESTRICTED if condition else Status.LISTED
            facts.append(Availability(code, product, status, code, Span(number, 0, len(code), code), condition))
        return Content(tuple(passages), Facts(availability=tuple(facts)))

    return made


@pytest.fixture
def spec_of() -> Callable[..., SourceSpec]:
    def made(slug: str = "example", **given: object) -> SourceSpec:
        values = {
            "title": "Example: supported countries",
            "publisher": "Example AI",
            "product": "Example API",
            "kind": SourceKind.AVAILABILITY,
            "polarity": Polarity.ALLOW,
            "language": "en",
            "jurisdiction": None,
            "url": "https://example.com/countries",
            "host": "example.com",
            "every": timedelta(hours=1),
            "text": "title = 'Example'",
        }
        return SourceSpec(slug=slug, **(values | given))  # type: ignore[arg-type]

    return made


@pytest.fixture
def record(database: Database, spec_of: Callable[..., SourceSpec]) -> Callable[..., int | None]:
    """Records one visit of a source: with content a version (or a confirmation when equal), else the outcome given."""
    known: dict[str, Content] = {}

    def made(
        at: datetime, content: Content | None = None, outcome: Outcome = Outcome.VERSION, slug: str = "example", **given
    ) -> int | None:
        with database.begin() as session:
            declare(session, [spec_of(slug)], at, retire=False)
            [source] = claim_named(session, [slug], at, timedelta(minutes=5))
            if content is not None and known.get(slug) == content:
                outcome = Outcome.CONFIRMED
            body = content.fingerprint.encode() if content is not None else b"nothing of use"
            visited = Visited(
                outcome=outcome,
                at=at,
                due_at=at + timedelta(hours=1),
                url="https://example.com/countries",
                recipe="r1",
                received=None
                if outcome is Outcome.UNREACHABLE
                else Received("https://example.com/countries", 200, {}, body),
                content=content if outcome is Outcome.VERSION else None,
                **given,
            )
            version = record_visit(session, source, visited)
        if content is not None and outcome.good:
            known[slug] = content
        return version

    return made
