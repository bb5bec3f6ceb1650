"""What is too crowded to be read ends at once and with its reason; what is only large is read, and leaves no memory."""

from __future__ import annotations

import subprocess
import sys

import pytest

from crawler.declaration import parse
from crawler.extract import Unextractable, extract
from store.values import Content

TERMS = 'title = "T"\npublisher = "P"\nkind = "{}"\nurl = "https://example.com/terms"\n'
WORDS = b"word and other "


def read(body: bytes, content_type: str = "text/html", kind: str = "terms") -> Content:
    return extract(body, content_type, parse(TERMS.format(kind), "t", "test"))


def of(size: int) -> bytes:
    return WORDS * (size // len(WORDS))


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (b"<html><main><p>" + of(1_100_000), "text/html", "terms"),
        (b"<html><script>var a = 1;</script><main><p>" + of(1_100_000), "text/html", "terms"),
        (b"<html><!-- a > b --><p>" + of(1_100_000), "text/html", "terms"),
        (b'{"count": 1, "results": [{"title": "' + of(1_100_000) + b'"}]}', "application/json", "docket"),
        (b"# Terms\n\n" + of(1_100_000), "text/markdown", "terms"),
        (b"<rss><channel><item><title><![CDATA[" + of(1_100_000) + b"]]></title></item></channel></rss>", "", "feed"),
        (b"<html><main><p>" + b"word <b>and</b> " * 80_000, "text/html", "terms"),
        (b"# Terms\n" + b"word and other words of the terms.\n" * 60_000, "text/markdown", "terms"),
    ],
)
def test_one_text_longer_than_any_page_has_is_refused_with_its_size(body: bytes, content_type: str, kind: str) -> None:
    with pytest.raises(Unextractable, match=r"too (?:crowded|long) to be read: .*,\d{3}"):
        read(body, content_type, kind)


@pytest.mark.parametrize(
    "around",
    [
        b"<script>const a = '%s'; if (1 < 2) {}</script>",
        b"<style>%s</style>",
        b"<!-- %s -->",
        b"<div data-page='%s'></div>",
        b"<svg><path d='%s'/></svg>",
        b'<script type=\'application/json\'>{"a": "< %s"}</script>',
    ],
)
def test_what_is_not_read_may_be_long(around: bytes) -> None:
    inside = of(1_500_000).replace(b" ", b"_")
    page = b"<html><body>" + around.replace(b"%s", inside) + b"<p>You must not resell it.</p></body></html>"
    assert [passage.text for passage in read(page).passages] == ["You must not resell it."]


def test_a_long_page_of_many_texts_is_read() -> None:
    page = b"<html><main>" + b"".join(b"<p>" + of(3_000) + b"</p>" for _ in range(1_000)) + b"</main></html>"
    assert len(read(page).passages) == 1_000


READS_IN_A_ROW = """
import asyncio, sys
from concurrent.futures import ThreadPoolExecutor
from crawler.answers import Fetched
from crawler.declaration import parse
from crawler.extract import extract
from crawler.run import Visits

def held():
    status = open("/proc/self/status").read()
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024

declaration = parse('title = "T"\\npublisher = "P"\\nkind = "terms"\\nurl = "https://example.com/"\\n', "t", "test")
text = "<p>\\U0001f600 You must not" + " resell the service" * 20
page = Fetched("https://example.com/", 200, {}, ("<html><main>" + text * 10_000).encode())

def reads(answer):
    return len(extract(answer.body, "text/html", declaration).passages)

async def main():
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))  # each thread holds on to a heap of its own
    visits = Visits(None, None, None)
    small = Fetched("https://example.com/", 200, {}, b"<main><p>You must not")
    await visits._in_turn(reads, small)
    before = held()
    for _ in range(5):
        assert await visits._in_turn(reads, page) == 10_000
        print(held() - before)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc and glibc")
def test_large_pages_in_a_row_do_not_add_up() -> None:
    done = subprocess.run([sys.executable, "-c", READS_IN_A_ROW], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    stayed = [int(line) for line in done.stdout.splitlines()]
    assert len(stayed) == 5
    assert stayed[-1] < 22, "MB that stay when pages of 5 MB have been read: 15, or 27 where nothing is given back"
