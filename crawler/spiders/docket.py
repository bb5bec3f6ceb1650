"""Asks for a docket as JSON and for the pages that continue it.

The Federal Register answers page 1 to a page number it does not like, so a loop over numbers can read page 1 for ever:
only the address it names itself (next_page_url) is followed, and only on the same host.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from yarl import URL

from crawler.spiders.resident import Resident

MOST_PAGES = 50  # the Federal Register caps total_pages at 50


class Docket(Resident):
    name = "docket"
    accept = "application/json"

    @staticmethod
    def follow(body: bytes, url: str) -> str | None:
        wanted = _read(body).get("next_page_url")
        if not isinstance(wanted, str) or not wanted.strip():
            return None
        try:
            here, there = URL(url), URL(url).join(URL(wanted.strip()))
        except ValueError:
            return None
        return str(there) if there.host == here.host and there.scheme in (here.scheme, "https") else None


def sequence(pages: Iterable[bytes]) -> bytes:
    """Pages as one RFC 7464 JSON text sequence."""
    return b"".join(b"\x1e" + page + b"\n" for page in pages)


def shortage(pages: Sequence[bytes], ended: str) -> str | None:
    """What is missing when the pages hold fewer results than the first one counts, or None. ended: why paging did."""
    expected = _read(pages[0]).get("count")
    got = sum(len(results) for page in pages if isinstance(results := _read(page).get("results"), list))
    if not isinstance(expected, int) or got >= expected:
        return None
    return f"read {got} of {expected} results: {ended}"


def _read(page: bytes) -> dict[str, Any]:
    if page[:64].lstrip()[:1] == b"<":  # what it is instead is not for us, and a text of its size is spared
        return {}
    try:
        value = json.loads(page)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
