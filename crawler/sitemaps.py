"""Asks the sitemaps that declarations name as hints which watched pages changed since they were last visited.

A sitemap (https://www.sitemaps.org/protocol.html) gives for each address when it last changed. Nothing of it is
stored and nobody is told of it: a newer date only makes a source due. It is fetched like any page, through the gate.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import structlog
from lxml import etree

from crawler.answers import Ask, Fetched
from crawler.decoding import TooLarge, Undecodable, decoded
from crawler.limits import Limits
from crawler.run import Fetcher
from store import hints
from store.database import Database
from store.hints import Awaited
from store.values import SourceKind

EVERY = timedelta(hours=1)
"""Between two looks of one process at one sitemap."""

_MOST_FILES = 20  # that an index leads to, the newest first
_MOST_ADDRESSES = 50_000  # of one file; the protocol allows no more
_STAMPED = 10  # addresses that all changed at one instant were stamped when the file was made, which says nothing

log = structlog.get_logger()


class Unreadable(ValueError):
    """It is no sitemap."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An address of a sitemap, or of another sitemap in an index, and when it changed, where that is said."""

    url: str
    changed_at: datetime | None


@dataclass
class Sitemaps:
    """The sitemaps of one process. limit: bytes of one file, once decompressed."""

    database: Database
    engine: Fetcher
    clock: Callable[[], datetime]
    limit: int = Limits().body
    _asked: dict[str, datetime] = field(default_factory=dict)

    async def follow(self) -> list[str]:
        """Makes the sources due that a sitemap says have changed since their last visit; gives their slugs."""
        due: list[str] = []
        now = self.clock()
        for address, awaited in self._awaited(now).items():
            if now - self._asked.get(address, now - EVERY) >= EVERY:
                self._asked[address] = now
                changed = await self._changes(address, awaited)
                with self.database.begin() as session:
                    due += hints.follow_sitemap(session, address, changed, self.clock())
        return due

    def _awaited(self, now: datetime) -> Mapping[str, tuple[Awaited, ...]]:
        with self.database.read() as session:
            return hints.sitemaps(session, now)

    async def _changes(self, address: str, awaited: Collection[Awaited]) -> dict[int, datetime]:
        """By source id, when its page changed as the sitemap says."""
        oldest = min(one.verified_at for one in awaited)
        listed = await self._read(address)
        found = _changed(listed.addresses, awaited)
        for file in _to_follow(address, listed, oldest):
            found |= _changed((await self._read(file)).addresses, awaited)
        return found

    async def _read(self, address: str) -> Sitemap:
        answer = await self.engine.fetch(Ask(address, SourceKind.FEED))
        if not isinstance(answer, Fetched) or answer.status != 200:
            why = f"answered {answer.status}" if isinstance(answer, Fetched) else answer.reason
        else:
            try:
                return sitemap(answer.body, self.limit)
            except (Unreadable, TooLarge, Undecodable) as error:
                why = str(error)
        log.warning("a sitemap cannot be read", address=address, reason=why)
        return Sitemap((), ())


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a file lists: pages, or where it is an index other files."""

    addresses: tuple[Listed, ...]
    files: tuple[Listed, ...]


def sitemap(body: bytes, limit: int) -> Sitemap:
    """What a sitemap file says. Raises Unreadable, and TooLarge and Undecodable for a file packed with gzip."""
    if body.startswith(b"\x1f\x8b"):
        body = decoded(body, ["gzip"], limit)
    pages: list[Listed] = []
    files: list[Listed] = []
    for kind, listed in _entries(body):
        (files if kind == "sitemap" else pages).append(listed)
        if len(pages) + len(files) > _MOST_ADDRESSES:
            raise Unreadable(f"it lists more than {_MOST_ADDRESSES:,} addresses")
    stamps = {one.changed_at for one in pages}
    if len(pages) >= _STAMPED and len(stamps) == 1:
        pages = []
    return Sitemap(tuple(pages), tuple(files))


def _entries(body: bytes) -> Iterator[tuple[str, Listed]]:
    """Element by element, so that a file of 5 MB takes no tree of it; no entities, no document types from elsewhere."""
    if b"<!ENTITY" in body[:16_384]:
        raise Unreadable("it declares entities of its own")
    parsing = etree.iterparse(
        io.BytesIO(body),
        events=("end",),
        tag=("{*}url", "{*}sitemap"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
    )
    try:
        for _event, element in parsing:
            yield _name(element), _listed(element)
            element.clear()
            while (parent := element.getparent()) is not None and element.getprevious() is not None:
                del parent[0]
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"it is no XML: {error.msg}") from error
    if _name(parsing.root) not in ("urlset", "sitemapindex"):
        raise Unreadable("it is XML, and no sitemap")


def _name(element: etree._Element | None) -> str:
    tag = element.tag if element is not None else ""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _listed(element: etree._Element) -> Listed:
    said = {_name(child): (child.text or "").strip() for child in element}
    return Listed(said.get("loc", ""), instant(said.get("lastmod", "")))


def instant(text: str) -> datetime | None:
    """A W3C date (https://www.w3.org/TR/NOTE-datetime) as an instant; a day alone is its beginning in UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _changed(listed: Collection[Listed], awaited: Collection[Awaited]) -> dict[int, datetime]:
    dates = {place: one.changed_at for one in listed if one.changed_at and (place := hints.place(one.url))}
    found = {one.source_id: dates.get(hints.place(one.url) or "") for one in awaited}
    return {source: moment for source, moment in found.items() if moment is not None}


def _to_follow(address: str, listed: Sitemap, oldest: datetime) -> list[str]:
    """The files of an index that may name a page changed since, on the index's own host; an index in them is not
    followed."""
    wanted = [
        file
        for file in listed.files
        if _host(file.url) == _host(address) and (file.changed_at is None or file.changed_at > oldest)
    ]
    wanted.sort(key=lambda file: (file.changed_at is None, -(file.changed_at or oldest).timestamp()))
    return [file.url for file in wanted[:_MOST_FILES]]


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
