"""The held-out labels are well formed: a broken row would quietly change the score that is made from them."""

import json
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.held_out import LABELS, held_out

ROWS = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
SUBSTANTIVE = {"critical", "high", "medium", "low"}
QUIET = {"info", "operational"}
KINDS = {
    "territory_added",
    "territory_removed",
    "territory_condition",
    "obligation_added",
    "obligation_removed",
    "obligation_strengthened",
    "obligation_weakened",
    "permission_added",
    "permission_removed",
    "prohibition_added",
    "prohibition_removed",
    "number_changed",
    "date_changed",
    "party_changed",
    "product_scope_changed",
    "data_use_changed",
    "subprocessor_changed",
    "contact_changed",
    "law_or_dispute_changed",
    "fee_changed",
    "definition_changed",
    "clause_added",
    "clause_removed",
    "clause_moved",
    "reworded",
    "formatting",
    "link_changed",
    "boilerplate",
    "capture_fault",
    "language_switched",
    "date_stamp_only",
}
QUOTE = 15  # words: short enough to be redistributed


def test_ids_are_unique_and_no_pair_is_labelled_twice():
    assert len({row["id"] for row in ROWS}) == len(ROWS) == 100
    assert not [pair for pair, count in Counter((row["old"], row["new"]) for row in ROWS).items() if count > 1]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_label_is_well_formed(row):
    assert row["substantive"] is (row["severity"] in SUBSTANTIVE)
    assert row["severity"] in SUBSTANTIVE | QUIET
    assert row["kinds"]
    assert set(row["kinds"]) <= KINDS
    assert (row["severity"] == "operational") is (row["kinds"] == ["capture_fault"])
    assert 0 < row["confidence"] <= 1
    assert max(len(row[text].split()) for text in ("key_old", "key_new", "why")) <= QUOTE
    assert row["why"]
    assert row["old"] != row["new"]
    assert all(Path(row[side]).parts[0] == "files" and len(Path(row[side]).parts) == 2 for side in ("old", "new"))


def test_a_collection_that_is_not_unpacked_is_left_out(tmp_path):
    assert held_out(tmp_path) == {}


def test_a_pair_is_read_with_its_label(tmp_path):
    row = next(row for row in ROWS if row["collection"] == "genai")
    (tmp_path / "genai" / "files").mkdir(parents=True)
    for other in (other for other in ROWS if other["collection"] == "genai"):
        for side in ("old", "new"):
            (tmp_path / "genai" / other[side]).write_text(f"# Terms\n\nText of {other[side]}.\n", encoding="utf-8")
    read = held_out(tmp_path)
    assert set(read) == {"genai"}
    pair = next(pair for pair in read["genai"] if pair.id == row["id"])
    assert (pair.severity, pair.confidence) == (row["severity"], row["confidence"])
    assert row["old"] in pair.old.passages[-1].text
    assert row["new"] in pair.new.passages[-1].text
