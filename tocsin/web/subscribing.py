"""The form by which somebody asks to be told, its answers, and the page that takes the "yes" of an address."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any
from urllib.parse import parse_qsl

from babel import Locale, UnknownLocaleError
from fastapi import APIRouter, Depends, Response

from alerts.confirming import asked_for
from alerts.message import filters_in_words
from store import consent, history, subscriptions
from store.interests import LOCALES
from store.subscriptions import ChannelName, InvalidSubscription, NewSubscription, Subscription
from store.values import FindingKind, Severity, SourceKind
from store.wishes import DIGESTS
from tocsin.asked import BadParameter
from tocsin.web.by_secret import half_hidden, plain, private, small_body
from tocsin.web.room import Room
from tocsin.web.subscription_api import HELD_ALREADY
from tocsin.wishing import LISTS, check_outside, new_subscription, own_addresses, parameter_of

Body = Annotated[bytes, Depends(small_body)]
Form = dict[str, list[str]]

_FIELDS = ("channel", "address", *LISTS, "min_severity", "digest", "timezone", "locale", "quiet_from", "quiet_to")
_WRITTEN_LISTS = ("territories", "watched")  # in one line, "Hong Kong, EU"
_BETWEEN = re.compile(r"[,;\n，、；]")
_FIELDS_AT_MOST = 500
_AT_ONCE = "at_once"
CHANNELS = {
    ChannelName.EMAIL: "E-mail",
    ChannelName.SLACK: "Slack (address of an incoming webhook)",
    ChannelName.WEBHOOK: "Webhook (signed JSON)",
    ChannelName.APPRISE: "Teams, Telegram, ... (address of apprise)",
}
SPOKEN = dict(zip(LOCALES, ("English", "Français", "简体中文"), strict=True))
DIGEST_WORDS = {_AT_ONCE: "At once", "daily": "Once a day", "weekly": "Once a week"}


def routes(room: Room) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/subscribe")
    def empty() -> Response:
        return _form(room, {}, {})

    @router.post("/subscribe")
    def asked(body: Body) -> Response:
        given: Form = {}
        try:
            given = form_of(body)
            return _asked(room, given)
        except InvalidSubscription as error:
            return _form(room, given, {parameter_of(error.field): str(error)})
        except BadParameter as error:
            return _form(room, given, {error.name: str(error)})

    @router.get("/confirm/{secret}")
    def question(secret: str) -> Response:
        # A GET changes nothing: mail scanners follow links.
        with room.database.read() as session:
            found = subscriptions.subscription(session, plain(secret))
        if found.ended_at is not None or consent.too_late(found, room.clock()):
            raise consent.TooLate("this subscription has ended, or was not confirmed in time; ask for it again")
        return _question(room, found)

    @router.post("/confirm/{secret}")
    def confirmed(secret: str) -> Response:
        with room.database.begin() as session:
            found = consent.confirm(session, plain(secret), room.clock())
        return _question(room, found)

    return router


def form_of(body: bytes) -> Form:
    """The fields of a posted form, empty values dropped. Raises BadParameter for what the form does not have."""
    try:
        pairs = parse_qsl(body.decode("ascii"), max_num_fields=_FIELDS_AT_MOST, errors="strict")
    except ValueError as error:
        raise BadParameter("form", "", "send the fields of the form as a browser does") from error
    found: Form = {}
    for name, value in pairs:
        if name not in _FIELDS:
            raise BadParameter("form", name, f"its fields: {', '.join(_FIELDS)}")
        if value.strip():
            found.setdefault(name, []).append(value.strip())
    return found


def wish_of(given: Form) -> dict[str, Any]:
    """The same as a JSON object that tocsin.wishing reads."""
    wish: dict[str, Any] = {}
    for name, values in given.items():
        if name in _WRITTEN_LISTS:
            wish[name] = [part.strip() for value in values for part in _BETWEEN.split(value) if part.strip()]
        else:
            wish[name] = values if name in LISTS else values[-1]
    wish["digest"] = None if wish.get("digest") in (None, _AT_ONCE) else wish["digest"]
    return wish


def _asked(room: Room, given: Form) -> Response:
    """Stores the wish and says what comes next. Raises InvalidSubscription, BadParameter."""
    with room.database.begin() as session:
        new = new_subscription(wish_of(given), session)
        check_outside(new, room.mails)
        if new.channel != ChannelName.EMAIL and subscriptions.asked_already(session, new):
            raise BadParameter("address", new.address, HELD_ALREADY)
        found = asked_for(session, new, room.clock(), room.subscriptions_a_day)
    return _asked_page(room, new, found)


def _asked_page(room: Room, new: NewSubscription, found: Subscription) -> Response:
    """What comes next. Of an e-mail subscription it shows nothing but what was just written: anybody may ask."""
    by_mail = new.channel == ChannelName.EMAIL
    parts = {
        "address": found.address if by_mail else half_hidden(found.address),
        "by_mail": by_mail,
        "days": consent.CONFIRM_WITHIN.days,
        "signing_secret": None if by_mail else found.signing_secret,
        "own": None if by_mail else own_addresses(found, room.base_url),
    }
    return private(room.page("asked.html", parts, 201))


def _question(room: Room, found: Subscription) -> Response:
    parts = {
        "subscription": found,
        "wanted": filters_in_words(found.filters),
        "address": half_hidden(found.address),
        "own": own_addresses(found, None),
    }
    return private(room.page("confirm.html", parts))


def _form(room: Room, given: Form, wrong: Mapping[str, str]) -> Response:
    """The form, with what was written and what is wrong with it beside the field; status 400 when something is."""
    with room.database.read() as session:
        watched = history.sources(session, room.clock())
    shown = {name: ", ".join(given.get(name, [])) for name in _FIELDS if name not in LISTS or name in _WRITTEN_LISTS}
    usual = {"channel": "email", "min_severity": "low", "digest": _AT_ONCE, "timezone": "UTC", "locale": "en"}
    parts = {
        "given": {name: shown[name][:2000] or usual.get(name, "") for name in shown},
        "chosen": {name: set(given.get(name, [])) for name in LISTS},
        "wrong": {name: text for name, text in wrong.items() if name in _FIELDS},
        "wrong_elsewhere": [text for name, text in wrong.items() if name not in _FIELDS],
        "publishers": sorted({source.publisher for source in watched}, key=str.casefold),
        "products": sorted({source.product for source in watched if source.product}, key=str.casefold),
        "languages": {code: _language_name(code) for code in sorted({source.language for source in watched})},
        "source_kinds": list(SourceKind),
        "finding_kinds": list(FindingKind),
        "severities": {one.value: one.value for one in Severity if one is not Severity.OPERATIONAL},
        "channels": {one.value: CHANNELS[one] for one in ChannelName if room.mails or one is not ChannelName.EMAIL},
        "digests": {one: DIGEST_WORDS[one] for one in (_AT_ONCE, *DIGESTS)},
        "locales": SPOKEN,
        "zones": _zones(),
    }
    return room.page("subscribe.html", parts, 400 if wrong else 200)


def _language_name(code: str) -> str:
    """ "French"; the code where nobody has a name for it."""
    try:
        return Locale.parse(code, sep="-").get_display_name("en") or code
    except (UnknownLocaleError, ValueError):
        return code


@lru_cache(maxsize=1)
def _zones() -> tuple[str, ...]:
    """Zones of places, by name; the others are aliases that nobody looks for."""
    return ("UTC", *sorted(one for one in zoneinfo.available_timezones() if "/" in one and not one.startswith("Etc/")))
