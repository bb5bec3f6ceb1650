"""The command answers quickly and says in one line what a person can mend."""

import json
import subprocess
import sys

import pytest

from tocsin.settings import read_settings

HEAVY = ("torch", "scrapy", "sentence_transformers", "uvicorn")


def test_help_imports_neither_torch_nor_scrapy():
    script = f"""
import sys
from typer.testing import CliRunner
from tocsin.cli import app
answer = CliRunner().invoke(app, ["--help"])
assert answer.exit_code == 0 and "availability" in answer.output, answer.output
print([name for name in {HEAVY!r} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("show", "1..2"), "no change 1..2"),
        (("show", "nonsense"), "FROM..TO"),
        (("history", "--since", "yesterday"), "2024-07-09"),
        (("history", "--kind", "gossip"), "allowed"),
        (("history", "--territory", "Atlantis"), "Atlantis"),
        (("availability", "--at", "2024-13-01"), "2024-13-01"),
        (("subscribe", "--email", "not an address"), "not an address"),
        (("subscribe", "--slack", "ftp://x"), "ftp"),
        (("subscribe",), "exactly one"),
        (("subscribe", "--email", "a@example.org", "--timezone", "Mars/Base"), "Mars/Base"),
        (("subscribe", "--email", "a@example.org", "--territory", "Atlantis"), "Atlantis"),
        (("unsubscribe", "7"), "no subscription 7"),
        (("replay", "nowhere"), "captures.jsonl"),
        (("digest", "2024-W60"), "2024-W60"),
        (("visit", "nobody"), "no source nobody"),
        (("source", "try", "absent.toml"), "absent.toml"),
        (("compare", "a.html", "b.html", "--kind", "terms"), "a.html"),
        (("compare", "a.html"), "--batch"),
        (("compare", "--batch", "absent.jsonl"), "absent.jsonl"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(tocsin, words, says):
    told = " ".join(tocsin(*words, code=2).replace("│", " ").split())
    assert says in told
    assert "Traceback" not in told


def test_a_database_that_cannot_be_reached_is_named(tocsin):
    tocsin.environment["TOCSIN_DATABASE_URL"] = "postgresql://me:secret@127.0.0.1:1/none"
    told = tocsin("sources", code=2)
    assert "127.0.0.1" in told
    assert "secret" not in told


def test_a_setting_that_cannot_be_used_is_named(tocsin):
    tocsin.environment["TOCSIN_GAP"] = "soon"
    assert "TOCSIN_GAP" in tocsin("sources", code=2)


@pytest.mark.parametrize(
    "written",
    ["tocsin.example.org", "ftp://tocsin.example.org", "https://", "https://x.org/a b", "https://x.org/?a=b"],
)
def test_a_base_url_that_no_mail_can_carry_is_refused(tocsin, written):
    tocsin.environment["TOCSIN_BASE_URL"] = written
    assert "TOCSIN_BASE_URL" in (said := tocsin("sources", code=2))
    assert "https://host/path" in said


def test_a_base_url_is_kept_in_ascii():
    kept = read_settings(base_url="https://bücher.example:8443/tocsin für alle".replace(" ", "%20")).base_url
    assert kept == "https://xn--bcher-kva.example:8443/tocsin%20f%C3%BCr%20alle"
    assert read_settings(base_url="http://tocsin.lan/").base_url == "http://tocsin.lan/"


def test_settings_come_from_a_file_and_the_environment_wins(tocsin):
    (tocsin.folder / "tocsin.toml").write_text('gap = "soon"\n')
    del tocsin.environment["TOCSIN_GAP"]
    assert "TOCSIN_GAP" in tocsin("sources", code=2)
    tocsin.environment["TOCSIN_GAP"] = "0"
    assert tocsin.json("sources") == []


def test_an_unknown_setting_in_the_file_is_refused(tocsin):
    (tocsin.folder / "tocsin.toml").write_text('databse_url = "sqlite:///x.db"\n')
    assert "DATABSE_URL" in tocsin("sources", code=2)


def test_a_wrong_declaration_names_file_and_key(tocsin):
    tocsin.declare("wrong", 'title = "x"\npublisher = "x"\nkind = "gossip"\nurl = "https://example.com/"\n')
    told = json.loads(tocsin("source", "check", "--json", code=1))
    [problem] = told["problems"]
    assert "wrong.toml" in problem
    assert "kind" in problem


def test_subscriptions_are_listed_and_ended(tocsin):
    made = tocsin.json("subscribe", "--email", "a@example.org", "--territory", "Hong Kong", "--publisher", "OpenAI")
    [listed] = tocsin.json("subscriptions")
    assert listed == made
    assert (listed["territories"], listed["publishers"], listed["min_severity"]) == (["HK"], ["OpenAI"], "low")
    tocsin("unsubscribe", str(listed["id"]))
    assert tocsin.json("subscriptions") == []


def test_status_of_an_empty_house(tocsin):
    found = tocsin.json("status")
    assert (found["sources"], found["stale"], found["held"]) == (0, [], 0)
    assert set(found["deliveries"].values()) == {0}


def test_compare_reads_two_files_without_a_database(tocsin):
    tocsin.environment["TOCSIN_DATABASE_URL"] = "postgresql://127.0.0.1:1/none"
    (tocsin.folder / "old.md").write_text("# Terms\n\nYou may use the API in Hong Kong.\n")
    (tocsin.folder / "new.md").write_text("# Terms\n\nYou may not use the API in Hong Kong.\n")
    found = tocsin.json("compare", "old.md", "new.md", "--kind", "terms")
    assert found["substantive"] is True
    assert 0 <= found["significance"] <= 1
    [finding] = [f for f in found["findings"] if f["kind"] == "permission_withdrawn"]
    assert finding["new_span"]["text"] in "You may not use the API in Hong Kong."
    assert found["reasons"]
    same = tocsin.json("compare", "old.md", "old.md", "--kind", "terms")
    assert (same["substantive"], same["findings"]) == (False, [])


def test_try_reads_a_saved_page_and_stores_nothing(tocsin):
    tocsin.declare(
        "try",
        'title = "T"\npublisher = "P"\nproduct = "API"\nkind = "availability"\nurl = "https://example.com/"\n',
    )
    page = tocsin.folder / "page.html"
    page.write_text("<main><ul><li>France</li><li>Japan</li><li>Kenya</li></ul></main>")
    found = tocsin.json("source", "try", "sources/try.toml", "--page", "page.html")
    assert [fact["territory"] for fact in found["facts"]["availability"]] == ["FR", "JP", "KE"]
    assert json.dumps(found)
    page.write_bytes(bytes(range(256)) * 50)
    assert "unextractable" in tocsin("source", "try", "sources/try.toml", "--page", "page.html", code=1)


SHELL = (
    '<!doctype html><html><head><title>Where we work</title></head><body><div id="root"></div>'
    '<script src="/app.js"></script></body></html>'
)
APP = """fetch("/list.json").then(answer => answer.json()).then(names => {
  document.getElementById("root").innerHTML =
    `<main><h1>Supported countries</h1><ul>${names.map(name => `<li>${name}</li>`).join("")}</ul></main>`; });"""


def test_try_renders_where_the_declaration_says_so(world, tocsin):
    from crawler.browser.found import NoBrowser, chromium

    world.shows("/shell", SHELL)
    world.shows("/app.js", APP, "text/javascript")
    world.shows("/list.json", json.dumps(["France", "Japan", "Kenya", "Norway"]), "application/json")
    text = f'title = "T"\npublisher = "P"\nproduct = "API"\nkind = "availability"\nurl = "{world.url("/shell")}"\n'
    tocsin.declare("plain", text)
    assert "blocked: empty shell" in tocsin("source", "try", "sources/plain.toml", code=1)
    tocsin.declare("rendered", text + "browser = true\n")
    tocsin.environment["TOCSIN_CHROMIUM"] = "/nowhere/chromium"
    assert "not rendered: " in tocsin("source", "try", "sources/rendered.toml", code=1)
    del tocsin.environment["TOCSIN_CHROMIUM"]
    try:
        chromium(None)
    except NoBrowser as error:
        pytest.skip(str(error))
    found = tocsin.json("source", "try", "sources/rendered.toml")
    assert [fact["territory"] for fact in found["facts"]["availability"]] == ["FR", "JP", "KE", "NO"]
    assert found["outcome"] == "version"
    assert found["reason"].startswith("read in a browser; plainly: empty shell")
    assert "this would be a version (read in a browser" in tocsin("source", "try", "sources/rendered.toml")
    assert tocsin.json("history") == []


def test_a_batch_of_pairs_is_answered_line_by_line(tocsin):
    (tocsin.folder / "old.md").write_text("# Terms\n\nYou may use the API in Hong Kong.\n")
    (tocsin.folder / "new.md").write_text("# Terms\n\nYou may not use the API in Hong Kong.\n")
    pair = {"id": "a", "kind": "terms", "old": "old.md", "new": "new.md", "earlier": [], "language": "en"}
    back = pair | {"id": "b", "old": "new.md", "new": "old.md", "earlier": ["old.md"]}
    lines = [pair, back, pair | {"id": "c", "new": "gone.md"}, pair | {"id": "d", "kind": "gossip"}]
    (tocsin.folder / "pairs.jsonl").write_text("\n".join([*map(json.dumps, lines), "not json"]))
    answers = [json.loads(line) for line in tocsin("compare", "--batch", "pairs.jsonl").splitlines()]
    assert [answer["id"] for answer in answers] == ["a", "b", "c", "d", "line 5"]
    assert (answers[0]["substantive"], answers[0]["held"]) == (True, None)
    assert answers[1]["held"] == "reversion"
    assert all(answer["milliseconds"] >= 0 for answer in answers)
    assert "gone.md" in answers[2]["error"]
    assert "gossip" in answers[3]["error"]
    assert "line 5" in answers[4]["error"]
