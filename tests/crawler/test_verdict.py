"""Whether an answer is the page. The pages in tests/blocked are found, not listed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import verdicts
from crawler.declaration import parse
from crawler.verdict import verdict
from store.capture_kind import CaptureKind
from store.values import Outcome

BLOCKED = Path(__file__).parents[1] / "blocked"
INDEX = [json.loads(line) for line in (BLOCKED / "index.jsonl").read_text(encoding="utf-8").splitlines()]
SCORED = [row for row in INDEX if row["split"] != "unseen"]
GOOD = sorted((BLOCKED.parent / "pages").glob("*/page.*"))
HTML = {"content-type": "text/html; charset=utf-8"}
DECLARED = parse(
    'title = "T"\npublisher = "P"\nproduct = "Q"\nkind = "availability"\nurl = "https://e.com/l"\n', "x", "test"
)


def test_every_labelled_capture_is_in_the_index() -> None:
    files = {str(path.relative_to(BLOCKED)) for path in BLOCKED.glob("*/*")}
    assert files == {row["file"] for row in INDEX}


@pytest.mark.parametrize("row", SCORED, ids=lambda row: row["file"])
def test_a_capture_is_named_as_what_it_is(row: dict[str, str]) -> None:
    """Unseen families are for the benchmark: a test that must pass would be a reason to look at them."""
    one = verdicts.sample(row)
    said = verdicts.look(one)
    assert (said.outcome is None) == (one.kind is CaptureKind.PAGE), said.reason
    assert said.outcome is None or said.kind is one.kind, said.reason
    assert said.outcome is None or CaptureKind.of(said.reason) is one.kind


def test_most_of_the_families_that_no_rule_was_written_for_are_caught() -> None:
    unseen = [verdicts.sample(row) for row in INDEX if row["split"] == "unseen"]
    caught = sum(verdicts.look(one).outcome is not None for one in unseen)
    assert caught >= 0.95 * len(unseen), f"{caught} of {len(unseen)}"


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.parent.name)
def test_saved_pages_of_real_sources_pass(path: Path) -> None:
    kind = {".html": "text/html", ".md": "text/markdown", ".json": "application/json"}.get(path.suffix, "text/xml")
    assert verdict(200, {"content-type": kind}, path.read_bytes(), DECLARED).outcome is None


PAGE = b"<html><body><main>" + b"<p>Something that a page says.</p>" * 20 + b"</main></body></html>"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, None),
        (203, None),
        (204, Outcome.UNREACHABLE),
        (206, Outcome.UNREACHABLE),
        (301, Outcome.BLOCKED),
        (401, Outcome.BLOCKED),
        (403, Outcome.BLOCKED),
        (404, Outcome.UNREACHABLE),
        (410, Outcome.UNREACHABLE),
        (429, Outcome.UNREACHABLE),
        (451, Outcome.BLOCKED),
        (500, Outcome.UNREACHABLE),
        (503, Outcome.UNREACHABLE),
        (599, Outcome.UNREACHABLE),
    ],
)
def test_the_status_decides_first(status: int, outcome: Outcome | None) -> None:
    found = verdict(status, HTML, PAGE, DECLARED)
    assert found.outcome is outcome
    assert outcome is None or found.reason


def test_a_challenge_behind_a_status_is_a_challenge() -> None:
    body = (BLOCKED / "challenge" / "cloudflare.html").read_bytes()
    for status in (403, 503, 429):
        assert verdict(status, HTML, body, DECLARED).outcome is Outcome.BLOCKED
    assert "Cloudflare" in verdict(200, HTML | {"cf-mitigated": "challenge"}, PAGE, DECLARED).reason


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (b"", Outcome.BLOCKED),
        (b"  \n", Outcome.BLOCKED),
        (b"# Supported\n\n- Cuba\n- Iran\n", None),
        (b'{"count": 0, "results": []}', None),
        (b'{"error": {"code": "unsupported_country_region_territory"}}', Outcome.BLOCKED),
        (b"no available server", Outcome.BLOCKED),
        (b"<rss><channel></channel></rss>", None),
    ],
)
def test_texts_that_are_no_html(body: bytes, outcome: Outcome | None) -> None:
    assert verdict(200, {"content-type": "text/plain"}, body, DECLARED).outcome is outcome


def test_telling_words_in_a_long_page_are_text() -> None:
    words = b"<p>Just a moment: complete the captcha, sign in to continue, access denied, page not found.</p>"
    assert verdict(200, HTML, b"<html><body>" + words * 40 + b"</body></html>", DECLARED).outcome is None
