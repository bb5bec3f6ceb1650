"""The held-out labels are well formed: a broken row would quietly change the score that is made from them."""

from collections import Counter
from pathlib import Path

import pytest

from benchmarks import held_out as sets
from benchmarks.held_out import SETS, held_out, judged, labels, within_one_step

ROWS = [(number, row) for number in SETS for row in labels(number)]
COUNTS = {1: 100, 2: 70}
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


@pytest.mark.parametrize("number", SETS)
def test_a_set_is_whole_and_its_ids_are_unique(number):
    ids = {row["id"] for row in labels(number)}
    assert len(ids) == len(labels(number)) == COUNTS[number]


def test_no_pair_is_labelled_twice_within_a_set_or_across():
    assert not [pair for pair, count in Counter((row["old"], row["new"]) for _, row in ROWS).items() if count > 1]


def test_the_second_set_takes_a_document_only_once():
    documents = Counter((row["collection"], row["document"]) for row in labels(2))
    assert set(documents.values()) == {1}
    assert Counter(row["collection"] for row in labels(2)) == {"pga": 50, "genai": 20}


@pytest.mark.parametrize("row", [row for _, row in ROWS], ids=lambda row: row["id"])
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


@pytest.mark.parametrize("number", SETS)
def test_a_collection_that_is_not_unpacked_is_left_out(tmp_path, number):
    assert held_out(tmp_path, number) == {}


@pytest.mark.parametrize("number", SETS)
def test_a_pair_is_read_with_its_label(tmp_path, number):
    unpacked(tmp_path, number)
    row = next(row for row in labels(number) if row["collection"] == "genai")
    read = held_out(tmp_path, number)
    assert set(read) == {"genai"}
    pair = next(pair for pair in read["genai"] if pair.id == row["id"])
    assert (pair.severity, pair.confidence) == (row["severity"], row["confidence"])
    assert row["old"] in pair.old.passages[-1].text
    assert row["new"] in pair.new.passages[-1].text


def test_each_set_is_printed_apart_unless_one_is_asked_for(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["held_out", str(tmp_path)])
    sets.main()
    assert [line for line in capsys.readouterr().out.splitlines() if line.startswith("set ")] == [
        "set 1, looked at since it was labelled",
        "set 2, not looked at",
    ]
    monkeypatch.setattr("sys.argv", ["held_out", str(tmp_path), "--set", "2"])
    sets.main()
    assert "set 1" not in capsys.readouterr().out


def test_the_misses_of_the_second_set_stay_unread(tmp_path, monkeypatch, capsys):
    unpacked(tmp_path, 2)
    monkeypatch.setattr("sys.argv", ["held_out", str(tmp_path), "--set", "2", "--misses"])
    sets.main()
    told = capsys.readouterr().out
    assert "precision" in told
    assert "not shown" in told
    assert not [row["id"] for row in labels(2) if row["id"] in told]


def test_severity_is_counted_within_one_step_and_operational_stands_with_info(tmp_path):
    unpacked(tmp_path, 1, text="Text.")
    pairs = held_out(tmp_path, 1)["genai"]
    quiet = judged(pairs, None)
    assert {comparison.judgement.severity.value for _, comparison in quiet} <= QUIET
    near = sum(pair.severity in QUIET | {"low"} for pair in pairs)
    assert within_one_step(quiet) == near < len(pairs)


def unpacked(folder, number, text=None):
    """A collection whose files all say the same text, or else each its own name."""
    (folder / "genai" / "files").mkdir(parents=True)
    for row in (row for row in labels(number) if row["collection"] == "genai"):
        for side in ("old", "new"):
            body = text or f"Text of {row[side]}."
            (folder / "genai" / row[side]).write_text(f"# Terms\n\n{body}\n", encoding="utf-8")
