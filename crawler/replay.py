"""Sends one past capture through the rooms that a live visit goes through, with its own time as the clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlsplit

from crawler.answers import Fetched
from crawler.captures import Capture
from crawler.declaration import Declaration, from_fields
from crawler.run import known_to
from crawler.visit import Pace, ended, spec
from store.archive import newest_visit_at, record_visit
from store.database import Database
from store.sources import claim_named, declare, release
from store.values import Outcome

_LEASE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Replayed:
    """How a capture ended. outcome is None where it added nothing, with the reason."""

    slug: str
    outcome: Outcome | None
    reason: str | None


class Bookcase:
    """The declarations under which captures are read: by slug, else by address, else made from the capture's fields."""

    def __init__(self, declarations: Sequence[Declaration]) -> None:
        self._by_slug = {declaration.slug: declaration for declaration in declarations}
        self._by_address = {_address(declaration.url): declaration for declaration in declarations}
        self._made: dict[str, Declaration] = {}

    def declaration(self, capture: Capture) -> Declaration:
        """Raises DeclarationError when the capture's own fields make no declaration."""
        slug = capture.fields.get("slug")
        known = self._by_slug.get(str(slug)) or (None if slug else self._by_address.get(_address(capture.url)))
        return known or self._from_fields(capture.fields)

    def _from_fields(self, fields: Mapping[str, object]) -> Declaration:
        made = from_fields(fields)
        return self._made.setdefault(made.slug, made)


def replay(database: Database, declaration: Declaration, capture: Capture, pace: Pace) -> Replayed:
    """Records one capture as a visit at its own time. A capture at or before the newest visit adds nothing."""
    with database.begin() as session:
        declare(session, [spec(declaration)], capture.at, retire=False)
        claimed = claim_named(session, [declaration.slug], capture.at, _LEASE)
        if not claimed:
            return Replayed(declaration.slug, None, "another process is visiting this source")
        newest = newest_visit_at(session, claimed[0].id)
    source = claimed[0]
    if newest is not None and capture.at <= newest:
        with database.begin() as session:
            release(session, [source])
        return Replayed(
            declaration.slug, None, "already stored" if capture.at == newest else "older than the last visit"
        )
    answer = Fetched(capture.url, capture.status, dict(capture.headers), capture.body)
    visited = ended(source, answer, False, known_to(database, source), capture.at, pace)
    visited = replace(visited, etag=None, last_modified=None, technical=bool(capture.fields.get("technical")))
    with database.begin() as session:
        record_visit(session, source, visited)
    return Replayed(declaration.slug, visited.outcome, visited.reason)


def _address(url: str) -> str:
    parts = urlsplit(url)
    return f"{(parts.hostname or '').lower()}{parts.path.rstrip('/')}?{parts.query}"
