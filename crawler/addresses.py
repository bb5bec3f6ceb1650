"""Which IP addresses the world may be asked at: everything that is not globally reachable unicast is forbidden."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its updates). Kept as our own list because
# ipaddress.is_global changed its answer for several of these blocks between patch releases of Python 3.11.
_FORBIDDEN_V4 = tuple(
    (IPv4Network(block), name)
    for block, name in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_FORBIDDEN_V6 = tuple(
    (IPv6Network(block), name)
    for block, name in (
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("64:ff9b:1::/48", "local-use NAT64"),
        ("100::/64", "discard-only"),
        ("2001::/32", "Teredo"),
        ("2001::/23", "reserved"),
        ("2001:db8::/32", "documentation"),
        ("3fff::/20", "documentation"),
        ("5f00::/16", "segment routing"),
        ("fc00::/7", "unique local"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")


@lru_cache(maxsize=4096)
def forbidden(address: str) -> str | None:
    """Why an address may not be asked ("loopback", "private", ...), or None when it may.

    address is the canonical text of an IPv4 or IPv6 address; anything else, and any address with a scope, is
    forbidden too. An IPv6 address that carries an IPv4 one is judged by the one it carries.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return "not an IP address"
    return _forbidden_v4(parsed) if isinstance(parsed, IPv4Address) else _forbidden_v6(parsed)


def _forbidden_v4(address: IPv4Address) -> str | None:
    return next((name for block, name in _FORBIDDEN_V4 if address in block), None)


def _forbidden_v6(address: IPv6Address) -> str | None:
    if address.scope_id is not None:
        return "scoped"
    named = next((name for block, name in _FORBIDDEN_V6 if address in block), None)
    if named:
        return named
    carried = _carried_v4(address)
    if carried is not None:
        inner = _forbidden_v4(carried)
        return f"{inner} ({carried} inside IPv6)" if inner else None
    return None if address in _GLOBAL_V6 else "reserved"


def _carried_v4(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address inside an IPv4-mapped, 6to4, NAT64 (RFC 6052) or ISATAP (RFC 5214) address."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    low = int(address) & 0xFFFFFFFF
    isatap = (int(address) >> 32) & 0xFDFFFFFF == 0x00005EFE
    return IPv4Address(low) if isatap or address in _NAT64 else None


@lru_cache(maxsize=4096)
def canonical_literal(host: str) -> str | None:
    """The canonical text of an IP literal (brackets removed), or None for a name.

    Raises ValueError for a host that a browser or the C library would read as an IPv4 address in another spelling
    (decimal, octal, hexadecimal, short, trailing dot): the WHATWG URL standard's "ends in a number" rule.
    """
    if ":" in host:
        return str(IPv6Address(host.removeprefix("[").removesuffix("]")))
    try:
        return str(IPv4Address(host))
    except AddressValueError:
        pass
    last = host.rstrip(".").rpartition(".")[2].lower()
    if last.isdigit() or (last.startswith("0x") and all(digit in "0123456789abcdef" for digit in last[2:])):
        raise ValueError(f"{host} is an IPv4 address in a disguised spelling")
    return None
