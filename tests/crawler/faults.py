"""What servers do wrong: each fault writes its answer to a raw socket, in place of a good page of a source."""

from __future__ import annotations

import asyncio
import gzip
import json
import ssl
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli
from backports import zstd
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

COUNTRIES = ("France", "Japan", "Kenya", "Norway", "Peru", "Samoa", "Tonga", "Uganda")
NOTICES = [
    {"document_number": f"2024-{n}", "type": "Notice", "title": f"Notice {n}", "publication_date": "2024-07-05"}
    for n in range(1, 5)
]
ITEMS = "".join(
    f"<item><title>Headline {n}</title><link>https://example.org/{n}</link><guid>{n}</guid></item>" for n in range(5)
)


@dataclass(frozen=True)
class Good:
    """A page that is well, as a source of one kind would send it."""

    kind: str
    body: bytes
    type: str


HTML = (
    "<!doctype html><html><head><title>Supported countries</title></head><body><main><h1>Supported countries</h1><ul>"
)
GOOD = (
    Good(
        "availability",
        (HTML + "\n".join(f"<li>{name}</li>" for name in COUNTRIES) + "</ul></main></body></html>").encode(),
        "text/html",
    ),
    Good("docket", json.dumps({"count": len(NOTICES), "results": NOTICES}, indent=1).encode(), "application/json"),
    Good(
        "feed",
        f'<?xml version="1.0"?>\n<rss version="2.0"><channel>{ITEMS}</channel></rss>'.encode(),
        "application/rss+xml",
    ),
)

Answer = bytes | AsyncIterator[bytes]
Fault = Callable[[Good, str], Answer]
FAULTS: dict[str, Fault] = {}
HARMLESS: set[str] = set()
"""Faults that still bring the whole page, so that it may be confirmed."""


def fault(name: str, *, harmless: bool = False) -> Callable[[Fault], Fault]:
    def named(made: Fault) -> Fault:
        FAULTS[name] = made
        if harmless:
            HARMLESS.add(name)
        return made

    return named


def plain(name: str, made: Callable[[Good], bytes], *, harmless: bool = False, **headers: str) -> None:
    """A fault of the body or of header fields alone, in an answer that is otherwise well."""
    fault(name, harmless=harmless)(lambda good, _here: answer(good, made(good), **headers))


