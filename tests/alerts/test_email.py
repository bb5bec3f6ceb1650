"""Does a mail arrive as it should, and is every way a mail server can refuse it told apart?"""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy

import pytest

from alerts.channel import PermanentFailure, Recipient, Thread, TransientFailure
from alerts.channels.email import EmailChannel
from alerts.language import speaking
from alerts.message import changes_message
from alerts.smtp_server import Tls, smtp_server

KEY = "0f9d7c0e-0000-5000-8000-000000000001"

MEGABYTE = "a{{7*7}} " * 131_072


@pytest.fixture
def message(made):
    return changes_message((made.texts(*made.LOST_TWO),), made.subscription(), "https://tocsin.example.org")


@pytest.fixture
def channel(clock):
    def opened(url: str, **more):
        return EmailChannel(smtp_server(url), "Tocsin <tocsin@alerts.example.org>", clock, timeout=2, **more)

    return opened


async def test_the_mail_says_what_changed_and_carries_its_names(message, channel, mail_servers, mailbox):
    port = await mail_servers()
    receipt = await channel(f"smtp://127.0.0.1:{port}").send(message, Recipient("ada@example.org"), KEY)
    mail = mailbox.mails[0]
    assert receipt.text == "250 queued as 4711"
    assert mailbox.recipients == ["ada@example.org"]
    assert mail["Subject"] == "[high] OpenAI API no longer lists Hong Kong and Macao"
    assert mail["Message-ID"] == f"<{KEY}@alerts.example.org>"
    assert mail["Date"] == "Tue, 09 Jul 2024 08:00:00 +0000"
    assert mail["References"] is mail["In-Reply-To"] is None
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "Tocsin 1 <subscription-1.tocsin.alerts.example.org>"
    assert mail["Content-Language"] == "en"
    assert mail["List-Unsubscribe"] == f"<https://tocsin.example.org/unsubscribe/{'s' * 43}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text = mail.get_body(("plain",)).get_content()
    assert text.splitlines()[0] == (
        "OpenAI API no longer lists Hong Kong and Macao (seen 9 July 2024 08:00 UTC, confirmed 08:10)"
    )
    assert ">Hong Kong</mark>" in mail.get_body(("html",)).get_content()
    assert mail.get_content_type() == "multipart/alternative"


async def test_an_answer_stands_in_the_thread_of_what_it_answers(message, channel, mail_servers, mailbox):
    await channel(f"smtp://127.0.0.1:{await mail_servers()}").send(
        message, Recipient("ada@example.org"), KEY, Thread("0" * 36)
    )
    mail = mailbox.mails[0]
    assert mail["References"] == mail["In-Reply-To"] == f"<{'0' * 36}@alerts.example.org>"
    assert mail["Message-ID"] == f"<{KEY}@alerts.example.org>"


def test_a_mail_says_its_language(made, channel):
    with speaking("zh_Hans_CN"):
        message = changes_message((made.texts(*made.LOST_TWO),), made.subscription(locale="zh_Hans_CN"))
    mail = channel("smtp://127.0.0.1").mail(message, "ada@example.org", KEY)
    assert mail["Content-Language"] == "zh-Hans-CN"
    assert '<html lang="zh-Hans-CN"' in message.html


@pytest.mark.parametrize("hostile", [{"title": MEGABYTE, "product": MEGABYTE}, {"reasons": ("x\r\ny\rz\n" * 99,)}])
def test_a_mail_keeps_to_the_line(made, channel, hostile):
    """RFC 5322 2.1.1 and 2.3: no line over 998 signs, no CR or LF but as a pair, whatever a page said."""
    raw = channel("smtp://127.0.0.1").mail(_of(made, **hostile), "ada@example.org", KEY).as_bytes()
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert len(raw) < 200_000


def _of(made, **other):
    return changes_message((made.texts(*made.LOST_TWO, **other),), made.subscription())


@pytest.mark.parametrize("field", ["title", "product", "publisher", "source", "url", "language", "model"])
def test_no_field_of_a_change_can_add_a_header(made, channel, field):
    evil = "x\r\nBcc: eve@example.org\r\n\r\n{{7*7}} ${7*7} <%= 7*7 %>"
    message = _of(made, **{field: evil})
    mail = channel("smtp://127.0.0.1").mail(message, "ada@example.org", KEY)
    assert message_from_bytes(mail.as_bytes(), policy=policy.default)["Bcc"] is None
    assert "49" not in message.subject + message.text  # nothing calculated what looks like a template


@pytest.mark.parametrize("address", ["ada@example.org\r\nBcc: eve@example.org", "@", "", "example.org"])
async def test_an_address_that_fits_no_header_is_refused(message, channel, mail_servers, mailbox, address):
    with pytest.raises(PermanentFailure):
        await channel(f"smtp://127.0.0.1:{await mail_servers()}").send(message, Recipient(address), KEY)
    assert mailbox.mails == []


