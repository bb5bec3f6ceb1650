"""Answers whether a text in a declaration has its form: address, duration, CSS selector, language, territory code."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import soupsieve

from crawler.keys import Table
from store.coverage import PROMISE
from store.pace import LONGEST
from store.territory import is_code

_DURATION = re.compile(r"([1-9][0-9]{0,5})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SHORTEST, _LONGEST = timedelta(seconds=1), timedelta(weeks=52)
_LOOSEST = 100
USUAL_NEWEST = timedelta(days=365)  # a feed that told nothing for a year has moved or died, and still answers 200
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


def twin_address(table: Table, key: str) -> str | None:
    """Another address of the same source; None where the key is absent."""
    if key not in table.values:
        return None
    url = web_address(table, key)
    if url == table.values.get("url"):
        raise table.refusal(key, "is the url itself", "another address that says the same")
    return url


def hints(table: Table, key: str) -> tuple[str, ...]:
    """Slugs of sources, and addresses of sitemaps."""
    found = table.texts(key, "slugs of sources, or addresses of sitemaps")
    for hint in found:
        if "/" in hint or ":" in hint:
            web_address(replace(table, values={key: hint}), key)
    return found


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


def visit_times(table: Table, usual: timedelta) -> tuple[timedelta, timedelta | None, timedelta | None]:
    """The time between visits, and the shortest and longest where declared: around it and within its promise."""
    every = duration(table, "every") or usual
    shortest, longest = duration(table, "every_min"), duration(table, "every_max")
    most = every * LONGEST
    if shortest is not None and shortest > every:
        raise table.refusal("every_min", f"is longer than every ({every})", "every or shorter")
    if longest is not None and not every <= longest <= most:
        problem = f"is {longest}, and every is {every}"
        raise table.refusal("every_max", problem, f"from every to {LONGEST:g} times every ({most})")
    return every, shortest, longest


def promise(table: Table, key: str) -> int | None:
    """Within how many times `every` the source is verified; None where the key is absent: the usual."""
    allowed = f"a whole number from {PROMISE} to {_LOOSEST}; for a tighter promise a shorter every"
    factor = table.number(key)
    if factor is not None and not PROMISE <= factor <= _LOOSEST:  # visits may be LONGEST times every apart
        raise table.refusal(key, f"is the number {factor}", allowed)
    return factor


def newest_age(table: Table, key: str) -> timedelta | None:
    """The greatest age of a feed's newest entry such as "90d"; the usual where the key is absent, None for "any"."""
    allowed = '"90d" and the like, from "1d" to "3650d", or "any"'
    text = table.text(key, allowed)
    if text is None:
        return USUAL_NEWEST
    if text == "any":
        return None
    match = _DURATION.fullmatch(text)
    age = timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else timedelta(0)
    if not timedelta(days=1) <= age <= timedelta(days=3650):
        raise table.refusal(key, f"is {text!r}", allowed)
    return age


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
