"""Past captures of pages, read from a WARC file or from a folder with captures.jsonl, in capture order.

captures.jsonl: one JSON object a line with captured_at (ISO 8601), file (relative to the folder), url or slug or both,
and where known publisher, product, title, kind, polarity, language, status, headers, technical.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from crawler.declaration import no_address

_WARC = (".warc", ".warc.gz")


class ArchiveError(ValueError):
    """An archive cannot be read: names the file, the line or record, and what is wrong."""


@dataclass(frozen=True, slots=True)
class Capture:
    """One page as it was once received. fields: what the archive says of the source it belongs to."""

    url: str
    at: datetime
    status: int
    headers: Mapping[str, str]
    fields: Mapping[str, Any]
    path: Path
    offset: int = 0

    @property
    def body(self) -> bytes:
        """The bytes, read when asked for: an archive may be larger than memory."""
        return _warc_body(self) if self.path.name.endswith(_WARC) else _file_body(self)


def captures(archive: Path) -> tuple[Capture, ...]:
    """Every capture of an archive, oldest first; captures of one instant keep the archive's order.

    Raises ArchiveError.
    """
    if archive.name.endswith(_WARC):
        found = list(_warc_captures(archive))
    else:
        index = archive / "captures.jsonl" if archive.is_dir() else archive
        if not index.is_file():
            raise ArchiveError(f"{archive}: neither a .warc(.gz) file nor a folder with captures.jsonl")
        found = list(_listed_captures(index))
    return tuple(sorted(found, key=lambda capture: capture.at))


def _listed_captures(index: Path) -> Iterator[Capture]:
    with index.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _listed(index, number, line)


def _listed(index: Path, number: int, line: str) -> Capture:
    where = f"{index}, line {number}"
    try:
        fields = json.loads(line)
    except json.JSONDecodeError as error:
        raise ArchiveError(f"{where}: not JSON: {error}") from error
    if not isinstance(fields, dict):
        raise ArchiveError(f"{where}: not a JSON object")
    missing = [key for key in ("captured_at", "file") if not isinstance(fields.get(key), str)]
    missing += [] if fields.get("url") or fields.get("slug") else ["url or slug"]
    if missing:
        raise ArchiveError(f"{where}: {', '.join(missing)} missing; captured_at, file and url or slug are needed")
    path = index.parent / fields["file"]
    if not path.is_file():
        raise ArchiveError(f"{where}: file {fields['file']!r} is not there")
    headers = {str(key).lower(): str(value) for key, value in (fields.get("headers") or {}).items()}
    return Capture(
        url=str(fields.get("url") or no_address(str(fields["slug"]))),
        at=_instant(fields["captured_at"], where),
        status=int(fields.get("status") or 200),
        headers=headers,
        fields=fields,
        path=path,
    )


def _instant(text: str, where: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArchiveError(f"{where}: captured_at {text!r} is no ISO 8601 time") from error
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _file_body(capture: Capture) -> bytes:
    return capture.path.read_bytes()


def _warc_captures(path: Path) -> Iterator[Capture]:
    try:
        with path.open("rb") as stream:
            records = ArchiveIterator(stream)
            for record in records:
                if record.rec_type == "response" and record.http_headers is not None:
                    yield _warc_capture(path, record, records.get_record_offset())
    except (ArchiveLoadFailed, OSError, EOFError) as error:
        raise ArchiveError(f"{path}: not a readable WARC file: {error}") from error


def _warc_capture(path: Path, record: Any, offset: int) -> Capture:
    url = record.rec_headers.get_header("WARC-Target-URI").strip("<>")
    where = f"{path}, record of {url}"
    status = record.http_headers.get_statuscode()
    if not status.isdigit():
        raise ArchiveError(f"{where}: HTTP status {status!r}")
    return Capture(
        url=url,
        at=_instant(record.rec_headers.get_header("WARC-Date"), where),
        status=int(status),
        headers={key.lower(): value for key, value in record.http_headers.headers},
        fields={"url": url},
        path=path,
        offset=offset,
    )


def _warc_body(capture: Capture) -> bytes:
    with capture.path.open("rb") as stream:
        stream.seek(capture.offset)
        record = next(iter(ArchiveIterator(stream)))
        body: bytes = record.content_stream().read()
        return body
