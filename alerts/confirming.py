"""Is it wanted? The one message that an address gets before it has said yes, and how often it may be asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.keys import delivery_key
from alerts.language import _
from alerts.message import Message, notice_message
from alerts.why import filters_in_words, page
from alerts.words import day
from store import consent, deliveries
from store.database import Database
from store.deliveries import Claim
from store.subscriptions import ChannelName, InvalidSubscription, NewSubscription, Session, Subscription, add
from store.values import Purpose

QUESTIONS_A_DAY = 3  # to one address, whatever was asked for: whoever does not answer three does not want a fourth
_DAY = timedelta(days=1)


class TooManyAsked(Exception):
    """Within a day so many subscriptions were asked for that no more are taken from strangers."""


def asked_for(session: Session, new: NewSubscription, now: datetime, a_day: int | None = None) -> Subscription:
    """The subscription that somebody asked for, in whoever's name; an e-mail address is first asked.

    a_day: how many this Tocsin takes within a day, from everybody together; None: any number. Raises TooManyAsked, and
    InvalidSubscription, also where the address was asked too often of late; then nothing is to be stored.
    """
    if a_day is not None and consent.asked_since(session, now - _DAY) >= a_day:
        raise TooManyAsked(
            "too many subscriptions were asked for within a day; come back tomorrow, or ask the operator"
        )
    must_say_yes = new.channel == ChannelName.EMAIL
    found = add(session, new, now, confirmed=not must_say_yes)
    if must_say_yes:
        ask(session, found, now)
    return found


def ask(session: Session, subscription: Subscription, now: datetime) -> None:
    """Puts the question into the outbox. Raises InvalidSubscription where the address was asked too often today."""
    if consent.questions_since(session, subscription.address, now - _DAY) >= QUESTIONS_A_DAY:
        allowed = f"it was asked {QUESTIONS_A_DAY} times within a day; look into its mail, or come back tomorrow"
        raise InvalidSubscription("address", subscription.address, allowed)
    key = delivery_key(subscription.secret, f"confirmation {now.isoformat()}")
    deliveries.insert(session, subscription.id, key, now, purpose=Purpose.CONFIRMATION)


def end_unanswered(database: Database, now: datetime) -> int:
    """Ends the subscriptions whose question nobody answered in time; how many. Safe to run at any time."""
    with database.read() as session:
        if not consent.overdue(session, now):
            return 0
    with database.begin() as session:
        return consent.expire(session, now)


def confirmation_message(session: Session, claim: Claim, now: datetime, base_url: str | None) -> Message:
    """The question, with the address of the page that takes the answer; without a page, what the operator can do."""
    asked = claim.subscription
    if asked.confirmed_at is not None:
        return _known_already(asked, base_url)
    until = day((asked.created_at + consent.CONFIRM_WITHIN).astimezone(ZoneInfo(asked.timezone)).date())
    lines = [
        _("Somebody, most likely you, asked Tocsin to send this address: {wanted}.").format(wanted=_wanted(asked)),
        _("Nothing is sent before you say yes. If it was not you, do nothing: it ends by itself on {day}.").format(
            day=until
        ),
    ]
    link = page(base_url, f"confirm/{asked.secret}")
    if link is None:
        said = _("To say yes, ask the operator of this Tocsin to run: {command}")
        lines.append(said.format(command=f"tocsin subscription confirm {asked.id}"))
    return notice_message(
        _("Confirm your subscription to Tocsin"),
        lines,
        asked,
        base_url,
        links=((_("Say yes"), link),) if link else (),
        because=_("This address was written down for subscription {number}.").format(number=asked.id),
    )


def _known_already(known: Subscription, base_url: str | None) -> Message:
    lines = [
        _("Somebody, most likely you, asked Tocsin to send this address: {wanted}.").format(wanted=_wanted(known)),
        _("You have this subscription already, and it stays as it is."),
    ]
    if known.paused_at is not None:
        lines.append(_("It is paused: nothing is sent until you resume it."))
    manage = page(base_url, f"subscriptions/{known.secret}")
    links = ((_("Change, pause or resume it"), manage),) if manage else ()
    return notice_message(_("You have this subscription to Tocsin already"), lines, known, base_url, links=links)


def _wanted(asked: Subscription) -> str:
    wanted = filters_in_words(asked.filters)
    if asked.operator:
        return _("troubles with watching")
    if asked.digest == "daily":
        return _("a daily digest of changes ({wanted})").format(wanted=wanted)
    if asked.digest:
        return _("a weekly digest of changes ({wanted})").format(wanted=wanted)
    return _("changes at once ({wanted})").format(wanted=wanted)
