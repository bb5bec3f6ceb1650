"""Is the calendar one that other people's parsers read alike, and does a date that moves say so?"""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import vobject
from icalendar import Calendar

from alerts.calendar import ALARMS, calendar_of, wanted_date
from alerts.language import speaking
from store.archive import Received, Visited, record_visit
from store.calendar import READ_AGAIN, CalendarDate, calendar_dates, note_dates
from store.calendar_dates import Dated, DateKind, uid_of
from store.codec import jsonable
from store.happenings import Action, Day
from store.sources import SourceSpec, claim_named, declare
from store.story_schema import StoryRow
from store.subscriptions import Filters
from store.values import Content, Facts, Notice, Outcome, Polarity, SourceKind, Span, Stage

START = datetime(2024, 7, 5, 8, tzinfo=UTC)
SUNDAY = date(2024, 8, 4)
BASE = "https://tocsin.example.org"


def notice(number: str = "2024-13923", **given: object) -> Notice:
    values: dict[str, object] = {
        "number": number,
        "title": "Provisions Pertaining to U.S. Investments in Certain National Security Technologies",
        "stage": Stage.PROPOSED,
        "document_type": "Proposed Rule",
        "span": Span(0, 0, 1, "x"),
        "rins": ("1505-AC82",),
        "url": f"https://example.gov/{number}",
        "published": date(2024, 7, 5),
        "comments_close": SUNDAY,
    }
    return Notice(**values | given)  # type: ignore[arg-type]


EXTENDED = notice(
    "2024-16000", title="Provisions Pertaining to U.S. Investments; Extension of Comment Period",
    stage=Stage.EXTENSION, published=date(2024, 7, 20), comments_close=date(2024, 9, 3), refers=("2024-13923",),
)  # fmt: skip
WITHDRAWN = notice(
    "2024-17000", title="Provisions Pertaining to U.S. Investments; Withdrawal", stage=Stage.WITHDRAWAL,
    published=date(2024, 7, 25), comments_close=None, refers=("2024-13923",),
)  # fmt: skip


@pytest.fixture
def docket(database):
    """Records a version of a docket that holds these notices."""

    def made(at: datetime, *notices: Notice, slug: str = "treasury", **fields: object) -> None:
        spec = {
            "title": "Treasury rules", "publisher": "US Treasury", "product": None, "kind": SourceKind.DOCKET,
            "polarity": Polarity.ALLOW, "language": "en", "jurisdiction": "US", "url": f"https://example.gov/{slug}",
            "host": "example.gov", "every": timedelta(hours=6), "text": "",
        }  # fmt: skip
        content = Content((), Facts(notices=notices))
        with database.begin() as session:
            declare(session, [SourceSpec(slug=slug, **(spec | fields))], at, retire=False)
            [source] = claim_named(session, [slug], at, timedelta(minutes=5))
            received = Received(source.url, 200, {}, repr((at, notices)).encode())
            visited = Visited(
                outcome=Outcome.VERSION,
                at=at,
                due_at=at,
                url=source.url,
                recipe="r",
                received=received,
                content=content,
            )
            record_visit(session, source, visited)

    return made


@pytest.fixture
def shown(database):
    """What the calendar holds, by uid."""

    def made(since: date = date(2023, 1, 1)) -> dict[str, CalendarDate]:
        with database.read() as session:
            return {one.uid: one for one in calendar_dates(session, since)}

    return made


CLOSES = "2024-13923.comments-close@tocsin"


def test_a_deadline_that_moves_keeps_its_uid_and_raises_its_sequence(database, docket, shown):
    docket(START, notice())
    assert note_dates(database, START) == 1
    assert (shown()[CLOSES].dated.first, shown()[CLOSES].sequence) == (SUNDAY, 0)
    moved = START + timedelta(days=15)
    docket(moved, notice(), EXTENDED)
    assert note_dates(database, moved) == 1
    one = shown()[CLOSES]
    assert (one.dated.first, one.sequence, one.updated_at, one.cancelled) == (date(2024, 9, 3), 1, moved, False)
    assert list(shown()) == [CLOSES], "the extension has no deadline of its own"


