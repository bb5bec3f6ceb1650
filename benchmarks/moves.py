"""Are scripted moves, splits and merges in real documents labelled as what they are, and never as gone and come?

One edit each in as many documents as asked, seeded: a passage moved by at least five places, a passage of two or more
sentences cut in two at a sentence's end, or two neighbouring passages joined. Right: the passages stand in the
alignment as moved, as one pair (1 to 2, 2 to 1), and nothing is removed or added; the judgement is not substantive.

    python -m benchmarks.moves [--documents 300] [--seed 7] [--corpus FOLDER]
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from benchmarks.labels import CORPUS, bodies, content, index
from detector.alignment.align import Alignment, Pair, align
from detector.compare import About, compare
from store.values import Content, Passage, PassageKind, Polarity, SourceKind

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])|(?<=[。！？])")
_ABOUT = About(SourceKind.TERMS, "the publisher", None, Polarity.ALLOW, "en", date(2025, 1, 1))
_FAR = 5
_ENOUGH = 12
Edit = Callable[[Sequence[Passage], random.Random], "tuple[list[Passage], Expected] | None"]
Expected = tuple[str, tuple[int, ...], tuple[int, ...]]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--corpus", type=Path, default=CORPUS)
    asked.add_argument("--documents", type=int, default=300)
    asked.add_argument("--seed", type=int, default=7)
    options = asked.parse_args()
    texts = documents(options.corpus, options.documents, options.seed)
    for name, edit in EDITS.items():
        counts, cases = outcome(texts, edit, random.Random(f"{options.seed} {name}"))
        tried = counts.total()
        print(f"{name:6} {tried} documents: right {counts['right']} ({counts['right'] / tried:.1%})", dict(counts))
        for case in cases[:5]:
            print(f"    {case}")


def documents(corpus: Path, count: int, seed: int) -> list[Content]:
    """Documents of the generative-AI collection with at least twelve passages, one version each if there are enough."""
    archive = corpus / "terms-genai.tar.xz"
    first: dict[str, str] = {}
    versions = [(row["document"], row["new"]) for row in index(archive)]
    random.Random(seed).shuffle(versions)
    for document, name in versions:
        first.setdefault(document, name)
    names = [*first.values(), *(name for _, name in versions)]
    wanted = list(dict.fromkeys(names))[: 2 * count]
    read = {name: content(body) for name, body in bodies(archive, set(wanted))}
    long = [read[name] for name in wanted if name in read and len(read[name].passages) >= _ENOUGH]
    return long[:count]


def outcome(texts: Sequence[Content], edit: Edit, chance: random.Random) -> tuple[Counter[str], list[str]]:
    """How many edits ended right, with another label, as gone and come, or were called substantive."""
    counts: Counter[str] = Counter()
    cases: list[str] = []
    for text in texts:
        edited = edit(text.passages, chance)
        if edited is None:
            continue
        passages, expected = edited
        label = labelled(text, Content(tuple(passages)), expected)
        counts[label] += 1
        if label != "right":
            cases.append(f"{label}: {[text.passages[i].text[:70] for i in expected[1]]}")
    return counts, cases


def labelled(old: Content, new: Content, expected: Expected) -> str:
    found = align(old.passages, new.passages)
    if found.removed or found.added:
        return "gone and come"
    if not _is_seen(found, expected):
        return "another label"
    said = compare(old, new, _ABOUT, (), None).judgement
    return "substantive" if said.substantive else "right"


def _is_seen(found: Alignment, expected: Expected) -> bool:
    """Whether the edit is told as made. A passage that moved up is as well told as those that moved down past it."""
    kind, old, new = expected
    if kind == "move":
        return bool(found.moved) and not found.changed
    return found.changed == (Pair(old, new),)


def moved(passages: Sequence[Passage], chance: random.Random) -> tuple[list[Passage], Expected] | None:
    texts = Counter(passage.text for passage in passages)
    free = [i for i, passage in enumerate(passages) if len(passage.text.split()) >= 5 and texts[passage.text] == 1]
    if not free:
        return None
    at = chance.choice(free)
    to = chance.choice([place for place in range(len(passages)) if abs(place - at) >= _FAR])
    rest = [*passages[:at], *passages[at + 1 :]]
    return [*rest[:to], passages[at], *rest[to:]], ("move", (at,), (to,))


def split(passages: Sequence[Passage], chance: random.Random) -> tuple[list[Passage], Expected] | None:
    places = [i for i, passage in enumerate(passages) if len(_SENTENCE.split(passage.text)) > 1 and not passage.cells]
    if not places:
        return None
    at = chance.choice(places)
    cut = chance.choice(list(_SENTENCE.finditer(passages[at].text)))
    text = passages[at].text
    halves = [replace(passages[at], text=text[: cut.start()]), replace(passages[at], text=text[cut.end() :])]
    if not all(half.text.strip() for half in halves):
        return None
    return [*passages[:at], *halves, *passages[at + 1 :]], ("split", (at,), (at, at + 1))


def merged(passages: Sequence[Passage], chance: random.Random) -> tuple[list[Passage], Expected] | None:
    plain = {PassageKind.PARAGRAPH, PassageKind.LIST_ITEM}
    places = [
        i for i in range(len(passages) - 1) if passages[i].kind in plain and passages[i].kind is passages[i + 1].kind
    ]
    if not places:
        return None
    at = chance.choice(places)
    links = passages[at].links + passages[at + 1].links
    whole = replace(passages[at], text=f"{passages[at].text} {passages[at + 1].text}", links=links)
    return [*passages[:at], whole, *passages[at + 2 :]], ("merge", (at, at + 1), (at,))


EDITS: dict[str, Edit] = {"move": moved, "split": split, "merge": merged}


if __name__ == "__main__":
    main()
