"""Does a mail server that people run take our mail, keep it whole, and refuse what it must? OpenSMTPD, from Debian.

It starts only as root and once a machine; where it cannot, these tests say why they are skipped.
"""

from __future__ import annotations

import base64
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

import dkim
import pytest
from aiosmtpd.controller import Controller
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from alerts.channel import PermanentFailure, Recipient, Thread
from alerts.channels.email import EmailChannel
from alerts.incoming import incoming
from alerts.mail import Signature
from alerts.message import changes_message
from alerts.run import announce, deliver
from alerts.smtp_server import smtp_server
from store.outbox_views import deliveries
from store.subscriptions import NewSubscription, add, subscription
from store.values import DeliveryState

SMTPD = shutil.which("smtpd") or shutil.which("/usr/sbin/smtpd")
KEY = "0f9d7c0e-0000-5000-8000-000000000001"
KEPT_BY = "nobody"  # an ordinary user: OpenSMTPD delivers to nobody's account but root's


@dataclass
class Mx:
    """A running server that keeps mail for ada@example.org and our sender in a folder and knows nobody else there.

    What is for example.net it takes and passes on to another server, which hears of nobody of that name.
    """

    port: int
    folder: Path

    def mails(self, number: int, within: float = 20) -> list[bytes]:
        """What was stored, byte for byte, waited for until so many are there."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            found = sorted((self.folder / "mail" / "new").glob("*"), key=lambda file: file.stat().st_mtime_ns)
            if len(found) >= number:
                return [file.read_bytes() for file in found]
            time.sleep(0.05)
        raise AssertionError(f"{number} mails were not stored within {within:g} s")


class KnowsNobody:
    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        return f"550 5.1.1 {address} is nobody here"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _why_not() -> str | None:
    if SMTPD is None:
        return "OpenSMTPD is not installed (apt-get install opensmtpd)"
    if os.geteuid() != 0:
        return "OpenSMTPD starts only as root"
    control = Path("/var/run/smtpd.sock")
    with socket.socket(socket.AF_UNIX) as other:
        if control.exists() and other.connect_ex(str(control)) == 0:
            return "another OpenSMTPD runs on this machine"
    return None


@pytest.fixture(scope="module")
def mx() -> Iterator[Mx]:
    if reason := _why_not():
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="tocsin-mx-"))
    folder.chmod(0o755)
    (folder / "box").mkdir()
    shutil.chown(folder / "box", KEPT_BY)
    port = _free_port()
    elsewhere = Controller(KnowsNobody(), hostname="127.0.0.1", port=_free_port())
    elsewhere.start()
    config = folder / "smtpd.conf"
    config.write_text(f"""\