def test_a_withdrawn_rule_is_cancelled_and_one_that_only_left_the_list_is_not(database, docket, shown):
    other = notice("2024-99999", title="Another rule altogether", rins=("0694-AA00",), comments_close=date(2024, 8, 20))
    docket(START, notice(), other)
    note_dates(database, START)
    later = START + timedelta(days=20)
    docket(later, notice(), WITHDRAWN)
    note_dates(database, later)
    found = shown()
    assert (found[CLOSES].cancelled, found[CLOSES].sequence, found[CLOSES].dated.first) == (True, 1, SUNDAY)
    assert (
        found["2024-99999.comments-close@tocsin"].cancelled,
        found["2024-99999.comments-close@tocsin"].sequence,
    ) == (
        False,
        0,
    )
    again = later + timedelta(days=1)
    docket(again, notice())
    note_dates(database, again)
    assert (shown()[CLOSES].cancelled, shown()[CLOSES].sequence) == (False, 2)


def test_a_mended_title_is_shown_and_moves_nothing_and_nothing_new_writes_nothing(database, docket, shown):
    docket(START, notice(effective=date(2025, 1, 2)))
    assert note_dates(database, START) == 2
    assert note_dates(database, START + timedelta(hours=1)) == 0
    assert note_dates(database, START + READ_AGAIN * 2) == 0, "read again, and nothing had changed"
    assert {one.updated_at for one in shown().values()} == {START}
    earlier = START - timedelta(days=3)  # a clock set back
    docket(START + timedelta(hours=2), notice(title="Mended", effective=date(2025, 1, 2)))
    assert note_dates(database, earlier) == 2
    assert {(one.sequence, one.updated_at, one.dated.title) for one in shown().values()} == {(0, START, "Mended")}


def test_a_document_in_two_dockets_is_one_date_of_both_publishers(database, docket, shown):
    docket(START, notice(), slug="treasury")
    docket(START + timedelta(hours=1), notice("2024-13923"), slug="bis", publisher="BIS")
    note_dates(database, START)
    assert [one.dated.publishers for one in shown().values()] == [("BIS", "US Treasury")]
    docket(START + timedelta(hours=2), notice(), WITHDRAWN, slug="treasury")
    docket(START + timedelta(hours=3), notice(title="read last"), slug="bis", publisher="BIS")
    note_dates(database, START + timedelta(hours=4))
    assert shown()[CLOSES].cancelled, "who knows of the withdrawal outweighs who does not"


@pytest.fixture
def story(database):
    """Writes a story with its days, as deriving it would; None deletes it."""

    def made(number: int, at: datetime, **days: Day | None) -> None:
        known = {name: jsonable(day) if day else None for name, day in days.items()}
        with database.begin() as session:
            row = session.get(StoryRow, number) or StoryRow(
                id=number, action=Action.RESTRICT, actor="OpenAI", object=None, title="OpenAI blocks API traffic",
                first_at=START, last_at=START, effective=None, ends=None, products=["OpenAI API"], disputed=[],
                territories=["CN", "HK"], sayings=[], refers=[], related=[], chains=1, official=True, fingerprint="f",
            )  # fmt: skip
            row.derived_at = at
            for name, value in known.items():
                setattr(row, name, value)
            session.add(row)

    return made


