"""Whom do changed territories of real terms reach: `python -m benchmarks.territory_pairs FOLDER`.

edits/territory_pairs.jsonl says of changed territory words in forty pairs (drawn with a seed, read by their word
difference before the detector was run) what the change means: availability, a condition, a party, a mention, or
nothing. A territory comes out when a finding that matters would reach a subscription filtered on it. One that is
"nothing" must have no finding with its code. Subdivisions of the United States have no code and are not labelled.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from alerts.matching import territories_of
from crawler.declaration import parse
from crawler.extract import extract
from detector.compare import About, compare
from store.values import Finding, Polarity, Severity, SourceKind

LABELS = Path(__file__).with_name("edits") / "territory_pairs.jsonl"
_DECLARED = 'title = "T"\npublisher = "P"\nkind = "terms"\nlanguage = "en"\nurl = "https://terms.invalid/terms.md"\n'


def labels() -> list[dict[str, Any]]:
    """One row for each labelled territory of a pair: pair, old, new, direction, territory, meaning."""
    return [json.loads(line) for line in LABELS.read_text("utf-8").splitlines()]


@lru_cache(maxsize=4)
def findings_of(folder: Path, old: str, new: str) -> tuple[Finding, ...]:
    """The findings of a pair that matter (low and above), each side through the real extractor."""
    declared = parse(_DECLARED, "t", "benchmark")
    left, right = (extract((folder / side).read_bytes(), "text/markdown", declared) for side in (old, new))
    about = About(SourceKind.TERMS, "P", None, Polarity.ALLOW, "en", date(2026, 1, 1))
    return tuple(
        one for one in compare(left, right, about, (), None).findings if one.severity.rank >= Severity.LOW.rank
    )


def outcome(row: dict[str, Any], findings: tuple[Finding, ...]) -> str:
    """code: a finding carries the territory. text: one that the filter lets through names it. silent: neither."""
    if any(one.territory == row["territory"] for one in findings):
        return "code"
    return "text" if any(row["territory"] in territories_of(one) for one in findings) else "silent"


def results(folder: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """Each label with its outcome."""
    for row in labels():
        yield row, outcome(row, findings_of(folder, row["old"], row["new"]))


def main() -> int:
    """Prints counts by meaning and what falls short; 2 when the pairs are not there."""
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "pairs.jsonl").is_file():
        sys.stdout.write("usage: python -m benchmarks.territory_pairs FOLDER (pairs-territory, unpacked)\n")
        return 2
    counts: Counter[tuple[str, str]] = Counter()
    for row, said in results(Path(sys.argv[1])):
        counts[row["meaning"], said] += 1
        if (said == "code") if row["meaning"] == "nothing" else (said == "silent"):
            sys.stdout.write(f"{row['meaning']}, {said}: {row['territory']} {row['direction']} in {row['pair']}\n")
    for meaning in ("availability", "condition", "party", "mention", "nothing"):
        code, text, silent = (counts[meaning, said] for said in ("code", "text", "silent"))
        sys.stdout.write(
            f"{meaning}: {code + text + silent} labelled, {code} by code, {text} by text, {silent} silent\n"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
