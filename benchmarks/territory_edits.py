"""Whether the cells of a region table that changed come out exactly: `python -m benchmarks.territory_edits [FOLDER]`.

With the folder of the unpacked territory pairs, benchmarks.territory_pairs prints its counts too.

The revisions of the table are read a second time by a few lines that know nothing of the extractor; the deployment
findings of two neighbours must be the difference of the two readings.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from itertools import pairwise
from pathlib import Path

from benchmarks import territory_pairs
from crawler.declaration import parse
from crawler.extract import extract
from detector.compare import About, compare
from store.values import FindingKind, Polarity, SourceKind

TABLES = Path(__file__).parents[2] / "shared" / "corpus" / "azure"
_DECLARED = 'title = "T"\npublisher = "P"\nproduct = "M"\nkind = "availability"\nreader = "regions"\n'
Cells = frozenset[tuple[str, str]]


def cells(text: str) -> Cells:
    """(model, region) of every ticked cell of a Markdown table, letters, digits and dots alone."""
    lines = [line.strip().strip("|").split("|") for line in text.splitlines() if line.strip().startswith("|")]
    head = lines[0] if lines else []
    rows = [line for line in lines[1:] if not set("".join(line)) <= set(":- ")]
    return frozenset((_bare(head[at]), _bare(row[0])) for row in rows for at in range(1, len(row)) if "✅" in row[at])


def _bare(said: str) -> str:
    return "".join(letter for letter in said if letter.isalnum() or letter == ".")


def main() -> int:
    """Prints how many neighbouring revisions are exact; 1 when one is not, 2 when the corpus is not there."""
    if not TABLES.is_dir():
        sys.stdout.write("the corpus beside the project is not there\n")
        return 2
    declared = parse(_DECLARED + 'url = "https://t.invalid/t.md"\n', "t", "benchmark")
    about = About(SourceKind.AVAILABILITY, "P", "M", Polarity.ALLOW, "en", date(2026, 1, 1))
    files = [TABLES / json.loads(line)["file"] for line in (TABLES / "captures.jsonl").read_text("utf-8").splitlines()]
    right = 0
    for old, new in pairwise(files):
        left, other = (extract(one.read_bytes(), "text/markdown", declared) for one in (old, new))
        found = compare(left, other, about, (), None).findings
        before, after = cells(old.read_text("utf-8")), cells(new.read_text("utf-8"))
        sides = ((FindingKind.DEPLOYMENT_ADDED, after - before), (FindingKind.DEPLOYMENT_REMOVED, before - after))
        exact = True
        for kind, expected in sides:
            pairs = {(one.subject or "").rpartition("@")[::2] for one in found if one.kind is kind}
            exact = exact and {(_bare(model), _bare(region)) for model, region in pairs} == expected
        right += exact
        if not exact:
            sys.stdout.write(f"not exact: {old.name} -> {new.name}\n")
    sys.stdout.write(f"{right} of {len(files) - 1} neighbouring revisions exact\n")
    if len(sys.argv) > 1:
        territory_pairs.main()
    return 0 if right == len(files) - 1 else 1


if __name__ == "__main__":
    raise SystemExit(main())
