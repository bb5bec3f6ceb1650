"""A body without its Content-Encoding, never larger than a limit and never silently cut.

Scrapy's own decompression returns what it has when a stream ends early; half a list would then look like a list.
"""

from __future__ import annotations

import sys
import zlib

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ACCEPTED = "gzip, deflate, br, zstd"
_CHUNK = 1 << 22  # bytes a step; zlib copies what is left of the input at each step, so few steps
_SLICE = 1 << 18  # bytes fed at once where a stream has members: what follows a member is copied for each
_MOST_LAYERS = 3
_MOST_MEMBERS = 4096  # of a gzip or zstd stream; block-wise gzip of the largest body has a few hundred
_ZSTD_WINDOW_LOG = 23  # RFC 9659: a zstd-encoded answer may ask for a window of 8 MiB, not more


class Undecodable(Exception):
    """The body is not what its Content-Encoding says; may pass by itself."""


class TooLarge(Exception):
    """The body exceeds the limit once decompressed: a huge page or a decompression bomb."""


def decoded(body: bytes, encodings: list[str], limit: int) -> bytes:
    """The body after undoing its encodings (as listed in the header, in the order they were applied).

    limit: bytes. Raises TooLarge as soon as more than limit bytes have come out, Undecodable for a broken, cut or
    unknown encoding.
    """
    if len(encodings) > _MOST_LAYERS:
        raise Undecodable(f"the body is encoded {len(encodings)} times over")
    for encoding in reversed(encodings):
        if not body or encoding == "identity":
            continue
        try:
            body = _undone(body, encoding, limit)
        except (zlib.error, brotli.error, zstd.ZstdError) as error:
            raise Undecodable(f"the body is not valid {encoding}: {error}") from error
    return body


def encodings(header: str) -> list[str]:
    """The tokens of a Content-Encoding header, lower case."""
    return [token for part in header.split(",") if (token := part.strip().lower())]


def _undone(body: bytes, encoding: str, limit: int) -> bytes:
    if encoding in ("gzip", "x-gzip"):
        return _inflated(body, 31, limit, encoding)
    if encoding == "deflate":  # RFC 9110 means zlib; some servers send a bare deflate stream
        zlib_header = len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
        return _inflated(body, 15 if zlib_header else -15, limit, encoding)
    if encoding == "br":
        return _unbrotlied(body, limit)
    if encoding == "zstd":
        return _unzstd(body, limit)
    raise Undecodable(f"the body is encoded as {encoding[:40]!r}, which was not asked for")


def _inflated(body: bytes, window: int, limit: int, encoding: str) -> bytes:
    out = bytearray()
    at = members = 0
    while at < len(body):
        at = _inflated_member(body, at, out, window, limit, encoding)
        if window != 31:
            break
        while body[at : at + 1] == b"\x00":  # gzip may be padded
            at += 1
        if body[at : at + 2] != b"\x1f\x8b":
            break  # rubbish after the last member, ignored as gzip does
        members = _counted(members, encoding)
    return bytes(out)


def _inflated_member(body: bytes, at: int, out: bytearray, window: int, limit: int, encoding: str) -> int:
    """Appends what one stream holds; gives where the next may begin."""
    stream = zlib.decompressobj(window)
    while at < len(body) and not stream.eof:
        piece = body[at : at + _SLICE]
        at += len(piece)
        while piece and not stream.eof:
            out += stream.decompress(piece, _CHUNK)
            _bounded(out, limit)
            piece = stream.unconsumed_tail
    if not stream.eof:
        out += stream.flush()
        _bounded(out, limit)
    if not stream.eof:
        raise Undecodable(f"the {encoding} stream ends too early")
    return at - len(stream.unused_data)


def _unbrotlied(body: bytes, limit: int) -> bytes:
    stream = brotli.Decompressor()
    out = bytearray(stream.process(body, output_buffer_limit=_CHUNK))
    while not stream.is_finished():
        _bounded(out, limit)
        chunk = stream.process(b"", output_buffer_limit=_CHUNK)
        if not chunk and not stream.is_finished():
            raise Undecodable("the br stream ends too early")
        out += chunk
    _bounded(out, limit)
    return bytes(out)


def _unzstd(body: bytes, limit: int) -> bytes:
    out = bytearray()
    at = members = 0
    while at < len(body):
        stream = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG})
        while not stream.eof:
            piece = body[at : at + _SLICE] if stream.needs_input else b""
            if stream.needs_input and not piece:
                raise Undecodable("the zstd stream ends too early")
            at += len(piece)
            out += stream.decompress(piece, _CHUNK)
            _bounded(out, limit)
        at -= len(stream.unused_data)
        members = _counted(members, "zstd")
    return bytes(out)


def _counted(members: int, encoding: str) -> int:
    if members >= _MOST_MEMBERS:
        raise Undecodable(f"the {encoding} stream has more than {_MOST_MEMBERS} members")
    return members + 1


def _bounded(out: bytearray, limit: int) -> None:
    if len(out) > limit:
        raise TooLarge(f"the body is larger than {limit:,} bytes once decompressed")
