"""Does the detector hear every smallest real change, and stay quiet at edits that change nothing? Seeded, counted.

Flips change one thing that is stated (not, may/must, number, date, party, except, list member) in a sentence made of a
template and names of many locales, or in a real sentence where the corpus beside the project is there. Rewrites change
nothing that is stated (typo, punctuation, format, renumbering, paraphrase). Each is compared inside a small document.
The paraphrases here are ours; benchmarks/paraphrases.py asks about clauses rewritten freely. There is no class of
Chinese typos: a slip there puts a whole other character, mostly another word, and a list of characters that are often
mixed up would only ask back what the table of synonyms says.

    python -m benchmarks.flips [--count 1000] [--seed 1] [--misses 5] [--model]
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tarfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from babel.numbers import format_currency, format_decimal

from benchmarks.pen import Edit, Pen, phrases
from detector.compare import About, compare
from store.values import Content, Passage, PassageKind, Polarity, SourceKind

LANGUAGES = ("en", "fr", "zh")
_SENTENCE = re.compile(r"[A-Z][^.!?\n]{40,220}[.]")

Change = Callable[[Pen], tuple[str, str]]


def _swapped(pen: Pen, key: str) -> tuple[str, str]:
    """One clause said twice, with the two modal words of a pair."""
    first, second = pen.pick(key)
    mark = "\ue000"
    clause = pen.clause(mark)
    return clause.replace(mark, first), clause.replace(mark, second)


def _templates(pen: Pen, key: str) -> tuple[str, str]:
    """A pair of templates filled with the same names, told in either direction."""
    names = {name: pen.filled("{" + name + "}") for name in ("company", "territory")}
    old, new = (template.format_map(names) for template in pen.pick(key))
    return (old, new) if pen.chance.random() < 0.5 else (new, old)


def negation(pen: Pen) -> tuple[str, str]:
    if pen.chance.random() < 0.5:
        return _templates(pen, "denials")
    old, new = _swapped(pen, "negations")
    return (old, new) if pen.chance.random() < 0.5 else (new, old)


def modal(pen: Pen) -> tuple[str, str]:
    return _swapped(pen, "modals")


def number(pen: Pen) -> tuple[str, str]:
    template = pen.filled(pen.pick("numbers").replace("{n}", "\ue001").replace("{money}", "\ue002").replace(
        "{percent}", "\ue003"))  # fmt: skip
    small = pen.chance.sample([1, 2, 3, 5, 7, 10, 14, 15, 20, 30, 45, 60, 90, 120, 365], 2)
    large = pen.chance.sample([500, 1_000, 2_500, 10_000, 50_000, 1_000_000], 2)
    share = pen.chance.sample(["0.5", "1", "2", "5", "10", "25", "50", "75"], 2)
    currency = pen.chance.choice(["USD", "EUR", "GBP", "JPY", "CNY", "CHF"])
    sides = []
    for side in (0, 1):
        money = format_currency(large[side], currency, locale=pen.locale)
        percent = (
            format_decimal(float(share[side]), locale=pen.locale) + ("" if pen.language != "fr" else "\u202f") + "%"
        )
        text = template.replace("\ue001", str(small[side])).replace("\ue002", money).replace("\ue003", percent)
        sides.append(" ".join(text.split()))
    return sides[0], sides[1]


def day(pen: Pen) -> tuple[str, str]:
    first = pen.date()
    shift = pen.chance.choice([1, 7, 14, 30, 31, 61, 92, 365])
    second = first + timedelta(days=shift)
    form = pen.chance.choice(["long", "medium", "iso"])
    template = pen.filled(pen.pick("dates").replace("{date}", "\ue000"))
    return template.replace("\ue000", pen.dated(first, form)), template.replace("\ue000", pen.dated(second, form))


def party(pen: Pen) -> tuple[str, str]:
    template = pen.pick("parties")
    name = pen.chance.choice(sorted(set(re.findall(r"\{(company|territory)\}", template))))
    values = pen.companies if name == "company" else pen.territories
    first = pen.chance.choice(values)
    rest = pen.filled(template.replace("{" + name + "}", "\ue000"))
    return rest.replace("\ue000", first), rest.replace("\ue000", pen.other(values, first))


def exception(pen: Pen) -> tuple[str, str]:
    return _templates(pen, "exceptions")


def member(pen: Pen) -> tuple[str, str]:
    members = pen.chance.sample(pen.words["members"], pen.chance.randrange(3, 7))
    other = pen.chance.choice([one for one in pen.words["members"] if one not in members])
    changed = list(members)
    place = pen.chance.randrange(len(members))
    action = pen.chance.choice(["add", "remove", "replace"])
    if action == "add":
        changed.insert(place, other)
    elif action == "remove":
        changed.pop(place)
    else:
        changed[place] = other
    template = pen.pick("lists")
    return template.replace("{list}", _listed(pen, members)), template.replace("{list}", _listed(pen, changed))


def _listed(pen: Pen, members: list[str]) -> str:
    return pen.words["conjunction"].join([pen.words["comma"].join(members[:-1]), members[-1]])


FLIPS: dict[str, Change] = {
    "not": negation,
    "may/must": modal,
    "number": number,
    "date": day,
    "party": party,
    "except": exception,
    "list member": member,
}


def flips(language: str, kind: str, count: int, seed: int) -> Iterator[Edit]:
    """count edits that each change one thing stated; list members stand in a sentence or as list items by turns."""
    pen = Pen(language, seed)
    for index in range(count):
        old, new = FLIPS[kind](pen)
        while old == new:
            old, new = FLIPS[kind](pen)
        if kind == "list member" and index % 2:
            yield Edit(language, kind, *_as_items(pen, old, new), list_item=True)
        else:
            yield Edit(language, kind, (old,), (new,))


def _as_items(pen: Pen, old: str, new: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    known = sorted(pen.words["members"], key=len, reverse=True)
    return tuple(tuple(sorted((one for one in known if one in text), key=text.index)) for text in (old, new))  # type: ignore[return-value]


def document(edit: Edit, side: str) -> Content:
    """The edit between sentences that stay as they are."""
    filler = phrases(edit.language)["filler"]
    kind = PassageKind.LIST_ITEM if edit.list_item else PassageKind.PARAGRAPH
    around = [Passage(PassageKind.PARAGRAPH, text) for text in filler]
    inside = [Passage(kind, text) for text in getattr(edit, side)]
    return Content((*around[:2], *inside, *around[2:]))


def is_substantive(edit: Edit, encoder: Any = None) -> tuple[bool, tuple[str, ...]]:
    """What the detector says of an edit, and why."""
    about = About(SourceKind.TERMS, "the publisher", None, Polarity.ALLOW, edit.language, date(2024, 6, 25))
    judgement = compare(document(edit, "old"), document(edit, "new"), about, (), encoder).judgement
    return judgement.substantive, judgement.reasons


def _real_sentences(count: int, seed: int) -> list[str]:
    """Sentences of English terms from the corpus beside the project; none where it is not there."""
    archive = Path(__file__).parents[2] / "shared" / "corpus" / "terms-genai.tar.xz"
    if not archive.exists():
        return []
    found: set[str] = set()
    with tarfile.open(archive, "r|xz") as stream:
        for entry in stream:
            body = stream.extractfile(entry) if entry.name.endswith(".md") else None
            if body is not None:
                text = re.sub(r"\[([^\]]*)\]\([^)]*\)|[*_`#\\]", r"\1", body.read().decode("utf-8", "replace"))
                found.update(match.group() for match in _SENTENCE.finditer(text))
            if len(found) > 20_000:
                break
    return random.Random(seed).sample(sorted(found), min(count, len(found)))


# A new date of a date stamp alone is no change of what is stated.
_STAMP = re.compile(r"updated|effective|revised|modified", re.IGNORECASE)
_REAL = {
    "not": [(r"\b(may|must|shall|will|should|can) (?!not)", r"\1 not "), (r"\b(is|are) (?!not)", r"\1 not ")],
    "may/must": [(r"\bmay\b(?! not| never)", "must"), (r"\b(?:must|shall)\b(?! not| never)", "may")],
    "number": [(r"\b([1-9]\d?)(?= (?:days|months|years|hours))", "77"), (r"\$(\d+)", "$7777"), (r"\b(\d+)%", "77%")],
    "date": [(r"\b(January|March|June|July|October) (\d{1,2}), (\d{4})", r"April \2, \3"),
             (r"\b(\w+ \d{1,2}), (20\d\d)", r"\1, 2031")],
    "party": [(r"\b(OpenAI|Anthropic|Google|Microsoft|Mistral AI|Stripe|Meta)\b", "Tamura Denki"),
              (r"\b(Ireland|California|Germany|Canada|Delaware|United Kingdom)\b", "Portugal")],
    "except": [(r"\ball\b", "some"), (r"\bmay\b(?! not| only)", "may only"), (r"\bexcept\b", "including")],
    "list member": [(r"(, (?!(?:as|if|for|etc|except|e\.g)\b)[a-z]+ ?[a-z]*)(?=, (?:and|or) )", ""),
                    (r", (and|or) ", r", carrier pigeons, \1 ")],
}  # fmt: skip


def real_flips(sentences: list[str], kind: str) -> Iterator[Edit]:
    """Each real sentence that one of the rules of the class fits, changed at one place."""
    for text in sentences:
        if kind == "date" and _STAMP.search(text):
            continue
        for pattern, replacement in _REAL[kind]:
            new = re.sub(pattern, replacement, text, count=1)
            if new != text:
                yield Edit("en", kind, (text,), (new,))
                break


@dataclass(frozen=True, slots=True)
class Row:
    """How many edits of a class were called substantive, and some that were called wrongly."""

    name: str
    kind: str
    flagged: int
    count: int
    wrong: tuple[tuple[Edit, tuple[str, ...]], ...]

    def line(self) -> str:
        share = self.flagged / self.count if self.count else 0.0
        return f"{self.name:<14} {self.kind:<13} {self.flagged:>6} of {self.count:>5}  {share:>7.2%}"


def scored(name: str, kind: str, edits: Iterable[Edit], wanted: bool, encoder: Any = None) -> Row:
    said = [(edit, *is_substantive(edit, encoder)) for edit in edits]
    wrong = tuple((edit, reasons) for edit, substantive, reasons in said if substantive is not wanted)
    return Row(name, kind, sum(1 for _, substantive, _ in said if substantive), len(said), wrong)


def _rows(count: int, seed: int, encoder: Any) -> Iterator[tuple[Row, bool]]:
    from benchmarks.rewrites import REWRITES, rewrites

    sentences = _real_sentences(6 * count, seed)
    for kind in FLIPS:
        for language in LANGUAGES:
            yield scored(f"flip {language}", kind, flips(language, kind, count, seed), True, encoder), True
        yield scored("flip en real", kind, islice(real_flips(sentences, kind), count), True, encoder), True
    for kind in REWRITES:
        for language in LANGUAGES:
            yield scored(f"rewrite {language}", kind, rewrites(language, kind, count, seed), False, encoder), False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--misses", type=int, default=0, help="wrongly called edits shown for each class")
    parser.add_argument("--model", action="store_true", help="ask the packaged embedding model as well")
    options = parser.parse_args()
    encoder = None
    if options.model:
        from detector.encoder import packaged_encoder

        encoder = packaged_encoder()
    for row, _ in _rows(options.count, options.seed, encoder):
        if row.count:
            print(row.line(), flush=True)
        for edit, reasons in row.wrong[: options.misses]:
            print(f"    - {' / '.join(edit.old)}\n    + {' / '.join(edit.new)}\n      {'; '.join(reasons)[:160]}")


if __name__ == "__main__":
    sys.modules["flips"] = sys.modules["__main__"]
    main()
