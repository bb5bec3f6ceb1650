"""The bundled declarations are sound and described, and agree with the captures of the same pages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawler.declaration import EXPECT_KEYS, KEYS, LIST_KEYS, Expect, Reader, from_fields, load_folders
from store.values import SourceKind

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "crawler" / "sources"
SHARED = ROOT.parent / "shared"


def test_the_bundled_declarations_are_sound() -> None:
    found = load_folders([SOURCES])
    assert len(found) >= 15
    assert {one.kind for one in found} == set(SourceKind)
    assert all(one.expect != Expect() for one in found), "a source without expectations would take nothing for news"


def test_the_docket_addresses_ask_for_every_date() -> None:
    asked = {"comments_close_on", "effective_on", "docket_ids", "regulation_id_numbers", "action", "correction_of",
             "cfr_references", "dates", "signing_date"}  # fmt: skip
    for one in load_folders([SOURCES]):
        if one.reader is Reader.FEDERAL_REGISTER:
            assert {field for field in asked if f"fields[]={field}&" not in one.url} == set()
            assert 2 <= int(one.url.split("per_page=")[1].split("&")[0]) <= 1000
            assert "order=newest" in one.url


def test_every_bundled_source_is_described() -> None:
    described = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    missing = [one.slug for one in load_folders([SOURCES]) if f"`{one.slug}`" not in described]
    assert missing == []


def test_every_key_is_explained() -> None:
    explained = (ROOT / "docs" / "adding-a-source.md").read_text(encoding="utf-8")
    keys = [*KEYS, *(f"lists.{key}" for key in LIST_KEYS), *(f"expect.{key}" for key in EXPECT_KEYS), *Reader]
    assert [key for key in keys if f"`{key}`" not in explained] == []


def test_the_captures_of_known_sources_agree_with_their_declarations() -> None:
    paths = sorted(SHARED.glob("corpus/*/captures.jsonl"))
    if not paths:
        pytest.skip("no captures beside the project")
    declared = {one.slug: one for one in load_folders([SOURCES])}
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            capture = json.loads(line)
            made, known = from_fields(capture), declared.get(capture["slug"])
            assert known is not None, capture["slug"]
            assert (known.publisher, known.product, known.kind, known.polarity) == (
                made.publisher,
                made.product,
                made.kind,
                made.polarity,
            )
