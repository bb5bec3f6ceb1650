"""What would the recorded transitions of a collection of terms have told? Counts by the transition's class.

A collection is an unpacked folder with pairs.jsonl (document, old, new, at, cls) as ../shared/corpus/README.md says.
An alert is a change that is substantive and not held. Two sides that are read alike bring no version and no change:
what their bytes differ in is said by benchmarks/dropped.py, and `tocsin history --held` lists such visits.

    python -m benchmarks.transitions FOLDER [FOLDER...] [--workers N] [--every N] [--alerts CLASS...]

--workers: documents are shared out among so many processes; the counts are the same with any number.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from benchmarks.dropped import why_alike
from crawler.declaration import from_fields
from crawler.extract import Unextractable, extract
from detector.compare import About, Comparison, compare
from store.values import Content, Polarity, SourceKind

LOOK_BACK = 10


@dataclass
class Counts:
    """How the transitions of one class ended.

    same: both sides are read alike, by what their bytes differ in. unread: a side that could not be read, a visit that
    brings no version. told: each alert of a class that was asked for.
    """

    pairs: int = 0
    alerts: int = 0
    held: Counter[str] = field(default_factory=Counter)
    quiet: int = 0
    same: Counter[str] = field(default_factory=Counter)
    unread: int = 0
    told: list[str] = field(default_factory=list)

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.pairs + other.pairs,
            self.alerts + other.alerts,
            self.held + other.held,
            self.quiet + other.quiet,
            self.same + other.same,
            self.unread + other.unread,
            self.told + other.told,
        )

    @property
    def changes(self) -> int:
        """Those that are stored as a change, told or held: what history shows."""
        return self.alerts + self.held.total() + self.quiet


def transitions(
    folder: Path, every: int = 1, documents: Collection[str] | None = None
) -> Iterator[tuple[str, str, Comparison | None, str]]:
    """(class, document, comparison or None, why none) of each recorded transition, document by document, in time order.

    documents: only these; None for all of the collection.
    """
    for document, rows in by_document(folder).items():
        if documents is None or document in documents:
            seen: deque[str] = deque(maxlen=LOOK_BACK + 1)
            for number, row in rows:
                yield row["cls"], document, *_transition(folder, row, seen, judge=number % every == 0)


def by_document(folder: Path) -> dict[str, list[tuple[int, dict[str, Any]]]]:
    """The rows of a collection with their numbers, by document, within one in time order as in the file."""
    found: dict[str, list[tuple[int, dict[str, Any]]]] = defaultdict(list)
    for number, line in enumerate((folder / "pairs.jsonl").read_text(encoding="utf-8").splitlines()):
        row = json.loads(line)
        found[row["document"]].append((number, row))
    return found


def _transition(folder: Path, row: dict[str, Any], seen: deque[str], *, judge: bool) -> tuple[Comparison | None, str]:
    old, new = content(folder / row["old"]), content(folder / row["new"])
    if old is None or new is None:
        return None, "unread"
    if old.fingerprint not in seen:
        seen.appendleft(old.fingerprint)
    if old == new:
        return None, why_alike((folder / row["old"]).read_bytes(), (folder / row["new"]).read_bytes())
    if not judge:
        return None, "passed over"
    before = tuple(one for one in seen if one != old.fingerprint)
    about = About(SourceKind.TERMS, "", None, Polarity.ALLOW, "en", date.fromisoformat(row["at"][:10]))
    return compare(old, new, about, before, None), ""


@lru_cache(maxsize=24)
def content(path: Path) -> Content | None:
    declaration = from_fields({"slug": path.stem, "kind": "terms", "publisher": "collection"})
    try:
        return extract(path.read_bytes(), "text/markdown; charset=utf-8", declaration)
    except Unextractable:
        return None


def counted(folder: Path, every: int = 1, shown: Sequence[str] = (), workers: int = 1) -> dict[str, Counts]:
    """Counts by class, the same for any number of workers."""
    if workers == 1:
        return _counted(None, folder, every, shown)
    with ProcessPoolExecutor(workers) as pool:
        parts = list(pool.map(partial(_counted, folder=folder, every=every, shown=shown), shares(folder, workers * 8)))
    return {cls: sum((part[cls] for part in parts if cls in part), Counts()) for part in parts for cls in part}


def shares(folder: Path, count: int) -> list[frozenset[str]]:
    """The documents of a collection in parts of about as many words to read, the largest first."""
    sizes = {
        document: sum(row["old_words"] + row["new_words"] for _, row in rows)
        for document, rows in by_document(folder).items()
    }
    parts: list[list[str]] = [[] for _ in range(count)]
    loads = [0] * count
    for document in sorted(sizes, key=lambda one: (-sizes[one], one)):
        lightest = loads.index(min(loads))
        parts[lightest].append(document)
        loads[lightest] += sizes[document]
    return [frozenset(part) for _, part in sorted(zip(loads, parts, strict=True), reverse=True) if part]


def _counted(documents: Collection[str] | None, folder: Path, every: int, shown: Sequence[str]) -> dict[str, Counts]:
    found: dict[str, Counts] = defaultdict(Counts)
    for cls, document, comparison, why in transitions(folder, every, documents):
        counts = found[cls]
        counts.pairs += 1
        if comparison is None:
            counts.unread += why == "unread"
            counts.same[why] += why not in ("unread", "passed over")
        elif comparison.judgement.held is not None:
            counts.held[comparison.judgement.held.value] += 1
        elif comparison.judgement.substantive:
            counts.alerts += 1
            if cls in shown:
                counts.told.append(f"alert, {cls}: {document}: {'; '.join(comparison.judgement.reasons)}")
        else:
            counts.quiet += 1
    for counts in found.values():
        counts.same += Counter()  # drops what was counted zero times
    return dict(found)


def cpu_seconds() -> float:
    """Seconds of CPU that this process and the workers that ended have used."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--workers", type=int, default=1, help="processes that share the documents")
    parser.add_argument("--every", type=int, default=1, help="judge only every N-th transition")
    parser.add_argument("--alerts", nargs="+", default=(), metavar="CLASS", help="print each alert of these classes")
    asked = parser.parse_args()
    if asked.workers < 1:
        parser.error("--workers: at least 1")
    for folder in asked.folders:
        began, at = cpu_seconds(), time.monotonic()
        counts = counted(folder, asked.every, asked.alerts, asked.workers)
        print(f"\n{folder.name}: {'class':14} {'pairs':>6} {'alerts':>7} {'quiet':>6} {'same':>6} {'unread':>7}  held")
        for cls, ended in sorted(counts.items()):
            print(*ended.told, sep="\n", end="\n" if ended.told else "")
            held = ", ".join(f"{count} {name}" for name, count in ended.held.most_common())
            print(
                f"{'':{len(folder.name) + 2}}{cls:14} {ended.pairs:6} {ended.alerts:7} {ended.quiet:6} "
                f"{ended.same.total():6} {ended.unread:7}  {held}"
            )
        for why, count in sum((one.same for one in counts.values()), Counter[str]()).most_common():
            print(f"read alike: {count} {why}")
        print(f"{cpu_seconds() - began:.0f} s of CPU, {time.monotonic() - at:.0f} s by the clock")


if __name__ == "__main__":
    main()
