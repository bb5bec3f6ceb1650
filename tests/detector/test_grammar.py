"""What single texts state, before anything is compared."""

from __future__ import annotations

import pytest

from detector.prose.stamps import is_stamp
from detector.statements.dates import dates, same_date, same_day
from detector.statements.modality import Force, forces, kind_of_shift
from detector.statements.names import parties
from detector.statements.quantities import quantities
from detector.statements.read import statements, states_something
from detector.statements.scope import changes_reach, scopes
from store.values import FindingKind


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9 July 2024", "2024-07-09"),
        ("July 9, 2024", "2024-07-09"),
        ("9th of July 2024", "2024-07-09"),
        ("Jul. 9, 2024", "2024-07-09"),
        ("2024-07-09", "2024-07-09"),
        ("1er mars 2026", "2026-03-01"),
        ("9 juillet 2024", "2024-07-09"),
        ("2024年7月9日", "2024-07-09"),
        ("二〇二四年七月九日", "2024-07-09"),
        ("民國113年7月9日", "2024-07-09"),
        ("7月9日", "--07-09"),
        ("July 9", "--07-09"),
        ("July 2024", "2024-07"),
        ("2024年7月", "2024-07"),
        ("03/04/2026", "03/04/2026"),
    ],
)
def test_dates(text, value):
    (found,) = dates(f"Es gilt: {text}.")
    assert found.value == value
    assert f"Es gilt: {text}."[found.start : found.end] == text


@pytest.mark.parametrize(
    "text", ["You may use it 30 days.", "You may 2 things", "Version 4.12", "the march of time", "$2,024"]
)
def test_no_dates(text):
    assert dates(text) == []


def test_the_same_day_in_other_forms():
    assert same_day("--07-09", "2024-07-09")
    assert same_day("03/04/2026", "2026-04-03")
    assert not same_day("2024-07", "2024-08")
    assert not same_day("2024-07-09", "2024-07-10")
    assert same_date("03/04/2026", "2026-04-03")
    assert not same_date("--07-09", "2024-07-09")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("within thirty (30) days", ["30 day"]),
        ("30 business days", ["30 business day"]),
        ("a 30-day notice", ["30 day"]),
        ("$1,000.50 a year", ["1000.5 USD"]),
        ("US$1.5 million", ["1500000 USD"]),
        ("5 percent or 5%", ["5 percent", "5 percent"]),
        ("1 000 000 euros", ["1000000 EUR"]),
        ("三十天内", ["30 day"]),
        ("150万元", ["1500000 CNY"]),
        ("one of two users", ["2"]),
        ("持股超过50%的股东", ["50 percent"]),
        ("提前3天通知", ["3 day"]),
        ("quatre-vingt-dix jours", ["90 day"]),
        ("soixante et onze euros", ["71 EUR"]),
        ("six users in the third place", ["6", "3."]),
        ("First, a word", []),
        ("Section 7.2 and Articles 5, 6 and 7", []),
        ("31 CFR part 850", ["31"]),
        ("GPT-4 and H100", []),
        ("7.1 Fees are due", []),
    ],
)
def test_quantities(text, values):
    assert [one.value for one in quantities(text, [])] == values


@pytest.mark.parametrize(
    ("text", "forced"),
    [
        ("You may not do it", [Force.FORBIDDEN]),
        ("It is strictly prohibited", [Force.FORBIDDEN]),
        ("You are not required to pay", [Force.NOT_REQUIRED]),
        ("We will not train on it", [Force.REFUSED]),
        ("You must, and can", [Force.REQUIRED, Force.PERMITTED]),
        ("Il est interdit de fumer", [Force.FORBIDDEN]),
        ("Vous ne devez pas", [Force.FORBIDDEN]),
        ("不得转售，但可以使用", [Force.FORBIDDEN, Force.PERMITTED]),
        ("供应商认可该可能性", []),
        ("Les clients ne pourront jamais revendre", [Force.FORBIDDEN]),
    ],
)
def test_forces(text, forced):
    assert [one.value for one in forces(text)] == forced


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("除未成年人外，用户可以使用", ["except"]),
        ("sold over 5 copies", ["more than"]),
        ("moved over the border", ["over"]),
        ("from time to time", []),
        ("hormis les filiales", ["except"]),
    ],
)
def test_scopes(text, values):
    assert [one.value for one in scopes(text)] == values


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ("and", "or", True),
        ("you", "we", True),
        ("and", None, False),
        ("all", None, False),
        ("all", "some", True),
        (None, "except", True),
        ("and", "with", False),
        ("with", "without", True),
    ],
)
def test_reach(old, new, changes):
    assert changes_reach(old, new) is changes
    assert changes_reach(new, old) is changes


def test_may_the_month_is_no_permission():
    said = statements("It ends on 5 May 2024 and in May.")
    assert [one.value for one in said if one.family == "force"] == []


@pytest.mark.parametrize("old", [None, *Force])
@pytest.mark.parametrize("new", [None, *Force])
def test_every_shift_of_force_has_an_opposite(old, new):
    opposite = {
        None: None,
        FindingKind.PERMISSION_GRANTED: FindingKind.PERMISSION_WITHDRAWN,
        FindingKind.PERMISSION_WITHDRAWN: FindingKind.PERMISSION_GRANTED,
        FindingKind.OBLIGATION_STRENGTHENED: FindingKind.OBLIGATION_WEAKENED,
        FindingKind.OBLIGATION_WEAKENED: FindingKind.OBLIGATION_STRENGTHENED,
    }
    assert kind_of_shift(new, old) == opposite[kind_of_shift(old, new)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("We use Palantir Federal Cloud Service here.", ["palantir federal cloud"]),
        ("OpenAI and GPT-4o are named.", ["openai", "gpt 4o"]),
        ("The Customer shall tell Acme Corp about it.", ["acme corp"]),
        ("向百度和腾讯提供数据", ["百度", "腾讯"]),
        ("The Service is governed by these Terms.", []),
        ("Your Content And Your Rights", []),
    ],
)
def test_parties(text, names):
    assert [one.value for one in parties(text, [])] == names


def test_stamps_and_statements():
    assert is_stamp("Last updated: 9 July 2024")
    assert not is_stamp("You must stop using the service in all its forms by 9 July 2024 or pay.")
    assert states_something("Access is open in Japan.")
    assert not states_something("We are happy to help.")
