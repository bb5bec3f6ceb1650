"""Is the bundled archive whole, and does it show what its README says it shows?"""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import tocsin.demo
from crawler.captures import Capture, captures
from crawler.declaration import load_folders
from crawler.replay import Bookcase, Replayed, replay
from crawler.visit import Pace
from detector.run import judge
from store.availability import availability
from store.database import Database
from store.history import changes, deadlines
from store.values import FindingKind, Held, Outcome, Severity
from store.views import Answer, ChangeFilter, ChangeView

ARCHIVE = Path(tocsin.demo.__file__).parent


@pytest.fixture
def listed() -> tuple[Capture, ...]:
    return captures(ARCHIVE)


def replayed(database: Database, listed: tuple[Capture, ...]) -> list[Replayed]:
    bookcase = Bookcase(load_folders([ARCHIVE / "sources"]))
    ended = []
    for capture in listed:
        ended.append(replay(database, bookcase.declaration(capture), capture, Pace()))
        judge(database, None, capture.at)
    return ended


def found(database: Database, **wanted: str) -> tuple[ChangeView, ...]:
    with database.read() as session:
        return changes(session, ChangeFilter(**wanted))  # type: ignore[arg-type]


def test_every_capture_is_there_in_order_and_every_file_is_listed(listed: tuple[Capture, ...]) -> None:
    lines = [json.loads(line) for line in (ARCHIVE / "captures.jsonl").read_text("utf-8").splitlines()]
    times = [datetime.fromisoformat(line["captured_at"]) for line in lines]
    assert times == sorted(times)
    assert len(listed) == len(lines)
    assert all(capture.body for capture in listed)
    assert {capture.path.name for capture in listed} == {path.name for path in (ARCHIVE / "files").iterdir()}
    assert datetime(2023, 1, 1, tzinfo=UTC) < listed[0].at
    assert listed[-1].at < datetime(2024, 12, 1, tzinfo=UTC)


def test_every_capture_has_its_declaration_and_every_declaration_its_captures(listed: tuple[Capture, ...]) -> None:
    declared = {declaration.slug: declaration for declaration in load_folders([ARCHIVE / "sources"])}
    assert {capture.fields["slug"] for capture in listed} == set(declared)
    assert all(declared[capture.fields["slug"]].url == capture.url for capture in listed)


def test_it_is_small() -> None:
    assert sum(path.stat().st_size for path in ARCHIVE.rglob("*") if path.is_file()) < 400_000


def test_readme_speaks_of_every_source() -> None:
    text = (ARCHIVE / "README.md").read_text("utf-8")
    assert [path.stem for path in (ARCHIVE / "sources").glob("*.toml") if f"`{path.stem}`" not in text] == []


def test_the_whole_way(sqlite_database: Database, listed: tuple[Capture, ...]) -> None:
    ended = replayed(sqlite_database, listed)
    outcomes = Counter(one.outcome for one in ended)
    assert outcomes[Outcome.BLOCKED] == 2
    assert outcomes[Outcome.IMPLAUSIBLE] == 1
    assert outcomes[Outcome.UNEXTRACTABLE] == outcomes[Outcome.UNREACHABLE] == outcomes[None] == 0
    _openai_only_grew(sqlite_database)
    _two_territories_went_and_were_confirmed(sqlite_database)
    _the_rule_went_its_way(sqlite_database)
    _the_press_reported(sqlite_database)
    _terms_became_stricter(sqlite_database)


def _openai_only_grew(database: Database) -> None:
    """The documented additions of 2023, and no removal ever: the half list was not believed."""
    findings = [one for change in found(database, source="openai-api-countries") for one in change.findings]
    assert [(one.kind, one.territory) for one in findings] == [
        (FindingKind.TERRITORY_ADDED, code) for code in ("CI", "PY", "UA", "VN")
    ]
    with database.read() as session:
        (answer,) = availability(session, datetime(2024, 7, 9, 12, tzinfo=UTC), product="OpenAI API", territory="HK")
    assert answer.status is Answer.NOT_LISTED


def _two_territories_went_and_were_confirmed(database: Database) -> None:
    removal, later = found(database, source="example-ai-regions")
    assert [(one.kind, one.territory) for one in removal.findings] == [
        (FindingKind.TERRITORY_REMOVED, "HK"),
        (FindingKind.TERRITORY_REMOVED, "MO"),
    ]
    assert removal.severity is Severity.HIGH
    assert removal.held is None
    assert removal.confirmed_at == datetime(2024, 7, 9, 8, 10, tzinfo=UTC)
    assert {one.kind for one in later.findings} == {FindingKind.CONDITION_CHANGED, FindingKind.TERRITORY_ADDED}


def _the_rule_went_its_way(database: Database) -> None:
    proposed, final = found(database, source="federal-register-treasury-outbound")
    assert {(one.kind, one.new) for one in proposed.findings} >= {(FindingKind.DEADLINE_SET, "2024-08-04")}
    assert {(one.kind, one.new) for one in final.findings} >= {
        (FindingKind.EFFECTIVE_DATE_SET, "2025-01-02"),
        (FindingKind.STAGE_ADVANCED, "final"),
    }
    with database.read() as session:
        (ahead,) = deadlines(session, date(2024, 11, 16), date(2025, 2, 1))
    assert (ahead.number, ahead.on) == ("2024-25422", date(2025, 1, 2))


def _the_press_reported(database: Database) -> None:
    reported = found(database, kind=FindingKind.ENTRY_REPORTED.value)
    assert {change.source for change in reported} == {
        "the-register", "scmp", "pymnts", "global-times", "china-org-fr", "example-ai-notices",
    }  # fmt: skip


def _terms_became_stricter(database: Database) -> None:
    stricter, reworded, notice = found(database, source="example-ai-terms")
    assert FindingKind.OBLIGATION_STRENGTHENED in {one.kind for one in stricter.findings}
    assert stricter.held is None
    assert reworded.held is Held.COSMETIC
    assert [(one.kind, one.old, one.new) for one in notice.findings] == [
        (FindingKind.NUMBER_CHANGED, "30 days", "14 days")
    ]
