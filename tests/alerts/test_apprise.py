"""Does a message go out through apprise, within the service's limit, and nowhere the outbound gate would not go?"""

from __future__ import annotations

import json
import socket
import sys
import time

import pytest
from aiohttp import web

from alerts.apprise_sending import Order, fitted, is_local, without_secrets
from alerts.channel import PermanentFailure, Recipient, TransientFailure
from alerts.channels.apprise import AppriseChannel, calls_nobody, known_address, order_of
from alerts.message import changes_message
from store.interests import InvalidSubscription

KEY = "0f9d7c0e-0000-5000-8000-000000000001"
PROGRAM = ("-m", "tocsin.apprise_process")
SECRET = "t0k3n-that-nobody-may-read"


class Service:
    """A service's memory, and the status it answers with."""

    def __init__(self):
        self.host, self.port, self.got, self.status, self.to = "127.0.0.1", 0, [], 200, None

    async def hook(self, request):
        self.got.append(await request.text())
        headers = {"Location": self.to} if self.to else {}
        return web.Response(status=self.status, text=f"no, {SECRET}", headers=headers)

    def address(self, schema="json"):
        return f"{schema}://user:{SECRET}@{self.host}:{self.port}/{SECRET}"


@pytest.fixture
async def service():
    found, app = Service(), web.Application()
    app.router.add_route("*", "/{path:.*}", found.hook)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.port = runner.addresses[0][1]
    yield found
    await runner.cleanup()


@pytest.fixture
def message(made):
    return changes_message([made.texts(*made.LOST_TWO)], made.subscription(), "https://tocsin.example.org")


@pytest.fixture
def opened():
    return AppriseChannel(PROGRAM, allow_hosts=frozenset({"127.0.0.1"}))


@pytest.mark.parametrize("schema", ["json", "form", "xml"])
async def test_the_message_arrives(message, opened, service, schema):
    receipt = await opened.send(message, Recipient(service.address(schema)), KEY)
    assert receipt.text == "taken"
    (got,) = service.got
    for said in ("no+longer+lists" if schema == "form" else "no longer lists", "Macao", KEY):
        assert said in got
    if schema == "json":
        told = json.loads(got)
        assert told["title"] == message.subject
        assert told["message"].splitlines()[0] == message.first_line
        assert "https://tocsin.example.org/changes/1..2" in told["message"].splitlines()


@pytest.mark.parametrize("status", [400, 404, 429, 500])
async def test_a_refusal_is_tried_again_and_tells_no_secret(message, opened, service, status):
    service.status = status
    with pytest.raises(TransientFailure) as caught:
        await opened.send(message, Recipient(service.address() + "?optional=yes&retry=3"), KEY)
    assert str(status) in caught.value.reason
    assert SECRET not in caught.value.reason
    assert len(service.got) == 1  # the outbox tries again, apprise does not


async def test_an_unreachable_service_is_tried_again(message, opened):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(TransientFailure, match="onnection") as caught:
        await opened.send(message, Recipient(f"json://127.0.0.1:{port}/{SECRET}"), KEY)
    assert SECRET not in caught.value.reason


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "[::1]", "[::ffff:127.0.0.1]"])
async def test_no_connection_goes_where_the_gate_would_not_go(message, service, host):
    service.host = host
    with pytest.raises((PermanentFailure, TransientFailure), match=r"forbidden address|onnection|cannot send"):
        await AppriseChannel(PROGRAM).send(message, Recipient(service.address()), KEY)
    assert service.got == []


async def test_a_redirect_does_not_lead_inside(message, service):
    service.status, service.to = 307, f"http://localhost:{service.port}/inside"
    only = AppriseChannel(PROGRAM, allow_hosts=frozenset({f"127.0.0.1:{service.port}"}))
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        service.to = f"http://127.0.0.1:{other.getsockname()[1]}/inside"
        with pytest.raises(PermanentFailure, match=r"127\.0\.0\.1 is a forbidden address"):
            await only.send(message, Recipient(service.address()), KEY)
    assert len(service.got) == 1


async def test_datagrams_are_judged_too(message):
    with pytest.raises(PermanentFailure, match=r"127\.0\.0\.1 is a forbidden address"):
        await AppriseChannel(PROGRAM).send(message, Recipient("rsyslog://127.0.0.1/user"), KEY)


async def test_a_host_and_port_that_are_allowed_are_let_through(message, service):
    service.host = "localhost"
    channel = AppriseChannel(PROGRAM, allow_hosts=frozenset({f"localhost:{service.port}"}))
    await channel.send(message, Recipient(service.address()), KEY)
    assert len(service.got) == 1


