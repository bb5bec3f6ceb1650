"""How many of the facts that a person read in pairs of real pages come out exactly: `python benchmarks/facts.py`.

Reads facts.jsonl of the corpus beside the project, each side through the real extractor, under one declaration for all
rows of a kind of page, and compares them without an embedding model. A row holds when the territories, areas and table
cells that came and went are exactly the written ones, when a rule that came is found, and when an editorial row is not
substantive.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from crawler.declaration import Declaration, parse
from crawler.extract import extract
from detector.compare import About, Comparison, compare
from store.territory import territory_codes
from store.values import Finding, FindingKind, Severity, Status

FACTS = Path(__file__).parents[2] / "shared" / "corpus" / "facts"
_PROSE = frozenset({"suspension", "new-access-rule"})
_DENY = frozenset(
    {"restriction-list", "new-product-scope", "wording-plus-territory", "access-restored", "access-detail"}
)
# The products of GitHub's page: two sentences that refuse, and a section that grants and refuses country by country.
_GITHUB = """
reader = "prose"
[[lists]]
product = "GitHub Enterprise Server"
heading = "GitHub Enterprise"
containing = "may not be sold"
[[lists]]
product = "GitHub Copilot"
heading = "GitHub Copilot"
containing = "may not be sold"
[[lists]]
product = "GitHub.com"
heading = "GitHub.com"
"""


@dataclass(frozen=True, slots=True)
class Result:
    """A row's outcome: what is wrong with it in words, or nothing."""

    row: dict[str, Any]
    wrong: tuple[str, ...]


def declaration_of(row: dict[str, Any]) -> Declaration:
    """The declaration that a page of the row's kind would be watched under."""
    kind, github = row["kind"], "github/" in row["old_provenance"]
    table = kind == "availability-matrix" or "model-matrix" in row["old_provenance"]
    deny = kind in _DENY or github
    lines = [
        'title = "Read facts"',
        'publisher = "the publisher"',
        f'kind = "{"terms" if kind in _PROSE else "availability"}"',
        f'polarity = "{"deny" if deny else "allow"}"',
        'url = "https://facts.invalid/page.md"',
    ]
    if kind not in _PROSE:
        lines.append('product = "the product"')
    if table:
        lines.append('reader = "regions"')
    return parse("\n".join(lines) + (_GITHUB if github else "\n"), "facts", row["id"])


def compared(row: dict[str, Any], folder: Path = FACTS) -> Comparison:
    """The comparison of a row's two pages."""
    declaration = declaration_of(row)
    old, new = (extract((folder / row[side]).read_bytes(), "text/markdown", declaration) for side in ("old", "new"))
    product = declaration.product
    about = About(declaration.kind, "the publisher", product, declaration.polarity, "en", date(2026, 1, 1))
    return compare(old, new, about, (), None)


def result(row: dict[str, Any], folder: Path = FACTS) -> Result:
    """What of a row's written facts did not come out."""
    return Result(row, tuple(_wrong(row, compared(row, folder))))


def _wrong(row: dict[str, Any], comparison: Comparison) -> Iterator[str]:
    found = comparison.findings
    if row["kind"].startswith("editorial"):
        if comparison.judgement.substantive:
            yield f"substantive: {'; '.join(comparison.judgement.reasons[:3])}"
    elif not comparison.judgement.substantive:
        yield "not substantive"
    if row["kind"] == "new-access-rule" and not any(_is_rule(one) for one in found):
        yield "no access rule found"
    prose = row["kind"] == "suspension"
    yield from _differs("added", _codes(row["territories_added"]), _territories(found, prose, came=True))
    yield from _differs("removed", _codes(row["territories_removed"]), _territories(found, prose, came=False))
    yield from _differs("on", set(row.get("cells_on", ())), _cells(found, FindingKind.DEPLOYMENT_ADDED))
    yield from _differs("off", set(row.get("cells_off", ())), _cells(found, FindingKind.DEPLOYMENT_REMOVED))


def _differs(what: str, expected: set[str], found: set[str]) -> Iterator[str]:
    if expected != found:
        yield f"{what}: missing {sorted(expected - found)}, too many {sorted(found - expected)}"


def _is_rule(finding: Finding) -> bool:
    return finding.kind is FindingKind.ACCESS_RULE_CHANGED and finding.severity.rank >= Severity.MEDIUM.rank


def _codes(names: Iterable[str]) -> set[str]:
    return {code for name in names for code in territory_codes(name)}


def _territories(findings: Iterable[Finding], prose: bool, came: bool) -> set[str]:
    """Territories that a list gained or lost, or that prose shuts out; a refusal that became a grant is a gain."""
    kind = FindingKind.TERRITORY_ADDED if came else FindingKind.TERRITORY_REMOVED
    mention = (FindingKind.TERRITORY_MENTION_CHANGED, FindingKind.TEXT_ADDED if came else FindingKind.TEXT_REMOVED)
    return {
        one.territory
        for one in findings
        if one.territory
        and (
            one.kind is kind
            or (prose and one.kind in mention and _ends_access(one) and (one.new if came else one.old))
            or (came and one.kind is FindingKind.CONDITION_CHANGED and (one.new or "").startswith(Status.LISTED))
        )
    }


def _ends_access(finding: Finding) -> bool:
    return finding.severity.rank >= Severity.HIGH.rank


def _cells(findings: Iterable[Finding], kind: FindingKind) -> set[str]:
    return {one.subject for one in findings if one.kind is kind and one.subject}


def main() -> int:
    """Prints each row and the count; 1 when a row fails, 2 when the corpus is not there."""
    if not FACTS.is_dir():
        sys.stdout.write("the corpus beside the project is not there\n")
        return 2
    rows = [json.loads(line) for line in (FACTS / "facts.jsonl").read_text("utf-8").splitlines()]
    results = [result(row) for row in rows]
    for one in results:
        sys.stdout.write(f"{'FAIL' if one.wrong else 'ok  '} {one.row['id']} ({one.row['kind']})\n")
        sys.stdout.writelines(f"       {said}\n" for said in one.wrong)
    good = sum(1 for one in results if not one.wrong)
    sys.stdout.write(f"{good} of {len(results)} rows exactly as written\n")
    return 0 if good == len(results) else 1


if __name__ == "__main__":
    raise SystemExit(main())
