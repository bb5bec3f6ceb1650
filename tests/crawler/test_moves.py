"""Sources move: redirects, twins and losses, through the real engine over loopback."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio
from sqlalchemy import select

from crawler.declaration import DeclarationError, parse
from crawler.run import Visits
from crawler.visit import Pace, spec
from detector.run import judge
from store.addresses import Why, addresses, moved_sources
from store.history import changes
from store.schema import SourceRow, VersionRow, VisitRow
from store.sources import declare
from store.values import Held, Outcome
from store.views import ChangeFilter

COUNTRIES = ("France", "Ghana", "Japan", "Kenya", "Norway", "Peru", "Samoa", "Tonga")
HOUR, LOOK = timedelta(hours=1), Pace().confirm_after
CLAUSES = tuple(
    f"The customer of part {number} keeps the rights that this agreement gives it and answers for {name} in writing."
    for number, name in enumerate(
        ("fees", "users", "keys", "records", "taxes", "claims", "audits", "losses", "notices")
    )
)


def page(*names: str, more: str = "") -> str:
    items = "".join(f"<li>{name}</li>" for name in names)
    intro = "<h1>Supported countries and territories</h1><p>The interface may be used in the places listed here.</p>"
    return f"<html><body><main>{intro}<ul>{items}</ul>{more}</main></body></html>"


def markdown(*names: str) -> str:
    return "# Supported countries and territories\n\nThe interface may be used in these places.\n\n" + "".join(
        f"- {name}\n" for name in names
    )


def terms(*clauses: str) -> str:
    return "<html><body><main><h1>Terms</h1>" + "".join(f"<p>{text}</p>" for text in clauses) + "</main></body></html>"


class Watched:
    """One source, its site and a clock; each look is a whole visit with its judging."""

    def __init__(self, site, engine, database, time) -> None:
        self.site, self.database, self.time = site, database, time
        self.visits = Visits(database, engine, time)

    def declare(self, more: str = "", kind: str = "availability", path: str = "/list") -> None:
        product = 'product = "Example API"\n' if kind == "availability" else ""
        text = f'title = "E"\npublisher = "Example AI"\nkind = "{kind}"\nurl = "{self.site.url(path)}"\nevery = "1h"\n'
        with self.database.begin() as session:
            declare(session, [spec(parse(text + product + more, "example", "test"))], self.time.now)

    def shows(self, body: str, path: str = "/list", **headers: str) -> None:
        self.site.routes[path] = self.site.answer(body, **headers)

    async def looks(self, after: timedelta = HOUR) -> Outcome:
        self.time.now += after
        tally = await self.visits.of_named(["example"])
        judge(self.database, None, self.time.now)
        assert tally.failed == []
        return next(iter(tally.outcomes))

    def rows(self, table):
        with self.database.read() as session:
            return session.scalars(select(table).order_by(table.id)).all()

    def changes(self):
        with self.database.read() as session:
            return changes(session, ChangeFilter())

    def told(self):
        return [change for change in self.changes() if change.held is None and change.substantive]

    def addresses(self):
        with self.database.read() as session:
            return [(one.url.rpartition("/")[2], one.why, one.until is None) for one in addresses(session, "example")]


@pytest_asyncio.fixture
async def watched(site, make_engine, sqlite_database, time):
    return Watched(site, make_engine(), sqlite_database, time)


async def test_a_permanent_redirect_to_the_same_content_is_history_and_no_alert(watched):
    watched.declare()
    watched.shows(page(*COUNTRIES))
    await watched.looks()
    watched.shows(page(*COUNTRIES), "/new")
    watched.site.routes["/list"] = watched.site.redirect("/new", 301)
    assert await watched.looks() is Outcome.CONFIRMED
    assert watched.addresses() == [("list", Why.DECLARED, True), ("new", Why.REDIRECTED, True)]
    watched.declare()
    await watched.looks()
    assert watched.site.targets()[-1] == "/new"
    assert watched.site.targets().count("/list") == 2
    assert watched.changes() == ()
    with watched.database.read() as session:
        [moved] = moved_sources(session)
    assert (moved.declared, moved.url) == (watched.site.url("/list"), watched.site.url("/new"))


async def test_a_304_at_the_new_address_moves_a_source_too(watched):
    watched.declare()
    watched.shows(page(*COUNTRIES), ETag='"1"')
    await watched.looks()
    watched.site.routes["/list"] = watched.site.redirect("/new", 308)
    watched.site.routes["/new"] = watched.site.answer(status=304)
    assert await watched.looks() is Outcome.CONFIRMED
    assert watched.rows(SourceRow)[0].url == watched.site.url("/new")


@pytest.mark.parametrize("status", [302, 303, 307])
async def test_a_temporary_redirect_moves_nothing(watched, status):
    watched.declare()
    watched.shows(page(*COUNTRIES))
    await watched.looks()
    watched.shows(page(*COUNTRIES), "/new")
    watched.site.routes["/list"] = watched.site.redirect("/new", status)
    assert await watched.looks() is Outcome.CONFIRMED
    assert watched.addresses() == [("list", Why.DECLARED, True)]


async def test_a_permanent_redirect_to_other_content_moves_only_when_it_was_seen_the_same(watched):
    watched.declare()
    watched.shows(page(*COUNTRIES))
    await watched.looks()
    watched.shows(page(*COUNTRIES, "Uganda"), "/new")
    watched.site.routes["/list"] = watched.site.redirect("/new", 301)
    assert await watched.looks() is Outcome.VERSION
    assert len(watched.addresses()) == 1
    assert [change.findings[0].territory for change in watched.told()] == ["UG"]
    assert await watched.looks() is Outcome.CONFIRMED
    assert len(watched.addresses()) == 2


async def test_what_is_gone_at_the_new_address_is_asked_for_where_it_is_declared(watched):
    watched.declare()
    watched.shows(page(*COUNTRIES))
    await watched.looks()
    watched.shows(page(*COUNTRIES), "/new")
    watched.site.routes["/list"] = watched.site.redirect("/new", 301)
    await watched.looks()
    del watched.site.routes["/new"]
    watched.shows(page(*COUNTRIES))
    assert await watched.looks() is Outcome.UNREACHABLE
    assert await watched.looks() is Outcome.CONFIRMED
    assert watched.addresses() == [("list", Why.DECLARED, True), ("new", Why.REDIRECTED, False)]


async def test_another_declared_address_ends_every_earlier_one(watched):
    watched.declare()
    watched.shows(page(*COUNTRIES))
    await watched.looks()
    watched.shows(page(*COUNTRIES), "/new")
    watched.site.routes["/list"] = watched.site.redirect("/new", 301)
    await watched.looks()
    watched.declare(path="/third")
    assert [holds for _, _, holds in watched.addresses()] == [False, False, True]
    assert watched.rows(SourceRow)[0].url == watched.site.url("/third")


async def test_what_is_gone_at_the_address_is_found_at_the_twin_and_said(watched):
    twin = f'twin = "{watched.site.url("/list.md")}"\n'
    watched.declare(twin)
    watched.shows(page(*COUNTRIES))
    watched.shows(markdown(*COUNTRIES), "/list.md", Content_Type="text/html")
    await watched.looks()
    del watched.site.routes["/list"]
    assert await watched.looks() is Outcome.VERSION
    visit = watched.rows(VisitRow)[-1]
    assert visit.reason == f"answered 404 Not Found; found at its twin {watched.site.url('/list.md')}"
    assert watched.rows(VersionRow)[-1].technical
    assert watched.changes() == ()
    assert watched.addresses()[-1] == ("list.md", Why.TWIN, True)
    watched.shows(markdown(*COUNTRIES[1:]), "/list.md")
    await watched.looks()
    assert [change.findings[0].territory for change in watched.changes()] == ["FR"]
    watched.shows(page(*COUNTRIES[1:]))
    await watched.looks(LOOK)
    assert watched.addresses()[-1] == ("list.md", Why.TWIN, False)
    assert [change.findings[0].territory for change in watched.told()] == ["FR"]


async def test_a_shell_is_read_at_its_twin(watched):
    watched.declare(f'twin = "{watched.site.url("/list.md")}"\n')
    watched.shows("<html><body><div id=root></div><script src=/app.js></script></body></html>")
    watched.shows(markdown(*COUNTRIES), "/list.md")
    assert await watched.looks() is Outcome.VERSION
    assert "found at its twin" in watched.rows(VisitRow)[0].reason


async def test_a_twin_that_says_something_else_is_not_believed(watched):
    watched.declare(f'twin = "{watched.site.url("/list.md")}"\n')
    watched.shows(page(*COUNTRIES))
    await watched.looks()
    del watched.site.routes["/list"]
    watched.shows(markdown(*COUNTRIES[3:]), "/list.md")
    assert await watched.looks() is Outcome.UNREACHABLE
    assert "3 listed no more" in watched.rows(VisitRow)[-1].reason
    assert len(watched.rows(VersionRow)) == 1


async def test_the_twin_is_asked_first_for_the_second_look(watched):
    watched.declare(f'twin = "{watched.site.url("/list.md")}"\n')
    watched.shows(page(*COUNTRIES))
    await watched.looks()
    watched.shows(page(*COUNTRIES[1:]))
    watched.shows(markdown(*COUNTRIES[1:]), "/list.md")
    await watched.looks()
    asked = len(watched.site.targets())
    await watched.looks(LOOK)
    assert watched.site.targets()[asked:] == ["/list.md"]
    [change] = watched.told()
    assert (change.findings[0].territory, change.confirmed_at) == ("FR", watched.time.now)


async def test_a_twin_that_still_says_it_makes_a_removal_wait_for_one_look_more(watched):
    watched.declare(f'twin = "{watched.site.url("/list.md")}"\n')
    watched.shows(page(*COUNTRIES))
    await watched.looks()
    watched.shows(page(*COUNTRIES[1:]))
    watched.shows(markdown(*COUNTRIES), "/list.md")
    await watched.looks()
    await watched.looks(LOOK)
    assert watched.told() == []
    assert watched.rows(VisitRow)[-1].reason == "its twin still says what is gone"
    assert watched.rows(SourceRow)[0].due_at == watched.time.now + LOOK
    await watched.looks(LOOK)
    assert [change.findings[0].territory for change in watched.told()] == ["FR"]


async def test_a_real_mass_removal_is_announced_at_the_third_visit_and_says_when_it_was_confirmed(watched):
    watched.declare("[expect]\nmax_removed = 2\n")
    watched.shows(page(*COUNTRIES))
    await watched.looks()
    watched.shows(page(*COUNTRIES[5:], more="<p>Other places were withdrawn in July.</p>"))
    assert [await watched.looks() for _ in range(3)] == [Outcome.IMPLAUSIBLE, Outcome.IMPLAUSIBLE, Outcome.VERSION]
    [change] = watched.told()
    assert {finding.territory for finding in change.findings} >= {"FR", "GH", "JP", "KE", "NO"}
    assert change.confirmed_at == watched.time.now


async def test_an_emptied_list_is_announced_at_the_third_visit(watched):
    watched.declare()
    watched.shows(page(*COUNTRIES))
    await watched.looks()
    watched.shows(page(more="<p>The interface was withdrawn everywhere in July and is offered in no place.</p>"))
    assert [await watched.looks() for _ in range(3)] == [Outcome.IMPLAUSIBLE, Outcome.IMPLAUSIBLE, Outcome.VERSION]
    [change] = watched.told()
    assert len(change.findings) >= len(COUNTRIES)


async def test_an_emptied_list_that_must_not_be_empty_is_never_announced(watched):
    watched.declare("[expect]\nterritories = { min = 5 }\n")
    watched.shows(page(*COUNTRIES))
    await watched.looks()
    watched.shows(page(more="<p>The interface was withdrawn everywhere in July and is offered in no place.</p>"))
    assert {await watched.looks() for _ in range(5)} == {Outcome.IMPLAUSIBLE}


async def test_terms_that_lost_a_third_are_told_when_seen_twice(watched):
    watched.declare(kind="terms")
    watched.shows(terms(*CLAUSES))
    await watched.looks()
    watched.shows(terms(*CLAUSES[:6]))
    assert await watched.looks() is Outcome.VERSION
    [change] = watched.changes()
    assert (change.held, change.confirmed_at) == (Held.AWAITING_CONFIRMATION, None)
    assert watched.rows(SourceRow)[0].due_at == watched.time.now + LOOK
    await watched.looks(LOOK)
    [change] = watched.told()
    assert change.confirmed_at == watched.time.now


async def test_terms_that_come_back_with_one_edit_tell_the_edit_alone(watched):
    watched.declare(kind="terms")
    watched.shows(terms(*CLAUSES))
    await watched.looks()
    watched.shows(terms(*CLAUSES[:6]))
    await watched.looks()
    edited = CLAUSES[2].replace("keeps the rights", "may not use the rights")
    watched.shows(terms(*CLAUSES[:2], edited, *CLAUSES[3:]))
    await watched.looks(LOOK)
    assert watched.changes()[0].held is Held.UNCONFIRMED
    [change] = watched.told()
    assert change.before.version == 1
    assert {(finding.new_span or finding.old_span).passage for finding in change.findings} == {3}


async def test_a_list_that_comes_back_but_for_one_names_that_one_alone(watched):
    watched.declare()
    watched.shows(page(*COUNTRIES))
    await watched.looks()
    watched.shows(page(*COUNTRIES[0::2]))
    await watched.looks()
    watched.shows(page(*COUNTRIES[1:]))
    await watched.looks(LOOK)
    assert watched.told() == []
    await watched.looks(LOOK)
    [change] = watched.told()
    assert [finding.territory for finding in change.findings if finding.kind.value.startswith("territory")] == ["FR"]


async def test_additions_are_not_delayed(watched):
    watched.declare()
    watched.shows(page(*COUNTRIES))
    await watched.looks()
    watched.shows(page(*COUNTRIES, "Uganda"))
    await watched.looks()
    [change] = watched.told()
    assert change.confirmed_at is None


@pytest.mark.parametrize("twin", ['"ftp://example.com/x"', '"https://example.com/list"', "true"])
def test_a_twin_is_another_web_address(twin):
    text = f'title = "E"\npublisher = "P"\nkind = "terms"\nurl = "https://example.com/list"\ntwin = {twin}\n'
    with pytest.raises(DeclarationError, match="twin"):
        parse(text, "example", "test")


def test_a_twin_is_no_part_of_the_recipe():
    from crawler.extract import recipe

    declaration = parse('title = "E"\npublisher = "P"\nkind = "terms"\nurl = "https://example.com/"\n', "e", "test")
    assert recipe(declaration) == recipe(replace(declaration, twin="https://example.com/index.md"))
