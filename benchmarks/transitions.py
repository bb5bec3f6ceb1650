"""What would the recorded transitions of a collection of terms have told? Counts by the transition's class.

A collection is an unpacked folder with pairs.jsonl (document, old, new, at, cls) as ../shared/corpus/README.md says.
An alert is a change that is substantive and not held.

    python -m benchmarks.transitions FOLDER [FOLDER...] [--every N] [--alerts CLASS...]
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

from crawler.declaration import from_fields
from crawler.extract import Unextractable, extract
from detector.compare import About, Comparison, compare
from store.values import Content, Polarity, SourceKind

LOOK_BACK = 10


@dataclass
class Counts:
    """How the transitions of one class ended. unread: a side that could not be read, a visit that brings no version."""

    pairs: int = 0
    alerts: int = 0
    held: Counter[str] = field(default_factory=Counter)
    quiet: int = 0
    same: int = 0
    unread: int = 0


def transitions(folder: Path, every: int = 1) -> Iterator[tuple[str, str, Comparison | None, str]]:
    """(class, document, comparison or None, why none) of each recorded transition, in the collection's order."""
    seen: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=LOOK_BACK + 1))
    for number, line in enumerate((folder / "pairs.jsonl").read_text(encoding="utf-8").splitlines()):
        row = json.loads(line)
        earlier = seen[row["document"]]
        old, new = content(folder / row["old"]), content(folder / row["new"])
        if old is None or new is None:
            yield row["cls"], row["document"], None, "unread"
            continue
        if old.fingerprint not in earlier:
            earlier.appendleft(old.fingerprint)
        if old == new:
            yield row["cls"], row["document"], None, "same"
            continue
        if number % every == 0:
            before = tuple(one for one in earlier if one != old.fingerprint)
            about = About(SourceKind.TERMS, "", None, Polarity.ALLOW, "en", date.fromisoformat(row["at"][:10]))
            yield row["cls"], row["document"], compare(old, new, about, before, None), ""


@lru_cache(maxsize=400)
def content(path: Path) -> Content | None:
    declaration = from_fields({"slug": path.stem, "kind": "terms", "publisher": "collection"})
    try:
        return extract(path.read_bytes(), "text/markdown; charset=utf-8", declaration)
    except Unextractable:
        return None


def counted(folder: Path, every: int = 1, shown: Sequence[str] = ()) -> dict[str, Counts]:
    """Counts by class. Each alert of the classes shown is printed with its reasons."""
    found: dict[str, Counts] = defaultdict(Counts)
    for cls, document, comparison, why in transitions(folder, every):
        counts = found[cls]
        counts.pairs += 1
        if comparison is None:
            counts.same += why == "same"
            counts.unread += why == "unread"
        elif comparison.judgement.held is not None:
            counts.held[comparison.judgement.held.value] += 1
        elif comparison.judgement.substantive:
            counts.alerts += 1
            if cls in shown:
                print(f"alert, {cls}: {document}: {'; '.join(comparison.judgement.reasons)}", flush=True)
        else:
            counts.quiet += 1
    return dict(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--every", type=int, default=1, help="judge only every N-th transition")
    parser.add_argument("--alerts", nargs="+", default=(), metavar="CLASS", help="print each alert of these classes")
    asked = parser.parse_args()
    for folder in asked.folders:
        began = time.process_time()
        counts = counted(folder, asked.every, asked.alerts)
        print(f"\n{folder.name}: {'class':14} {'pairs':>6} {'alerts':>7} {'quiet':>6} {'same':>6} {'unread':>7}  held")
        for cls, ended in sorted(counts.items()):
            held = ", ".join(f"{count} {name}" for name, count in ended.held.most_common())
            print(
                f"{'':{len(folder.name) + 2}}{cls:14} {ended.pairs:6} {ended.alerts:7} {ended.quiet:6} "
                f"{ended.same:6} {ended.unread:7}  {held}"
            )
        print(f"{time.process_time() - began:.0f} s of CPU")


if __name__ == "__main__":
    main()
