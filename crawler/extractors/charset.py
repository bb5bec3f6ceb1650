"""What characters a body's bytes are: byte order mark, header, the page's own word, then what fits."""

from __future__ import annotations

import codecs
import re

from crawler.extractors.page import Unextractable

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_:.-]{2,40})")
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
# Labels are read as browsers do (WHATWG Encoding): the superset that pages under that label really use.
_SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "iso8859-1": "cp1252", "latin-1": "cp1252", "ascii": "cp1252"}
_GUESSES = {"zh": ("gb18030", "big5"), "ja": ("shift_jis", "euc_jp"), "ko": ("cp949",), "ru": ("cp1251",)}
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffd]")
_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"\x7fELF", "a program"),
)
_JUNK_SHARE = 0.03  # of control and replacement characters; real pages with a wrong label stay well below


def decoded(body: bytes, content_type: str | None, language: str = "") -> str:
    """The body as text; never fails for a wrong label. Raises Unextractable for what is no text at all."""
    for magic, what in _MAGIC:
        if body.startswith(magic):
            raise Unextractable(f"not text: {what} of {len(body)} bytes")
    text = _text(body, content_type or "", language)
    sample = text[:65536]
    if sample and len(_CONTROL.findall(sample)) / len(sample) > _JUNK_SHARE:
        raise Unextractable(f"not text: {len(body)} bytes of binary data")
    return text.replace("\x00", "")


def _text(body: bytes, content_type: str, language: str) -> str:
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    for label in (*_labels(body, content_type), "utf-8", *_GUESSES.get(language[:2], ()), "cp1252"):
        codec = _codec(label)
        if codec and not (codec == "cp1252" and _is_utf8(body)):
            try:
                return body.decode(codec)
            except UnicodeDecodeError:
                continue
    return body.decode("utf-8", "replace") if _mostly_utf8(body) else body.decode("cp1252", "replace")


def _labels(body: bytes, content_type: str) -> list[str]:
    found = [match[1] for match in [_HEADER.search(content_type)] if match]
    head = body[:4096]
    found += [match[1].decode("ascii") for match in (_XML.search(head), _META.search(head)) if match]
    return found


def _codec(label: str) -> str | None:
    try:
        name = codecs.lookup(label.strip().lower()).name
    except LookupError:
        return None
    return _SUPERSETS.get(name.replace("_", "-"), _SUPERSETS.get(name, name)) if _is_text_codec(name) else None


def _is_text_codec(name: str) -> bool:
    return name not in ("base64", "bz2", "hex", "zlib", "uu", "quopri", "rot13", "idna", "punycode", "unicode_escape")


def _is_utf8(body: bytes) -> bool:
    """A single-byte label fits any bytes, so it is believed only where UTF-8 does not fit."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not body.isascii()


def _mostly_utf8(body: bytes) -> bool:
    return body.decode("utf-8", "replace").count("\ufffd") * 500 < len(body)
