"""Does a message say what changed, for whom, since when, with both texts and the evidence?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html import escape
from html.parser import HTMLParser

import pytest

from alerts.clauses import clause
from alerts.kinds import label
from alerts.language import LOCALES, speaking
from alerts.message import changes_message, notice_message
from alerts.sentence import finding_line, first_line, what_changed
from alerts.sides import side_by_side
from alerts.words import clean, listed, safe_link, short, since_when, value_in_words
from store.subscriptions import Filters
from store.values import Finding, FindingKind, Passage, PassageKind, Polarity, Severity, SourceKind, Span

K = FindingKind


def said(kind, severity=Severity.MEDIUM, **more):
    return Finding(kind, severity, **more)


MANY = ("AF", "BH", "CM", "EG", "ET", "GD", "HN", "ML", "YE", "ZW")


def test_the_first_line_of_the_founding_case(made):
    assert first_line(made.change(*made.LOST_TWO), ()) == (
        "OpenAI API no longer lists Hong Kong and Macao (seen 9 July 2024 08:00 UTC, confirmed 08:10)"
    )


def test_many_territories_are_counted_and_named(made):
    line = what_changed(made.change(*(made.added(code, "x") for code in MANY)), ())
    assert line.startswith("OpenAI API now lists 10 territories: Afghanistan, Bahrain, Cameroon, ")
    assert line.endswith(" and 3 more")


def test_the_gravest_comes_first_and_the_rest_is_counted(made):
    change = made.change(
        said(K.REWORDED, Severity.INFO, old="a", new="b"),
        made.added("KE", "Kenya"),
        *made.LOST_TWO,
    )
    assert what_changed(change, ()) == (
        "OpenAI API no longer lists Hong Kong and Macao, and now lists Kenya; 1 further finding"
    )


def test_what_the_reader_watches_comes_first(made):
    change = made.change(*made.LOST_TWO, made.added("KE", "Kenya"))
    texts = made.texts(*change.findings)
    message = changes_message((texts,), made.subscription(territories=("KE",)))
    assert message.subject == "[low] OpenAI API now lists Kenya; 2 further findings"
    assert message.findings[0].startswith("Territory added: Kenya (KE)")
    assert len(message.findings) == 3


DOCKET = {"kind": SourceKind.DOCKET, "product": None, "publisher": "US Treasury"}


@pytest.mark.parametrize(
    ("finding", "expected"),
    [
        (
            said(K.CONDITION_CHANGED, territory="UA", old="restricted (with certain exceptions)", new="listed"),
            "changes the condition for Ukraine: restricted (with certain exceptions) → listed",
        ),
        (
            said(K.NOTICE_PUBLISHED, new="proposed: Provisions on Investments", subject="2024-13923"),
            "publishes a proposed rule, 2024-13923: “Provisions on Investments”",
        ),
        (
            said(K.STAGE_ADVANCED, old="proposed", new="final", subject="1505-AC82"),
            "advances 1505-AC82 from proposed rule to final rule",
        ),
        (
            said(K.DEADLINE_SET, new="2024-08-04", subject="2024-13923"),
            "sets the comment deadline of 2024-13923 to Sunday 4 August 2024",
        ),
        (
            said(K.DEADLINE_MOVED, old="2024-08-02", new="2024-08-04", subject="2024-13923"),
            "moves the comment deadline of 2024-13923 from Friday 2 August 2024 to Sunday 4 August 2024",
        ),
        (
            said(K.EFFECTIVE_DATE_MOVED, old="2025-01-02", subject="2024-25422"),
            "moves the effective date of 2024-25422 from Thursday 2 January 2025 to no date",
        ),
        (said(K.ENTRY_REPORTED, new="Title", subject="https://x"), "reports “Title”"),
        (
            said(K.DEPLOYMENT_ADDED, new="offered", subject="gpt-4o@swedencentral", product="gpt-4o"),
            "now offers gpt-4o in swedencentral",
        ),
        (said(K.OBLIGATION_STRENGTHENED, old="may", new="must"), "strengthens an obligation: “may” becomes “must”"),
        (
            said(K.TERRITORY_UNKNOWN, new="Atlantis", subject="Atlantis"),
            "names “Atlantis”, which is not in the gazetteer",
        ),
        (said(K.NOTICE_DROPPED, old="final: T", subject="2024-1"), "no longer shows notice 2024-1"),
    ],
)
def test_every_kind_has_its_sentence(made, finding, expected):
    change = made.change(finding, **DOCKET)
    assert clause(change, (finding,)) == expected
    assert what_changed(change, ()).startswith("US Treasury ")


@pytest.mark.parametrize("kind", list(FindingKind))
def test_no_kind_is_left_without_words(made, kind):
    for group in ((said(kind),), (said(kind), said(kind, subject="s", old="o", new="n"))):
        change = made.change(*group)
        assert len(clause(change, group)) > 5
        assert finding_line(change, group[-1]).startswith(label(kind))


def test_a_deny_list_speaks_of_exclusion(made):
    deny = {"polarity": Polarity.DENY, "product": "GitHub Copilot"}
    gone = Finding(K.TERRITORY_REMOVED, Severity.LOW, old="excluded", territory="SY")
    come = Finding(K.TERRITORY_ADDED, Severity.HIGH, new="excluded", territory="CU")
    assert what_changed(made.change(come, **deny), ()) == "GitHub Copilot now excludes Cuba"
    assert what_changed(made.change(gone, **deny), ()) == "GitHub Copilot no longer excludes Syria"


def test_both_texts_stand_side_by_side_with_marks(made):
    old = Passage(PassageKind.PARAGRAPH, "You may resell access.", ("Terms", "Use"))
    new = Passage(PassageKind.PARAGRAPH, "You must not resell access.", ("Terms", "Use"))
    finding = said(K.PERMISSION_WITHDRAWN, old_span=Span(0, 4, 7, "may"), new_span=Span(0, 4, 12, "must not"))
    (row,), more = side_by_side(made.texts(finding, old=(old,), new=(new,)), (finding,))
    assert row.where == "Terms › Use"
    assert [(one.text, one.marked) for one in row.old] == [("You ", False), ("may", True), (" resell access.", False)]
    assert [(one.text, one.marked) for one in row.new][1] == ("must not", True)
    assert more == 0


def test_a_long_passage_is_cut_around_what_changed(made):
    text = "a " * 2000 + "CHANGED" + " b" * 2000
    finding = said(K.REWORDED, new_span=Span(0, 4000, 4007, "CHANGED"))
    (row,), _ = side_by_side(made.texts(finding, new=(Passage(PassageKind.PARAGRAPH, text),)), (finding,))
    shown = "".join(one.text for one in row.new)
    assert "CHANGED" in shown
    assert len(shown) < 500


@pytest.mark.parametrize("bad", [Span(99, 0, 3, "x"), Span(-1, 0, 3, "x"), Span(0, 50, 60, "x"), Span(0, 3, 1, "x")])
def test_a_span_that_does_not_fit_is_never_trusted(made, bad):
    finding = said(K.REWORDED, old_span=bad)
    message = changes_message((made.texts(finding),), made.subscription())
    assert message.first_line


def test_rows_are_bounded_and_the_rest_is_counted(made):
    old = made.items(*(f"Country {number}" for number in range(50)))
    findings = [made.removed("HK", f"Country {number}", number) for number in range(50)]
    rows, more = side_by_side(made.texts(*findings, old=old, new=()), findings)
    assert (len(rows), more) == (30, 20)


def test_the_text_part_reads_well_alone(made):
    message = changes_message(
        (made.texts(*made.LOST_TWO),), made.subscription(territories=("HK",)), "https://t.example"
    )
    assert message.text.splitlines()[0] == message.first_line
    for part in (
        "Territory removed: Hong Kong (HK), listed → unlisted",
        "old: [[Hong Kong]]",
        "new: (nothing)",
        "a" * 64,
        "b" * 64,
        "9 July 2024 07:00 UTC",
        "- 2 territories left an allow list",
        "https://t.example/changes/1..2",
        "territories HK",
        "https://t.example/unsubscribe/",
    ):
        assert part in message.text


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs


HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><a href=javascript:alert(1)>{{ 7*7 }}{% raw %}"
    "</style></td></table>\u202e\x00\r\nX: y"
)


def test_hostile_page_text_is_shown_as_text(made):
    passages = (Passage(PassageKind.PARAGRAPH, HOSTILE, (HOSTILE,)),)
    finding = said(K.TEXT_ADDED, new=HOSTILE, new_span=Span(0, 0, len(HOSTILE), HOSTILE), subject=HOSTILE)
    texts = made.texts(
        finding,
        new=passages,
        title=HOSTILE,
        publisher=HOSTILE,
        product=HOSTILE,
        url="javascript:alert(1)",
        reasons=(HOSTILE,),
    )
    message = changes_message((texts,), made.subscription(publishers=(HOSTILE,)))
    seen = Seen()
    seen.feed(message.html)
    assert not {"script", "img", "link", "iframe", "object"} & set(seen.tags)
    assert not [name for name, _ in seen.attributes if name.startswith("on")]
    assert not [value for name, value in seen.attributes if name in ("href", "src") and "javascript" in (value or "")]
    assert "{{ 7*7 }}" in message.html
    for line in (message.subject, message.first_line, message.source, *message.findings, *message.reasons):
        assert line.isprintable()
    assert "\u202e" not in message.html + message.text


def test_the_page_loads_nothing(made):
    html = changes_message((made.texts(*made.LOST_TWO),), made.subscription(), "https://t.example").html
    seen = Seen()
    seen.feed(html)
    assert not [value for name, value in seen.attributes if name in ("src", "background", "srcset")]
    assert "url(" not in html
    assert "prefers-color-scheme: dark" in html
    assert "max-width: 560px" in html


def test_the_same_change_makes_the_same_message(made):
    texts = made.texts(*made.LOST_TWO)
    assert changes_message((texts,), made.subscription()) == changes_message((texts,), made.subscription())


def several(made, *severities, **more):
    """Changes of these severities, each of its own address."""
    return [
        made.texts(
            made.removed("HK", "Hong Kong", 1, severity), address=f"{at}..{at + 1}", product=f"Product {at}", **more
        )
        for at, severity in enumerate(severities)
    ]


S = Severity


def test_several_changes_are_one_message_with_the_gravest_first(made):
    texts = several(made, S.LOW, S.HIGH, S.MEDIUM)
    message = changes_message(texts, made.subscription(), "https://t.example")
    assert message.subject == "[high] Product 1 no longer lists Hong Kong, and 2 more changes"
    assert message.severity is Severity.HIGH
    assert [one.address for one in message.told] == ["1..2", "2..3", "0..1"]
    assert message.changes == ("1..2", "2..3", "0..1")
    assert [line.split("]")[0] for line in message.findings] == ["[high", "[medium", "[low"]
    for one in texts:
        for part in (f"https://t.example/changes/{one.change.address}", one.change.product):
            assert part in message.text
            assert part in message.html
    assert message.text.count("old: [[Hong Kong]]") == message.html.count(">Hong Kong</mark>") == 3
    assert message.text.count("a" * 64) == message.html.count("a" * 64) == 3


def test_two_changes_are_one_more(made):
    message = changes_message(several(made, S.LOW, S.LOW), made.subscription())
    assert message.subject == "[low] Product 0 no longer lists Hong Kong, and 1 more change"


def test_no_change_is_no_message(made):
    with pytest.raises(ValueError, match="at least one change"):
        changes_message([], made.subscription())


def test_a_thousand_changes_are_bounded_and_counted(made):
    message = changes_message(several(made, *[S.MEDIUM] * 1000), made.subscription(), "https://t.example")
    assert message.subject.endswith(", and 999 more changes")
    assert len(message.changes) == 1000
    assert len(message.told) == 20
    assert len(message.findings) == 201
    assert message.findings[-1] == "and 800 further changes"
    assert "980 further changes are not told in full here." in message.text
    assert "980 further changes are not told in full here." in message.html
    assert len(message.text) < 60_000
    assert len(message.html) < 400_000


def test_a_long_subject_keeps_its_number(made):
    message = changes_message(several(made, S.LOW, S.LOW, publisher="P" * 500, title="T" * 9000), made.subscription())
    long = [replace(one, change=replace(one.change, product="word " * 400)) for one in several(made, S.LOW, S.LOW)]
    assert len(message.subject) <= 150
    subject = changes_message(long, made.subscription()).subject
    assert subject.endswith("…, and 1 more change")
    assert len(subject) <= 150


@pytest.mark.parametrize("many", [1, 2])
def test_whoever_is_affected_reads_so(made, many):
    message = changes_message(several(made, *[S.HIGH] * many), made.subscription(watched=("HK", "KE")))
    assert message.told[0].affected == ("HK",)
    assert message.subject.startswith("[critical] ")  # what touches a territory of one's own is a step graver
    assert "You are affected: HK" in message.text
    assert "You are affected: HK" in message.html
    assert "affected" not in changes_message(several(made, S.HIGH), made.subscription(watched=("KE",))).text


def test_the_same_change_on_other_sources_is_said_once(made):
    texts = replace(made.texts(*made.LOST_TWO), also=("Help page", "<b>Terms</b>\r\nX: y"))
    message = changes_message([texts], made.subscription())
    said = "The same change is on 2 other sources: Help page; <b>Terms</b> X: y"
    assert said in message.text
    assert "<b>Terms" not in message.html
    assert "other source" not in changes_message([made.texts(*made.LOST_TWO)], made.subscription()).text


def test_the_reader_can_decide_from_the_message(made):
    message = changes_message([made.texts(*made.LOST_TWO)], made.subscription(), "https://t.example/")
    page = f"https://t.example/subscriptions/{'s' * 43}/changes/1..2"
    assert f"Acknowledge or dismiss: {page}" in message.text
    assert f'href="{page}"' in message.html


def test_one_passage_is_one_row(made):
    """A finding that names only the new side does not show its passage once more beside nothing."""
    old, new = made.items("You may resell access."), made.items("You must not resell access from 9 July 2024.")
    both = said(K.PERMISSION_WITHDRAWN, old_span=Span(0, 4, 7, "may"), new_span=Span(0, 4, 12, "must not"))
    date = said(K.DATE_CHANGED, new="2024-07-09", new_span=Span(0, 32, 43, "9 July 2024"))
    rows, more = side_by_side(made.texts(date, both, old=old, new=new), (date, both))
    assert (len(rows), more) == (1, 0)
    assert [one.text for one in rows[0].new if one.marked] == ["must not", "9 July 2024"]


def test_twenty_of_the_largest_changes_share_one_message(made):
    """A mail over 100 kB is cut by mail programs; the worst twenty pages of the world come near it in text."""
    words = "Access from <these> territories {{7*7}} is not offered any more. " * 200
    findings = [said(K.REWORDED, old=words, new=words, old_span=Span(0, at * 9, at * 9 + 5, "x")) for at in range(300)]
    texts = made.texts(*findings, old=made.items(words, words), new=(), title=words, reasons=(words,) * 50)
    message = changes_message([texts] * 20, made.subscription(), "https://t.example")
    assert len(message.text) < 300_000
    assert "and 294 further findings" in message.text
    alone = changes_message([texts], made.subscription(), "https://t.example")
    assert "and 240 further findings" in alone.text


MEGABYTE = "{{7*7}} <b>" * 100_000


@pytest.mark.parametrize("field", ["title", "product", "publisher", "url", "source"])
@pytest.mark.parametrize("many", [1, 3])
def test_a_megabyte_in_any_field_stays_small_and_harmless(made, field, many):
    message = changes_message(several(made, *[S.HIGH] * many) if field == "product" else [
        made.texts(*made.LOST_TWO, **{field: MEGABYTE}) for _ in range(many)
    ], made.subscription(publishers=(MEGABYTE,)), "https://t.example")  # fmt: skip
    assert len(message.text) < 30_000
    assert len(message.html) < 120_000
    assert "<b>" not in message.html
    assert "49" not in message.subject


@pytest.mark.parametrize("name", ["{{7*7}}", "{% raw %}", "{0}", "{n}", "{who.__class__}", "%(x)s", "${7*7}", "{", "}"])
def test_a_name_that_looks_like_a_template_is_a_name(made, name):
    finding = said(K.DEADLINE_SET, new="2024-08-04", subject=name, product=name)
    several_texts = [made.texts(finding, publisher=name, product=name, title=name, reasons=(name,))] * 2
    for texts in (several_texts[:1], several_texts):
        message = changes_message(texts, made.subscription(publishers=(name,)))
        assert name in message.subject
        assert f"comment deadline of {name} to" in message.text
        assert escape(name) in message.html


def test_a_notice_says_what_it_is_told(made):
    message = notice_message(
        "Confirm your subscription", ["Somebody asked for this.", HOSTILE], made.subscription(), "https://t.example",
        links=[("Confirm", "https://t.example/confirm/x?a=1&b=2"), ("Evil", "javascript:alert(1)")],
    )  # fmt: skip
    assert "Confirm: https://t.example/confirm/x?a=1&b=2" in message.text
    assert 'href="https://t.example/confirm/x?a=1&amp;b=2"' in message.html
    assert "javascript" not in "".join(link for _label, link in message.links)
    assert message.text.startswith("Confirm your subscription\n\nSomebody asked for this.\n")
    seen = Seen()
    seen.feed(message.html)
    assert not {"script", "img"} & set(seen.tags)
    assert message.unsubscribe in message.text


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", list(FindingKind))
def test_every_sentence_can_be_said_in_every_language(made, locale, kind):
    """A translation with a wrong placeholder would fail where the message is made: at night, in the outbox."""
    one = said(kind, territory="HK", subject="s@r", old="proposed: T", new="final: T", new_span=Span(0, 0, 1, "G"))
    groups = ((one,), (one, replace(one, old=None)), (replace(one, new=None),), (replace(one, old=None),), (one,) * 5)
    for group in groups:
        texts = made.texts(*group, *([made.added("KE", "Kenya")] * 2))
        with speaking(locale):
            message = changes_message([texts, texts], made.subscription(watched=("HK",)), "https://t.example")
        assert message.locale == locale
        assert "{" not in message.text + message.subject


def test_words(made):
    assert listed([]) == ""
    assert listed(["A"]) == "A"
    assert listed(["A", "B", "C"]) == "A, B and C"
    assert listed(list("ABCDE"), 3) == "A, B and 3 more"
    assert since_when(made.NINTH, made.NINTH + timedelta(days=1)).endswith("confirmed 10 July 2024 08:00 UTC")
    assert since_when(made.NINTH, None) == "seen 9 July 2024 08:00 UTC"
    assert value_in_words("2024-08-04") == "Sunday 4 August 2024"
    assert value_in_words("2024-13-99") == "2024-13-99"
    assert short("abc def", 6) == "abc d…"
    assert clean("a\r\nb\u2028c\u202ed\ud800") == "a b cd"


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://x.example/a", "https://x.example/a"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("https://", None),
        ("http://[", None),
        ("https://x.example/\n", None),
        (None, None),
    ],
)
def test_only_web_addresses_become_links(url, link):
    assert safe_link(url) == link


def test_filters_empty_matches_all():
    assert Filters() == Filters((), (), (), (), Severity.INFO)
