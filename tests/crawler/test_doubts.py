"""What speaks against a capture when it is visited: cut in any place, or like what its host sent with a refusal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from crawler.declaration import parse
from crawler.run import Visits
from crawler.verdict import verdict
from crawler.verdicts.reading import Before, Reading, doubt
from crawler.visit import spec
from store.capture_kind import CaptureKind
from store.schema import VersionRow, VisitRow
from store.sources import declare
from store.values import Content, Outcome, Passage, PassageKind

DECLARATION = 'title = "T"\npublisher = "P"\nkind = "terms"\nlanguage = "en"\nurl = "{url}"\nevery = "1h"\n'
PADDING = "This part of the terms is as long as such parts are and says nothing that anybody would have to act upon."
CLAUSES = ("Invoices are due within 30 days.", "Support answers within 2 days.", "Logs are kept for 90 days.") * 3


def terms(nonce: str, clauses: tuple[str, ...] = CLAUSES, end: str = "</body></html>") -> str:
    """A plain page of paragraphs, with something in it that changes at each answer."""
    body = "".join(f"<p>{PADDING}</p><p>{number}. {clause}</p>" for number, clause in enumerate(clauses))
    head = '<!doctype html><html lang="en"><head><title>Terms</title></head><body>'
    return f'{head}<main class="c-{nonce}"><h1>Terms</h1>{body}</main><footer>Session {nonce}</footer>{end}'


@pytest.fixture
def watched(site, make_engine, sqlite_database, time):
    """The terms declared; a function that answers a visit with a body (its length rightly announced)."""
    visits = Visits(sqlite_database, make_engine(), time)
    with sqlite_database.begin() as session:
        declare(session, [spec(parse(DECLARATION.format(url=site.url("/terms")), "terms", "test"))], time.now)

    async def visited(body: str) -> tuple[Outcome, str | None]:
        site.routes["/terms"] = site.answer(body)
        time.now += timedelta(days=1)
        await visits.of_due()
        with sqlite_database.read() as session:
            visit = session.scalars(select(VisitRow).order_by(VisitRow.id.desc())).first()
            return Outcome(visit.outcome), visit.reason

    return visited, sqlite_database


async def test_a_page_cut_at_45_percent_is_partial_however_often_it_comes(watched):
    visited, database = watched
    assert (await visited(terms("0")))[0] is Outcome.VERSION
    for look in range(5):
        page = terms(f"{look}f")
        outcome, reason = await visited(page[: len(page) * 45 // 100])
        assert (outcome, CaptureKind.of(reason)) == (Outcome.IMPLAUSIBLE, CaptureKind.PARTIAL), reason
    assert (await visited(terms("z")))[0] is Outcome.CONFIRMED
    with database.read() as session:
        assert len(session.scalars(select(VersionRow)).all()) == 1


async def test_a_page_cut_anywhere_is_no_version(watched):
    visited, _ = watched
    await visited(terms("0"))
    page = terms("f")
    for share in range(5, 95, 6):
        outcome, reason = await visited(page[: len(page) * share // 100])
        assert outcome in (Outcome.IMPLAUSIBLE, Outcome.BLOCKED), f"{share} %: {reason}"


async def test_a_page_that_only_dropped_its_last_tags_is_believed_at_the_third_look(watched):
    """HTML allows it, and the text is all there."""
    visited, _ = watched
    await visited(terms("0"))
    edited = ("Invoices are due within 45 days.", *CLAUSES[1:])
    outcomes = [(await visited(terms(str(look), edited, end="")))[0] for look in range(1, 4)]
    assert outcomes == [Outcome.IMPLAUSIBLE, Outcome.IMPLAUSIBLE, Outcome.VERSION]


TEXT = parse(DECLARATION.format(url="https://e.com/t"), "t", "test")


def reading(body: str, *passages: str) -> Reading:
    content = Content(tuple(Passage(PassageKind.PARAGRAPH, text) for text in passages))
    html = "text/html; charset=utf-8"
    return Reading("https://e.com/t", "https://e.com/t", {"content-type": html}, body.encode(), True, content)


LINE = "Window four is taking your place in the line, number {}, of the east hall"
WINDOW = f"<html><body><h1>Halden</h1><p>{LINE}</p></body></html>"
SENT = ("challenge (queue): number 7", WINDOW.format("seven").encode())


def test_a_text_that_the_host_sent_with_a_refusal_is_refused_as_the_same():
    body = WINDOW.format("eight")
    assert verdict(200, {"content-type": "text/html"}, body.encode(), TEXT).outcome is None
    now = reading(body, "Halden", LINE.format("eight"))
    said = doubt(now, TEXT, None, lambda: (SENT,))
    assert said is not None
    assert (said.kind, said.outcome) == (CaptureKind.CHALLENGE, Outcome.BLOCKED)
    assert doubt(now, TEXT, None, tuple) is None


def test_a_short_page_of_other_words_is_not_taken_for_what_the_host_refused():
    says = "The list of places in the east hall is kept by hand and is short."
    now = reading(f"<html><body><h1>Halden</h1><p>{says}</p></body></html>", "Halden", says)
    assert doubt(now, TEXT, None, lambda: (SENT,)) is None


def test_earlier_refusals_are_not_asked_for_where_the_last_version_mostly_stands():
    text = " ".join(f"{PADDING} {clause}" for clause in CLAUSES)
    now = reading(f"<html><body><p>{text}</p></body></html>", text)

    def asked() -> tuple[tuple[str, bytes], ...]:
        raise AssertionError("the store was asked")

    assert doubt(now, TEXT, Before(now.content, now.body), asked) is None


HOME = '<html><body><main>{}<a href="/">Home</a></main></body></html>'


def test_a_page_of_a_sentence_that_leads_nowhere_but_home_is_an_error():
    said = doubt(reading(HOME.format("The goats ate it."), "Gone fishing", "The goats ate it."), TEXT, None, tuple)
    assert said is not None
    assert (said.kind, said.outcome) == (CaptureKind.ERROR, Outcome.BLOCKED)
    assert "root" in said.reason


def test_short_terms_whose_only_link_leads_home_are_terms():
    clauses = ("Customers may delete keys.", "Prompts are kept for 30 days.", "We answer in writing.")
    assert doubt(reading(HOME.format("".join(clauses)), "Terms", *clauses), TEXT, None, tuple) is None
