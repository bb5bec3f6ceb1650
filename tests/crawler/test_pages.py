"""Every bundled source has a saved page, and the page reads as a person says it does.

Folders are found, not listed. A missing expected.json is written from what was read, and fails until it was reviewed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crawler.declaration import Declaration, load, load_folders
from crawler.expect import shortfall
from crawler.extract import extract
from crawler.verdict import verdict
from store.codec import jsonable
from store.values import Content, SourceKind, Status

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "crawler" / "sources"
FOLDERS = sorted(path for path in (ROOT / "tests" / "pages").iterdir() if path.is_dir())
LAYOUTS = sorted(path for folder in FOLDERS for path in folder.glob("other-*"))
TYPES = {".html": "text/html; charset=utf-8", ".md": "text/markdown; charset=utf-8", ".json": "application/json"}


def declared(folder: Path) -> Declaration:
    return load(SOURCES / f"{folder.name}.toml")


def saved(folder: Path) -> tuple[bytes, dict[str, str]]:
    pages = sorted(folder.glob("page.*"))
    assert len(pages) == 1, f"{folder.name}: one page.html, page.md, page.json or page.xml, not {pages}"
    return pages[0].read_bytes(), json.loads((folder / "headers.json").read_text(encoding="utf-8"))


def read(folder: Path) -> Content:
    body, headers = saved(folder)
    return extract(body, headers["content-type"], declared(folder))


def stated(content: Content, kind: SourceKind) -> dict[str, Any]:
    """What the content states, without places: the part that a person can check against the page."""
    facts = content.facts
    found: dict[str, Any] = {}
    if kind is SourceKind.AVAILABILITY:
        found = {"availability": availability(content), "unknown": [span.text for span in facts.unknown]}
        found["deployments"] = sorted(f"{one.model} @ {one.region}" for one in facts.deployments)
    elif kind is SourceKind.TERMS:
        found = {"passages": [f"{one.kind.value}: {one.text}" for one in content.passages]}
    else:
        found = {"notices": [plain(one) for one in facts.notices], "entries": [plain(one) for one in facts.entries]}
    return {key: value for key, value in found.items() if value or key == "unknown"}


def availability(content: Content) -> dict[str, dict[str, Any]]:
    """Codes by product and status; the restricted ones with their condition."""
    found: dict[str, dict[str, Any]] = {}
    for one in sorted(content.facts.availability, key=lambda one: (one.product, one.status, one.territory)):
        by_status = found.setdefault(one.product, {})
        if one.status is Status.RESTRICTED:
            by_status.setdefault(one.status.value, {})[one.territory] = one.condition
        else:
            by_status.setdefault(one.status.value, []).append(one.territory)
    return found


def plain(fact: Any) -> dict[str, Any]:
    return {key: value for key, value in jsonable(fact).items() if value and key not in ("span", "summary")}


def reviewed(expected: Path, found: dict[str, Any]) -> Any:
    """What a person has found. Where nobody has looked yet, what was read is written down, and the test fails."""
    if not expected.exists():
        expected.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        pytest.fail(f"{expected} was missing and is now what was read: compare it with the page, then run this again")
    return json.loads(expected.read_text(encoding="utf-8"))


def test_a_reading_nobody_reviewed_fails_once(tmp_path: Path) -> None:
    expected = tmp_path / "expected.json"
    with pytest.raises(pytest.fail.Exception, match="was missing and is now what was read"):
        reviewed(expected, {"unknown": ["Türkiye"]})
    assert reviewed(expected, {}) == {"unknown": ["Türkiye"]}


def test_every_source_has_a_page_and_every_page_a_source() -> None:
    assert {folder.name for folder in FOLDERS} == {one.slug for one in load_folders([SOURCES])}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_page_states_what_a_person_found_on_it(folder: Path) -> None:
    found = stated(read(folder), declared(folder).kind)
    assert found == reviewed(folder / "expected.json", found)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_page_is_the_page_and_holds_what_is_expected(folder: Path) -> None:
    body, headers = saved(folder)
    declaration = declared(folder)
    judged = verdict(200, headers, body, declaration)
    assert judged.outcome is None, judged.reason
    assert shortfall(read(folder), declaration, None) is None


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_fact_stands_where_it_says(folder: Path) -> None:
    content = read(folder)
    facts = content.facts
    for fact in (*facts.availability, *facts.deployments, *facts.notices, *facts.entries):
        span = fact.span
        assert content.passages[span.passage].text[span.start : span.end] == span.text, fact
    assert content.fingerprint == read(folder).fingerprint


@pytest.mark.parametrize("page", LAYOUTS, ids=lambda page: f"{page.parent.name}/{page.name}")
def test_another_layout_states_the_same(page: Path) -> None:
    declaration = declared(page.parent)
    body, headers = page.read_bytes(), {"content-type": TYPES[page.suffix]}
    content = extract(body, headers["content-type"], declaration)
    assert verdict(200, headers, body, declaration).outcome is None
    assert stated(content, declaration.kind) == stated(read(page.parent), declaration.kind)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_an_empty_page_falls_short(folder: Path) -> None:
    assert shortfall(Content(), declared(folder), None) is not None
