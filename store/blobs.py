"""Bytes under their SHA-256, compressed with zstd, as a difference from an earlier copy where that is smaller.

A difference refers to a full copy and never to another difference, so a damaged row costs only what leans on it.
"""

from __future__ import annotations

import hashlib
import sys

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.schema import BlobRow

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_WINDOW_LOG = 27  # 128 MiB: a page and the earlier copy it leans on both fit
_WORTH_IT = 0.5  # a difference is kept when it is under half of the full copy


class DamagedBlob(Exception):
    """Stored bytes no longer have the hash they are filed under; restore the database from a backup."""


def keep(session: Session, data: bytes, like: str | None = None) -> str:
    """Files data and returns its SHA-256 in hex. like: the hash of an earlier copy of the same source, if any."""
    sha256 = hashlib.sha256(data).hexdigest()
    if session.get(BlobRow, sha256) is not None:
        return sha256
    full = zstd.compress(data)
    base = _full_copy(session, like)
    if base is not None and base.size:
        difference = _compressed_against(data, _decompressed(base.data, None))
        if len(difference) < _WORTH_IT * len(full):
            session.add(BlobRow(sha256=sha256, size=len(data), base=base.sha256, data=difference))
            session.flush()
            return sha256
    session.add(BlobRow(sha256=sha256, size=len(data), base=None, data=full))
    session.flush()
    return sha256


def bytes_of(session: Session, sha256: str) -> bytes:
    """The bytes filed under a hash. Raises KeyError when there are none, DamagedBlob when they changed."""
    row = session.get(BlobRow, sha256)
    if row is None:
        raise KeyError(f"no bytes are filed under {sha256}")
    prefix = None
    if row.base is not None:
        prefix = bytes_of(session, row.base)
    try:
        data = _decompressed(row.data, prefix)
    except zstd.ZstdError as error:
        raise DamagedBlob(f"{sha256}: {error}") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise DamagedBlob(f"{sha256}: the bytes have another hash")
    return data


def compress(data: bytes) -> bytes:
    return zstd.compress(data)


def decompress(data: bytes) -> bytes:
    return zstd.decompress(data)


def _full_copy(session: Session, sha256: str | None) -> BlobRow | None:
    if sha256 is None:
        return None
    row = session.scalars(select(BlobRow).where(BlobRow.sha256 == sha256)).first()
    return _full_copy(session, row.base) if row is not None and row.base is not None else row


def _compressed_against(data: bytes, prefix: bytes) -> bytes:
    options: dict[int, int] = {
        zstd.CompressionParameter.window_log: min(_WINDOW_LOG, max(20, (len(data) + len(prefix)).bit_length() + 1)),
        zstd.CompressionParameter.enable_long_distance_matching: 1,
    }
    return zstd.compress(data, options=options, zstd_dict=zstd.ZstdDict(prefix, is_raw=True).as_prefix)


def _decompressed(data: bytes, prefix: bytes | None) -> bytes:
    options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _WINDOW_LOG}
    if not prefix:
        return zstd.decompress(data, options=options)
    return zstd.decompress(data, options=options, zstd_dict=zstd.ZstdDict(prefix, is_raw=True).as_prefix)