def test_a_sender_s_host_is_written_in_ascii(clock, message):
    channel = EmailChannel(smtp_server("smtp://127.0.0.1"), "Glocke <tocsin@bücher.example>", clock)
    mail = channel.mail(message, "ada@example.org", KEY)
    assert mail["Message-ID"] == f"<{KEY}@xn--bcher-kva.example>"
    assert mail.as_bytes().isascii()


def test_names_in_angle_brackets_are_never_encoded_however_long(made, clock):
    """A mailbox that reads List-Unsubscribe or References as RFC 2047 says decodes nothing there."""
    host = f"alerts.{'long.' * 12}example.org"
    channel = EmailChannel(smtp_server("smtp://127.0.0.1"), f"tocsin@{host}", clock)
    message = changes_message((made.texts(*made.LOST_TWO),), made.subscription(), f"https://{host}/tocsin")
    for base_url, way in (
        (f"https://{host}/tocsin", f"<https://{host}/tocsin/unsubscribe/{'s' * 43}>"),
        (None, f"<mailto:tocsin@{host}?subject=unsubscribe%20{'s' * 43}>"),
    ):
        message = changes_message((made.texts(*made.LOST_TWO),), made.subscription(), base_url)
        lines = channel.mail(message, "ada@example.org", KEY, Thread("1" * 36)).as_bytes().decode("ascii").split("\r\n")
        assert f"List-Unsubscribe: {way}" in lines
        assert f"Message-ID: <{KEY}@{host}>" in lines
        assert {f"{name}: <{'1' * 36}@{host}>" for name in ("References", "In-Reply-To")} <= set(lines)
        assert f"List-Id: Tocsin 1 <subscription-1.tocsin.{host}>" in lines


@pytest.mark.parametrize("sender", ["Tocsin", "", "Tocsin <>"])
def test_a_sender_without_an_address_is_refused(clock, sender):
    with pytest.raises(ValueError, match="is not an address"):
        EmailChannel(smtp_server("smtp://127.0.0.1"), sender, clock)


@pytest.mark.parametrize(("base_url", "one_click"), [(None, False), ("http://tocsin.lan", False)])
def test_one_click_is_promised_only_over_https(made, channel, base_url, one_click):
    message = changes_message((made.texts(*made.LOST_TWO),), made.subscription(), base_url)
    mail = channel("smtp://127.0.0.1").mail(message, "ada@example.org", KEY)
    assert ("List-Unsubscribe-Post" in mail) is one_click
    way = "<http://tocsin.lan/unsubscribe/" if base_url else "<mailto:tocsin@alerts.example.org?subject=unsubscribe%20"
    assert mail["List-Unsubscribe"].startswith(way)


async def test_starttls_and_login(message, channel, mail_servers, mailbox, certificate, servers):
    port = await mail_servers(
        tls_context=certificate.server(), authenticator=servers.authenticator, auth_require_tls=True
    )
    url = f"smtp://tocsin:p%40ss%20word@127.0.0.1:{port}?cafile={certificate.cert}"
    await channel(url).send(message, Recipient("ada@example.org"), KEY)
    assert mailbox.secured == [True]


async def test_tls_from_the_start(message, channel, mail_servers, mailbox, certificate):
    port = await mail_servers(ssl_context=certificate.server())
    trusted = ssl.create_default_context(cafile=str(certificate.cert))
    await channel(f"smtps://127.0.0.1:{port}", tls=trusted).send(message, Recipient("ada@example.org"), KEY)
    assert len(mailbox.mails) == 1


@pytest.mark.parametrize(
    ("query", "reason"),
    [("starttls=required", "certificate"), ("starttls=required&cafile={cert}", "refuses our user name or password")],
)
async def test_the_operators_troubles_pass_when_mended(
    message, channel, mail_servers, mailbox, certificate, servers, query, reason
):
    port = await mail_servers(tls_context=certificate.server(), authenticator=servers.authenticator)
    url = f"smtp://tocsin:wrong@127.0.0.1:{port}?{query.format(cert=certificate.cert)}"
    with pytest.raises(TransientFailure, match=f"(?i){reason}"):
        await channel(url).send(message, Recipient("ada@example.org"), KEY)
    assert mailbox.mails == []


async def test_a_password_never_travels_in_the_clear(message, channel, mail_servers, mailbox, servers):
    port = await mail_servers(authenticator=servers.authenticator, auth_require_tls=False)
    with pytest.raises(TransientFailure, match="no STARTTLS"):
        await channel(f"smtp://tocsin:p%40ss%20word@127.0.0.1:{port}").send(message, Recipient("ada@example.org"), KEY)
    assert mailbox.mails == []


