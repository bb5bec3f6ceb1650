"""Is every bad capture named, and no good page refused? Counts by kind of capture, template families apart.

Reads tests/blocked (index.jsonl gives kind, template family and split of each page; "unseen" families were written
before the rules and are not looked at while the rules are changed), the saved pages of tests/pages, and where there:
the real refusals and captures of ../shared/corpus, unpacked collections named with --html and --texts.

    python -m benchmarks.verdicts [--html FOLDER] [--texts FOLDER...] [--every N] [--misses seen]
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from crawler.answers import Fetched
from crawler.believed import judged, unread
from crawler.declaration import Declaration, from_fields
from crawler.extract import Unextractable, extract
from crawler.known import NOTHING_KNOWN
from crawler.verdict import verdict
from crawler.verdicts.said import Verdict
from store.archive import Current, Received
from store.capture_kind import CaptureKind
from store.values import Outcome

HERE = Path(__file__).parent
BLOCKED = HERE.parent / "tests" / "blocked"
PAGES = HERE.parent / "tests" / "pages"
CORPUS = HERE.parent.parent / "shared" / "corpus"
FOLDERS = {
    "challenge": CaptureKind.CHALLENGE,
    "wall": CaptureKind.WALL,
    "geoblock": CaptureKind.GEOBLOCK,
    "error-as-200": CaptureKind.ERROR,
    "empty-shell": CaptureKind.SHELL,
    "partial": CaptureKind.PARTIAL,
    "page": CaptureKind.PAGE,
}
TYPES = {".html": "text/html", ".md": "text/markdown", ".json": "application/json", ".xml": "application/rss+xml"}
# "content-missing" names what an archive's selector found. Each was opened: these five hold the publisher's whole text
# (53,000, 317,000, 317,000, 6,000 and 31,000 characters of it), so a reader that needs no selector must take them.
TEXT_IS_THERE = {
    "61cadc30acf6c952",
    "31744ef4000f0aa0",
    "5aa5a6e066acaa57",
    "252fac396e5548d2",
    "56981df805d07c0c",
}
# Texts that collections recorded as versions and that are error pages or walls by every word; each was opened.
NO_GOOD_PAGES = {
    "1845eed16e76fb0c",  # "This page isn't available. An unexpected error ..."
    "2b62beccf16e3037",  # "Da ist wohl etwas schiefgegangen."
    "9a05481bae50f761",  # "This page isn't available right now"
    "c959424043a95490",  # a sign-in
    "fba79b1500c980db",  # "Refresh this page or try again later"
}
ADDRESS = "https://halden.example/legal/terms"


@dataclass(frozen=True)
class Sample:
    """A capture, what it is, and the good page that stood there before, where it has one."""

    name: str
    kind: CaptureKind
    family: str
    split: str
    answer: Fetched
    declaration: Declaration
    before: Fetched | None = None


@dataclass
class Score:
    """caught: refused; named: refused as what it is; by family, the samples that passed for pages."""

    samples: int = 0
    caught: int = 0
    named: int = 0
    families: set[str] = field(default_factory=set)
    passed: list[str] = field(default_factory=list)


def own() -> Iterator[Sample]:
    """The labelled captures of tests/blocked."""
    for line in (BLOCKED / "index.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield sample(row)


def sample(row: Mapping[str, Any]) -> Sample:
    """A row of the index as a capture."""
    url = row.get("url", ADDRESS)
    path = BLOCKED / row["file"]
    answer = Fetched(row.get("final", url), 200, headers(path, row.get("headers")), path.read_bytes())
    before = BLOCKED / row["before"] if "before" in row else None
    fields = {"slug": path.stem, "kind": "terms", "publisher": "Halden", "url": url, "language": row["language"]}
    return Sample(
        row["file"],
        FOLDERS[row["verdict"]],
        row["family"],
        row["split"],
        answer,
        from_fields(fields),
        Fetched(url, 200, headers(before), before.read_bytes()) if before else None,
    )


def headers(path: Path, given: Mapping[str, str] | None = None) -> dict[str, str]:
    return dict(given) if given else {"content-type": f"{TYPES[path.suffix]}; charset=utf-8"}


def real_refusals() -> Iterator[Sample]:
    """The real refusals. TEXT_IS_THERE apart: an archive refused those because its own selector no longer fitted."""
    index = CORPUS / "blocked" / "index.jsonl"
    for line in index.read_text(encoding="utf-8").splitlines() if index.is_file() else ():
        row = json.loads(line)
        path = index.parent / row["file"]
        answer = Fetched(ADDRESS, 200, headers(path), path.read_bytes())
        whole = path.stem in TEXT_IS_THERE
        kind, split = (CaptureKind.PAGE, "text is there") if whole else (CaptureKind.ERROR, row["family"])
        yield Sample(row["file"], kind, row["family"], f"real: {split}", answer, terms(path.stem))


def good(html: Path | None, texts: list[Path], every: int) -> Iterator[Sample]:
    """Pages that are what they say."""
    for path in sorted(PAGES.glob("*/*.*")):
        if path.suffix in TYPES and path.name not in ("headers.json", "expected.json"):
            yield page(path, "tests/pages")
    for folder in (CORPUS / "availability", *([html] if html else [])):
        index = folder / "captures.jsonl"
        for line in index.read_text(encoding="utf-8").splitlines() if index.is_file() else ():
            row = json.loads(line)
            if row.get("outcome") in (None, "version", "confirmed") and row.get("status", 200) == 200:
                path = folder / row["file"]
                yield page(path, folder.name, row.get("headers"))
    for folder in texts:
        for path in sorted((folder / "files").glob("*.md"))[::every]:
            if path.stem not in NO_GOOD_PAGES:
                yield page(path, folder.name)


def page(path: Path, split: str, given: Mapping[str, str] | None = None) -> Sample:
    kind = {name.lower(): value for name, value in (given or headers(path)).items()}
    answer = Fetched(ADDRESS, 200, kind, path.read_bytes())
    return Sample(str(path), CaptureKind.PAGE, path.parent.name, split, answer, terms(path.stem))


def terms(slug: str) -> Declaration:
    return from_fields({"slug": slug, "kind": "terms", "publisher": "Halden", "url": ADDRESS})


def look(one: Sample) -> Verdict:
    """The verdict as a visit reaches it: by the answer, then by the reading and the version before."""
    answer = one.answer
    said = verdict(answer.status, answer.headers, answer.body, one.declaration)
    if said.outcome is not None:
        return said
    received = Received(answer.url, answer.status, answer.headers, answer.body)
    try:
        content = extract(answer.body, answer.headers.get("content-type"), one.declaration)
    except Unextractable as error:
        asked = one.declaration.url
        return unread(received, one.declaration, asked) or Verdict(Outcome.UNEXTRACTABLE, str(error))
    standing = current(one)
    before = standing.content if standing else None
    return judged(received, one.declaration, one.declaration.url, content, before, standing, NOTHING_KNOWN)


def current(one: Sample) -> Current | None:
    """The good page before as the version that the source stands at."""
    if one.before is None:
        return None
    came = one.before
    content = extract(came.body, came.headers["content-type"], replace(one.declaration, language="en"))
    return Current(1, "recipe", content, Received(came.url, 200, came.headers, came.body))


def scored(samples: Iterator[Sample]) -> tuple[dict[tuple[str, str], Score], float]:
    """Scores by (kind, split), and milliseconds a capture."""
    scores: dict[tuple[str, str], Score] = defaultdict(Score)
    spent = 0.0
    for one in samples:
        began = time.process_time()
        said = look(one)
        spent += time.process_time() - began
        score = scores[one.kind.value, one.split]
        score.samples += 1
        score.families.add(one.family)
        score.caught += said.outcome is not None
        score.named += said.kind is one.kind
        if (said.outcome is None) != (one.kind is CaptureKind.PAGE):
            score.passed.append(f"{one.name}: {said.reason or 'taken for the page'}")
        elif said.outcome is not None and said.kind is not one.kind:
            score.passed.append(f"{one.name}: named {said.reason}")
    return dict(scores), spent * 1000 / max(sum(score.samples for score in scores.values()), 1)


def print_scores(title: str, samples: Iterator[Sample], misses: str) -> None:
    scores, cost = scored(samples)
    print(f"\n{title}: {cost:.1f} ms of CPU a capture, reading it included")
    print(f"{'kind':24} {'split':26} {'families':>8} {'captures':>8} {'refused':>8} {'named so':>9}")
    total: Counter[str] = Counter()
    for (kind, split), score in sorted(scores.items()):
        counts = f"{len(score.families):8} {score.samples:8} {score.caught:8} {score.named:9}"
        print(f"{kind:24} {split:26} {counts}")
        side = "good" if kind == CaptureKind.PAGE.value else f"bad, {split}"
        total.update({f"{side}: captures": score.samples, f"{side}: refused": score.caught})
        if misses == "all" or misses == split or split not in ("unseen",):
            for line in score.passed[:12] if misses else ():
                print(f"    {line[:150]}")
    print(", ".join(f"{name} {count}" for name, count in sorted(total.items())))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--html", type=Path, help="an unpacked collection of HTML captures, all good")
    parser.add_argument("--texts", type=Path, nargs="*", default=[], help="unpacked collections of Markdown texts")
    parser.add_argument("--every", type=int, default=40, help="every N-th text of those")
    parser.add_argument("--misses", default="", help="print what went wrong, of unseen families only with 'all'")
    asked = parser.parse_args()
    print_scores("labelled captures", own(), asked.misses)
    print_scores("real refusals", real_refusals(), asked.misses)
    print_scores("good pages", good(asked.html, asked.texts, asked.every), asked.misses)


if __name__ == "__main__":
    main()
