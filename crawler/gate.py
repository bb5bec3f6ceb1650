"""The one way out: every HTTP request Tocsin makes, to a source or to a webhook, leaves through a Gate.

A Gate decides twice. check() judges an address as written. The connector judges every host again when it connects,
resolves names itself, and hands the socket only addresses it has judged, so a name that answers differently the
second time (DNS rebinding) and a redirect to an inner address both end as Refused.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from crawler.addresses import canonical_literal, forbidden

if TYPE_CHECKING:
    from aiohttp.connector import AddrInfoType, Connection
    from aiohttp.tracing import Trace

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Name and port to IP addresses as text; raises OSError (socket.gaierror) when the name has none."""

_LOOKUPS = 64  # names looked up at once
_UNCLEAN = re.compile(r"[\x00-\x20\x7f\\]")
_CREDENTIALS = re.compile(r"^[^/]*//[^/?#]*@")
_NAME = re.compile(r"(?=.{1,254}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?", re.IGNORECASE)


class Refused(Exception):
    """The gate does not let this request out. Stays so until the address or TOCSIN_ALLOW_HOSTS changes."""


class Gate:
    """Lets out http and https to globally reachable addresses, and to the hosts named in allow_hosts.

    allow_hosts: "host" or "host:port" (an IPv6 literal in brackets when a port follows), compared exactly after
    lower-casing. resolve and ssl_context are for tests and private authorities; certificates are always verified.
    """

    def __init__(
        self,
        allow_hosts: frozenset[str] = frozenset(),
        *,
        resolve: Resolve | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        if ssl_context is not None and ssl_context.verify_mode != ssl.CERT_REQUIRED:
            raise ValueError("the gate's ssl_context must verify certificates (verify_mode CERT_REQUIRED)")
        self._allowed = frozenset(_folded(entry) for entry in allow_hosts)
        self._resolve = resolve or _system_addresses
        self._excepted: set[tuple[str, int]] = set()
        self._ssl_context = ssl_context

    @property
    def ssl_context(self) -> ssl.SSLContext:
        """What judges certificates; it verifies them."""
        return self._ssl_context or _public_authorities()

    def check(self, url: str | URL) -> URL:
        """The address as it will be asked; raises Refused with the reason when it may not be.

        Judges scheme, credentials, port and the spelling of the host, and IP literals in full. A name is judged by
        what it resolves to, and that only when connecting.
        """
        parsed = _parsed(url)
        host, port = parsed.raw_host or "", parsed.port or 0
        try:
            literal = canonical_literal(host)
        except ValueError as error:
            raise Refused(f"{error}") from error
        if literal is not None:
            self._check_address(literal, host, port)
        elif not _NAME.fullmatch(host):
            raise Refused(f"{host[:80]!r} is not a host name")
        elif _is_localhost(host) and not self.excepts(host, port):
            raise Refused(f"{host} is this machine (loopback)")
        return parsed

    def excepts(self, host: str, port: int) -> bool:
        """Whether allow_hosts names this host, or this host with this port."""
        name = _folded(host)
        return bool(self._allowed) and (name in self._allowed or f"{_bracketed(name)}:{port}" in self._allowed)

    async def addresses(self, url: URL) -> tuple[str, ...]:
        """Where a checked address leads, every one judged.

        Raises Refused when any is forbidden (a name must not be half inside), socket.gaierror when there is none.
        """
        host, port = url.raw_host or "", url.port or 0
        if canonical_literal(host) is not None:
            return (host,)
        return await self.resolved(host, port)

    async def resolved(self, host: str, port: int) -> tuple[str, ...]:
        """The addresses of a name, judged as addresses() says."""
        found = tuple(await self._resolve(host, port))
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "no address")
        for address in found:
            self._check_address(address, host, port)
        return found

    def connector(self, *, limit: int = 100, limit_per_host: int = 0) -> aiohttp.TCPConnector:
        """A connector for aiohttp that refuses what this gate refuses. Needs a running event loop."""
        return _GateConnector(self, limit=limit, limit_per_host=limit_per_host)

    def session(self, timeout: float) -> aiohttp.ClientSession:
        """A client for webhooks: no cookies, no proxies, at most timeout seconds a request.

        aiohttp follows redirects unless told allow_redirects=False; each of them passes this gate. The caller bounds
        how much of an answer it reads.
        """
        return aiohttp.ClientSession(
            connector=self.connector(),
            timeout=aiohttp.ClientTimeout(total=timeout),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        )

    def open_socket(self, info: AddrInfoType) -> socket.socket:
        """The socket for one connection attempt, judged a last time by the address it will really connect to."""
        family, kind, protocol, _, address = info
        host, port = str(ip_address(str(address[0]))), int(address[1])
        reason = forbidden(host)
        if reason and (host, port) not in self._excepted:
            raise Refused(f"{host} is a forbidden address ({reason})")
        return socket.socket(family=family, type=kind, proto=protocol)

    def _check_address(self, address: str, host: str, port: int) -> None:
        reason = forbidden(address)
        if reason is None:
            return
        if not self.excepts(host, port):
            via = "" if address == host else f"{host} resolves to "
            raise Refused(f"{via}{address}, a forbidden address ({reason})")
        self._excepted.add((address, port))


class _CheckedResolver(AbstractResolver):
    """Gives aiohttp only addresses the gate has judged."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        addresses = await self._gate.resolved(host, port)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        return None


class _GateConnector(aiohttp.TCPConnector):
    """aiohttp never asks a resolver about IP literals, and follows redirects by itself: so each request is checked."""

    def __init__(self, gate: Gate, *, limit: int, limit_per_host: int) -> None:
        super().__init__(
            resolver=_CheckedResolver(gate),
            ssl=gate.ssl_context,
            limit=limit,
            limit_per_host=limit_per_host,
            socket_factory=gate.open_socket,
        )
        self._gate = gate

    async def connect(self, req: Any, traces: list[Trace], timeout: aiohttp.ClientTimeout) -> Connection:
        self._gate.check(req.url)
        return await super().connect(req, traces, timeout)


def _parsed(url: str | URL) -> URL:
    try:
        parsed = URL(url) if isinstance(url, str) else url
        port = parsed.port
    except ValueError as error:
        raise Refused(f"not an address: {error}") from error
    if isinstance(url, str) and _UNCLEAN.search(url):
        raise Refused("the address contains a space, a control character or a backslash")
    if parsed.scheme not in ("http", "https"):
        raise Refused(f"only http and https may be asked, not {parsed.scheme or 'an address without a scheme'}")
    if parsed.raw_user is not None or parsed.raw_password is not None or _CREDENTIALS.match(str(url)):
        raise Refused("the address carries a user name or password")
    if not parsed.raw_host:
        raise Refused("the address has no host")
    if not port:
        raise Refused("port 0 cannot be asked")
    return parsed


@lru_cache(maxsize=1)
def _public_authorities() -> ssl.SSLContext:
    return ssl.create_default_context()  # reads the system's certificates: 20 ms, so once


@lru_cache(maxsize=1)
def _lookups() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_LOOKUPS, "names")


def _folded(host: str) -> str:
    return host.strip().lower().removesuffix(".")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _is_localhost(host: str) -> bool:
    name = _folded(host)
    return name == "localhost" or name.endswith(".localhost")  # RFC 6761, section 6.3


async def _system_addresses(host: str, port: int) -> Sequence[str]:
    """Looked up in threads of their own: names that hang would otherwise hold up all that is written to the store."""
    look_up = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_lookups(), look_up)
    return tuple(dict.fromkeys(str(info[4][0]) for info in found))
