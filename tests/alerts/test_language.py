"""Does a message speak one language, and has every text of ours a translation that fits?"""

from __future__ import annotations

import re
import string
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from alerts.digests.compiling import digest_for
from alerts.digests.message import digest_message
from alerts.language import FOLDER, LOCALES, _, ngettext, speaking
from alerts.message import changes_message
from alerts.sample import marked
from alerts.troubles import bulletin_message
from alerts.week import Week
from alerts.words import counted, day, figure, instant, listed, plain_day, quoted, since_when
from store.promises import Bulletin, Trouble, TroubleKind
from store.values import Outcome

ROOT = Path(__file__).resolve().parents[2]
SITE = "https://tocsin.example.org"
OTHERS = tuple(locale for locale in LOCALES if locale != "en")
WORD = re.compile(r"[A-Za-z]{2,}")
# Names, abbreviations and code that no language translates.
SAME_EVERYWHERE = {"UTC", "SHA", "PDF", "JSON", "RIN", "Tocsin", "tocsin", "status"}


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    """Every text in the code that a reader may see: (context, English or (one, many))."""
    template = tmp_path_factory.mktemp("messages") / "tocsin.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "babel.cfg"]
    command += [*("-k", "counted:2,3"), *("-k", "pgettext:1c,2"), "-o", str(template), "."]
    subprocess.run(command, cwd=ROOT, check=True)
    with template.open("rb") as file:
        return {_key(one) for one in read_po(file) if one.id}


@pytest.fixture(scope="module", params=OTHERS)
def catalogue(request):
    with (FOLDER / request.param / "LC_MESSAGES" / "tocsin.po").open("rb") as file:
        return read_po(file, locale=request.param)


def _key(one):
    return one.context, one.id if isinstance(one.id, str) else tuple(one.id)


def _forms(value):
    return (value,) if isinstance(value, str) else tuple(value)


def _places(text):
    return {name for _text, name, _form, _convert in string.Formatter().parse(text) if name is not None}


def test_the_texts_are_found(texts):
    assert len(texts) > 300
    assert (None, "What changed") in texts


def test_every_text_has_a_translation(texts, catalogue):
    translated = {_key(one) for one in catalogue if one.id and one.string and all(_forms(one.string))}
    assert sorted(map(str, texts - translated)) == []


def test_no_translation_is_left_of_a_text_that_is_gone(texts, catalogue):
    assert sorted(str(key) for key in {_key(one) for one in catalogue if one.id} - texts) == []


def test_nothing_is_translated_by_guess(catalogue):
    assert [one.id for one in catalogue if one.id and one.fuzzy] == []


def test_every_translation_has_the_places_of_its_text(catalogue):
    for one in (one for one in catalogue if one.id):
        places = [_places(text) for text in _forms(one.id)]
        for number, said in enumerate(_forms(one.string)):
            last = number == len(_forms(one.string)) - 1
            wanted = places[-1] if last else set.intersection(*places)
            assert wanted <= _places(said) <= set.union(*places), f"{one.id!r} became {said!r}"


def test_plural_forms_are_those_of_the_language(catalogue):
    for one in catalogue:
        if one.id and not isinstance(one.id, str):
            assert len(_forms(one.string)) == catalogue.num_plurals, one.id


def test_a_translation_is_in_its_language(catalogue):
    for one in (one for one in catalogue if one.id):
        bare = re.sub(r"\{[^}]*\}|`[^`]*`", "", " ".join(_forms(one.id)))
        if not set(WORD.findall(bare)) - SAME_EVERYWHERE:
            continue
        for said in _forms(one.string):
            if catalogue.locale.language == "zh":
                left = set(WORD.findall(re.sub(r"\{[^}]*\}|`[^`]*`", "", said))) - SAME_EVERYWHERE
                assert not left, f"{one.id!r} became {said!r}"
            elif len(WORD.findall(bare)) > 2:
                assert said not in _forms(one.id), one.id


