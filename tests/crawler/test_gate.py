"""The gate: what may be asked, and that connections go only where it said."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as some
from yarl import URL

from crawler.addresses import forbidden
from crawler.answers import Ask, Fetched, NotFetched
from crawler.gate import Gate, Refused
from crawler.limits import Limits
from store.values import Outcome, SourceKind

FORBIDDEN_HOSTS = [
    # loopback, and the many ways to write it
    *("127.0.0.1", "127.255.255.254", "127.1", "127.0.1", "2130706433", "017700000001", "0x7f000001", "0x7F.1"),
    *("0177.0.0.1", "127.0.0.0x1", "127.0.0.1.", "127.0.0.01", "00000127.0.0.1", "0x7f.0x0.0x0.0x1", "0177.0.1"),
    *("１２７.０.０.１", "127。0。0。1", "①②⑦.0.0.1", "%31%32%37.0.0.1", "localhost", "LocalHost.", "x.localhost"),
    *("[::1]", "[0:0:0:0:0:0:0:1]", "[::0001]", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ"),
    # nowhere
    *("0.0.0.0", "0", "0x0", "0.1.2.3", "[::]"),
    # private, carrier, link-local and the cloud's metadata
    *("10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.1.1", "3232235521"),
    *("100.64.0.1", "100.127.255.255", "169.254.169.254", "169.254.0.1", "2852039166", "0xa9fea9fe", "169.254.43518"),
    *("[fc00::1]", "[fd00:ec2::254]", "[fe80::1]", "[fe80::1%25eth0]", "[fec0::1]", "[2606:4700::1111%25eth0]"),
    # reserved, documentation, benchmarking, multicast, broadcast
    *("192.0.0.1", "192.0.0.170", "192.0.2.1", "198.51.100.1", "203.0.113.9", "198.18.0.1", "198.19.255.255"),
    *("192.88.99.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "[ff02::1]", "[ff0e::1]"),
    *("[2001:db8::1]", "[3fff::1]", "[100::1]", "[5f00::1]", "[4000::1]", "[2001:10::1]", "[64:ff9b:1::1]"),
    # IPv4 inside IPv6: mapped, compatible, 6to4, NAT64, Teredo, ISATAP
    *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:169.254.169.254]", "[::ffff:10.0.0.1]", "[::127.0.0.1]"),
    *("[2002:7f00:1::]", "[2002:a9fe:a9fe::1]", "[2002:c0a8:101::1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]"),
    *(
        "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
        "[2001::1]",
        "[2606:4700::5efe:10.0.0.1]",
        "[2606:4700::200:5efe:7f00:1]",
    ),
]

ODD_ADDRESSES = [
    *("ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "javascript:alert(1)", "data:text/html,x"),
    *("ws://example.com/", "example.com", "//example.com/", "", "http://", "http:///path", "https:example.com"),
    *("http://user@example.com/", "http://user:pass@example.com/", "http://@example.com/", "http://:@example.com/"),
    *("http://example.com:0/", "http://example.com:65536/", "http://example.com:-1/", "http://example.com:port/"),
    *(
        "http://example.com\\@127.0.0.1/",
        "http://exam ple.com/",
        "http://example.com/a b",
        "http://example.com/\r\nX: y",
    ),
    *("http://example.com\t/", "http://a..b/", "http://exa%6dple.com/", "http://%00/", "http://[::1/"),
    *(
        "http://exam$ple.com/",
        "http://example.com,evil.com/",
        "http://127.0.0.1%2f@example.com/",
        f"http://{'a' * 64}.com/",
    ),
]

OPEN_ADDRESSES = [
    *("https://openai.com/", "http://example.com:8080/x?y=z#w", "HTTPS://EXAMPLE.com", "http://93.184.216.34/"),
    *(
        "http://例え.jp/",
        "http://xn--r8jz45g.jp/",
        "http://example.com./",
        "http://1e100.net/",
        "http://[2606:4700::1111]/",
    ),
    *("http://[64:ff9b::8.8.8.8]/", "http://[::ffff:8.8.8.8]/", "http://8.8.8.8:65535/", "http://a_b.example.com/"),
    *(
        "http://100.63.255.255/",
        "http://100.128.0.0/",
        "http://172.32.0.1/",
        "http://11.0.0.1/",
        "http://0x.example.com/",
    ),
]


@pytest.mark.parametrize("host", FORBIDDEN_HOSTS)
@pytest.mark.parametrize("form", ["http://{}/", "https://{}:8443/x?y"])
def test_forbidden_hosts_are_refused(host: str, form: str) -> None:
    with pytest.raises(Refused):
        Gate().check(form.format(host))


@pytest.mark.parametrize("address", ODD_ADDRESSES)
def test_odd_addresses_are_refused(address: str) -> None:
    with pytest.raises(Refused):
        Gate(frozenset({"127.0.0.1"})).check(address)


@pytest.mark.parametrize("address", OPEN_ADDRESSES)
def test_open_addresses_pass(address: str) -> None:
    assert Gate().check(address).host


def test_the_list_of_spellings_is_long_enough() -> None:
    assert len(set(FORBIDDEN_HOSTS)) >= 60


@given(some.ip_addresses())
def test_what_passes_is_global_and_unicast(address: Any) -> None:
    if forbidden(str(address)) is None:
        assert address.is_global
        assert not address.is_multicast


@given(some.ip_addresses(v=4))
def test_ipv4_inside_ipv6_is_judged_as_ipv4(inner: Any) -> None:
    for outer in (f"::ffff:{inner}", f"64:ff9b::{inner}", str(ip_address(0x2002 << 112 | int(inner) << 80))):
        assert (forbidden(outer) is None) == (forbidden(str(inner)) is None)


@pytest.mark.parametrize(
    ("entry", "address", "passes"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000/", True),
        ("127.0.0.1:8000", "http://127.0.0.1:8000/", True),
        ("127.0.0.1:8000", "http://127.0.0.1:8001/", False),
        ("127.0.0.1", "http://127.0.0.2/", False),
        ("127.0.0.1", "http://127.1/", False),
        ("127.0.0.1", "http://[::ffff:127.0.0.1]/", False),
        ("::1", "http://[::1]:99/", True),
        ("[::1]:99", "http://[::1]:99/", True),
        ("[::1]:99", "http://[::1]:98/", False),
        ("Localhost", "http://LOCALHOST./", True),
        ("localhost:80", "http://localhost/", True),
        ("localhost", "http://x.localhost/", False),
        ("example.com", "http://10.0.0.1/", False),
    ],
)
def test_exceptions_are_exact(entry: str, address: str, passes: bool) -> None:
    gate = Gate(frozenset({entry}))
    if passes:
        gate.check(address)
    else:
        with pytest.raises(Refused):
            gate.check(address)


def names(**addresses: list[tuple[str, ...]]) -> Callable[[str, int], Any]:
    """A resolver that gives each name's answers in order, the last one again and again."""

    async def resolve(name: str, _port: int) -> tuple[str, ...]:
        answers = addresses[name.partition(".")[0]]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    return resolve


