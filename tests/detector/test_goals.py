"""The published score has a row, with a goal, for what is replayed; what nobody can explain is not called visible."""

from __future__ import annotations

import json
import tomllib

import pytest

from benchmarks import goals, score
from benchmarks.measures import Row

TEXTS = {
    "a": "# Terms\n\nYou pay 5 dollars.\n\nLast updated: 11 months ago\n",
    "b": "# Terms\n\nYou pay 7 dollars.\n\nLast updated: 11 months ago\n",
    "c": "# Terms\n\nYou pay 7 dollars.\n\nLast updated: 1 year ago\n",
}


@pytest.fixture
def unpacked(tmp_path):
    """Both collections with one document that changed once and was dressed anew once."""
    for name in ("genai", "pga"):
        (tmp_path / name / "files").mkdir(parents=True)
        for stem, text in TEXTS.items():
            (tmp_path / name / "files" / f"{stem}.md").write_text(text, encoding="utf-8")
        rows = [
            {"document": "S/Terms.md", "old": f"files/{old}.md", "new": f"files/{new}.md", "at": "2024-05-01"}
            | {"cls": "candidate", "old_words": 9, "new_words": 9}
            for old, new in ("ab", "bc")
        ]
        (tmp_path / name / "pairs.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return tmp_path


def test_every_candidate_is_in_sight_and_the_replay_is_timed(unpacked):
    rows = {row.key: row for row in goals.replayed(unpacked, 1)}
    assert set(rows) == {"transitions genai candidate", "transitions pga candidate", "visible", "replay"}
    assert rows["visible"].share == 1
    assert "2 alerts, 0 held; 2 visits with lines that change by themselves" in rows["visible"].figure
    assert rows["replay"].share == 1
    assert "4 transitions" in rows["replay"].figure


def test_a_difference_that_nobody_can_explain_is_not_in_sight(unpacked, monkeypatch):
    monkeypatch.setattr("benchmarks.transitions.why_alike", lambda old, new: goals.UNEXPLAINED)
    (row,) = (row for row in goals.replayed(unpacked, 1) if row.key == "visible")
    assert row.share == 0.5


def test_the_page_names_each_goal_that_is_missed_and_its_worst_cases():
    floors = tomllib.loads(score.FLOORS.read_text("utf-8"))
    missed = Row("visible", "candidates in sight", "1 of 2", 0.5, "in part", ("the first case",))
    page = score.page([missed, Row("replay", "replayed", "12 s", 1.0, "in part")], floors)
    assert "| candidates in sight | 1 of 2 | 1, missed: 0.500 |" in page
    assert "## Goals that are missed" in page
    assert "- the first case" in page
    assert "**replayed**" not in page


@pytest.mark.parametrize(
    "key", ["labelled", "labelled folds", "grave", "memo", "facts", "visible", "long pages", "replay"]
)
def test_each_line_of_the_table_has_a_goal(key):
    assert "goal" in tomllib.loads(score.FLOORS.read_text("utf-8"))[key]