def test_french_signs_stand_after_a_space_that_does_not_break():
    with (FOLDER / "fr" / "LC_MESSAGES" / "tocsin.po").open("rb") as file:
        for one in read_po(file, locale="fr"):
            for said in _forms(one.string) if one.id else ():
                assert not re.search(r"\S [:;?!»]|« ", said), said


def test_a_simple_text_in_each():
    said = {}
    for locale in LOCALES:
        with speaking(locale):
            said[locale] = (_("What changed"), ngettext("{n} change", "{n} changes", 2).format(n=2))
    assert said == {
        "en": ("What changed", "2 changes"),
        "fr": ("Ce qui a changé", "2 modifications"),
        "zh_Hans_CN": ("变更内容", "2 项变更"),
    }


FOURTH = date(2024, 8, 4)
NINTH = datetime(2024, 7, 9, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        (
            "en",
            [
                "Sunday 4 August 2024",
                "4 August 2024",
                "9 July 2024 08:00 UTC",
                "A, B and C",
                "1,392",
                "“x”",
                "0 changes",
            ],
        ),
        (
            "fr",
            [
                "dimanche 4 août 2024",
                "4 août 2024",
                "9 juillet 2024 à 08:00 UTC",
                "A, B et C",
                "1\u202f392",
                "«\u00a0x\u00a0»",
                "0 modification",
            ],
        ),
        (
            "zh_Hans_CN",
            ["2024年8月4日星期日", "2024年8月4日", "2024年7月9日 08:00 UTC", "A、B和C", "1,392", "“x”", "0 项变更"],
        ),
    ],
)
def test_dates_lists_and_numbers_are_written_as_the_language_does(locale, expected):
    with speaking(locale):
        none = ngettext("{n} change", "{n} changes", 0).format(n=figure(0))
        said = [day(FOURTH), plain_day(FOURTH), instant(NINTH), listed(list("ABC")), figure(1392), quoted("x"), none]
    assert said == expected


def test_a_list_that_is_too_long_is_counted_in_the_language():
    with speaking("fr"):
        assert listed([f"n{n}" for n in range(20)], 3) == "n0, n1 et 18 autres"
    with speaking("zh_Hans_CN"):
        assert listed([f"n{n}" for n in range(20)], 3) == "n0、n1和另外 18 项"
    assert listed([]) == ""
    assert listed(["A", "B"]) == "A and B"


def test_seen_and_confirmed():
    later = NINTH + timedelta(minutes=10)
    assert since_when(NINTH, later) == "seen 9 July 2024 08:00 UTC, confirmed 08:10"
    with speaking("fr"):
        assert since_when(NINTH, later) == "vu le 9 juillet 2024 à 08:00 UTC, confirmé à 08:10"
        assert since_when(NINTH, later + timedelta(days=1)).endswith("confirmé le 10 juillet 2024 à 08:10 UTC")
    with speaking("zh_Hans_CN"):
        assert since_when(NINTH, None) == "发现于 2024年7月9日 08:00 UTC"


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="allowed: en, fr, zh_Hans_CN"), speaking("de"):
        pass


def test_counted_says_one_and_many():
    assert (counted(1, "change"), counted(1392, "change"), counted(2, "story", "stories")) == (
        "1 change",
        "1,392 changes",
        "2 stories",
    )


# What pages, publishers and the detector said; it stays as it is.
THEIRS = (
    *("OpenAI API: supported countries and territories", "2 territories left an allow list", "unreachable: 503"),
    *("Example list", "OpenAI API", "because", "Supported countries and territories", "too many requests"),
)
SINGLE = re.compile(
    r"\b(listed|unlisted|excluded|high|low|seen|confirmed|none|nothing|new|old|stale|verified|severity)\b", re.I
)