async def test_a_name_is_refused_when_any_of_its_addresses_is_forbidden() -> None:
    gate = Gate(resolve=names(good=[("93.184.216.34", "2606:4700::1111")], half=[("93.184.216.34", "10.0.0.1")]))
    assert await gate.addresses(URL("http://good.example/")) == ("93.184.216.34", "2606:4700::1111")
    with pytest.raises(Refused, match=r"half\.example resolves to 10\.0\.0\.1, a forbidden address \(private\)"):
        await gate.addresses(URL("http://half.example/"))


@pytest.mark.parametrize("answer", ["not an address", "127.1", "fe80::1%eth0", ""])
async def test_a_resolver_that_answers_nonsense_is_refused(answer: str) -> None:
    with pytest.raises(Refused):
        await Gate(resolve=names(odd=[(answer,)])).addresses(URL("http://odd.example/"))


async def test_the_session_asks_what_may_be_asked_and_nothing_else(site: Any) -> None:
    site.routes |= {"/hook": site.answer("ok"), "/away": site.redirect("http://127.0.0.1:9/")}
    async with Gate(frozenset({f"127.0.0.1:{site.port}"})).session(5) as session:
        async with session.get(site.url("/hook")) as answer:
            assert await answer.text() == "ok"
        with pytest.raises(Refused):
            await session.get(site.url("/away"))
        with pytest.raises(Refused):
            await session.get("http://169.254.169.254/")
    async with Gate().session(5) as session:
        with pytest.raises(Refused):
            await session.post(site.url("/hook"), json={})
    assert [heard.target for heard in site.heard] == ["/hook", "/away"]


