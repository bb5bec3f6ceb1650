"""The pairs that were told and then read are well formed, and none is of a document that must stay unread."""

from __future__ import annotations

from benchmarks import told
from benchmarks.held_out import labels
from benchmarks.labels import rows

ROWS = rows(told.PAIRS.read_text("utf-8"))


def test_every_row_is_a_pair_of_its_own_with_a_reason_where_it_is_a_false_alarm():
    assert len({row["id"] for row in ROWS}) == len({(row["old"], row["new"]) for row in ROWS}) == len(ROWS) >= 60
    for row in ROWS:
        assert row["old"] != row["new"]
        assert bool(row["why"]) is not row["substantive"]
        assert 0 < row["confidence"] <= 1
        assert row["id"].split("-")[0] in ("fresh", "more")


def test_no_pair_is_held_out_and_none_is_of_a_blind_document():
    held = {(row["old"], row["new"]) for number in (1, 2) for row in labels(number)}
    assert not held & {(row["old"], row["new"]) for row in ROWS}
    blind = {(row["collection"], row["document"]) for row in labels(2)}
    assert not blind & {(row["collection"], row["document"]) for row in ROWS}


def test_a_part_counts_what_still_rings(tmp_path, monkeypatch):
    (tmp_path / "genai" / "files").mkdir(parents=True)
    texts = {"a": "You pay 5 dollars.", "b": "You pay 7 dollars.", "c": "You pay 5 dollars!"}
    for name, text in texts.items():
        (tmp_path / "genai" / "files" / f"{name}.md").write_text(f"# Terms\n\n{text}\n", encoding="utf-8")
    row = '{{"id": "fresh-{0}", "collection": "genai", "document": "X/Y", "old": "files/a.md", "new": "files/{1}.md", '
    row += '"substantive": {2}, "why": "w"}}'
    pairs = tmp_path / "told.jsonl"
    pairs.write_text(
        "\n".join([row.format(1, "b", "true"), row.format(2, "b", "false"), row.format(3, "c", "false")]), "utf-8"
    )
    monkeypatch.setattr(told, "PAIRS", pairs)
    (part,) = told.told(tmp_path)
    assert (part.right, part.right_still, part.wrong, part.wrong_still) == (1, 1, 2, 1)
    assert part.precision == 0.5
    assert "was 0.333" in str(part)
    assert not list(told.told(tmp_path / "elsewhere"))