def test_a_story_s_dates_come_move_and_end(database, story, shown):
    ninth = Day(date(2024, 7, 9), date(2024, 7, 9), "9 July")
    story(7, START, effective=ninth, ends=Day(date(2024, 7, 20), date(2024, 7, 31), "late July"))
    assert note_dates(database, START) == 2
    starts, ends = shown()["story-7.story-effective@tocsin"], shown()["story-7.story-ends@tocsin"]
    assert (starts.dated.first, starts.dated.last, starts.dated.publishers) == (ninth.first, ninth.last, ("OpenAI",))
    assert (ends.dated.first, ends.dated.last, ends.dated.words) == (date(2024, 7, 20), date(2024, 7, 31), "late July")
    assert wanted_date(Filters(territories=("HK",), publishers=("openai",)), starts.dated)
    assert not wanted_date(Filters(territories=("JP",)), starts.dated)
    story(7, START + timedelta(hours=1), effective=Day(date(2024, 7, 10), date(2024, 7, 10), "10 July"), ends=None)
    assert note_dates(database, START + timedelta(hours=1)) == 2
    starts, ends = shown()["story-7.story-effective@tocsin"], shown()["story-7.story-ends@tocsin"]
    assert (starts.dated.first, starts.sequence, starts.cancelled) == (date(2024, 7, 10), 1, False)
    assert (ends.sequence, ends.cancelled) == (1, True), "nobody agrees on it any more"
    with database.begin() as session:
        session.delete(session.get_one(StoryRow, 7))
    assert note_dates(database, START + timedelta(hours=2)) == 1
    assert {(one.cancelled, one.uid) for one in shown().values()} == {
        (True, "story-7.story-effective@tocsin"),
        (True, "story-7.story-ends@tocsin"),
    }