async def test_rebinding_a_name_does_not_lead_inside(site: Any) -> None:
    """The first look-up is harmless, the second one names this machine: nothing is connected to."""
    gate = Gate(resolve=names(evil=[("93.184.216.34",), ("127.0.0.1",)]))
    url = URL(f"http://evil.example:{site.port}/")
    assert await gate.addresses(url) == ("93.184.216.34",)
    async with gate.session(5) as session:
        with pytest.raises(Refused, match=r"evil\.example resolves to 127\.0\.0\.1"):
            await session.get(url)
    assert site.heard == []


async def test_the_connection_goes_to_the_address_that_was_checked(site: Any) -> None:
    """The name is looked up once for a connection; what a later look-up would have said does not matter."""
    asked: list[str] = []

    async def resolve(name: str, _port: int) -> tuple[str, ...]:
        asked.append(name)
        return ("127.0.0.1",) if len(asked) == 1 else ("10.9.9.9",)

    site.routes["/page"] = site.answer("here")
    gate = Gate(frozenset({"inner.example"}), resolve=resolve)
    async with gate.session(5) as session, session.get(f"http://inner.example:{site.port}/page") as answer:
        assert await answer.text() == "here"
    assert asked == ["inner.example"]


async def test_the_engine_is_not_led_inside_by_rebinding(site: Any, make_engine: Any) -> None:
    gate = Gate(resolve=names(evil=[("93.184.216.34",), ("127.0.0.1",)]))
    answer = await make_engine(gate=gate).fetch(Ask(f"http://evil.example:{site.port}/", SourceKind.TERMS))
    assert isinstance(answer, NotFetched)
    assert "evil.example resolves to 127.0.0.1, a forbidden address (loopback)" in answer.reason
    assert site.heard == []


async def test_a_name_that_leads_inside_is_blocked_with_its_reason(site: Any, make_engine: Any) -> None:
    gate = Gate(resolve=names(inner=[("10.1.2.3",)]))
    answer = await make_engine(gate=gate).fetch(Ask("http://inner.example/", SourceKind.TERMS))
    assert answer == NotFetched(
        Outcome.BLOCKED,
        "forbidden address, http://inner.example/: inner.example resolves to 10.1.2.3, a forbidden address (private)",
    )


def test_the_socket_is_judged_last() -> None:
    gate = Gate(frozenset({"127.0.0.1:80"}))
    tcp = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
    with pytest.raises(Refused):
        gate.open_socket((*tcp, ("127.0.0.1", 80)))
    gate.check("http://127.0.0.1/")
    gate.open_socket((*tcp, ("127.0.0.1", 80))).close()
    with pytest.raises(Refused):
        gate.open_socket((*tcp, ("127.0.0.1", 81)))


