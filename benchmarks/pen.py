"""Sentences of three languages from templates and names of many locales, seeded: what the edits are written with."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date

EDITS = Path(__file__).with_name("edits")
COMPANIES = """
Nordlys Data AS;Kansai Logic;Banque Lumière;Grupo Solana;Młyn Systems;Şahin Yazılım;Ólafsson Cloud;Đại Nam Tech
Kovačević Digital;Müller & Söhne;Ngozi Analytics;Wanjiru Cloud;Bharat Vani;Tamura Denki;Serra do Mar;Ålesund Compute
Zelenka Labs;Petőfi Networks;Ionescu Soft;Raudsepp;Kauppinen;Al Noor Media;Levant Signals;Haneul AI;Minh Chau
Pacific Ledger;Dunmore Hosting;Caradoc Systems;Brightwater Inc;Quillfeather;Stripe;Adyen;OpenAI;Anthropic;Mistral AI
星河科技;明远数据;东海云;北辰智能;百度;腾讯;阿里云;智谱;商汤
"""
# Territories whose names are ordinary words in one of the languages need a context that the templates do not give.
_AMBIGUOUS = {"GE", "JO", "JE", "TD", "NE", "GG", "IM", "EH", "MF", "BL", "UM", "AQ", "IO", "TF", "HM", "GS", "BV"}


@dataclass(frozen=True, slots=True)
class Edit:
    """One passage in two wordings; kind is the class of the edit, list_item where the passages are list items."""

    language: str
    kind: str
    old: tuple[str, ...]
    new: tuple[str, ...]
    list_item: bool = False


@cache
def phrases(language: str) -> dict[str, Any]:
    return tomllib.loads((EDITS / f"{language}.toml").read_text(encoding="utf-8"))


class Pen:
    """Writes sentences of one language; the same seed writes the same."""

    def __init__(self, language: str, seed: int) -> None:
        self.language = language
        self.chance = random.Random(f"{language}-{seed}")
        self.words = phrases(language)
        self.locale = Locale.parse(language)
        names = [name for line in COMPANIES.strip().splitlines() for name in line.split(";")]
        self.companies = [name for name in names if name.isascii() or language != "zh" or ord(name[0]) > 0x3000]
        if language != "zh":
            self.companies = [name for name in names if ord(name[0]) < 0x3000]
        known = self.locale.territories
        self.territories = [known[code] for code in sorted(known) if _is_country(code)]

    def pick(self, key: str) -> Any:
        return self.chance.choice(self.words[key])

    def other(self, values: list[str], than: str) -> str:
        return self.chance.choice([value for value in values if value not in than and than not in value])

    def date(self) -> date:
        return date(2023, 1, 1) + timedelta(days=self.chance.randrange(1500))

    def dated(self, day: date, form: str | None = None) -> str:
        chosen = form or self.chance.choice(["long", "long", "medium", "iso"])
        return day.isoformat() if chosen == "iso" else format_date(day, chosen, self.locale)

    def filled(self, template: str, **values: str) -> str:
        """A template with its names filled in; values given win."""
        fresh = {
            "company": self.chance.choice(self.companies),
            "territory": self.chance.choice(self.territories),
            "date": self.dated(self.date()),
            "n": str(self.chance.choice([2, 3, 5, 7, 10, 14, 15, 18, 21, 30, 45, 60, 90])),
        }
        return template.format_map(fresh | values)

    def clause(self, modal: str) -> str:
        subject, predicate = self.pick("subjects"), self.pick("predicates")
        text = f"{subject}{modal}{predicate}。" if self.language == "zh" else f"{subject} {modal} {predicate}."
        return self.filled(text)


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isalpha() and code not in _AMBIGUOUS | {"EU", "EZ", "UN", "XA", "XB", "QO", "ZZ"}
