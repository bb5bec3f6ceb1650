"""`tocsin delivery list`, `show`, `retry` and `incoming` on messages that a mail server took, put off and refused."""

from __future__ import annotations

import io

import pytest

PAGE = "<main><h1>Supported countries</h1><ul>{}</ul></main>"
DECLARATION = """
title = "Example AI: supported countries"
publisher = "Example AI"
product = "Example API"
kind = "availability"
url = "{url}"
"""


@pytest.fixture
def told(world, tocsin, mailbox):
    """A change that one mailbox took, and that waits for a webhook which says to slow down."""
    _, smtp_url = mailbox
    tocsin.environment |= {"TOCSIN_SMTP_URL": smtp_url, "TOCSIN_CONFIRM_AFTER": "0", "TOCSIN_MODEL": "none"}
    tocsin.declare("example", DECLARATION.format(url=world.url("/countries")))
    shown = ["Albania", "Brazil", "Chile", "Denmark", "Estonia", "France"]
    world.shows("/countries", PAGE.format("".join(f"<li>{name}</li>" for name in shown)))
    world.slack_answers = [(503, {})]
    tocsin("subscribe", "--email", "officer@example.org", "--confirmed")
    tocsin("subscribe", "--slack", world.url("/slack"))
    tocsin("once")
    world.shows("/countries", PAGE.format("".join(f"<li>{name}</li>" for name in [*shown, "Ghana"])))
    tocsin("visit", "example")
    tocsin("once")
    return tocsin


def test_messages_are_listed_newest_first(told):
    slack, mail = told.json("delivery", "list")
    assert (mail["state"], mail["channel"], mail["address"]) == ("sent", "email", "officer@example.org")
    assert (mail["publisher"], mail["purpose"], mail["next_at"]) == ("Example AI", "changes", None)
    assert mail["receipt"].startswith("250")
    assert (slack["state"], slack["address"], slack["sent_at"]) == ("failed", None, None)  # a webhook is a secret
    assert "503" in slack["error"]
    assert told.json("delivery", "list", "--state", "failed") == [slack]
    assert told.json("delivery", "list", "--subscription", "1") == [mail]
    assert told.json("delivery", "list", "--since", "2099-01-01") == []
    assert len(told.json("delivery", "list", "--limit", "1")) == 1
    assert "changes of Example AI" in told("delivery", "list")
    assert "/slack" not in told("delivery", "list")


def test_one_is_shown_with_every_try(told):
    (slack,) = told.json("delivery", "list", "--state", "failed")
    shown = told.json("delivery", "show", str(slack["id"]))
    (address,) = shown["changes"]
    assert address in told("history")
    assert [one["state"] for one in shown["tries"]] == ["failed"]
    assert "503" in shown["tries"][0]["answer"]
    assert "failed: " in told("delivery", "show", str(slack["id"]))


def test_one_is_put_back_and_arrives(told):
    (slack,) = told.json("delivery", "list", "--state", "failed")
    assert told.json("delivery", "retry", str(slack["id"])) == {"revived": [slack["id"]], "paused": False}
    told("once")
    tries = told.json("delivery", "show", str(slack["id"]))["tries"]
    assert [one["state"] for one in tries] == ["failed", "sent"]
    assert "nothing dead or failed" in told("delivery", "retry", "--subscription", "2")


def test_mistakes_are_named(told):
    assert "no delivery 99" in told("delivery", "show", "99", code=2)
    assert "no delivery 99" in told("delivery", "retry", "99", code=2)
    assert "no subscription 99" in told("delivery", "list", "--subscription", "99", code=2)
    assert "since" in told("delivery", "list", "--since", "yesterweek", code=2)
    assert "exactly one" in told("delivery", "retry", code=2)
    told("unsubscribe", "2")
    assert "subscription 2 has ended" in told("delivery", "retry", "--subscription", "2", code=2)


REPORT = """\
Subject: Undelivered
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; officer@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 nobody

--b
Content-Type: message/rfc822

Message-ID: <{key}@example.org>

--b--
"""


def test_a_mail_that_came_back_is_read_from_a_file_or_from_standard_input(told, tmp_path, monkeypatch):
    (mail,) = told.json("delivery", "list", "--state", "sent")
    file = tmp_path / "report.eml"
    file.write_text(REPORT.format(key=mail["key"]))
    assert "delivery 1 is dead: the mail came back: 550 5.1.1 nobody; subscription 1 is paused" in told(
        "delivery", "incoming", str(file)
    )
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(file.read_bytes())))
    assert told("delivery", "incoming") == ""  # the second time nothing is left to do
    (dead,) = told.json("delivery", "list", "--state", "dead")
    assert (dead["id"], dead["paused"], dead["error"]) == (mail["id"], True, "the mail came back: 550 5.1.1 nobody")


def test_another_mail_is_no_mistake_and_a_missing_file_is(told, tmp_path):
    (tmp_path / "away.eml").write_text("Subject: I am away\n\nBack on Monday.")
    assert told("delivery", "incoming", str(tmp_path / "away.eml")) == ""
    assert "No such file" in told("delivery", "incoming", "none.eml", code=2)
