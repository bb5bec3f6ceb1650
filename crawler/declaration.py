"""Answers what a TOML declaration says: what to watch, how to read it and what to expect of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.expectations import EXPECT_KEYS, EXPECTATIONS, Expect, expected
from crawler.forms import hints, language_tag, promise, selectors, territory, twin_address, visit_times, web_address
from crawler.keys import DeclarationError, Table, quoted, table_of
from store.values import Polarity, SourceKind

__all__ = [
    "EXPECTATIONS",
    "EXPECT_KEYS",
    "Declaration",
    "DeclarationError",
    "Expect",
    "ProductList",
    "Reader",
    "declaration_files",
    "from_fields",
    "load",
    "load_folders",
    "parse",
]


class Reader(StrEnum):
    """How a page becomes facts; auto lets the source's kind and content type decide."""

    AUTO = "auto"
    LIST = "list"
    PROSE = "prose"
    REGIONS = "regions"
    FEDERAL_REGISTER = "federal_register"
    FEED = "feed"
    LINKS = "links"
    TERMS = "terms"


READERS = {
    SourceKind.AVAILABILITY: (Reader.AUTO, Reader.LIST, Reader.PROSE, Reader.REGIONS),
    SourceKind.TERMS: (Reader.AUTO, Reader.TERMS),
    SourceKind.DOCKET: (Reader.AUTO, Reader.FEDERAL_REGISTER),
    SourceKind.FEED: (Reader.AUTO, Reader.FEED, Reader.LINKS),
}
KEYS = (
    "title", "publisher", "product", "kind", "polarity", "language", "jurisdiction", "url", "twin", "every",
    "every_min", "every_max", "promise", "hints", "select", "remove", "reader", "lists", "topics", "expect", "browser",
    "enabled",
)  # fmt: skip
LIST_KEYS = ("product", "heading", "containing")

USUAL_EVERY = timedelta(hours=6)
_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")


@dataclass(frozen=True)
class ProductList:
    """One of several products on a page: the section under a heading, or the paragraph containing some words."""

    product: str
    heading: str | None = None
    containing: str | None = None


@dataclass(frozen=True)
class Declaration:
    """A source as its TOML file declares it. select and remove are CSS selectors; source_text is the TOML itself."""

    slug: str
    title: str
    publisher: str
    kind: SourceKind
    url: str
    product: str | None = None
    polarity: Polarity = Polarity.ALLOW
    language: str = "en"
    jurisdiction: str | None = None
    twin: str | None = None
    every: timedelta = USUAL_EVERY
    every_min: timedelta | None = None
    every_max: timedelta | None = None
    promise: int | None = None
    hints: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    reader: Reader = Reader.AUTO
    lists: tuple[ProductList, ...] = ()
    topics: tuple[str, ...] = ()
    expect: Expect = field(default_factory=Expect)
    browser: bool = False
    enabled: bool = True
    source_text: str = ""

    @property
    def host(self) -> str:
        """The host that politeness is owed to: lower case, without port."""
        return _host_of(self.url) or ""


