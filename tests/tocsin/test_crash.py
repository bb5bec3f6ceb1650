"""kill -9 on either side of a channel's answer: nothing is lost, and what is sent twice carries the same key."""

import signal
import subprocess
import sys

import pytest

SCRIPT = """
import asyncio, os, signal, sys
from datetime import timedelta
from alerts.run import LEASE, announce, deliver
from tocsin.app import now, opened

step, late = sys.argv[1], sys.argv[2] == "late"
clock = (lambda: now() + LEASE + timedelta(seconds=1)) if late else now

def checkpoint(passed):
    if passed == step:
        os.kill(os.getpid(), signal.SIGKILL)

with opened() as app:
    announce(app.database, clock())
    asyncio.run(deliver(app.database, app.channels(), clock, checkpoint=checkpoint))
"""
DECLARATION = """
title = "Example AI: supported countries"
publisher = "Example AI"
product = "Example API"
kind = "availability"
url = "{url}"
every = "1h"
"""


def page(*names: str) -> str:
    return "<main><h1>Supported countries</h1><ul>" + "".join(f"<li>{name}</li>" for name in names) + "</ul></main>"


@pytest.fixture
def command_database(database_url: str) -> str:
    return database_url


@pytest.fixture
def waiting(world, tocsin, mailbox):
    """A change found and not yet announced, with one subscriber by mail and one by Slack."""
    box, smtp_url = mailbox
    tocsin.environment |= {"TOCSIN_SMTP_URL": smtp_url, "TOCSIN_MAIL_FROM": "tocsin@example.org"}
    world.shows("/countries", page("France", "Japan", "Kenya"))
    tocsin.declare("example", DECLARATION.format(url=world.url("/countries")))
    tocsin("subscribe", "--email", "officer@example.org", "--confirmed")
    tocsin("visit")
    world.shows("/countries", page("France", "Japan", "Kenya", "Vietnam"))
    tocsin("visit")
    return world, tocsin, box


def delivering(tocsin, step: str, when: str = "now") -> int:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, step, when], env=tocsin.environment, cwd=tocsin.folder, timeout=60
    )
    return done.returncode


def test_killed_between_claim_and_send_it_is_sent_once_later(waiting):
    _, tocsin, box = waiting
    assert delivering(tocsin, "claimed") == -signal.SIGKILL
    assert box.mails == []
    assert delivering(tocsin, "never") == 0
    assert box.mails == [], "the claim of the dead process still holds"
    assert delivering(tocsin, "never", "late") == 0
    assert delivering(tocsin, "never", "late") == 0
    assert len(box.mails) == 1


def test_killed_between_answer_and_mark_the_repeat_has_the_same_message_id(waiting):
    _, tocsin, box = waiting
    assert delivering(tocsin, "answered") == -signal.SIGKILL
    assert len(box.mails) == 1
    assert delivering(tocsin, "never", "late") == 0
    assert len(box.mails) == 2, "at least once: the answer was not written down"
    assert len({mail["Message-ID"] for mail in box.mails}) == 1, "and twice looks like once"
    assert delivering(tocsin, "never", "late") == 0
    assert len(box.mails) == 2


def test_slack_repeats_carry_the_same_key_too(waiting):
    world, tocsin, _ = waiting
    tocsin("subscribe", "--slack", world.url("/slack"))
    assert delivering(tocsin, "answered") == -signal.SIGKILL
    for _ in range(2):
        delivering(tocsin, "never", "late")
    bodies = [str(sorted(body.items())) for body in world.slack]
    assert len(set(bodies)) == 1, "the same message, key included"


def test_two_services_on_one_database_announce_and_send_once(waiting):
    _, tocsin, box = waiting
    processes = [
        subprocess.Popen([sys.executable, "-c", SCRIPT, "never", "now"], env=tocsin.environment, cwd=tocsin.folder)
        for _ in range(3)
    ]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert len(box.mails) == 1
