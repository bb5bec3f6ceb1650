"""Which language a message speaks: gettext catalogues, and dates as that language writes them.

The text in the code is English and is the key of the catalogues in alerts/locale. Page text is never translated.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from store.interests import LOCALES as LOCALES

DOMAIN = "tocsin"
FOLDER = Path(__file__).resolve().parent / "locale"

_spoken: ContextVar[str] = ContextVar("locale", default="en")


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Everything said inside speaks this locale, one of LOCALES; raises ValueError for another."""
    if locale not in LOCALES:
        raise ValueError(f"{locale!r} is no language of messages; allowed: {', '.join(LOCALES)}")
    token = _spoken.set(locale)
    try:
        yield
    finally:
        _spoken.reset(token)


def spoken() -> str:
    """The locale in force, one of LOCALES."""
    return _spoken.get()


def _(text: str) -> str:
    """The text in the language in force; placeholders as in str.format, filled by the caller."""
    return str(_catalogue(spoken()).ugettext(text))


def ngettext(one: str, many: str, number: int) -> str:
    return str(_catalogue(spoken()).ungettext(one, many, number))


def pgettext(context: str, text: str) -> str:
    """As _, for a text that means two things in English: context says which."""
    return str(_catalogue(spoken()).upgettext(context, text))


@lru_cache(maxsize=len(LOCALES))
def _catalogue(locale: str) -> NullTranslations:
    path = FOLDER / locale / "LC_MESSAGES" / f"{DOMAIN}.po"
    if locale == "en" or not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=locale, domain=DOMAIN)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(fp=compiled, domain=DOMAIN)
