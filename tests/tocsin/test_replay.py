"""Replaying the past: WARC and captures.jsonl, once only, and the real page histories where they are at hand."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.captures import ArchiveError, captures

COUNTRIES = ("France", "Japan", "Kenya", "Norway", "Peru", "Samoa")


def page(*names: str) -> str:
    return "<main><h1>Supported countries</h1><ul>" + "".join(f"<li>{name}</li>" for name in names) + "</ul></main>"


@pytest.fixture
def archive(tmp_path):
    """Writes a folder with captures.jsonl: (day, file name, text, more fields) for each capture."""

    def written(*listed: tuple[str, str, str, dict]):
        folder = tmp_path / "archive"
        folder.mkdir(exist_ok=True)
        lines = []
        for at, name, text, more in listed:
            (folder / name).write_text(text, encoding="utf-8")
            fields = {
                "slug": "example-countries",
                "publisher": "Example AI",
                "product": "Example API",
                "kind": "availability",
                "url": "https://example.com/countries",
                "captured_at": at,
                "file": name,
                "headers": {"Content-Type": "text/html"},
            }
            lines.append(json.dumps(fields | more))
        (folder / "captures.jsonl").write_text("\n".join(lines))
        return folder

    return written


@pytest.fixture
def three_days(archive):
    return archive(
        ("2024-07-03", "c.html", page(*COUNTRIES[1:], "Vietnam"), {}),
        ("2024-07-01", "a.html", page(*COUNTRIES), {}),
        ("2024-07-02T10:00:00+02:00", "b.html", page(*COUNTRIES, "Vietnam"), {}),
        ("2024-07-04", "d.html", page(*COUNTRIES[1:], "Vietnam"), {}),
    )


def test_captures_go_in_their_own_order_with_their_own_time(tocsin, three_days):
    report = tocsin.json("replay", str(three_days))
    assert [visit["outcome"] for visit in report["visits"]] == ["version", "version", "version", "confirmed"]
    found = [(c["at"], f["kind"], f["territory"]) for c in tocsin.json("history") for f in c["findings"]]
    assert found == [
        ("2024-07-02T08:00:00Z", "territory_added", "VN"),
        ("2024-07-03T00:00:00Z", "territory_removed", "FR"),
    ]


def test_the_same_archive_again_adds_nothing(tocsin, three_days):
    tocsin("replay", str(three_days))
    before = tocsin("history", "--json")
    report = tocsin.json("replay", str(three_days))
    assert (report["added"], report["changes"]) == (0, 0)
    assert tocsin("history", "--json") == before


def test_availability_is_bracketed_by_captures(tocsin, three_days):
    tocsin("replay", str(three_days))

    def asked(at):
        [answer] = tocsin.json("availability", "--territory", "France", "--at", at)
        return answer["status"], bool(answer["before"]), bool(answer["after"])

    assert asked("2024-06-30") == ("unknown", False, True)
    assert asked("2024-07-01") == ("listed", True, True)
    assert asked("2024-07-02T12:00") == ("listed", True, True)
    assert asked("2024-07-04") == ("not_listed", True, False)


def test_the_past_is_not_announced_afterwards(tocsin, three_days, mailbox):
    box, smtp_url = mailbox
    tocsin.environment["TOCSIN_SMTP_URL"] = smtp_url
    tocsin("subscribe", "--email", "officer@example.org", "--confirmed")
    tocsin("replay", str(three_days))
    assert tocsin.json("once")["announced"] == 0
    assert box.mails == []


def test_with_notify_it_really_delivers(tocsin, three_days, mailbox):
    box, smtp_url = mailbox
    tocsin.environment["TOCSIN_SMTP_URL"] = smtp_url
    tocsin("subscribe", "--email", "officer@example.org", "--confirmed", "--min-severity", "high")
    report = tocsin.json("replay", str(three_days), "--notify")
    assert (report["sent"], report["failed"]) == (1, 0)
    assert "France" in box.mails[0].get_body(("plain",)).get_content().splitlines()[0]
    tocsin("replay", str(three_days), "--notify")
    assert len(box.mails) == 1


def test_a_warc_file_is_read_record_by_record(tocsin, tmp_path):
    path = tmp_path / "past.warc.gz"
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)
        for day, names in (("2024-07-02", (*COUNTRIES, "Vietnam")), ("2024-07-01", COUNTRIES)):
            headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            record = writer.create_warc_record(
                "https://example.com/countries",
                "response",
                payload=io.BytesIO(page(*names).encode()),
                http_headers=headers,
                warc_headers_dict={"WARC-Date": f"{day}T10:00:00Z"},
            )
            writer.write_record(record)
    found = captures(path)
    assert [capture.body for capture in found] == [page(*COUNTRIES).encode(), page(*COUNTRIES, "Vietnam").encode()]
    tocsin.declare(
        "known",
        'title = "K"\npublisher = "P"\nproduct = "API"\nkind = "availability"\nurl = "https://example.com/countries"\n',
    )
    tocsin("replay", str(path))
    [change] = tocsin.json("history")
    assert (change["source"], change["findings"][0]["territory"]) == ("known", "VN")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("not json", "line 2: not JSON"),
        ('{"url": "https://e.com/", "captured_at": "2024-07-01"}', "line 2: file missing"),
        ('{"url": "https://e.com/", "captured_at": "yesterday", "file": "a.html"}', "line 2: captured_at 'yesterday'"),
        ('{"url": "https://e.com/", "captured_at": "2024-07-01", "file": "gone.html"}', "line 2: file 'gone.html'"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_stored(tocsin, archive, line, says):
    folder = archive(("2024-07-01", "a.html", page(*COUNTRIES), {}))
    with (folder / "captures.jsonl").open("a") as index:
        index.write("\n" + line + "\n")
    assert says in tocsin("replay", str(folder), code=2)
    assert tocsin.json("history") == []
    assert tocsin.json("availability", "--territory", "FR") == []


def test_a_broken_warc_is_named(tmp_path):
    path = tmp_path / "broken.warc.gz"
    path.write_bytes(b"\x1f\x8b not really")
    with pytest.raises(ArchiveError, match=r"broken\.warc\.gz"):
        captures(path)


class TestRealHistories:
    """Every territory finding of the real lists, and no other."""

    @pytest.fixture(scope="class")
    def expected(self, shared):
        return json.loads((shared / "corpus" / "availability" / "expected.json").read_text())["sources"]

    def test_territory_findings_are_exactly_the_expected_ones(self, tocsin, shared, expected):
        del tocsin.environment["TOCSIN_SOURCES"]
        report = tocsin.json("replay", str(shared / "corpus" / "availability"))
        wanted = set()
        for slug, source in expected.items():
            for version in source["versions"]:
                for kind in ("added", "removed"):
                    wanted |= {(slug, version["at"], kind, code) for code in version.get(kind, ())}
            if slug == "github-trade-controls":  # a product that appears with its whole list: nine exclusions are new
                [copilot] = [v for v in source["versions"] if v["at"] == "2023-12-27"]
                wanted |= {(slug, "2023-12-27", "added", code) for code in copilot["excluded"]}
        found = {
            (change["source"], change["at"][:10], finding["kind"].removeprefix("territory_"), finding["territory"])
            for change in tocsin.json("history")
            for finding in change["findings"]
            if finding["kind"] in ("territory_added", "territory_removed", "condition_changed", "territory_unknown")
        }
        assert {(slug, kind, code) for slug, _, kind, code in found} == {
            (slug, kind, code) for slug, _, kind, code in wanted
        }
        for prefix, outcome in expected["openai-api-countries"]["visits_not_versions"].items():
            ended = {v["outcome"] for v in report["visits"] if v["at"].startswith(prefix) and "openai" in v["source"]}
            assert outcome in ended
        assert tocsin.json("replay", str(shared / "corpus" / "availability"))["added"] == 0

    def test_whole_sets_are_as_written_down(self, tocsin, shared, expected):
        del tocsin.environment["TOCSIN_SOURCES"]
        tocsin("replay", str(shared / "corpus" / "availability"))
        for slug, source in expected.items():
            for version in source["versions"]:
                names = version.get("listed") or version["excluded"]
                product = version.get("product")
                day = date.fromisoformat(version["at"]) + timedelta(days=1)  # some were captured late in the evening
                answers = tocsin.json("availability", "--at", str(day), *(("--product", product) if product else ()))
                seen = {a["territory"] for a in answers if a["source"] == slug and a["status"] != "unknown"}
                assert seen == set(names), (slug, version["at"])