table known {{ "ada@example.org" = {KEPT_BY}, "tocsin@alerts.example.org" = {KEPT_BY} }}
listen on 127.0.0.1 port {port} hostname mx.example.org
action "keep" maildir "{folder}/box/mail" virtual <known>
action "pass on" relay host "smtp://127.0.0.1:{elsewhere.port}" # speaks no TLS
match from any for domain {{ "example.org", "alerts.example.org" }} action "keep"
match from any for domain "example.net" action "pass on"
""")
    server = subprocess.Popen([str(SMTPD), "-d", "-f", str(config)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        _greeted(port, server)
        yield Mx(port, folder / "box")
    finally:
        server.terminate()
        server.wait(10)
        elsewhere.stop()
        shutil.rmtree(folder)


def _greeted(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        if server.poll() is not None:
            pytest.skip(f"OpenSMTPD does not start here: {server.communicate()[0].decode()[-300:]}")
        with socket.socket() as tried:
            tried.settimeout(1)
            if tried.connect_ex(("127.0.0.1", port)) == 0 and tried.recv(3) == b"220":
                return
        time.sleep(0.1)
    pytest.fail("OpenSMTPD started and does not greet")


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def signed(mx, key, clock, tmp_path):
    """Our channel to that server, with a DKIM key."""
    form, bare = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file = tmp_path / "dkim.pem"
    file.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, bare))
    return EmailChannel(
        smtp_server(f"smtp://127.0.0.1:{mx.port}?starttls=never"),
        "Tocsin <tocsin@alerts.example.org>",
        clock,
        signature=Signature.read(file, "weekly"),
        timeout=10,
    )


async def test_a_change_is_told_taken_and_kept(database, seed, made, clock, signed, mx, key):
    """The whole way: a stored change, a delivery, the server's answer as receipt, the mail in the mailbox."""
    before = len(mx.mails(0))
    with database.begin() as session:
        add(session, NewSubscription("email", "ada@example.org"), made.NINTH)
    change = seed.change(seed.source(), *made.LOST_TWO)
    assert announce(database, clock()) == 1
    delivered = await deliver(database, {"email": signed}, clock, base_url="https://tocsin.example.org")
    assert (delivered.sent, delivered.failed, delivered.dead) == (1, 0, 0)
    with database.read() as session:
        (delivery,) = deliveries(session)
    assert delivery.receipt.startswith("250 2.0.0")
    assert "accepted for delivery" in delivery.receipt
    queue_id = delivery.receipt.split()[2].rstrip(":")
    raw = mx.mails(before + 1)[-1]
    assert f"id {queue_id}".encode() in raw  # the receipt names the very mail that is kept
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail["Message-ID"] == f"<{delivery.key}@alerts.example.org>"
    assert mail["Delivered-To"] == "ada@example.org"
    assert mail["Subject"] == "[high] OpenAI API no longer lists Hong Kong and Macao"
    assert "Territory removed: Hong Kong (HK)" in mail.get_body(("plain",)).get_content()
    assert change == 1
    assert dkim.verify(_crlf(raw), dnsfunc=lambda name, timeout=5: _record(key))


async def test_the_mail_is_kept_whole(made, signed, mx):
    """Long lines, leading dots, letters outside ASCII: what is kept is what was said."""
    before = len(mx.mails(0))
    reasons = (".", "..two dots", "From here on", "中国 Ümläut " * 24)
    message = changes_message((made.texts(*made.LOST_TWO, reasons=reasons),), made.subscription())
    await signed.send(message, Recipient("ada@example.org"), KEY, Thread("0" * 36))
    mail = message_from_bytes(mx.mails(before + 1)[-1], policy=policy.default)
    assert mail.get_body(("plain",)).get_content().splitlines() == message.text.splitlines()
    assert mail.get_body(("html",)).get_content().splitlines() == message.html.splitlines()
    assert mail["References"] == f"<{'0' * 36}@alerts.example.org>"


async def test_an_unknown_address_is_refused_for_good(made, signed):
    message = changes_message((made.texts(*made.LOST_TWO),), made.subscription())
    with pytest.raises(PermanentFailure, match=r"refuses the recipient: 5\d\d .*eve@example.org") as caught:
        await signed.send(message, Recipient("eve@example.org"), KEY)
    assert caught.value.address_is_dead


async def test_a_mail_that_is_taken_and_comes_back_later_is_dead(database, seed, made, clock, signed, mx):
    """The report is the server's own: it took the mail, passed it on in vain, and says so to our sender."""
    before = len(mx.mails(0))
    with database.begin() as session:
        add(session, NewSubscription("email", "gone@example.net"), made.NINTH)
    seed.change(seed.source(), *made.LOST_TWO)
    announce(database, clock())
    assert (await deliver(database, {"email": signed}, clock)).sent == 1
    done = incoming(database, mx.mails(before + 1)[-1], clock())
    assert "550 5.1.1 gone@example.net is nobody here" in done.reason
    assert done.paused
    with database.read() as session:
        (delivery,) = deliveries(session)
        assert (delivery.id, delivery.state, delivery.error) == (done.delivery, DeliveryState.DEAD, done.reason)
        assert subscription(session, done.subscription).paused_reason == done.reason


def _crlf(kept: bytes) -> bytes:
    """A maildir keeps mail with the machine's own line ends; the signature is over those of the wire."""
    return kept.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _record(key) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return b"v=DKIM1; k=rsa; p=" + base64.b64encode(key.public_key().public_bytes(serialization.Encoding.DER, form))
