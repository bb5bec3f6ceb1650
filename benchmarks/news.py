"""How well entries are read and made into stories: `python -m benchmarks.news [--wrong]`.

Reads edits/news.jsonl: entries in six languages, in our own words, about real and invented happenings and about other
things, labelled before the detector was run on them. The happenings with an even number ("seen") were looked at while
the reading was improved; those with an odd number ("unseen") were only counted. --wrong prints what is wrong with the
seen.

A labelled happening is read when its entry tells one of that action; actor, object, territories and days are compared
for those. B-cubed counts every labelled happening; one that was not read stands alone.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from detector.news.actors import is_party
from detector.news.happening import happenings, writing
from detector.news.stories import stories
from store.happenings import Day, Happening, Report, Story

ENTRIES = Path(__file__).parent / "edits" / "news.jsonl"
SETS = ("seen", "unseen")


@dataclass(frozen=True, slots=True)
class Read:
    """An entry's row with the happenings read from it, as reports."""

    row: dict[str, Any]
    reports: tuple[Report, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A labelled happening and the report that tells it, if any. entry: the row's id."""

    entry: str
    label: dict[str, Any]
    report: Report | None


def read_all(rows: Iterable[dict[str, Any]]) -> list[Read]:
    found, number = [], 0
    for row in rows:
        reports = []
        for one in _told(row):
            number += 1
            reports.append(_report(number, row, one))
        found.append(Read(row, tuple(reports)))
    return found


def matches(read: Sequence[Read]) -> list[Match]:
    """Each labelled happening with the first report of its entry that has its action and is not taken yet."""
    found = []
    for one in read:
        free = list(one.reports)
        for label in one.row["says"]:
            same = [report for report in free if report.happening.action.value == label["action"]]
            best = max(same, key=lambda report: _agreement(report.happening, label), default=None)
            if best is not None:
                free.remove(best)
            found.append(Match(one.row["id"], label, best))
    return found


def fields(read: Sequence[Read], matched: Sequence[Match]) -> list[tuple[str, str]]:
    """(what, figure) for the reading: happenings found, and what is right in those that were."""
    told = sum(len(one.reports) for one in read)
    got = [one for one in matched if one.report]
    silent = [one for one in read if not one.row["says"]]
    quiet = sum(1 for one in silent if not one.reports)
    lines = [
        ("happenings with their action", _precision(len(got), told, len(matched))),
        ("other news told as nothing", _share(quiet, len(silent))),
        ("actor", _share(sum(_actor(one) for one in got), len(got))),
        ("acted upon", _share(sum(_object(one) for one in got), len(got))),
    ]
    for name, sets in (
        ("territories", _territories),
        ("day of effect", lambda one: _days(one, "effective")),
        ("day of ending", lambda one: _days(one, "ends")),
        ("rulemaking numbers, others named", _refers),
    ):
        lines.append((name, _of_sets([sets(one) for one in got])))
    return lines


def grouping(matched: Sequence[Match], made: Sequence[Story]) -> list[tuple[str, str]]:
    """B-cubed of the stories, and for how many labelled stories the count of chains is right."""
    story_of = {telling.report: number for number, story in enumerate(made) for telling in story.tellings}
    given = [story_of.get(one.report.id, -index - 1) if one.report else -index - 1 for index, one in enumerate(matched)]
    right = [one.label["story"] for one in matched]
    pairs = Counter(zip(given, right, strict=True))
    of_given, of_right = Counter(given), Counter(right)
    count = len(matched) or 1
    precision = sum(pairs[key] / of_given[key[0]] for key in zip(given, right, strict=True)) / count
    recall = sum(pairs[key] / of_right[key[1]] for key in zip(given, right, strict=True)) / count
    exact = sum(1 for _, said, counted in chains(matched, made) if said == counted)
    return [
        ("stories, B-cubed", f"precision {precision:.3f}  recall {recall:.3f}"),
        ("chains counted exactly", _share(exact, len(of_right))),
    ]


def chains(matched: Sequence[Match], made: Sequence[Story]) -> list[tuple[str, int, int]]:
    """(labelled story, its chains, the chains counted in the story that holds most of it; 0 when there is none)."""
    story_of = {telling.report: story for story in made for telling in story.tellings}
    found = []
    for name in dict.fromkeys(one.label["story"] for one in matched):
        mine = [one for one in matched if one.label["story"] == name]
        holders = Counter(id(story_of[one.report.id]) for one in mine if one.report and one.report.id in story_of)
        most = holders.most_common(1)[0][0] if holders else None
        counted = next((story.chains for story in made if id(story) == most), 0)
        found.append((name, len({one.label["chain"] for one in mine}), counted))
    return found


def _told(row: dict[str, Any]) -> tuple[Happening, ...]:
    at = datetime.fromisoformat(row["published"])
    said = writing(
        row["title"], row["summary"], row["language"], at, row["outlet"], official=row["official"]
    )  # fmt: skip
    return happenings(said)


def _report(number: int, row: dict[str, Any], one: Happening) -> Report:
    assert row["official"] == is_party(row["outlet"]), row["id"]
    return Report(
        id=number,
        source=row["outlet"],
        publisher=row["outlet"],
        jurisdiction=None,
        official=row["official"],
        link=f"https://news.example/{row['id']}",
        title=row["title"],
        summary=row["summary"],
        language=row["language"],
        at=datetime.fromisoformat(row["published"]).astimezone(UTC),
        happening=one,
    )


def _agreement(one: Happening, label: dict[str, Any]) -> tuple[bool, bool, int]:
    same = len(set(one.territories) & set(label["territories"]))
    return one.actor == label["actor"], one.object == label["object"], same


def _actor(one: Match) -> bool:
    return one.report is not None and one.report.happening.actor == one.label["actor"]


def _object(one: Match) -> bool:
    return one.report is not None and one.report.happening.object == one.label["object"]


def _territories(one: Match) -> tuple[set[str], set[str]]:
    assert one.report is not None
    return set(one.report.happening.territories), set(one.label["territories"])


def _refers(one: Match) -> tuple[set[str], set[str]]:
    assert one.report is not None
    return set(one.report.happening.refers), set(one.label["refers"])


def _days(one: Match, role: str) -> tuple[set[str], set[str]]:
    assert one.report is not None
    day: Day | None = getattr(one.report.happening, role)
    said = set() if day is None else {_written(day)}
    return said, {one.label[role]} if one.label[role] else set()


def _written(day: Day) -> str:
    return day.first.isoformat() if day.first == day.last else f"{day.first.isoformat()}/{day.last.isoformat()}"


def _of_sets(pairs: Sequence[tuple[set[str], set[str]]]) -> str:
    right = sum(len(said & meant) for said, meant in pairs)
    exact = sum(1 for said, meant in pairs if said == meant)
    figures = _precision(right, sum(len(said) for said, _ in pairs), sum(len(meant) for _, meant in pairs))
    return f"{figures}  exact {_share(exact, len(pairs))}"


def _precision(right: int, said: int, meant: int) -> str:
    precision, recall = (f"{right / of:.3f}" if of else "    -" for of in (said, meant))
    return f"precision {precision} ({right}/{said})  recall {recall} ({right}/{meant})"


def _share(right: int, count: int) -> str:
    return f"{right / count:.3f} ({right}/{count})" if count else "- (0/0)"


def _print_wrong(read: Sequence[Read], matched: Sequence[Match], made: Sequence[Story]) -> None:
    for match in matched:
        row = next(one for one in read if one.row["id"] == match.entry)
        wrong = _wrong(match)
        if wrong:
            print(f"{match.entry} [{row.row['language']}] {row.row['title']}\n    " + "; ".join(wrong))
    for one in read:
        extra = len(one.reports) - len(one.row["says"])
        if extra > 0:
            said = [(report.happening.action.value, report.happening.actor) for report in one.reports]
            print(f"{one.row['id']} [{one.row['language']}] {one.row['title']}\n    tells {said}")
    held = {match.report.id: match.label["story"] for match in matched if match.report}
    for story in made:
        names = Counter(held.get(telling.report, "other") for telling in story.tellings)
        print(f"story {dict(names)} {story.action.value} {story.actor} chains {story.chains}")
        for telling in story.tellings:
            print(f"      {telling.chain} {held.get(telling.report)} {telling.because or ''}")
    print([one for one in chains(matched, made) if one[1] != one[2]])


def _wrong(match: Match) -> list[str]:
    if match.report is None:
        return [f"not read: {match.label['action']}"]
    found = [] if _actor(match) else [f"actor {match.report.happening.actor}, not {match.label['actor']}"]
    if not _object(match):
        found.append(f"object {match.report.happening.object}, not {match.label['object']}")
    for name, (said, meant) in (
        ("territories", _territories(match)),
        ("effective", _days(match, "effective")),
        ("ends", _days(match, "ends")),
        ("refers", _refers(match)),
    ):
        if said != meant:
            found.append(f"{name} {sorted(said)}, not {sorted(meant)}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wrong", action="store_true", help="print what is wrong with the seen entries")
    wanted = parser.parse_args()
    rows = [json.loads(line) for line in ENTRIES.read_text("utf-8").splitlines()]
    for name in SETS:
        read = read_all(row for row in rows if row["set"] == name)
        matched = matches(read)
        made = stories(report for one in read for report in one.reports)
        labelled = len({match.label["story"] for match in matched})
        print(f"{name}: {len(read)} entries, {len(matched)} labelled happenings, {labelled} stories")
        for what, figure in (*fields(read, matched), *grouping(matched, made)):
            print(f"  {what:34} {figure}")
        if wanted.wrong and name == "seen":
            _print_wrong(read, matched, made)


if __name__ == "__main__":
    main()