@pytest.mark.parametrize(
    ("step", "answer", "failure", "address_is_dead"),
    [
        ("at_rcpt", "550 5.1.1 no such user", PermanentFailure, True),
        ("at_rcpt", "450 4.2.1 try again later", TransientFailure, None),
        ("at_rcpt", "550 5.7.1 relay not permitted", TransientFailure, None),
        ("at_rcpt", "530 5.7.0 authentication required", TransientFailure, None),
        ("at_rcpt", "421 4.3.2 going down", TransientFailure, None),
        ("at_mail", "550 5.1.8 sender refused", TransientFailure, None),
        ("at_data", "554 5.7.1 looks like spam", PermanentFailure, False),
        ("at_data", "451 4.3.0 disk full", TransientFailure, None),
        ("at_data", "421 4.4.2 time is up", TransientFailure, None),
        ("at_data", "drop", TransientFailure, None),
    ],
)
async def test_refusals_are_told_apart(message, channel, mail_servers, mailbox, step, answer, failure, address_is_dead):
    getattr(mailbox, step).append(answer)
    with pytest.raises(failure) as caught:
        await channel(f"smtp://127.0.0.1:{await mail_servers()}").send(message, Recipient("ada@example.org"), KEY)
    if answer != "drop":
        assert answer[:3] in caught.value.reason
    assert getattr(caught.value, "address_is_dead", None) is address_is_dead


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


async def test_a_silent_server_does_not_hold_us(message, clock, silent_port):
    channel = EmailChannel(smtp_server(f"smtp://127.0.0.1:{silent_port}"), "t@example.org", clock, timeout=0.2)
    with pytest.raises(TransientFailure, match=r"no answer within 0\.2 s"):
        await channel.send(message, Recipient("ada@example.org"), KEY)


async def test_a_closed_port_is_transient(message, channel):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(TransientFailure, match="cannot be used"):
        await channel(f"smtp://127.0.0.1:{port}").send(message, Recipient("ada@example.org"), KEY)


async def test_a_server_that_dies_after_taking_the_mail_has_taken_it(message, channel):
    """Once DATA is answered with 250, a lost goodbye must not make it a failure, or the mail goes out twice."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        answers = iter(["250 me", "250 ok", "250 ok", "354 go on", "250 taken"])
        thread = threading.Thread(target=_converse, args=(server, answers), daemon=True)
        thread.start()
        receipt = await channel(f"smtp://127.0.0.1:{port}?starttls=never").send(
            message, Recipient("ada@example.org"), KEY
        )
        await asyncio.to_thread(thread.join, 5)
    assert receipt.text == "250 taken"


def _converse(server: socket.socket, answers: Iterator[str]) -> None:
    connection, _ = server.accept()
    with connection, connection.makefile("rb") as lines:
        connection.sendall(b"220 hello\r\n")
        for answer in answers:
            ended = False
            while not ended:
                line = lines.readline()
                ended = line == b".\r\n" if answer == "250 taken" else True
            connection.sendall(answer.encode() + b"\r\n")


async def test_hostile_titles_stay_in_their_line(made, channel, mail_servers, mailbox):
    evil = "List\r\nBcc: eve@example.org\r\n\r\n<script>alert(1)</script>\u202egnp"
    texts = made.texts(*made.LOST_TWO, title=evil, product=evil, reasons=(evil,))
    message = changes_message((texts,), made.subscription())
    await channel(f"smtp://127.0.0.1:{await mail_servers()}").send(message, Recipient("ada@example.org"), KEY)
    mail = mailbox.mails[0]
    assert mail["Bcc"] is None
    assert mailbox.recipients == ["ada@example.org"]
    html = mail.get_body(("html",)).get_content()
    assert "<script" not in html
    assert "\u202e" not in html + str(mail["Subject"])


async def test_letters_outside_ascii(message, channel, mail_servers, mailbox):
    port = await mail_servers(enable_SMTPUTF8=True)
    await channel(f"smtp://127.0.0.1:{port}").send(message, Recipient("佐藤@example.org"), KEY)
    assert mailbox.recipients == ["佐藤@example.org"]
    with pytest.raises(PermanentFailure, match="SMTPUTF8"):
        await channel(f"smtp://127.0.0.1:{await mail_servers(enable_SMTPUTF8=False)}").send(
            message, Recipient("佐藤@x.org"), KEY
        )


@pytest.mark.parametrize(
    ("url", "port", "tls"),
    [
        ("smtp://mail.example.org", 25, Tls.OPPORTUNISTIC),
        ("smtp://u:p@mail.example.org", 587, Tls.REQUIRED),
        ("smtps://u:p@mail.example.org", 465, Tls.FROM_THE_START),
        ("smtp://mail.example.org:2525?starttls=never", 2525, Tls.NEVER),
        ("smtp://[::1]:26?starttls=required", 26, Tls.REQUIRED),
    ],
)
def test_the_setting_is_read(url, port, tls):
    server = smtp_server(url)
    assert (server.port, server.tls) == (port, tls)
    assert "p'" not in repr(server)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mail.example.org", "smtp://user"),
        ("http://mail.example.org", "smtp://user"),
        ("smtp://h:port", "not a number"),
        ("smtp://h?starttls=maybe", "required, opportunistic, never"),
        ("smtp://h?tls=yes", "allowed: starttls, cafile"),
        ("smtps://h?starttls=never", "leave starttls out"),
    ],
)
def test_a_bad_setting_says_what_is_allowed(url, says):
    with pytest.raises(ValueError, match=says):
        smtp_server(url)
