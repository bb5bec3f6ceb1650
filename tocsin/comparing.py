"""Compares two files as two versions of one source, without a database."""

from __future__ import annotations

import mimetypes
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from store.values import Content, Polarity, SourceKind
from tocsin.app import now
from tocsin.settings import read_settings

if TYPE_CHECKING:
    from crawler.declaration import Declaration
    from detector.compare import Comparison


class UnreadableFile(ValueError):
    """A file cannot be compared: it is not there, or cannot be read as the kind asked for."""


def compared_files(
    old: Path, new: Path, kind: SourceKind, declaration: Path | None, language: str, polarity: Polarity
) -> Comparison:
    """The comparison of two files read as one kind of source. Raises UnreadableFile, DeclarationError."""
    from detector.compare import About, compare
    from detector.encoder import packaged_encoder

    read_as = _declaration(new, kind, declaration, language, polarity)
    model = read_settings().model
    about = About(
        kind=read_as.kind,
        publisher=read_as.publisher,
        product=read_as.product,
        polarity=read_as.polarity,
        language=read_as.language,
        on=now().date(),
    )
    encoder = None if model == "none" else packaged_encoder(model)
    return compare(_content(old, read_as), _content(new, read_as), about, (), encoder)


def content_type_of(path: Path) -> str | None:
    """The content type that a file's name suggests."""
    known = {".md": "text/markdown", ".toml": "application/toml", ".xml": "application/xml", ".rss": "application/xml"}
    return known.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0]


def _declaration(
    new: Path, kind: SourceKind, declaration: Path | None, language: str, polarity: Polarity
) -> Declaration:
    from crawler.declaration import from_fields, load

    if declaration is not None:
        return replace(load(declaration), kind=kind)
    fields = {"url": f"https://compared.invalid/{new.name}", "slug": new.stem, "publisher": "the publisher"}
    return from_fields(fields | {"kind": kind.value, "language": language, "polarity": polarity.value})


def _content(path: Path, declaration: Declaration) -> Content:
    from crawler.extract import Unextractable, extract

    try:
        body = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"{path}: {error.strerror}") from error
    if not body.strip():
        return Content()
    try:
        return extract(body, content_type_of(path), declaration)
    except Unextractable as error:
        raise UnreadableFile(f"{path}: {error}") from error