def says_nothing_in_english(message, texts):
    """Checks subject, text and HTML of a message for any stretch of our English."""
    shown = re.sub(r"<style.*?</style>|<[^>]*>", "\n", message.html, flags=re.DOTALL)
    ours = {piece.strip() for piece in _english_pieces(texts)}
    for line in (message.subject, message.first_line, *message.text.splitlines(), *shown.splitlines()):
        line = re.sub(r"https?://\S+", "", line)
        for known in THEIRS:
            line = line.replace(known, "")
        assert not [piece for piece in ours if piece in line], line
        assert not SINGLE.search(line), line


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("locale", OTHERS)
def test_a_mail_of_the_founding_case_says_nothing_of_ours_in_english(made, texts, locale, several):
    changes = [made.texts(*made.LOST_TWO)]
    if several:
        changes.append(made.texts(made.added("UA-43", "Crimea", 0), address="3..4", id=2))
    with speaking(locale):
        message = changes_message(changes, made.subscription(locale=locale, watched=("HK",)), SITE)
    says_nothing_in_english(message, texts)


def test_the_check_sees_english(made, texts):
    message = changes_message([made.texts(*made.LOST_TWO)], made.subscription(), SITE)
    with pytest.raises(AssertionError):
        says_nothing_in_english(message, texts)
    with pytest.raises(AssertionError):
        says_nothing_in_english(replace(message, subject="x", first_line="x", text="unlisted", html=""), texts)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("locale", OTHERS)
def test_a_digest_of_the_founding_case_neither(database, seed, made, texts, locale):
    source = seed.source()
    seed.change(source, *made.LOST_TWO)
    seed.visits(source, [NINTH + timedelta(hours=n) for n in range(100)], Outcome.CONFIRMED)
    seed.visits(source, [NINTH + timedelta(hours=101)], Outcome.BLOCKED, "too many requests")
    subscription = made.subscription(locale=locale, digest="weekly", watched=("HK",))
    with database.read() as session, speaking(locale):
        digest = digest_for(session, Week(2024, 28), "Asia/Hong_Kong", subscription.filters, NINTH + timedelta(days=8))
        says_nothing_in_english(digest_message(digest, subscription, SITE), texts)


@pytest.mark.parametrize("locale", OTHERS)
def test_what_operators_read_neither(made, texts, locale):
    stale = Trouble(TroubleKind.STALE, "example-list", "Example list", NINTH, "unreachable: 503")
    begun = tuple(replace(stale, kind=kind) for kind in TroubleKind)
    with speaking(locale):
        bulletin = Bulletin(1, NINTH, begun, (replace(stale, ended_at=NINTH),))
        message = bulletin_message(bulletin, made.subscription(locale=locale, operator=True), SITE)
    says_nothing_in_english(message, texts)


@pytest.mark.parametrize("locale", OTHERS)
def test_a_sample_neither(made, texts, locale):
    with speaking(locale):
        subscription = made.subscription(locale=locale)
        message = marked(changes_message([made.texts(*made.LOST_TWO)], subscription, SITE), subscription, made=True)
    says_nothing_in_english(message, texts)


def _english_pieces(texts):
    """What of our English would show in a message: the longer stretches between two places."""
    for _context, one in texts:
        for text in _forms(one):
            for piece in re.split(r"\{[^}]*\}", text):
                if len(WORD.findall(piece)) > 1:
                    yield piece


def test_subjects_speak_the_language_and_pages_keep_theirs(made):
    said = {}
    for locale in LOCALES:
        with speaking(locale):
            said[locale] = changes_message([made.texts(*made.LOST_TWO)], made.subscription(locale=locale))
    assert said["en"].subject == "[high] OpenAI API no longer lists Hong Kong and Macao"
    assert said["fr"].subject == "[élevée] OpenAI API ne répertorie plus Hong Kong et Macao"
    assert said["zh_Hans_CN"].subject == "[高] OpenAI API 不再列出香港和澳门"
    for message in said.values():
        assert "OpenAI API: supported countries and territories" in message.text
        assert "Macau" in message.text  # as the page spells it
