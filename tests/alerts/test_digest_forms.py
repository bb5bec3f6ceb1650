"""Is a digest readable and harmless as mail, page and PDF, whatever its names are and however long it is?"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from xml.etree import ElementTree

import pypdfium2
import pytest

from alerts.digests.chart import day_strip, trend_svg
from alerts.digests.compiling import Cut, Knowledge, compiled
from alerts.digests.message import digest_html, digest_message
from alerts.digests.pages import inside_html
from alerts.digests.pdf import digest_pdf
from alerts.digests.proof import document
from alerts.digests.values import Counted, HoursOfDay, Known
from alerts.language import LOCALES, speaking
from alerts.week import Week
from store.attestations import Looks
from store.subscriptions import Filters
from store.values import Outcome, Severity, SourceKind
from store.views import Coverage

W28 = Week(2024, 28)
START = W28.start("UTC")
SVG = "{http://www.w3.org/2000/svg}"


def digest_of(changes, title="OpenAI API list", reason=None):
    coverage = Coverage(
        "openai", title, "OpenAI", None, SourceKind.AVAILABILITY, 3, 2,
        {Outcome.CONFIRMED: 2, Outcome.BLOCKED: 1}, START, START, reason,
    )  # fmt: skip
    seen = {"openai": Looks(timedelta(hours=3), tuple(START + timedelta(hours=n) for n in range(40)))}
    known = Knowledge(changes=changes, coverage=[coverage], looks=seen)
    return compiled(Cut(W28, "UTC", Known.THEN, W28.due("UTC")), Filters(), known)


def pdf_text(pdf):
    pages = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_bounded() for page in pages)


def pdf_of(digest):
    return digest_pdf(document(digest), "everything")


def test_hostile_titles_are_shown_and_do_nothing(made):
    evil = "<script>alert(1)</script>\u202e\r\nBcc: x {{ 7 * 7 }}"
    change = made.change(*made.LOST_TWO, title=evil, product=evil, url="javascript:alert(1)")
    digest = digest_of([change], evil, evil)
    message = digest_message(digest, made.subscription(digest="weekly"), "https://t.example")
    for html in (digest_html(digest), str(inside_html(document(digest))), message.html):
        assert "<script" not in html
        assert "javascript:" not in html
        assert "\u202e" not in html
        assert "{{ 7 * 7 }}" in html
    assert "\n" not in message.subject
    assert "<script>alert(1)</script>" in pdf_text(pdf_of(digest))


def test_a_page_loads_nothing(made):
    html = digest_html(digest_of([made.change(*made.LOST_TWO)]))
    assert not re.search(r"<(script|link|img|iframe|object)\b|@import|url\(", html)
    assert re.findall(r'(?:src|href)="(?!https?://|#)', html) == []


def test_the_mail_has_tables_and_no_drawings(made):
    message = digest_message(digest_of([made.change(*made.LOST_TWO)]), made.subscription(digest="weekly"))
    assert "<svg" not in message.html
    assert "by day: 24/24, 15/24, 0/24" in message.html
    assert "2024-W28: 1 high" in message.html


def test_the_short_form_is_short_and_leads_to_the_page(made):
    changes = [made.change(*made.LOST_TWO, id=n, address=f"{n}..{n + 1}") for n in range(1000)]
    subscription = made.subscription(digest="weekly", feed_secret="r" * 43)
    message = digest_message(digest_of(changes), subscription, "https://t.example")
    assert len(message.findings) == 13
    assert message.findings[-1] == "and 988 more"
    assert message.link == f"https://t.example/digest/{'r' * 43}/2024-W28"
    assert subscription.secret not in message.link
    assert len(message.html.encode()) < 102_000, "mail programs cut longer ones off"
    assert "and 975 more rows" in message.html


def test_a_very_long_digest_is_a_pdf(made):
    long = made.change(*made.LOST_TWO, title="A" * 1_000_000, product="word " * 2_000)
    pages = len(pypdfium2.PdfDocument(pdf_of(digest_of([replace(long, address=f"{n}..{n + 1}") for n in range(40)]))))
    assert 4 < pages < 60


@pytest.mark.parametrize(
    "name", ["商汤科技：迁移服务", "日本語かな", "한국어", "Ελληνικά", "Русский", "हिन्दी", "Łódź, œuvre, Üniversitesi"]
)
def test_names_are_no_boxes_in_a_pdf(made, name):
    text = pdf_text(pdf_of(digest_of([made.change(*made.LOST_TWO, title=name)])))
    assert name.replace(" ", "") in "".join(text.split())
    assert "question mark" not in text


def test_what_no_font_has_is_said(made):
    text = pdf_text(pdf_of(digest_of([made.change(*made.LOST_TWO, title="العربية")])))
    assert "7 characters that no font of this PDF has are shown as question marks" in " ".join(text.split())


def test_a_pdf_says_what_the_text_says(made):
    text = " ".join(pdf_text(pdf_of(digest_of([made.change(*made.LOST_TWO)]))).split())
    for said in ("Hong Kong (HK): listed → unlisted", "verified 39 of 168 hours", "How this was made", "2024-W28"):
        assert said in text
    assert "a" * 64 in text.replace(" ", "")


def test_the_strip_of_days_draws_each_share():
    days = [
        HoursOfDay(date(2024, 7, 8), 24, 24),
        HoursOfDay(date(2024, 7, 9), 6, 24),
        HoursOfDay(date(2024, 7, 10), 0, 24),
    ]
    drawn = ElementTree.fromstring(day_strip(days)).findall(f"{SVG}rect")
    assert [(box.get("height"), box.get("fill-opacity")) for box in drawn] == [
        *(("14.00", None), ("14.00", "0.18"), ("3.50", None), ("14.00", "0.18"))
    ]
    assert "Tuesday 9 July 2024: 6 of 24 hours" in day_strip(days)


def test_the_bars_stand_on_each_other_and_are_counted():
    counts = [Counted("2024-W27", ()), Counted("2024-W28", ((Severity.HIGH, 1), (Severity.LOW, 3)))]
    drawn = ElementTree.fromstring(trend_svg(counts))
    heights = [float(box.get("height")) for box in drawn.findall(f"{SVG}rect")]
    assert heights == [1, 21, 63]
    assert [label.text for label in drawn.findall(f"{SVG}text")] == ["W27", "W28", "4"]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_language_has_every_form(made, locale):
    with speaking(locale):
        digest = digest_of([made.change(*made.LOST_TWO)])
        message = digest_message(digest, made.subscription(digest="daily", locale=locale))
        assert "2024-W28" in message.subject
        assert "2024-W28" in pdf_text(pdf_of(digest))
