"""What Scrapy brought, in our words: status, lower-case headers, the body without its transfer compression."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from scrapy.http import Response

from crawler.answers import RENDERED, Ask, Fetched
from crawler.decoding import TooLarge, decoded, encodings
from crawler.limits import Limits
from crawler.politeness import retry_after
from crawler.spiders.docket import sequence, shortage

_OF_THE_TRANSFER = frozenset({"content-encoding", "content-length", "transfer-encoding", "set-cookie", RENDERED})


def validators(ask: Ask) -> dict[str, str]:
    """The request headers that make a request conditional, with the server's own validators unchanged."""
    wanted = {"If-None-Match": ask.etag, "If-Modified-Since": ask.last_modified}
    return {name: value for name, value in wanted.items() if value is not None}


def fetched(response: Response, url: str, limits: Limits) -> Fetched:
    """The answer of url. Raises TooLarge (more bytes than the limits allow, once decompressed) and Undecodable.

    Headers that describe the transfer and not the body (lengths, encodings, cookies) are left out.
    """
    size = sum(len(name) + len(value) for name, values in response.headers.items() for value in values)
    if size > limits.headers:
        raise TooLarge(f"the header fields are larger than {limits.headers:,} bytes")
    headers = {
        _text(name).lower(): ", ".join(_text(value) for value in values) for name, values in response.headers.items()
    }
    body = b"" if response.status == 304 else response.body
    if body and "content-encoding" in headers:
        body = decoded(body, encodings(headers["content-encoding"]), limits.body)
    kept = {name: value for name, value in headers.items() if name not in _OF_THE_TRANSFER}
    return Fetched(url, response.status, kept, body)


def asked_back(response: Response, now: datetime) -> datetime | None:
    """When the host wants to be asked again, if it says that it is overloaded (429, 503) and until when."""
    if response.status not in (429, 503):
        return None
    header = response.headers.get(b"Retry-After")
    return retry_after(_text(header), now) if header else None


def joined(first: Fetched, pages: list[bytes], why: str) -> Fetched:
    """A docket's pages as one answer. why: how paging ended.

    Several pages become a JSON text sequence. Where results are missing, short says how many.
    """
    short = shortage(pages, why)
    if len(pages) == 1:
        return replace(first, short=short)
    headers = first.headers | {"content-type": "application/json-seq"}
    return replace(first, headers=headers, body=sequence(pages), short=short)


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
