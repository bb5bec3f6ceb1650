"""Are territory lists read exactly, whatever the language, layout and spelling: `python benchmarks/territories.py`.

Seeded: sets of territories, each written again and again in one of twenty languages and six layouts, names spelt with
and without accents, other apostrophes, "The", brackets, capitals, another order, former names. Every reading must be
the set, and no two readings of one set may differ by a finding.

    python benchmarks/territories.py [--rewrites 10000] [--seed 1]
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from babel.lists import format_list

from crawler.declaration import Declaration, parse
from crawler.extract import extract
from detector.compare import About
from detector.facts.availability import territory_findings
from store.territory_names import GROUPS, cldr, names
from store.values import Content

LOCALES = (
    "en", "fr", "zh_Hans", "zh_Hant", "de", "es", "it", "pt", "ja", "ko", "ru", "ar", "nl", "pl", "tr", "vi", "id",
    "hi", "uk", "sv",
)  # fmt: skip
LAYOUTS = ("bullets", "rows", "prose", "accordion", "json", "markdown")
FORMER = {
    "en": {"SZ": "Swaziland", "MM": "Burma", "MK": "Macedonia", "CV": "Cape Verde", "CZ": "Czech Republic",
           "TR": "Turkey",
           "CI": "Ivory Coast", "TL": "East Timor", "NL": "Holland", "CD": "Congo (DRC)", "CG": "Republic of the Congo",
           "KR": "Korea, Republic of", "KP": "DPRK", "LA": "Lao PDR", "RU": "Russian Federation",
           "SY": "Syrian Arab Republic"},
    "fr": {"MM": "Birmanie", "SZ": "Swaziland", "MK": "Macédoine", "CZ": "République tchèque",
           "RU": "Fédération de Russie"},
    "de": {"MM": "Birma", "SZ": "Swasiland", "MK": "Mazedonien", "CZ": "Tschechische Republik", "CI": "Elfenbeinküste"},
    "es": {"MM": "Birmania", "SZ": "Suazilandia", "CZ": "República Checa", "CI": "Costa de Marfil"},
    "it": {"MM": "Birmania", "CZ": "Repubblica Ceca"},
    "pt": {"MM": "Birmânia", "CZ": "República Checa", "SZ": "Suazilândia"},
    "zh_Hans": {"SZ": "斯威士兰", "TL": "东帝汶"},
    "ru": {"RU": "Российская Федерация", "MM": "Бирма", "SZ": "Свазиленд"},
}  # fmt: skip
_WITH_THE = frozenset(("BS", "GM", "NL", "PH", "MV", "KM", "SC", "AE", "US", "GB", "MH", "SB", "CF", "DO", "KY", "FO"))
_APOSTROPHES = "'’‘ʼ`"
_BULLETS = ("", "• ", "- ", "✓ ", "🇺🇳 ")
_ABOUT_DAY = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Failure:
    """A rewrite that was not read as its set."""

    language: str
    layout: str
    missing: tuple[str, ...]
    surplus: tuple[str, ...]
    unknown: tuple[str, ...]


def written(code: str, language: str, chance: random.Random) -> str:
    """One of the ways in which a list in a language may write a territory."""
    name = cldr(language)[code]
    way = chance.randrange(12)
    if way == 0 and code in FORMER.get(language, {}):
        name = FORMER[language][code]
    elif way == 1:
        name = without_accents(name)
    elif way == 2:
        name = f"{name} ({code})"
    elif way == 3 and language == "en" and code in _WITH_THE:
        name = chance.choice((f"The {name}", f"the {name}", f"{name} (the)", f"{name}, The"))
    elif way == 4 and language == "en":
        name = name.replace(" & ", " and ").replace("St. ", chance.choice(("Saint ", "St ", "St. ")))
    elif way == 5 and language not in ("en", "tr"):
        name = f"{name} ({cldr('en')[code]})"
    elif way == 6 and language != "tr":
        name = name.upper()
    elif way == 7:
        name = name.replace(" ", "\u00a0").replace("-", chance.choice("-‐‑"))
    glyph = chance.choice(_APOSTROPHES)
    return "".join(glyph if letter in "'’" else letter for letter in name)


def without_accents(name: str) -> str:
    """Latin letters without their accents; other scripts as they are."""
    plain = unicodedata.normalize("NFD", name)
    kept = "".join(letter for letter in plain if not "\u0300" <= letter <= "\u036f")
    return unicodedata.normalize("NFC", kept) if kept.replace(" ", "").isascii() else name


def page(entries: Sequence[str], layout: str, language: str, chance: random.Random) -> tuple[bytes, str]:
    """A page that lists the entries, and its content type."""
    text, kind = _LAYOUTS[layout](entries, language, chance)
    return text.encode(), kind


def _bullets(entries: Sequence[str], language: str, chance: random.Random) -> tuple[str, str]:
    mark = chance.choice(_BULLETS)
    items = "".join(f"<li>{mark}{escape(entry)}</li>" for entry in entries)
    return f"<html><body><main><h1>API</h1><p>API 2.0</p><ul>{items}</ul></main></body></html>", "text/html"


def _rows(entries: Sequence[str], language: str, chance: random.Random) -> tuple[str, str]:
    more = "<td>✓</td>" if chance.random() < 0.5 else "<td>API</td><td>-</td>"
    rows = "".join(f"<tr><td>{escape(entry)}</td>{more}</tr>" for entry in entries)
    return f"<html><body><main><h1>API</h1><table>{rows}</table></main></body></html>", "text/html"


def _prose(entries: Sequence[str], language: str, chance: random.Random) -> tuple[str, str]:
    listed = format_list(list(entries), locale=language)
    lead = chance.choice(("API: ", "OpenAI API, ChatGPT: "))
    return f"<html><body><main><h1>API</h1><p>{escape(lead + listed)}.</p></main></body></html>", "text/html"


def _accordion(entries: Sequence[str], language: str, chance: random.Random) -> tuple[str, str]:
    cut = max(1, len(entries) // 2)
    parts = [entries[:cut], entries[cut:]]
    worlds = (cldr(language)["150"], cldr(language)["142"])
    body = ""
    for world, part in zip(worlds, parts, strict=True):
        items = "".join(f"<li>{escape(entry)}</li>" for entry in part)
        body += f"<details><summary>{escape(world)}</summary><ul>{items}</ul></details>" if part else ""
    return f"<html><body><main><h1>API</h1>{body}</main></body></html>", "text/html"


def _json(entries: Sequence[str], language: str, chance: random.Random) -> tuple[str, str]:
    value: object = list(entries) if chance.random() < 0.5 else [{"name": entry, "api": True} for entry in entries]
    return json.dumps({"countries": value}, ensure_ascii=chance.random() < 0.5), "application/json"


def _markdown(entries: Sequence[str], language: str, chance: random.Random) -> tuple[str, str]:
    mark = chance.choice("-*+")
    items = "\n".join(f"{mark} {entry}" for entry in entries)
    return f"---\ntitle: API\n---\n\n# API\n\nAPI 2.0\n\n{items}\n", "text/markdown"


_LAYOUTS: dict[str, Callable[[Sequence[str], str, random.Random], tuple[str, str]]] = {
    "bullets": _bullets,
    "rows": _rows,
    "prose": _prose,
    "accordion": _accordion,
    "json": _json,
    "markdown": _markdown,
}


def declaration_of(language: str) -> Declaration:
    """A list in a language, as it would be watched."""
    tag = language.replace("_", "-")
    text = f'title = "L"\npublisher = "P"\nproduct = "API"\nkind = "availability"\nlanguage = "{tag}"\n'
    return parse(text + 'url = "https://lists.invalid/list"\n', "list", "benchmark")


def read(codes: Sequence[str], language: str, layout: str, chance: random.Random) -> Content:
    """A rewrite of a set, read."""
    order = list(codes)
    chance.shuffle(order)
    body, kind = page([written(code, language, chance) for code in order], layout, language, chance)
    return extract(body, kind, declaration_of(language))


def failures(rewrites: int, seed: int) -> list[Failure]:
    """Every rewrite that was not read exactly, or differs by a finding from the one before of its set."""
    chance = random.Random(seed)
    everywhere = sorted(code for code in names().codes - GROUPS if code in cldr("en"))
    found: list[Failure] = []
    done = 0
    while done < rewrites:
        codes = chance.sample(everywhere, chance.randint(4, 80))
        before: Content | None = None
        for _ in range(min(20, rewrites - done)):
            language, layout = chance.choice(LOCALES), chance.choice(LAYOUTS)
            content = read(codes, language, layout, chance)
            found += _wrong(codes, content, before, language, layout)
            before = content
            done += 1
    return found


def _wrong(codes: Sequence[str], content: Content, before: Content | None, language: str, layout: str) -> list[Failure]:
    said = {fact.territory for fact in content.facts.availability}
    unknown = tuple(span.text for span in content.facts.unknown)
    declared = declaration_of(language)
    about = About(declared.kind, "P", "API", declared.polarity, language, _ABOUT_DAY)
    changed = territory_findings(before, content, about) if before else []
    if said == set(codes) and not unknown and not changed:
        return []
    missing, surplus = tuple(sorted(set(codes) - said)), tuple(sorted(said - set(codes)))
    return [Failure(language, layout, missing, surplus, unknown)]


def main() -> int:
    """Prints failures by class and the count; 1 when there is one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rewrites", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    began = time.perf_counter()
    wrong = failures(asked.rewrites, asked.seed)
    classes = Counter((one.language, one.layout, one.missing[:3], one.surplus[:3], one.unknown[:2]) for one in wrong)
    for (language, layout, missing, surplus, unknown), count in classes.most_common(40):
        sys.stdout.write(f"{count:5} {language} {layout}: missing {missing}, surplus {surplus}, unknown {unknown}\n")
    took = time.perf_counter() - began
    sys.stdout.write(f"{asked.rewrites - len(wrong)} of {asked.rewrites} rewrites exact, {took:.0f} s\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