def answer(good: Good, body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    fields = {"Content-Type": good.type, "Content-Length": str(len(body))} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return head(status, *(f"{name}: {value}" for name, value in fields.items())) + body


def head(status: str, *lines: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode("latin-1")


def to(target: str, status: str = "302 Found") -> bytes:
    return head(status, f"Location: {target}", "Content-Length: 0")


# -- time and size ---------------------------------------------------------------------------------------------------


@fault("slow drip")
async def _drip(good: Good, _here: str) -> AsyncIterator[bytes]:
    yield head("200 OK", f"Content-Type: {good.type}", f"Content-Length: {len(good.body)}")
    for byte in good.body:
        yield bytes([byte])
        await asyncio.sleep(0.1)


@fault("slow header")
async def _slow_header(_good: Good, _here: str) -> AsyncIterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    while True:
        yield b"X-More: 1\r\n"
        await asyncio.sleep(0.2)


@fault("silence")
async def _silence(_good: Good, _here: str) -> AsyncIterator[bytes]:
    await asyncio.sleep(60)
    yield b""


@fault("endless body")
async def _endless(good: Good, _here: str) -> AsyncIterator[bytes]:
    yield head("200 OK", f"Content-Type: {good.type}")
    while True:
        yield good.body * 10


@fault("endless chunks")
async def _endless_chunks(good: Good, _here: str) -> AsyncIterator[bytes]:
    yield head("200 OK", f"Content-Type: {good.type}", "Transfer-Encoding: chunked")
    while True:
        yield b"%x\r\n%s\r\n" % (len(good.body), good.body)


@fault("100 Continue for ever")
async def _continues(_good: Good, _here: str) -> AsyncIterator[bytes]:
    while True:
        yield b"HTTP/1.1 100 Continue\r\n\r\n" * 100
        await asyncio.sleep(0.01)


NULLS = b"\0" * 20_000_000
for _name, _packed in {
    "gzip": gzip.compress(NULLS),
    "deflate": zlib.compress(NULLS),
    "br": brotli.compress(NULLS, quality=5),
    "zstd": zstd.compress(NULLS),
}.items():
    plain(f"{_name} bomb", lambda _good, packed=_packed: packed, Content_Encoding=_name)  # type: ignore[misc]
plain("nested encodings", lambda good: gzip.compress(gzip.compress(NULLS)), Content_Encoding="gzip, gzip")
plain("too many encodings", lambda good: good.body, Content_Encoding=", ".join(["gzip"] * 50))
plain("gzip of very many members", lambda good: gzip.compress(b"") * 10_000, Content_Encoding="gzip")
plain("cut gzip", lambda good: gzip.compress(good.body)[:-9], Content_Encoding="gzip")
plain("gzip said and not done", lambda good: good.body, Content_Encoding="gzip")
plain("an encoding nobody knows", lambda good: good.body, Content_Encoding="exi")
plain("length too large", lambda good: good.body, Content_Length="5000")
plain("length too small", lambda good: good.body, Content_Length="90")
plain("length absurd", lambda good: good.body, Content_Length="9" * 30)
plain("length negative", lambda good: good.body, Content_Length="-1")
plain("more than may be read", lambda good: good.body * 20_000)
plain("empty", lambda good: b"")
plain("white space", lambda good: b" \r\n\t" * 100)
plain("first half", lambda good: good.body[: len(good.body) // 2])

# -- HTTP ------------------------------------------------------------------------------------------------------------


@fault("header flood")
def _flood(good: Good, _here: str) -> bytes:
    return head("200 OK", *(f"X-{n}: {'v' * 50}" for n in range(20_000)), "Content-Length: 0")


@fault("two lengths")
def _two_lengths(good: Good, _here: str) -> bytes:
    return head("200 OK", f"Content-Type: {good.type}", "Content-Length: 20", "Content-Length: 40") + good.body


@fault("length and chunks")
def _both(good: Good, _here: str) -> bytes:
    lines = (f"Content-Type: {good.type}", "Content-Length: 40", "Transfer-Encoding: chunked")
    return head("200 OK", *lines) + b"28\r\n" + good.body[:40] + b"\r\n0\r\n\r\n"


@fault("chunked rubbish")
def _rubbish(good: Good, _here: str) -> bytes:
    return head("200 OK", f"Content-Type: {good.type}", "Transfer-Encoding: chunked") + b"zz\r\nwhat?\r\n" + good.body


@fault("cut chunks")
def _cut_chunks(good: Good, _here: str) -> bytes:
    return head("200 OK", f"Content-Type: {good.type}", "Transfer-Encoding: chunked") + b"400\r\n" + good.body[:60]


@fault("cookies by the hundred", harmless=True)
def _cookies(good: Good, _here: str) -> bytes:
    lines = [f"Set-Cookie: c{n}={'v' * 40}" for n in range(100)]
    return head("200 OK", f"Content-Type: {good.type}", f"Content-Length: {len(good.body)}", *lines) + good.body


@fault("duplicate headers", harmless=True)
def _duplicates(good: Good, _here: str) -> bytes:
    lines = [f"Content-Type: {good.type}", "Content-Type: image/png", 'ETag: "a"', 'ETag: "b"']
    return head("200 OK", *lines, f"Content-Length: {len(good.body)}") + good.body


plain("one giant header", lambda good: good.body, X_Giant="v" * 1_000_000)
plain("header of binary junk", lambda good: good.body, harmless=True, X_Junk="\xff\xfe\x80")
fault("HTTP/0.9")(lambda good, _here: good.body)
fault("another protocol")(lambda _good, _here: b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
fault("reset before anything")(lambda _good, _here: b"")
fault("reset in the status line")(lambda _good, _here: b"HTTP/1.1 20")
fault("reset in the header")(lambda _good, _here: b"HTTP/1.1 200 OK\r\nContent-Ty")
fault("reset in the body")(lambda good, _here: answer(good, good.body)[:-20])
fault("status of no meaning")(lambda good, _here: answer(good, good.body, "799 Whatever"))
fault("204")(lambda _good, _here: head("204 No Content"))
fault("206")(lambda good, _here: answer(good, good.body[:80], "206 Partial Content", Content_Range="bytes 0-79/900"))
fault("304 without being asked")(lambda _good, _here: head("304 Not Modified", 'ETag: "never seen"'))
fault("407 of a proxy")(lambda good, _here: answer(good, b"", "407 Proxy Authentication Required"))
fault("CONNECT answer of a proxy")(lambda _good, _here: b"HTTP/1.1 200 Connection established\r\n\r\n")
fault("503 with a date no calendar holds")(
    lambda good, _here: answer(good, b"", "503 Busy", Retry_After="Fri, 31 Dec 9999 23:59:59 -1200")
)
for _name in ("Date", "Last_Modified", "Expires"):
    for _when in ("Mon, 01 Jan 1900 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 -1200"):
        plain(f"{_name} of {_when[12:16]}", lambda good: good.body, harmless=True, **{_name: _when})

# -- redirects -------------------------------------------------------------------------------------------------------

fault("redirect to itself")(lambda _good, here: to(here))
fault("redirect to loopback")(lambda _good, _here: to("http://127.0.0.9:1/secret"))
fault("redirect to the cloud's metadata")(lambda _good, _here: to("http://169.254.169.254/latest/meta-data/"))
fault("redirect to a file")(lambda _good, _here: to("file:///etc/passwd"))
fault("redirect to rubbish")(lambda _good, _here: to("http://[::1"))
fault("redirect to another script's name")(lambda _good, _here: to("http://b\u00fccher.invalid/"))
fault("redirect to IPv6")(lambda _good, _here: to("http://six.example:9/"))
fault("redirect to a very long address")(lambda _good, here: to(here + "?" + "x" * 7000))
fault("redirect without a target")(lambda good, _here: answer(good, b"", "302 Found"))
fault("meta refresh")(
    lambda good, _here: answer(good, b'<meta http-equiv="refresh" content="0; url=/other"><p>Moved.</p>')
)


@fault("redirect chain")
def _chain(_good: Good, here: str) -> bytes:
    place, _, number = here.partition("?")
    return to(f"{place}?{int(number or 0) + 1}")


# -- what is in the page ---------------------------------------------------------------------------------------------

DOORS = {
    "cookie wall": b"<title>Cookies</title><form><p>We use cookies. Accept all cookies to continue.</p></form>",
    "challenge": b"<title>Just a moment...</title><form id=challenge-form></form>",
    "login": b"<html><title>Sign in</title><form><input type=password name=p><button>Sign in</button></form></html>",
}
for _name, _body in DOORS.items():
    fault(_name)(lambda good, _here, body=_body: answer(good, body, Content_Type="text/html"))  # type: ignore[misc]
plain("10,000 levels deep", lambda good: b"<html><body>" + b"<div>" * 10_000 + b"text" + b"</div>" * 10_000)
plain("JSON 100,000 levels deep", lambda good: b"[" * 100_000 + b"]" * 100_000)
plain("a number of 20,000 digits", lambda good: b'{"count": ' + b"9" * 20_000 + b', "results": []}')
plain("a number beyond all floats", lambda good: b'{"count": 1e999999, "results": [{"document_number": NaN}]}')
plain("very many attributes", lambda good: b"<html><p " + b" ".join(b"a%d=1" % n for n in range(30_000)) + b">x</p>")
plain("250,000 tags", lambda good: b"<html><body><main>" + b"<i>" * 250_000)
plain("100,000 items", lambda good: b"<rss><channel>" + b"<item><link>x</link>" * 100_000)
plain("PDF", lambda good: b"%PDF-1.7\n" + bytes(range(256)) * 20)
plain("PNG", lambda good: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
plain("ZIP", lambda good: b"PK\x03\x04" + bytes(range(256)) * 20)
plain("NUL bytes throughout", lambda good: b"\0".join(good.body[n : n + 3] for n in range(0, len(good.body), 3)))
plain("UTF-16 under the wrong mark", lambda good: b"\xfe\xff" + good.body.decode().encode("utf-16-le"))
plain("byte order mark", lambda good: b"\xef\xbb\xbf" + good.body, harmless=True)
plain("mixed line ends", lambda good: good.body.replace(b"\n", b"\r\n\n\r"), harmless=True)
plain("the page as JSON", lambda good: good.body, harmless=True, Content_Type="application/json")
plain("the page as a picture", lambda good: good.body, harmless=True, Content_Type="image/png")
plain("a charset nobody knows", lambda good: good.body, harmless=True, Content_Type="text/html; charset=utf-99")
plain("a charset that is no charset", lambda good: good.body, harmless=True, Content_Type="text/xml; charset=zlib")
plain("UTF-16 said and not done", lambda good: good.body, harmless=True, Content_Type="text/html; charset=utf-16")
plain(
    "charsets that disagree",
    lambda good: good.body.replace(b"<head>", b"<head><meta charset=shift_jis>"),
    harmless=True,
    Content_Type="text/html; charset=big5",
)
LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
plain(
    "a billion laughs",
    lambda good: (
        b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">' + LAUGHS + b"]>"
        b"<rss version='2.0'><channel><item><link>https://example.org/1</link><title>&l9;</title></item></channel></rss>"
    ),
)
plain(
    "an entity that names a file",
    lambda good: (
        b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        b"<rss version='2.0'><channel><item><link>https://example.org/1</link><title>&x;</title></item></channel></rss>"
    ),
)

# -- TLS: the page leads to a server whose certificate or protocol is not to be trusted --------------------------------

for _name in ("self-signed", "expired", "wrong name", "old protocol", "no TLS at all"):
    fault(f"TLS: {_name}")(lambda _good, here, name=_name: to(here.replace("http:", f"{name}:")))  # type: ignore[misc]


def contexts(folder: Path) -> tuple[dict[str, ssl.SSLContext | None], ssl.SSLContext]:
    """Server contexts by fault, and a client's that trusts their authority (but for the self-signed one)."""
    key, day, now = ec.generate_private_key(ec.SECP256R1()), timedelta(days=1), datetime.now(UTC)

    def made(name: str, begin: datetime, end: datetime) -> tuple[ssl.SSLContext, Path]:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = (
            x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number(), begin, end)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )
        chain = folder / f"{name}-{end:%Y%m%d}.pem"
        secret = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        chain.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(serialization.Encoding.PEM, *secret)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        return context, chain

    found: dict[str, ssl.SSLContext | None] = {"no TLS at all": None}
    trust = ssl.create_default_context()
    for name, host, begin, end in (
        ("self-signed", "self.example", now - day, now + day),
        ("expired", "tls.example", now - 3 * day, now - 2 * day),
        ("wrong name", "other.example", now - day, now + day),
        ("old protocol", "tls.example", now - day, now + day),
    ):
        found[name], chain = made(host, begin, end)
        if name != "self-signed":
            trust.load_verify_locations(chain)
    old = found["old protocol"]
    assert old is not None
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    return found, trust


# -- the servers -----------------------------------------------------------------------------------------------------


@dataclass
class Faulty:
    """Servers on loopback, one host for each fault and kind; while `broken` they answer with their fault."""

    tls: dict[str, ssl.SSLContext | None]
    broken: bool = False
    tls_ports: dict[str, int] = field(default_factory=dict)
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    serving: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> None:
        for name, context in self.tls.items():
            server = await asyncio.start_server(self._serve(b"not TLS\r\n" * 9), "127.0.0.1", 0, ssl=context)
            self.tls_ports[name] = server.sockets[0].getsockname()[1]
            self.stack.callback(server.close)

    async def site(self, host: str, name: str, good: Good) -> str:
        """The address at which a good page and its fault are answered."""

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            request = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode()
            if request == "/robots.txt":
                said: Answer = b"HTTP/1.1 404 None\r\nContent-Length: 0\r\n\r\n"
            elif self.broken:
                said = self._led_to_tls(FAULTS[name](good, f"http://{host}:{port}{request}"))
            else:
                said = answer(good, good.body)
            await self._written(said, writer)

        server = await asyncio.start_server(self._cut(serve), host, 0)
        port = server.sockets[0].getsockname()[1]
        self.stack.callback(server.close)
        return f"http://{host}:{port}/page"

    async def stop(self) -> None:
        for task in self.serving:
            task.cancel()
        await asyncio.gather(*self.serving, return_exceptions=True)
        await self.stack.aclose()

    def _led_to_tls(self, said: Answer) -> Answer:
        for name, port in self.tls_ports.items():
            if isinstance(said, bytes) and said.startswith(b"HTTP/1.1 302 Found\r\nLocation: " + name.encode() + b":"):
                host = "self.example" if name == "self-signed" else "tls.example"
                return to(f"https://{host}:{port}/page")
        return said

    @staticmethod
    async def _written(said: Answer, writer: asyncio.StreamWriter) -> None:
        if isinstance(said, bytes):
            writer.write(said)
            await writer.drain()
            return
        async for piece in said:
            writer.write(piece)
            await writer.drain()

    def _serve(self, said: bytes) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], object]:
        async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._written(said, writer)

        return self._cut(serve)

    def _cut(self, serve: Callable[..., object]) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], object]:
        """Answers one request and hangs up; whoever leaves early is no error."""

        async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self.serving.add(task)
            try:
                await serve(reader, writer)  # type: ignore[misc]
            except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
                pass
            finally:
                self.serving.discard(task)
                writer.close()

        return once