async def test_what_takes_too_long_is_ended(message):
    began = time.monotonic()
    with pytest.raises(TransientFailure, match=r"within 0\.3 s"):
        await AppriseChannel(("-c", "import time; time.sleep(60)"), timeout=0.3).send(
            message, Recipient("json://x"), KEY
        )
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("program", ["raise SystemExit(3)", "print('Traceback " + SECRET + "')"])
async def test_a_broken_process_is_a_failure_that_may_pass(message, program):
    with pytest.raises(TransientFailure, match="without an answer") as caught:
        await AppriseChannel(("-c", program)).send(message, Recipient(f"json://{SECRET}"), KEY)
    assert SECRET not in caught.value.reason


async def test_the_environment_stays_here(message, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("TOCSIN_SMTP_URL", "smtp://user:password@host")
    told = "import json, os; print(json.dumps({'outcome': 'failed', 'reason': ' '.join(sorted(os.environ))}))"
    with pytest.raises(TransientFailure) as caught:
        await AppriseChannel(("-c", told)).send(message, Recipient("json://x"), KEY)
    assert "PROXY" not in caught.value.reason
    assert "TOCSIN" not in caught.value.reason


@pytest.mark.parametrize("address", ["foo://bar", "syslog://", "dbus://", "discord://"])
async def test_an_address_that_apprise_cannot_use_is_dead(message, opened, address):
    with pytest.raises(PermanentFailure, match="cannot send to this address"):
        await opened.send(message, Recipient(address), KEY)


@pytest.mark.parametrize(
    ("address", "because"),
    [
        (f"foo://{SECRET}", "apprise knows no such service"),
        (SECRET, "apprise knows no such service"),
        ("discord://", "apprise misses a part"),
        ("syslog://", "on the machine that Tocsin runs on"),
        ("SYSLOG://", "on the machine that Tocsin runs on"),
        ("windows://", "on the machine that Tocsin runs on"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_with_the_reason(address, because):
    with pytest.raises(InvalidSubscription, match=because) as caught:
        known_address(address)
    assert "//" + SECRET not in str(caught.value)


@pytest.mark.parametrize("address", ["json://host/path", "tgram://123456789:abcdefg_hijklmnop/12315544/"])
def test_an_address_that_can_be_used_is_kept(address):
    assert known_address(address) == address


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(InvalidSubscription, match="extra 'channels'"):
        known_address("json://host")


def order(lines=20, room=None):
    return Order(
        "json://h", "Title", "S" * 80, tuple(f"- line {n} " + "x" * 60 for n in range(lines)), "https://l", KEY
    )


@pytest.mark.parametrize("room", [1, 10, 100, 160, 280, 500, 1000, 2000, 4096, 0])
@pytest.mark.parametrize("titled", [True, False])
def test_the_text_keeps_to_the_services_limit_and_ends_with_the_link(room, titled):
    text = fitted(order(), room, titled=titled)
    assert len(text) + (len("Title") if titled and room > 10 else 0) <= (room or 32_768)
    if room == 0 or room >= 100:
        assert text.splitlines()[0].startswith("SSS")
        assert "https://l" in text.splitlines()
    if 100 < room < 2000:
        assert "…" in text


def test_a_long_text_says_that_it_is_cut():
    text = fitted(order(), 500, titled=True).splitlines()
    assert text[-3:] == ["…", "https://l", f"({KEY})"]
    assert "…" not in fitted(order(), 0, titled=True)


@pytest.mark.parametrize("text", ["@everyone", "<!channel>", "<@U123>", "@here now", "a@b.example"])
def test_page_text_calls_nobody_and_looks_the_same(text):
    said = calls_nobody(f"x {text}\r\n\u202ey")
    assert text not in said
    assert said.replace("\u2060", "") == f"x {text} y"


def test_titles_of_pages_call_nobody(made):
    texts = made.texts(made.removed("HK", "Hong Kong", 1), product="@everyone", title="<!here>", publisher="@all")
    told = order_of(changes_message([texts], made.subscription()), "json://h", KEY)
    assert not any(call in f"{told.title}{told.opening}{told.lines}" for call in ("@everyone", "<!here>", "@all"))


def test_reasons_lose_every_part_of_the_address():
    said = without_secrets(
        f"could not send to https://host.example/{SECRET}: 404", f"json://user:{SECRET}@host.example/"
    )
    assert said == "could not send to https://…/…: 404"


def test_what_acts_on_this_machine_is_known():
    assert is_local("dbus://")
    assert not is_local("discord://a/b")
