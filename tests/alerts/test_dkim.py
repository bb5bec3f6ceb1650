"""Is a mail signed so that another program verifies it, and is a changed one found out?"""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass, field

import dkim
import pytest
from aiosmtpd.smtp import SMTP
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from alerts.channel import Recipient, Thread
from alerts.channels import open_channels
from alerts.mail import Sender, Signature, mail_bytes, mail_of
from alerts.message import changes_message

KEY = "00000000-0000-5000-8000-000000000001"
SENDER = Sender.parse("Tocsin <tocsin@alerts.example.org>")


@dataclass
class Wire:
    """What a server was handed, byte for byte."""

    port: int = 0
    contents: list[bytes] = field(default_factory=list)

    async def handle_DATA(self, server, session, envelope) -> str:
        self.contents.append(envelope.original_content)
        return "250 OK"


@pytest.fixture
async def wire():
    found, loop = Wire(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(found, hostname="127.0.0.1", loop=loop), "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    yield found
    server.close()


@pytest.fixture(scope="module")
def private_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(params=["TraditionalOpenSSL", "PKCS8"])
def key_file(request, tmp_path, private_key):
    form = getattr(serialization.PrivateFormat, request.param)
    file = tmp_path / "dkim.pem"
    file.write_bytes(private_key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return file


@pytest.fixture
def record(private_key):
    """The TXT record as a name server would give it: of one name only."""
    public = private_key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    text = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)

    def looked_up(name, timeout=5):
        return text if name == b"weekly._domainkey.alerts.example.org." else None

    return looked_up


@pytest.fixture
def raw(made, clock, key_file):
    message = changes_message((made.texts(*made.LOST_TWO),), made.subscription(), "https://tocsin.example.org")
    mail = mail_of(message, "ada@example.org", KEY, SENDER, clock(), Thread("0" * 36))
    return mail_bytes(mail, SENDER, Signature.read(key_file, "weekly"))


def test_the_signature_verifies(raw, record):
    assert dkim.verify(raw, dnsfunc=record)
    tags = dict(part.strip().split("=", 1) for part in _unfolded(raw).split(";"))
    assert (tags["d"], tags["s"], tags["c"], tags["a"]) == (
        "alerts.example.org",
        "weekly",
        "relaxed/relaxed",
        "rsa-sha256",
    )
    signed = {name.strip() for name in tags["h"].split(":")}
    wanted = {"from", "to", "subject", "date", "message-id", "list-unsubscribe", "list-unsubscribe-post", "list-id"}
    assert wanted | {"references", "in-reply-to"} <= signed


def _unfolded(raw: bytes) -> str:
    head = raw.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ")
    (line,) = [one for one in head.split(b"\r\n") if one.startswith(b"DKIM-Signature:")]
    return line.partition(b":")[2].decode()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Subject: [high]", b"Subject: [info]"),
        (b"Hong Kong", b"Hongkong"),
        (b"/unsubscribe/", b"/subscribe/"),
        (b"To: ada@", b"To: eve@"),
        (b"Date: Tue", b"From: eve@example.org\r\nDate: Tue"),
        (b"Date: Tue", b"Subject: buy\r\nDate: Tue"),
    ],
)
def test_a_changed_mail_is_found_out(raw, record, old, new):
    assert old in raw
    assert not dkim.verify(raw.replace(old, new, 1), dnsfunc=record)


def test_relays_may_fold_and_space_it_anew(raw, record):
    """relaxed/relaxed: what mail servers do to a mail on its way leaves the signature whole."""
    assert dkim.verify(
        raw.replace(b"Subject: [high] OpenAI API", b"Subject:  [high]  OpenAI\r\n API", 1), dnsfunc=record
    )


async def test_it_verifies_after_the_wire(made, clock, key_file, record, wire, servers):
    """The way of the settings: a key file and a selector, a server, what it received."""
    channel = open_channels(
        smtp_url=f"smtp://127.0.0.1:{wire.port}?starttls=never",
        mail_from="Tocsin <tocsin@alerts.example.org>",
        session=servers.session,
        clock=clock,
        dkim_key=key_file,
        dkim_selector="weekly",
    )["email"]
    dots = made.texts(*made.LOST_TWO, reasons=(".", ".. two dots", "Ümläut 中国 " * 40))
    await channel.send(changes_message((dots,), made.subscription()), Recipient("ada@example.org"), KEY)
    assert dkim.verify(wire.contents[0], dnsfunc=record)


@pytest.mark.parametrize("content", [b"", b"no key", None])
def test_a_file_that_is_no_key_is_refused(tmp_path, content):
    file = tmp_path / "key.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ValueError, match="no private RSA key in PEM form"):
        Signature.read(file, "weekly")


def test_a_key_of_another_kind_is_refused(tmp_path):
    file = tmp_path / "key.pem"
    key = ec.generate_private_key(ec.SECP256R1())
    form = serialization.PrivateFormat.PKCS8
    file.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    with pytest.raises(ValueError, match="no private RSA key in PEM form"):
        Signature.read(file, "weekly")


def test_a_mail_to_letters_outside_ascii_verifies(made, clock, key_file, record):
    message = changes_message((made.texts(*made.LOST_TWO, product="中国 API"),), made.subscription())
    mail = mail_of(message, "佐藤@example.org", KEY, SENDER, clock())
    assert dkim.verify(mail_bytes(mail, SENDER, Signature.read(key_file, "weekly")), dnsfunc=record)


def test_an_unsigned_mail_has_no_signature(made, clock):
    message = changes_message((made.texts(*made.LOST_TWO),), made.subscription())
    mail = mail_of(message, "ada@example.org", KEY, SENDER, clock())
    assert b"DKIM-Signature" not in mail_bytes(mail, SENDER, None)
