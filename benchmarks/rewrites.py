"""Edits that change nothing that is stated: typo, punctuation, format, renumbering, paraphrase; see flips.py."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator

from benchmarks.flips import FLIPS
from benchmarks.pen import Edit, Pen, phrases

Rewrite = Callable[[Pen], tuple[str, str]]
_LETTERS = re.compile(r"(?<![\w'’])[a-zà-ÿ]{5,}(?![\w'’])")
_NEAR = {letter: row[max(0, at - 1) : at] + row[at + 1 : at + 2] for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
         for at, letter in enumerate(row)}  # fmt: skip
_SPELLINGS = [
    ("organisation", "organization"), ("programme", "program"), ("licence", "license"),
    ("third parties", "third-parties"),
    ("sub-processors", "subprocessors"), ("centre", "center"), ("personal data", "Personal Data"),
    ("beta", "Beta"), ("customers", "Customers"), ("email", "e-mail"), ("do not", "don't"), ("does not", "doesn't"),
]  # fmt: skip


def sentence(pen: Pen) -> str:
    """A sentence of any class of flips, as it stands before the flip."""
    return FLIPS[pen.chance.choice(list(FLIPS))](pen)[0]


def typo(pen: Pen) -> tuple[str, str]:
    """One word of five letters or more mistyped: two letters swapped, one dropped, doubled or hit beside its key."""
    while True:
        text = sentence(pen)
        found = list(_LETTERS.finditer(text))
        if found:
            match = pen.chance.choice(found)
            wrong = _mistyped(pen, match.group())
            if wrong != match.group():
                pair = text, text[: match.start()] + wrong + text[match.end() :]
                return pair if pen.chance.random() < 0.5 else (pair[1], pair[0])


def _mistyped(pen: Pen, word: str) -> str:
    at = pen.chance.randrange(1, len(word) - 1)
    way = pen.chance.choice(["swap", "drop", "double", "near"])
    if way == "swap":
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if way == "drop":
        return word[:at] + word[at + 1 :]
    if way == "double":
        return word[:at] + word[at] + word[at:]
    near = _NEAR.get(word[at]) or string.ascii_lowercase
    return word[:at] + pen.chance.choice(near) + word[at + 1 :]


def punctuation(pen: Pen) -> tuple[str, str]:
    text = sentence(pen)
    if pen.language == "zh":
        ways = [("，", ","), ("。", "."), ("、", "，"), ("。", "！"), ("。", ""), ("“", '"')]
    else:
        ways = [(".", ""), (",", ";"), ("'", "’"), (" and ", ", and "), (" et ", ", et "), (".", ";"), (", ", " , "),
                (": ", " : "), (".", " ."), (" ", "\u00a0"), ("-", "\u2011"), (".", "!")]  # fmt: skip
    able = [way for way in ways if way[0] in text]
    old, new = pen.chance.choice(able)
    return text, _at_one_place(pen, text, old, new)


def _at_one_place(pen: Pen, text: str, old: str, new: str) -> str:
    starts = [match.start() for match in re.finditer(re.escape(old), text)]
    at = pen.chance.choice([one for one in starts if not _in_figure(text, one)] or starts)
    if _in_figure(text, at):
        return text
    return text[:at] + new + text[at + len(old) :]


def _in_figure(text: str, at: int) -> bool:
    return text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit()


def layout(pen: Pen) -> tuple[str, str]:
    """Marks, case, spelling and the form of a figure or a day."""
    way = pen.chance.choice(["mark", "case", "spelling", "figure", "day", "quote"])
    if way == "figure":
        return _figures(pen)
    if way == "day":
        template, day = pen.pick("dates"), pen.date()
        text = pen.filled(template.replace("{date}", "\ue000"))
        first, second = pen.chance.sample(["long", "medium", "iso"], 2)
        return text.replace("\ue000", pen.dated(day, first)), text.replace("\ue000", pen.dated(day, second))
    text = sentence(pen)
    if way == "case":
        return text, text[:1].lower() + text[1:]
    if way == "spelling":
        able = [pair for pair in _SPELLINGS if pair[0] in text]
        if able:
            return text, text.replace(*pen.chance.choice(able))
    first = pen.chance.choice(phrases(pen.language)["members"])
    quoted = {"mark": f"**{first}**", "quote": f"“{first}”"}.get(way, f"_{first}_")
    return f"{first}: {text}", f"{quoted}: {text}"


def _figures(pen: Pen) -> tuple[str, str]:
    number = pen.chance.choice([2, 3, 5, 10, 20, 30, 60, 90])
    if pen.language == "en":
        words = {2: "two", 3: "three", 5: "five", 10: "ten", 20: "twenty", 30: "thirty", 60: "sixty", 90: "ninety"}
        forms = [f"{number} days", f"{words[number]} days", f"{words[number]} ({number}) days"]
        first, second = pen.chance.sample(forms, 2)
        return f"You receive notice {first} before a change.", f"You receive notice {second} before a change."
    if pen.language == "fr":
        words = {2: "deux", 3: "trois", 5: "cinq", 10: "dix", 20: "vingt", 30: "trente", 60: "soixante",
                 90: "quatre-vingt-dix"}  # fmt: skip
        return f"Vous recevez un préavis de {number} jours.", f"Vous recevez un préavis de {words[number]} jours."
    words = {2: "两", 3: "三", 5: "五", 10: "十", 20: "二十", 30: "三十", 60: "六十", 90: "九十"}
    return f"变更前{number}天您会收到通知。", f"变更前{words[number]}天您会收到通知。"


def renumbering(pen: Pen) -> tuple[str, str]:
    text = sentence(pen)
    first, second = pen.chance.sample(range(1, 20), 2)
    if pen.language == "zh":
        forms = ["{}. ", "{}.1 ", "({}) "]
    else:
        forms = ["{}. ", "{}.1 ", "({}) ", "Section {}. " if pen.language == "en" else "Article {}. ", "§ {} "]
    form = pen.chance.choice(forms)
    if pen.chance.random() < 0.25 and pen.language != "zh":
        see = " (see section {})." if pen.language == "en" else " (voir article {})."
        return text.rstrip(".") + see.format(first), text.rstrip(".") + see.format(second)
    if pen.chance.random() < 0.3:
        first_letter, second_letter = pen.chance.sample("abcdefgh", 2)
        return f"({first_letter}) {text}", f"({second_letter}) {text}"
    return form.format(first) + text, form.format(second) + text


def paraphrase(pen: Pen) -> tuple[str, str]:
    names = {name: pen.filled("{" + name + "}") for name in ("company", "territory")}
    old, new = (template.format_map(names) for template in pen.pick("paraphrases"))
    return (old, new) if pen.chance.random() < 0.5 else (new, old)


REWRITES: dict[str, Rewrite] = {
    "typo": typo,
    "punctuation": punctuation,
    "format": layout,
    "renumbering": renumbering,
    "paraphrase": paraphrase,
}
# Chinese is not written letter by letter: a slip there is another word; see flips.py.
NOT_IN = {("zh", "typo")}


def rewrites(language: str, kind: str, count: int, seed: int) -> Iterator[Edit]:
    """count edits of one class that change nothing that is stated."""
    pen = Pen(language, seed)
    for _ in range(count if (language, kind) not in NOT_IN else 0):
        old, new = REWRITES[kind](pen)
        yield Edit(language, kind, (old,), (new,))