def load(path: Path) -> Declaration:
    """The declaration in a file; its stem is the slug. Raises DeclarationError, also when the file cannot be read."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DeclarationError(str(path), "file", error.strerror or str(error), "a readable TOML file") from error
    except UnicodeDecodeError as error:
        raise DeclarationError(str(path), "file", f"byte {error.start} is not UTF-8", "UTF-8 text") from error
    return parse(text, path.stem, str(path))


def declaration_files(folders: Sequence[Path]) -> tuple[Path, ...]:
    """The .toml files of the folders, by slug. Raises DeclarationError for a missing folder or a slug met twice."""
    files: dict[str, Path] = {}
    for folder in folders:
        if not folder.is_dir():
            raise DeclarationError(str(folder), "folder", "is not a folder", "a folder of .toml declarations")
        for path in sorted(folder.glob("*.toml")):
            if path.stem in files:
                problem = f"the slug {path.stem!r} is also declared by {files[path.stem]}"
                raise DeclarationError(str(path), "file", problem, "one declaration for each slug")
            files[path.stem] = path
    return tuple(files[slug] for slug in sorted(files))


def load_folders(folders: Sequence[Path]) -> tuple[Declaration, ...]:
    """Every declaration of the folders, by slug. Raises DeclarationError at the first that cannot be used."""
    return tuple(load(path) for path in declaration_files(folders))


def parse(text: str, slug: str, where: str) -> Declaration:
    """The declaration that a TOML text makes. where names the text in errors; raises DeclarationError."""
    if not _SLUG.fullmatch(slug):
        problem = f"{slug!r} is no slug"
        raise DeclarationError(where, "file name", problem, "letters, digits, '-', '_', '.'; at most 120")
    table = table_of(text, where)
    table.refuse_unknown(KEYS)
    kind = table.choice("kind", SourceKind)
    every, shortest, longest = visit_times(table, USUAL_EVERY)
    declaration = Declaration(
        slug=slug,
        title=table.required("title", "the page's name for people"),
        publisher=table.required("publisher", "who speaks through the page"),
        product=table.text("product", "the product's name"),
        kind=kind,
        polarity=table.choice("polarity", Polarity, Polarity.ALLOW),
        language=language_tag(table, "language") or "en",
        jurisdiction=territory(table, "jurisdiction"),
        url=web_address(table, "url"),
        twin=twin_address(table, "twin"),
        every=every,
        every_min=shortest,
        every_max=longest,
        promise=promise(table, "promise"),
        hints=hints(table, "hints"),
        select=selectors(table, "select"),
        remove=selectors(table, "remove"),
        reader=_reader(table, kind),
        lists=_lists(table, kind),
        topics=_topics(table, kind),
        expect=expected(table, kind),
        browser=table.flag("browser", False),
        enabled=table.flag("enabled", True),
        source_text=text,
    )
    if kind is SourceKind.AVAILABILITY and declaration.product is None and not declaration.lists:
        raise table.refusal("product", "is missing", "the product's name, or one [[lists]] for each product")
    return declaration


def no_address(slug: str) -> str:
    """The address of a capture that has none. .invalid is reserved (RFC 2606): it can be read but never fetched."""
    return f"https://no-address.invalid/{slug}"


def from_fields(fields: Mapping[str, Any]) -> Declaration:
    """A declaration made from a capture's own fields, for a page that no declaration knows.

    fields: slug or url, and where known publisher, product, title, kind, polarity, language; everything else is
    left aside. Raises DeclarationError when url, kind, polarity or language is named and cannot be used.
    """
    text_of = {key: value.strip() for key, value in fields.items() if isinstance(value, str) and value.strip()}
    slug = _slug_of(text_of)
    url = text_of.get("url") or no_address(slug)
    kind = text_of.get("kind", SourceKind.TERMS.value)
    title = text_of.get("title") or text_of.get("product") or slug
    values = {"title": title, "publisher": text_of.get("publisher") or _host_of(url) or slug, "kind": kind}
    if kind == SourceKind.AVAILABILITY or "product" in text_of:
        values["product"] = text_of.get("product") or title
    values |= {key: text_of[key] for key in ("polarity", "language") if key in text_of}
    values["url"] = url
    toml = "".join(f"{key} = {quoted(value)}\n" for key, value in values.items())
    return parse(toml, slug, f"capture {slug}")


def _slug_of(text_of: Mapping[str, str]) -> str:
    """The capture's slug, or one made from its address; addresses that differ in their query differ in their slug."""
    url = text_of.get("url", "")
    place, _, query = url.partition("://")[2].partition("?")
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", text_of.get("slug") or place).strip("-._")
    if "slug" not in text_of and (query or len(name) > 120):
        name = f"{name[:100].rstrip('-._')}-{hashlib.sha256(url.encode('utf-8', 'replace')).hexdigest()[:8]}"
    return name[:120].rstrip("-._") or "capture"


def _host_of(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _reader(table: Table, kind: SourceKind) -> Reader:
    reader = table.choice("reader", Reader, Reader.AUTO)
    if reader not in READERS[kind]:
        raise table.refusal("reader", f"{reader.value!r} does not read kind {kind.value!r}", ", ".join(READERS[kind]))
    return reader


def _lists(table: Table, kind: SourceKind) -> tuple[ProductList, ...]:
    tables = table.tables("lists", "[[lists]] with product and heading or containing")
    if tables and kind is not SourceKind.AVAILABILITY:
        raise table.refusal("lists", f"does not fit kind {kind.value!r}", "only in kind 'availability'")
    return tuple(_product_list(one) for one in tables)


def _product_list(table: Table) -> ProductList:
    table.refuse_unknown(LIST_KEYS)
    found = ProductList(
        product=table.required("product", "the product's name"),
        heading=table.text("heading", "text of the heading above the list"),
        containing=table.text("containing", "words of the paragraph that is the list"),
    )
    if found.heading is None and found.containing is None:
        raise table.refusal("heading", "is missing", "heading, containing, or both, to tell the products apart")
    return found


def _topics(table: Table, kind: SourceKind) -> tuple[str, ...]:
    topics = table.texts("topics", "words that make an entry relevant")
    if topics and kind is not SourceKind.FEED:
        raise table.refusal("topics", f"does not fit kind {kind.value!r}", "only in kind 'feed'")
    return topics
