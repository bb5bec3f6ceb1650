"""The long-lived process: it watches, judges and tells by itself, and a second one beside it does no harm."""

from __future__ import annotations

import json
import socket
import time
import urllib.error
import urllib.request

import pytest

DECLARATION = """
title = "Example AI: supported countries"
publisher = "Example AI"
product = "Example API"
kind = "availability"
url = "{url}"
every = "{every}"
"""
COUNTRIES = ("France", "Japan", "Kenya", "Norway", "Peru", "Samoa")


def page(*names: str) -> str:
    return "<main><h1>Supported countries</h1><ul>" + "".join(f"<li>{name}</li>" for name in names) + "</ul></main>"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def answered(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return str(answer.read().decode())


def until(true, seconds: float = 60):
    """Waits until a question is answered with something true, and gives that back."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if found := true():
                return found
        except urllib.error.URLError:
            pass
        time.sleep(0.2)
    pytest.fail(f"not true within {seconds} s")


@pytest.fixture
def house(world, tocsin, mailbox):
    box, smtp_url = mailbox
    tocsin.environment |= {"TOCSIN_SMTP_URL": smtp_url, "TOCSIN_TICK": "0.3", "TOCSIN_CONFIRM_AFTER": "0"}
    world.shows("/countries", page(*COUNTRIES))
    tocsin.declare("example", DECLARATION.format(url=world.url("/countries"), every="1s"))
    tocsin("subscribe", "--email", "officer@example.org", "--confirmed")
    return world, tocsin, box


def test_two_services_on_one_database_visit_and_tell_once(house, served):
    world, _tocsin, box = house
    ports = [free_port(), free_port()]
    for port in ports:
        served("--port", str(port))
    for port in ports:
        until(lambda port=port: json.loads(answered(port, "/healthz"))["ok"])
    until(lambda: len([path for path in world.asked if path == "/countries"]) >= 3)
    world.shows("/countries", page(*COUNTRIES[1:], "Vietnam"))
    until(lambda: box.mails)
    asked = len(world.asked)
    until(lambda: len(world.asked) >= asked + 3)  # more visits of both, and nothing more to tell
    assert len(box.mails) == 1
    told = box.mails[0].get_body(("plain",)).get_content()
    assert "France" in told
    assert "Vietnam" in told
    changes = json.loads(answered(ports[0], "/api/changes"))
    assert len(changes) == 1 or len(changes["changes"]) == 1
    assert "Example AI" in answered(ports[1], "/")


def test_it_shows_what_is_stored_without_watching(house, served):
    world, tocsin, _ = house
    tocsin("visit")
    asked = len(world.asked)
    port = free_port()
    served("--port", str(port), "--no-watch")
    assert "Example AI" in until(lambda: answered(port, "/"))
    assert len(world.asked) == asked


def test_a_port_in_use_ends_it_with_a_clear_line(house, served):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = served("--port", str(taken.getsockname()[1]))
        assert process.wait(60) != 0
        assert process.stderr is not None
        assert "address already in use" in process.stderr.read()
