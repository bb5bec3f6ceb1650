"""A wish to be told, from what people and programs write (options, JSON, a form) to values, refused by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from store.subscriptions import (
    AMENDABLE,
    ChannelName,
    NewSubscription,
    NoSuchSubscription,
    Session,
    Subscription,
    subscription,
)
from store.values import Severity
from tocsin.asked import BadParameter

LISTS = ("publishers", "products", "territories", "kinds", "languages", "watched")
CHANGEABLE = tuple(name for name in AMENDABLE if name != "team")
NAMES = ("channel", "address", *CHANGEABLE)
_USUAL = {"min_severity": Severity.LOW.value}  # what a wish that says nothing of it gets, by whichever door it comes
_LENGTHS = ("group_wait", "group_interval", "remind_after")
# Whoever joins a team decides for it, and an operator hears what is wrong with the house: nobody gives that to himself.
_BY_OPERATOR = ("team", "operator")
# How the store calls a field of which it checks one value at a time.
_PLURAL = dict(zip(("publisher", "product", "territory", "kind", "language"), LISTS, strict=False))


def quiet_hours(written: str | None) -> tuple[str | None, str | None]:
    """ "22:00-07:00" as two times of day; none where nothing is written. Raises BadParameter."""
    if not written:
        return None, None
    start, dash, end = written.replace("–", "-").partition("-")
    if not dash:
        raise BadParameter("quiet", written, "write when quiet hours begin and end, such as 22:00-07:00")
    return start.strip(), end.strip()


def new_subscription(given: Mapping[str, Any], session: Session) -> NewSubscription:
    """The wish that a JSON object states. Raises BadParameter for what nobody reads or has another type."""
    fields = stated(given, NAMES, session)
    for name in ("channel", "address"):
        if not isinstance(fields.get(name), str):
            raise BadParameter(name, str(fields.get(name, "")), f"write a text; channels: {', '.join(ChannelName)}")
    return replace(NewSubscription("", ""), **_USUAL | fields)


def stated(given: Mapping[str, Any], allowed: Sequence[str], session: Session) -> dict[str, Any]:
    """The fields of a JSON object, each of its type; escalate_to, written as a secret, as a number.

    Raises BadParameter.
    """
    return {name: _typed(name, value, allowed, session) for name, value in given.items()}


def check_outside(new: NewSubscription, mails: bool) -> None:
    """Refuses what nobody but the operator may ask for, or what cannot be sent; as check_reachable.

    Raises BadParameter and InvalidSubscription. mails: e-mail can be sent.
    """
    if new.channel == ChannelName.EMAIL and not mails:
        raise BadParameter("channel", new.channel, "this Tocsin sends no e-mail; its operator sets TOCSIN_SMTP_URL")
    if new.channel == ChannelName.SLACK and "://" not in new.address:
        # The bot is the operator's: who knows the name of a room does not own it, as who has its webhook does.
        allowed = "write the address of an incoming webhook; rooms by name are for the operator, by `tocsin subscribe`"
        raise BadParameter("address", new.address, allowed)
    check_reachable(new)


def check_reachable(new: NewSubscription) -> None:
    """Refuses an address that only apprise can judge. Raises InvalidSubscription."""
    if new.channel == ChannelName.APPRISE:
        from alerts.channels.apprise import known_address

        known_address(new.address)


def wish_json(new: NewSubscription) -> dict[str, Any]:
    """A wish as it would be stored, by the names that new_subscription reads."""
    fields = {name: getattr(new, name) for name in NAMES if name != "escalate_to"}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}


def own_addresses(found: Subscription, base_url: str | None) -> dict[str, str]:
    """Where a subscription's owner manages it and reads its calendar and feed; paths where there is no base_url."""
    base = (base_url or "").rstrip("/")
    return {
        "manage": f"{base}/subscriptions/{found.secret}",
        "calendar": f"{base}/calendar/{found.feed_secret}.ics",
        "feed": f"{base}/feed/{found.feed_secret}.atom",
    }


def parameter_of(field: str) -> str:
    """How a program wrote the field that the store refuses: "territory" is one of its "territories"."""
    return _PLURAL.get(field, field)


def _typed(name: str, value: Any, allowed: Sequence[str], session: Session) -> Any:
    if name in _BY_OPERATOR:
        raise BadParameter(name, str(value), f"only the operator gives it, by `tocsin subscribe --{name}`")
    if name not in allowed:
        raise BadParameter(name[:40], str(value), f"allowed: {', '.join(allowed)}")
    if name == "escalate_to":
        return None if value is None else _number_behind(value, session)
    if name in LISTS:
        if not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
            raise BadParameter(name, str(value), 'write a list of texts, such as ["Hong Kong"]')
        return tuple(value)
    if name in _LENGTHS:
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | str)):
            raise BadParameter(name, str(value), "write seconds, or a length such as 5m")
        return value
    if value is None and name in ("digest", "quiet_from", "quiet_to"):
        return None
    if not isinstance(value, str):
        raise BadParameter(name, str(value), "write a text")
    return value


def _number_behind(value: Any, session: Session) -> int:
    """The number of the subscription that a secret manages: who escalates to another holds that one's secret too."""
    problem = BadParameter("escalate_to", str(value), "write the secret of the other subscription")
    if not (isinstance(value, str) and value.isascii() and value.isprintable()):
        raise problem
    try:
        return subscription(session, value).id
    except NoSuchSubscription as error:
        raise problem from error