def test_two_processes_note_a_date_once(database, docket, shown):
    docket(START, notice())
    ready, noted = threading.Barrier(3), []

    def note() -> None:
        ready.wait()
        noted.append(note_dates(database, START))

    threads = [threading.Thread(target=note) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(noted) == [0, 0, 1]
    assert [one.sequence for one in shown().values()] == [0]


def test_names_of_dates_stay_and_are_told_apart():
    assert uid_of(DateKind.TAKES_EFFECT, "any", "2024-13923", None) == "2024-13923.takes-effect@tocsin"
    assert uid_of(DateKind.TAKES_EFFECT, "any", "2024-03923", None) == uid_of(
        DateKind.TAKES_EFFECT, "x", "2024-3923", None
    )
    mine = {uid_of(DateKind.TAKES_EFFECT, who, "Reg/12\r\nX", None) for who in ("UK", "EU")}
    assert len(mine) == 2
    assert all(len(uid) < 200 and uid.isascii() and uid.isprintable() for uid in mine)
    assert len(uid_of(DateKind.TAKES_EFFECT, "UK", "x" * 5000, None)) < 200


def dated(**given: object) -> Dated:
    values: dict[str, object] = {
        "kind": DateKind.COMMENTS_CLOSE, "first": SUNDAY, "last": SUNDAY, "title": "A rule",
        "publishers": ("US Treasury",),
        "source": "treasury", "source_kind": SourceKind.DOCKET, "product": None, "language": "en", "territories": (),
        "about": "2024-13923", "url": "https://example.gov/2024-13923",
    }  # fmt: skip
    return Dated(**values | given)  # type: ignore[arg-type]


def entry(cancelled: bool = False, sequence: int = 0, uid: str = CLOSES, **given: object) -> CalendarDate:
    return CalendarDate(uid, dated(**given), cancelled, sequence, START)


HOSTILE = "Rule; a, b\\n\x00\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:evil \u202e " + "很长" * 300


@pytest.mark.parametrize("title", ["A rule", HOSTILE, "x" * 1_000_000], ids=["plain", "hostile", "a megabyte"])
def test_two_parsers_read_the_same_calendar(title):
    text = calendar_of([entry(title=title), entry(True, 3, "2@tocsin")], "Tocsin: everything", BASE)
    assert all(len(line) <= 75 for line in text.split(b"\r\n")), "RFC 5545 3.1"
    ours, theirs = Calendar.from_ical(text), vobject.readOne(text.decode())
    assert ours.errors == []
    assert all(one.errors == [] for one in ours.walk())
    assert len(ours.events) == len(theirs.vevent_list) == 2
    for one, other in zip(ours.events, theirs.vevent_list, strict=True):
        assert str(one["uid"]) == other.uid.value
        assert str(one["summary"]) == other.summary.value
        assert one.decoded("dtstart") == other.dtstart.value
        assert one.decoded("last-modified") == other.last_modified.value == START
        assert int(one["sequence"]) == int(other.sequence.value)
        assert str(one["status"]) == other.status.value
    first, second = theirs.vevent_list
    assert first.dtstart.value == SUNDAY
    assert first.dtend.value == SUNDAY + timedelta(days=1)
    assert first.summary.value.startswith("Comments close Sunday 4 August 2024: ")
    assert len(first.summary.value) < 300
    assert [alarm.trigger.value for alarm in first.valarm_list] == [-timedelta(days=days) for days in ALARMS] == [
        -timedelta(days=30), -timedelta(days=10), -timedelta(days=2)
    ]  # fmt: skip
    assert first.url.value == "https://example.gov/2024-13923"
    assert f"{BASE}/sources/treasury" in first.description.value
    assert (second.status.value, second.sequence.value) == ("CANCELLED", "3")
    assert second.summary.value.startswith("Cancelled: ")
    assert "valarm" not in second.contents
    assert theirs.method.value == "PUBLISH"
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in text
    assert b"DTSTART;VALUE=DATE:20240804\r\n" in text


def test_an_empty_calendar_is_one_and_a_span_has_both_its_ends():
    assert Calendar.from_ical(calendar_of([], "Tocsin")).events == []
    span = entry(kind=DateKind.STORY_ENDS, last=date(2024, 8, 10), source=None, source_kind=SourceKind.FEED, about="7",
                 url="javascript:alert(1)", words="early August")  # fmt: skip
    [event] = Calendar.from_ical(calendar_of([span], "Tocsin", BASE)).events
    assert event.decoded("dtend") == date(2024, 8, 11)
    assert "between Sunday 4 August 2024 and Saturday 10 August 2024" in event["summary"]
    assert event["url"] == f"{BASE}/stories/7"
    assert "early August" in event["description"]


def test_the_same_dates_are_the_same_bytes_and_the_reader_s_language_is_spoken():
    assert calendar_of([entry()], "x") == calendar_of([entry()], "x")
    english = Calendar.from_ical(calendar_of([entry()], "x")).events[0]
    with speaking("fr"):
        french = Calendar.from_ical(calendar_of([entry()], "x")).events[0]
    assert french["uid"] == english["uid"]
    assert "dimanche 4 août 2024" in french["summary"]


@pytest.mark.parametrize(
    ("filters", "given", "wanted"),
    [
        ({}, {}, True),
        ({"publishers": ("us  treasury",)}, {}, True),
        ({"publishers": ("OpenAI",)}, {}, False),
        ({"publishers": ("OpenAI",)}, {"publishers": ("Reuters", "OpenAI")}, True),
        ({"products": ("OpenAI API",)}, {}, True),
        ({"products": ("OpenAI API",)}, {"product": "Azure OpenAI"}, False),
        ({"languages": ("fr",)}, {}, False),
        ({"languages": ("fr",)}, {"language": None}, True),
        ({"kinds": ("docket",)}, {}, True),
        ({"kinds": ("deadline_moved",)}, {}, True),
        ({"kinds": ("territory_removed",)}, {}, False),
        ({"kinds": ("feed",)}, {}, False),
        ({"territories": ("HK",)}, {}, True),
        ({"territories": ("HK",)}, {"title": "Exports to Hong Kong"}, True),
        ({"territories": ("HK",)}, {"title": "Exports to Japan"}, False),
        ({"territories": ("HK",)}, {"territories": ("CN", "HK")}, True),
        ({"territories": ("EU",)}, {"territories": ("FR",)}, True),
        ({"territories": ("UA",)}, {"territories": ("UA-43",)}, True),
        ({"territories": ("RU",)}, {"territories": ("UA-43",)}, False),
    ],
)
def test_a_calendar_has_the_dates_of_its_subscription(filters, given, wanted):
    assert wanted_date(Filters(**filters), dated(**given)) is wanted
