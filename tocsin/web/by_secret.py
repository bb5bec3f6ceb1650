"""Pages whose address is the key: how the secret is read, what is said of an address, that nobody keeps the page."""

from __future__ import annotations

from typing import TypeVar
from urllib.parse import urlsplit

from fastapi import HTTPException, Request, Response

from store.subscriptions import NoSuchSubscription

BODY_AT_MOST = 64_000  # bytes of a form or of a JSON object; the longest honest one has a few thousand

Answer = TypeVar("Answer", bound=Response)


def plain(secret: str) -> str:
    """The secret as tokens are written; anything else is nobody's, and some databases refuse it loudly."""
    if not secret.isascii() or not secret.isprintable():
        raise NoSuchSubscription("no subscription has this address")
    return secret


def private(response: Answer) -> Answer:
    """The same answer, kept by no cache and found by no search engine."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def half_hidden(address: str) -> str:
    """ "a…@example.org": enough for its owner to know it. A webhook's address is a secret and only its host is said, of
    an address of apprise only the service."""
    if "://" in address:
        parts = urlsplit(address)
        return f"{parts.hostname}/…" if parts.scheme in ("http", "https") else f"{parts.scheme}://…"
    name, at, host = address.partition("@")
    return f"{name[:1]}…@{host}" if at else address


async def small_body(request: Request) -> bytes:
    """The body of a request; refused with status 413 as soon as it is longer than BODY_AT_MOST."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_AT_MOST:
            raise HTTPException(413, f"the body is longer than {BODY_AT_MOST:,} bytes")
    return body
