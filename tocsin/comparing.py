"""Compares files as versions of one source, without a database: two files, or a batch of pairs."""

from __future__ import annotations

import json
import mimetypes
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from store.codec import jsonable
from store.values import Content, Polarity, SourceKind
from tocsin.app import now
from tocsin.settings import read_settings

if TYPE_CHECKING:
    from crawler.declaration import Declaration
    from detector.compare import Comparison
    from detector.encoder import Encoder


class UnreadableFile(ValueError):
    """A file cannot be compared: it is not there, or cannot be read as the kind asked for."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two files to compare. earlier: versions before the old one, newest first. declaration: how to read all."""

    old: Path
    new: Path
    kind: SourceKind
    earlier: tuple[Path, ...] = ()
    language: str = "en"
    polarity: Polarity = Polarity.ALLOW
    declaration: Path | None = None


def compared(pair: Pair, encoder: Encoder | None) -> Comparison:
    """The comparison of a pair. Raises UnreadableFile, DeclarationError."""
    from detector.compare import About, compare

    read_as = _declaration(pair)
    about = About(
        kind=read_as.kind,
        publisher=read_as.publisher,
        product=read_as.product,
        polarity=read_as.polarity,
        language=read_as.language,
        on=now().date(),
    )
    earlier = tuple(_content(path, read_as).fingerprint for path in pair.earlier)
    return compare(_content(pair.old, read_as), _content(pair.new, read_as), about, earlier, encoder)


def encoder_in_force() -> Encoder | None:
    """The embedding model the settings name, without a database."""
    from detector.encoder import packaged_encoder

    model = read_settings().model
    return None if model == "none" else packaged_encoder(model)


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """A comparison as `tocsin compare --json` prints it."""
    judgement = comparison.judgement
    return {
        "substantive": judgement.substantive,
        "significance": judgement.significance,
        "severity": judgement.severity.value,
        "held": judgement.held.value if judgement.held else None,
        "findings": [jsonable(finding) for finding in comparison.findings],
        "reasons": list(judgement.reasons),
    }


def batch(path: Path) -> tuple[tuple[str, Pair | UnreadableFile], ...]:
    """The pairs of a JSON Lines file by id: {"id", "kind", "old", "new", "earlier", "language"}, paths from its folder.

    A line that cannot be used becomes an UnreadableFile in its place, so that no answer is missing. Raises
    UnreadableFile when the file itself cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{path}: {error}") from error
    return tuple(_line(path, number, line) for number, line in enumerate(lines, 1) if line.strip())


def batch_answers(
    pairs: Sequence[tuple[str, Pair | UnreadableFile]], encoder: Encoder | None
) -> Iterator[dict[str, Any]]:
    """One answer for each pair, in order: id and comparison_json() with milliseconds, or id and error."""
    from crawler.declaration import DeclarationError

    for name, pair in pairs:
        began = time.perf_counter()
        try:
            if isinstance(pair, UnreadableFile):
                raise pair
            answer = comparison_json(compared(pair, encoder))
        except (UnreadableFile, DeclarationError) as error:
            answer = {"error": str(error)}
        yield {"id": name} | answer | {"milliseconds": round((time.perf_counter() - began) * 1000, 1)}


def content_type_of(path: Path) -> str | None:
    """The content type that a file's name suggests."""
    known = {".md": "text/markdown", ".toml": "application/toml", ".xml": "application/xml", ".rss": "application/xml"}
    return known.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0]


def _line(path: Path, number: int, line: str) -> tuple[str, Pair | UnreadableFile]:
    where = f"{path}, line {number}"
    try:
        fields = json.loads(line)
    except json.JSONDecodeError as error:
        return f"line {number}", UnreadableFile(f"{where}: not JSON: {error}")
    if not isinstance(fields, dict):
        return f"line {number}", UnreadableFile(f"{where}: not a JSON object")
    name = str(fields.get("id", f"line {number}"))
    missing = [key for key in ("kind", "old", "new") if not isinstance(fields.get(key), str)]
    if missing:
        return name, UnreadableFile(f"{where}: {', '.join(missing)} missing; id, kind, old and new are needed")
    if fields["kind"] not in list(SourceKind):
        return name, UnreadableFile(f"{where}: kind {fields['kind']!r}; allowed: {', '.join(SourceKind)}")
    if fields.get("polarity", Polarity.ALLOW) not in list(Polarity):
        return name, UnreadableFile(f"{where}: polarity {fields['polarity']!r}; allowed: {', '.join(Polarity)}")
    folder = path.parent
    return name, Pair(
        old=folder / fields["old"],
        new=folder / fields["new"],
        kind=SourceKind(fields["kind"]),
        earlier=tuple(folder / str(earlier) for earlier in fields.get("earlier") or ()),
        language=str(fields.get("language") or "en"),
        polarity=Polarity(fields.get("polarity", Polarity.ALLOW)),
        declaration=folder / fields["declaration"] if fields.get("declaration") else None,
    )


def _declaration(pair: Pair) -> Declaration:
    from crawler.declaration import from_fields, load

    if pair.declaration is not None:
        return replace(load(pair.declaration), kind=pair.kind)
    fields = {"url": f"https://compared.invalid/{pair.new.name}", "slug": pair.new.stem, "publisher": "the publisher"}
    return from_fields(fields | {"kind": pair.kind.value, "language": pair.language, "polarity": pair.polarity.value})


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
