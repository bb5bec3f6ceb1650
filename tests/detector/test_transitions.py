"""The counts of a collection are the same with one process and with two, and what is read alike is explained."""

from __future__ import annotations

import json

import pytest

from benchmarks import transitions
from benchmarks.dropped import AGES, MARKUP, UNEXPLAINED, why_alike

TEXTS = {
    "a": "# Terms\n\nYou pay 5 dollars.\n\nLast updated: 11 months ago\n",
    "b": "# Terms\n\nYou pay 7 dollars.\n\nLast updated: 11 months ago\n",
    "c": "# Terms\n\nYou pay 7 dollars.\n\nLast updated: 1 year ago\n",
    "d": "# Terms\n\nYou  **pay** 7 dollars.\n\nLast updated: 1 year ago\n",
}


@pytest.fixture
def folder(tmp_path):
    """A collection of five documents that went through a, b, c, d and back to a."""
    (tmp_path / "files").mkdir()
    for name, text in TEXTS.items():
        (tmp_path / "files" / f"{name}.md").write_text(text, encoding="utf-8")
    steps = [("a", "b", "candidate"), ("b", "c", "candidate"), ("c", "d", "same-words"), ("d", "a", "flap-return")]
    rows = [
        {
            "document": f"Service {number}/Terms.md",
            "old": f"files/{old}.md",
            "new": f"files/{new}.md",
            "at": "2024-05-01T00:00:00+00:00",
            "cls": cls,
            "old_words": 10 * number,
            "new_words": 10 * number,
        }
        for old, new, cls in steps
        for number in range(1, 6)
    ]
    (tmp_path / "pairs.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return tmp_path


def test_each_class_ends_as_it_should(folder):
    counts = transitions.counted(folder)
    assert (counts["candidate"].pairs, counts["candidate"].alerts, counts["candidate"].changes) == (10, 5, 5)
    assert dict(counts["candidate"].same) == {AGES: 5}
    assert counts["same-words"].alerts == 0
    assert dict(counts["flap-return"].held) == {"reversion": 5}


def test_two_workers_count_the_same(folder):
    assert transitions.counted(folder, workers=2) == transitions.counted(folder)
    shown = transitions.counted(folder, shown=["candidate"], workers=2)["candidate"].told
    assert sorted(shown) == sorted(transitions.counted(folder, shown=["candidate"])["candidate"].told)
    assert len(shown) == 5


def test_the_shares_hold_every_document_once(folder):
    shares = transitions.shares(folder, 3)
    assert sorted(document for share in shares for document in share) == sorted(transitions.by_document(folder))
    assert len(shares) == 3


def test_every_nth_transition_is_judged_whatever_the_workers(folder):
    counts = transitions.counted(folder, every=2)
    assert counts == transitions.counted(folder, every=2, workers=2)
    assert 0 < counts["candidate"].alerts < 5
    assert counts["candidate"].pairs == 10


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b"You pay<br><br>us.", b"You pay  \n<br>us.", MARKUP),
        (b"You [pay](https://a.example/x?utm_id=1).", b"You [pay](https://a.example/y_(z)).", MARKUP),
        (b"* You pay.\n* We serve.", b"1. You pay.\n2. We serve.", MARKUP),
        (
            b"You pay. [![Our logo](https://a.example/l.png)](/)",
            b"You pay. [![Another](https://a.example/l.png)](/)",
            MARKUP,
        ),
        (b"You pay.\n\nLast updated: 2 months ago", b"You pay.\n\nLast updated: 3 months ago", AGES),
        (b"You pay 5.", b"You pay 7.", UNEXPLAINED),
        (b"1. You pay.", b"1. You pay 2. times.", UNEXPLAINED),
    ],
)
def test_what_two_files_differ_in_is_said_from_their_bytes(old, new, why):
    assert why_alike(old, new) == why
