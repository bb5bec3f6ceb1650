"""Answers whether a text in a declaration has its form: address, duration, CSS selector, language, territory code."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import soupsieve

from crawler.keys import Table
from store.territory import is_code

_DURATION = re.compile(r"([1-9][0-9]{0,5})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SHORTEST, _LONGEST = timedelta(seconds=1), timedelta(weeks=52)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?", re.IGNORECASE)


def web_address(table: Table, key: str) -> str:
    """The http or https address under a key. User names are refused: a declaration is no place for a secret."""
    allowed = "an http or https address without user name or blanks"
    url = table.required(key, allowed)
    try:
        address = urlsplit(url)
        usable = address.scheme in ("http", "https") and address.hostname and address.port != 0
    except ValueError:
        usable = False
    if not usable or "@" in address.netloc or re.search(r"[\s\x00-\x1f\x7f]", url):
        raise table.refusal(key, f"is {url!r}", allowed)
    return url


def duration(table: Table, key: str) -> timedelta | None:
    """A time between visits such as "30m", "6h", "1d", "1w"; None where the key is absent."""
    allowed = 'a whole number with s, m, h, d or w, from "1s" to "52w"'
    text = table.text(key, allowed)
    if text is None:
        return None
    match = _DURATION.fullmatch(text)
    length = timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else None
    if length is None or not _SHORTEST <= length <= _LONGEST:
        raise table.refusal(key, f"is {text!r}", allowed)
    return length


def selectors(table: Table, key: str) -> tuple[str, ...]:
    """CSS selectors, each tried out by the library that will use it."""
    found = table.texts(key, 'CSS selectors such as "main article"')
    for selector in found:
        try:
            soupsieve.compile(selector)
        except soupsieve.SelectorSyntaxError as error:
            reason = str(error).splitlines()[0]
            problem = f"{selector!r} is no CSS selector ({reason})"
            raise table.refusal(key, problem, 'CSS selectors such as "main article"') from error
    return found


def language_tag(table: Table, key: str) -> str | None:
    """A language as BCP 47 writes it: language, script, region."""
    allowed = 'a language tag such as "en", "fr" or "zh-Hant"'
    tag = table.text(key, allowed)
    if tag is not None and not _LANGUAGE.fullmatch(tag):
        raise table.refusal(key, f"is {tag!r}", allowed)
    return tag


def territory(table: Table, key: str) -> str | None:
    """One code of a country, an area below it, or a group."""
    allowed = 'a code such as "US", "GB" or "EU"'
    code = table.text(key, allowed)
    if code is not None and not is_code(code):
        raise table.refusal(key, f"is {code!r}", allowed)
    return code


def territories_of(table: Table, key: str) -> tuple[str, ...]:
    """A list of territory codes: ISO 3166-1 alpha-2, ISO 3166-2, or XK for Kosovo."""
    allowed = 'codes such as "US", "UA-43" (ISO 3166) or "XK"'
    codes = table.texts(key, allowed)
    for code in codes:
        if not is_code(code):
            raise table.refusal(key, f"holds {code!r}", allowed)
    return codes
