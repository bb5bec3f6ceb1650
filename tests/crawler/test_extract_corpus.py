"""Real captures, where the shared corpus lies beside the project: every expected set, exactly."""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any

import pytest

from crawler.declaration import load
from crawler.expect import shortfall
from crawler.extract import extract
from crawler.verdict import verdict
from store.territory import territory_codes
from store.values import Content, Status

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
CORPUS = SHARED / "corpus"
SOURCES = ROOT / "crawler" / "sources"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus is not beside the project")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def read(capture: dict[str, Any], folder: str) -> Content:
    body = (CORPUS / folder / capture["file"]).read_bytes()
    return extract(body, capture["headers"]["content-type"], load(SOURCES / f"{capture['slug']}.toml"))


CAPTURES = [one for one in lines(CORPUS / "availability" / "captures.jsonl") if one["status"] == 200]


def good(capture: dict[str, Any]) -> bool:
    return capture.get("outcome") not in ("blocked", "implausible")


@pytest.mark.parametrize("capture", [one for one in CAPTURES if good(one)], ids=lambda one: Path(one["file"]).stem)
def test_a_capture_states_the_expected_set(capture: dict[str, Any]) -> None:
    source = json.loads((CORPUS / "availability" / "expected.json").read_text("utf-8"))["sources"][capture["slug"]]
    before = [one for one in source["versions"] if one["at"] <= capture["captured_at"][:10]]
    facts = read(capture, "availability").facts
    assert facts.unknown == ()
    if source["polarity"] == "allow":
        assert sorted(fact.territory for fact in facts.availability) == sorted(before[-1]["listed"])
        return
    found: dict[str, list[str]] = {}
    for fact in facts.availability:
        assert fact.status is Status.EXCLUDED
        found.setdefault(fact.product, []).append(fact.territory)
    expected = {one["product"]: sorted(one["excluded"]) for one in before}
    assert {product: sorted(codes) for product, codes in found.items()} == expected


def test_the_half_list_is_implausible_and_conditions_are_kept() -> None:
    by_file = {one["file"]: one for one in CAPTURES}
    at = "files/openai-api-countries.{}.rendered.html".format
    whole, half = (read(by_file[at(day)], "availability") for day in ("2023-04-05T10", "2023-04-20T10"))
    declaration = load(SOURCES / "openai-api-countries.toml")
    assert shortfall(whole, declaration, None) is None
    assert shortfall(half, declaration, whole) is not None
    conditions = {fact.territory: fact.condition for fact in whole.facts.availability if fact.condition}
    assert conditions == {"UA": "with certain exceptions"}
    assert (
        read(by_file[at("2023-02-09T10")], "availability").fingerprint
        == read(by_file[at("2023-02-12T10")], "availability").fingerprint
    )


def test_every_name_of_the_published_lists_is_known() -> None:
    unknown = set()
    for path in sorted((SHARED / "domain" / "lists").glob("*.json")):
        for entry in json.loads(path.read_text("utf-8")).get("entries", []):
            name = entry.get("as_published")
            codes = territory_codes(name) if name else ()
            if (
                name
                and "ception" not in name
                and "except" not in name
                and entry["iso3166_1"] not in {c[:2] for c in codes}
            ):
                unknown.add(name)
    assert unknown == set()


def test_a_thousand_documents_are_a_thousand_notices() -> None:
    body = lzma.decompress((CORPUS / "regulatory" / "federal-register-search-2024.json.xz").read_bytes())
    content = extract(body, "application/json", load(SOURCES / "federal-register-bis.toml"))
    assert len(content.facts.notices) == len(content.passages) == 1000
    by_number = {notice.number: notice for notice in content.facts.notices}
    for document in json.loads(body)["results"]:
        notice = by_number[document["document_number"]]
        days = (notice.published, notice.comments_close, notice.effective, notice.signed)
        fields = ("publication_date", "comments_close_on", "effective_on", "signing_date")
        assert [day.isoformat() if day else None for day in days] == [document[field] for field in fields]


def test_region_tables_change_by_the_counted_cells() -> None:
    counted = {
        one["id"].removeprefix("azure-standard-global-"): one["change"]
        for one in lines(CORPUS / "facts" / "facts.jsonl")
        if one["id"].startswith("azure-standard-global-")
    }
    previous: set[tuple[str, str]] | None = None
    for capture in lines(CORPUS / "azure" / "captures.jsonl"):
        found = {(one.model, one.region) for one in read(capture, "azure").facts.deployments}
        if previous is not None:
            said = f"{len(found - previous)} cells on, {len(previous - found)} cells off"
            assert counted[capture["captured_at"][:10]] == said
        previous = found


def test_real_refusals_are_caught() -> None:
    """All of four families. "content-missing" pages hold their text; an archive's own selector had failed on them."""
    declaration = load(SOURCES / "openai-api-countries.toml")
    passed = []
    for row in lines(CORPUS / "blocked" / "index.jsonl"):
        body = (CORPUS / "blocked" / row["file"]).read_bytes()
        if verdict(200, {"content-type": "text/html"}, body, declaration).outcome is None:
            passed.append(row["family"])
    assert passed == ["content-missing"] * 6
