"""Do pages that lose much of their text and get it back alert anybody? Counts over recorded collections of terms.

A collapse: at least 40 % of a version's words (50 or more) vanish, and nine tenths of the words are back within five
versions. Its legs are the transition that loses and the transitions until the text is back. An alert is wrong where one
of its sides is the collapse; one between two whole texts tells what was edited meanwhile. A leg reaches the detector
only when both its sides are believed: each version is judged against the last one believed, as a visit would, and one
that is refused brings no version.

    python -m benchmarks.collapses FOLDER [FOLDER...] [--part K/N]

--part: every N-th document of the collection from the K-th on, counted from 1, where the whole takes too long.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from benchmarks.transitions import LOOK_BACK, content
from crawler.declaration import from_fields
from crawler.verdicts.against import COLLAPSED, loss, words
from crawler.verdicts.reading import Before, Reading, doubt
from detector.compare import About, compare
from store.values import Content, Polarity, SourceKind

_WITHIN = 5
_BACK = 0.1
_FEWEST = 50
EDITED = "edited meanwhile"
ADDRESS = "https://collection.invalid/terms"


def documents(folder: Path) -> dict[str, list[tuple[Path, str]]]:
    """By document, its versions (file, time) in order."""
    found: dict[str, list[tuple[Path, str]]] = defaultdict(list)
    for line in (folder / "pairs.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        versions = found[row["document"]]
        if not versions:
            versions.append((folder / row["old"], row["at"]))
        versions.append((folder / row["new"], row["at"]))
    return found


def collapses(versions: list[tuple[Path, str]]) -> Iterator[tuple[int, int]]:
    """(last whole version, version that has the text back) of each collapse."""
    at = 0
    while at + 1 < len(versions):
        end = restored(versions, at)
        if end is not None:
            yield at, end
        at = end or at + 1


def restored(versions: list[tuple[Path, str]], at: int) -> int | None:
    whole = content(versions[at][0])
    if whole is None or _gone(whole, content(versions[at + 1][0])) < COLLAPSED:
        return None
    later = range(at + 2, min(at + 2 + _WITHIN, len(versions)))
    return next((n for n in later if _gone(whole, content(versions[n][0])) <= _BACK), None)


def _gone(whole: Content, other: Content | None) -> float:
    lost = loss(whole.passages, other.passages if other else ())
    return lost.gone if lost.before >= _FEWEST else 0.0


def refusal(path: Path, now: Content, before: Content, body: bytes) -> str | None:
    """Why a version would not be believed after the last one that was, or None."""
    declaration = from_fields({"slug": path.stem, "kind": "terms", "publisher": "collection", "url": ADDRESS})
    headers = {"content-type": "text/markdown; charset=utf-8"}
    reading = Reading(ADDRESS, ADDRESS, headers, path.read_bytes(), False, now)
    said = doubt(reading, declaration, Before(before, body), tuple)
    return said.reason if said else None


def legs(versions: list[tuple[Path, str]], start: int, end: int) -> Iterator[tuple[str, str]]:
    """(how a leg ended, its file and what was edited) for each version from the collapse to the return."""
    whole = believed = content(versions[start][0])
    body, earlier = versions[start][0].read_bytes(), stood(versions[: start + 1])
    for path, at in versions[start + 1 : end + 1]:
        now = content(path)
        if now is None or believed is None or whole is None or now == believed:
            yield "nothing read" if now is None else "same as before", path.name
        elif why := refusal(path, now, believed, body):
            yield f"refused: {why.split(':')[0]}", path.name
        else:
            about = About(SourceKind.TERMS, "", None, Polarity.ALLOW, "en", date.fromisoformat(at[:10]))
            judgement = compare(believed, now, about, earlier, None).judgement
            told = judgement.substantive and judgement.held is None
            between_whole_texts = max(_gone(whole, believed), _gone(whole, now)) < COLLAPSED and edited(believed, now)
            how = (f"alert, {EDITED}" if between_whole_texts else "alert, WRONG") if told else "quiet or held"
            yield how, f"{path.name}: {between_whole_texts or 'one side is the collapse'}"
            believed, body = now, path.read_bytes()


def stood(versions: list[tuple[Path, str]]) -> tuple[str, ...]:
    """Fingerprints of the texts that stood there before the last of these versions, newest first, as the store has."""
    newest_first = [found.fingerprint for path, _ in reversed(versions) if (found := content(path)) is not None]
    return tuple(dict.fromkeys(newest_first))[1 : LOOK_BACK + 1]


def edited(whole: Content, now: Content) -> str:
    """What a text says otherwise than another, as words; "" where nothing."""
    old, new = (words(passage.text for passage in one.passages) for one in (whole, now))
    gone, come = (old - new).total(), (new - old).total()
    return f"{gone} of {old.total()} words gone, {come} new" if gone or come else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--part", default="1/1")
    asked = parser.parse_args()
    first, every = map(int, asked.part.split("/"))
    for folder in asked.folders:
        ended: Counter[str] = Counter()
        alerts, number = [], 0
        chosen = list(documents(folder).items())[first - 1 :: every]
        for document, versions in chosen:
            for start, end in collapses(versions):
                number += 1
                for how, name in legs(versions, start, end):
                    ended[how] += 1
                    alerts += [f"{how}: {document}: {name}"] if how.startswith("alert") else []
        said = f"{number} collapses in {sum(len(versions) for _, versions in chosen)} versions"
        print(f"{folder.name}: {said}, {', '.join(f'{n} {how}' for how, n in ended.most_common())}")
        print("".join(f"    {line}\n" for line in alerts), end="", flush=True)


if __name__ == "__main__":
    main()
