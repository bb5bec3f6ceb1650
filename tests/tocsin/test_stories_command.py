"""`tocsin stories` on the bundled archive: the founding case as stories."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import tocsin.demo
from crawler.captures import captures
from crawler.declaration import load_folders
from crawler.replay import Bookcase, replay
from crawler.visit import Pace
from detector.news.run import stories_of
from detector.run import judge
from store.database import open_database
from tocsin.commands.stories import stories

ARCHIVE = Path(tocsin.demo.__file__).parent


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> str:
    """A database into which the archive was replayed, stories derived after every capture."""
    url = f"sqlite:///{tmp_path_factory.mktemp('news') / 'tocsin.db'}"
    database = open_database(url)
    bookcase = Bookcase(load_folders([ARCHIVE / "sources"]))
    for capture in captures(ARCHIVE):
        replay(database, bookcase.declaration(capture), capture, Pace())
        judge(database, None, capture.at)
        stories_of(database, capture.at)
    database.close()
    return url


@pytest.fixture
def ran(address, monkeypatch):
    monkeypatch.setenv("TOCSIN_DATABASE_URL", address)
    app = typer.Typer()
    app.command()(stories)

    def run(*words: str) -> str:
        result = CliRunner().invoke(app, words, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


def test_the_founding_case(ran):
    told = {(one["action"], one["actor"], *one["territories"]): one for one in json.loads(ran("--json"))}
    block = told["restrict", "OpenAI", "CN", "HK"]
    assert [report["publisher"] for report in block["reports"]] == ["The Register", "Global Times", "China.org.cn"]
    assert block["chains"] == 2  # China.org.cn translates the Global Times
    assert (block["effective"]["first"], block["disputed"]) == ("2024-07-09", [])
    assert told["no_change", "Microsoft", "HK"]["reports"][0]["publisher"] == "South China Morning Post"
    assert told["no_change", "Microsoft", "CN"]["reports"][0]["publisher"] == "PYMNTS"
    offers = {one["actor"]: one["ends"] and one["ends"]["last"] for key, one in told.items() if key[0] == "offer"}
    assert offers == {"SenseTime": None, "Baidu": None, "Tencent": "2024-07-31"}
    notice = told["restrict", "Example AI", "HK", "MO"]
    assert notice["official"]
    assert [(one["kind"], one["source"]) for one in notice["related"]] == [
        ("change", "example-ai-terms"),
        ("change", "example-ai-regions"),
    ]


def test_filters_and_plain_words(ran):
    shown = ran("--publisher", "China.org.cn")
    assert "OpenAI restrict: OpenAI API, CN, HK" in shown
    assert "from 2024-07-09, 2 independent chains" in shown
    assert "one group of outlets: Chinese state media" in shown
    assert (
        len(json.loads(ran("--json", "--territory", "Hong Kong", "--since", "2024-06-27", "--until", "2024-06-27")))
        == 2
    )
    assert json.loads(ran("--json", "--publisher", "Nobody")) == []