def authority(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a self-signed certificate for a host name, and a client's that trusts exactly it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(chain, secret)
    return server, ssl.create_default_context(cafile=str(chain))


@pytest.mark.parametrize(
    ("trusted", "name"), [(False, "safe.example"), (True, "other.example"), (True, "safe.example")]
)
async def test_certificates_are_verified(
    make_site: Any, make_engine: Any, tmp_path: Path, trusted: bool, name: str
) -> None:
    server, client = authority(tmp_path, "safe.example")
    site = await make_site(tls=server)
    site.routes["/page"] = site.answer("confidential")
    gate = Gate(
        frozenset({name}),
        resolve=names(safe=[("127.0.0.1",)], other=[("127.0.0.1",)]),
        ssl_context=client if trusted else None,
    )
    answer = await make_engine(gate=gate).fetch(Ask(f"https://{name}:{site.port}/page", SourceKind.TERMS))
    if trusted and name == "safe.example":
        assert isinstance(answer, Fetched)
        assert answer.body == b"confidential"
    else:
        assert isinstance(answer, NotFetched)
        assert f"the TLS certificate of {name} is not trusted" in answer.reason
        assert site.heard == []


async def test_speaking_tls_to_a_plain_server_says_so(make_engine: Any) -> None:
    async def plain(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    answer = await make_engine().fetch(Ask(f"https://127.0.0.1:{port}/", SourceKind.TERMS))
    server.close()
    assert isinstance(answer, NotFetched)
    assert "TLS with 127.0.0.1 failed" in answer.reason


class Counting(Gate):
    """A gate that counts the sockets it opened."""

    opened = 0

    def open_socket(self, info: Any) -> socket.socket:
        self.opened += 1
        return super().open_socket(info)


async def test_a_connection_that_cannot_be_made_is_tried_twice(site: Any, make_engine: Any) -> None:
    gate = Counting(frozenset({"127.0.0.1"}))
    engine = make_engine(gate=gate)
    site.routes["/robots.txt"] = site.redirect("http://127.0.0.1:1/")
    await engine.fetch(Ask(site.url(), SourceKind.TERMS))
    assert gate.opened == 1 + 2


def test_a_context_that_does_not_verify_is_not_accepted() -> None:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with pytest.raises(ValueError, match="verify"):
        Gate(ssl_context=context)


def disguised() -> dict[str, str]:
    """Addresses by which a redirect may try to reach the machine itself; {port} is that of a listener."""
    hosts = [host for host in FORBIDDEN_HOSTS if host not in ("127.0.0.9",)]
    plain = [f"http://{host}:{{port}}/secret" for host in hosts]
    secure = [f"https://{host}:{{port}}/secret" for host in hosts]
    schemeless = [f"//{host}:{{port}}/secret" for host in hosts]
    others = [
        *("http://user@127.0.0.9:{port}/", "http://example.com@127.0.0.9:{port}/", "http://127.0.0.9:{port}"),
        *("http:\\\\127.0.0.9:{port}/", "http:/\\127.0.0.9:{port}/", "/\\127.0.0.9:{port}/", "\\\\127.0.0.9:{port}/"),
        *(
            "HTTP://127.0.0.9:{port}/",
            "hTtP://127.0.0.9:{port}/",
            " http://127.0.0.9:{port}/",
            "\thttp://127.0.0.9:{port}/",
        ),
        *("http://127.0.0.9.:{port}/", "http://127.9:{port}/", "http://0x7f.9:{port}/", "http://2130706441:{port}/"),
        *("http://%31%32%37.0.0.9:{port}/", "http://127.0.0.9%00.example.com:{port}/", "http://127.0.0.9#@x:{port}/"),
        *("http://evil.example:{port}/", "https://evil.example:{port}/", "//evil.example:{port}/"),
        *("http://half.example:{port}/", "http://late.example:{port}/", "http://mapped.example:{port}/"),
        *(
            "ftp://127.0.0.9:{port}/",
            "gopher://127.0.0.9:{port}/_GET",
            "dict://127.0.0.9:{port}/",
            "ws://127.0.0.9:{port}/",
        ),
    ]
    return {f"{number}": address for number, address in enumerate([*plain, *secure, *schemeless, *others])}


async def test_no_redirect_and_no_changing_answer_reaches_a_forbidden_listener(
    make_site: Any, make_engine: Any
) -> None:
    """Through the engine, from an allowed host: 0 connections to listeners that are not allowed."""
    reached: list[str] = []

    async def listener(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.append(str(writer.get_extra_info("sockname")))
        writer.close()

    inner = await asyncio.start_server(listener, "127.0.0.9", 0)
    port = inner.sockets[0].getsockname()[1]
    others = [await asyncio.start_server(listener, host, port) for host in ("127.0.0.1", "::1")]
    looked_up = 0

    async def alternating(name: str, _port: int) -> tuple[str, ...]:
        """Each look-up of evil.example says something else: outside when it is judged, inside when it is connected."""
        nonlocal looked_up
        looked_up += 1
        if name.startswith("late"):
            return ("93.184.216.34",) if looked_up % 3 else ("127.0.0.9",)
        inside = {"half": ("93.184.216.34", "127.0.0.9"), "mapped": ("::ffff:127.0.0.9",)}
        return inside.get(name.partition(".")[0]) or (("93.184.216.34",), ("127.0.0.9",))[looked_up % 2]

    class Offline(Gate):
        """Connects to loopback alone: what the gate lets out into the world ends here, and not on the real network."""

        def open_socket(self, info: Any) -> socket.socket:
            made = super().open_socket(info)
            if not str(info[4][0]).startswith("127."):
                made.close()
                raise ConnectionRefusedError("the test stays on this machine")
            return made

    site = await make_site(host="127.0.0.2")
    gate = Offline(frozenset({f"127.0.0.2:{site.port}"}), resolve=alternating)
    tricks = disguised()
    assert len(tricks) >= 200
    site.routes |= {f"/{name}": site.redirect(address.format(port=port)) for name, address in tricks.items()}
    engine = make_engine(gate=gate, limits=Limits(seconds=5))
    answers = {
        name: await engine.fetch(Ask(site.url(f"/{name}"), SourceKind.TERMS))
        for name in tricks
        for _ in range(4 if ".example" in tricks[name] else 1)
    }
    for server in (inner, *others):
        server.close()
    assert reached == []
    assert [
        tricks[name] for name, answer in answers.items() if isinstance(answer, Fetched) and answer.status == 200
    ] == []
