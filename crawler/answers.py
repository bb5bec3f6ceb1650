"""What is asked of a source and what came back, before anybody judges it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from store.values import Outcome, SourceKind

RENDERED = "x-tocsin-rendered"  # the header of a body that a browser made; no server can send it


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to make. etag and last_modified are the server's own validators, sent back unchanged."""

    url: str
    kind: SourceKind
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: final address, status, header names in lower case, body without its transfer compression.

    moved_to: where a chain of permanent redirects ended. A docket's pages come as one RFC 7464 JSON text sequence.
    short: what is missing, where the answer itself says that it is not whole.
    """

    url: str
    status: int
    headers: dict[str, str]
    body: bytes
    moved_to: str | None = None
    short: str | None = None


@dataclass(frozen=True, slots=True)
class NotFetched:
    """Nothing to read came back: why, and not to be asked again before retry_at where the server said so.

    postponed: the host was not asked at all, because its turn did not come; that says nothing of the source.
    """

    outcome: Outcome
    reason: str
    status: int | None = None
    retry_at: datetime | None = None
    postponed: bool = False
