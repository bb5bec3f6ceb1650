"""Mail to the address that our mail comes from: what came back, and who wants no more."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import datetime

from alerts.bounce import Bounced, NothingToDo, bounced
from alerts.words import clean
from store import subscriptions
from store.database import Database

_UNSUBSCRIBE = re.compile(r"\s*unsubscribe\s+([\w-]{20,100})\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Ended:
    """The subscription that its reader ended, with the mail that List-Unsubscribe offers (alerts/mail.py)."""

    subscription: int


def incoming(database: Database, raw: bytes, now: datetime) -> Bounced | Ended:
    """Does what one mail asks for. Raises NothingToDo for a mail that asks for nothing, whatever is in it, and TooSoon
    for one that is to be read again in some minutes."""
    try:
        mail = email.message_from_bytes(raw, policy=email.policy.compat32)  # reads what is broken, and raises nothing
        asked = _UNSUBSCRIBE.fullmatch(clean(str(mail["Subject"] or "")))
        return _ended(database, asked[1], now) if asked else bounced(database, mail, now)
    except RecursionError as error:
        raise NothingToDo("a mail of parts within parts without end") from error


def _ended(database: Database, secret: str, now: datetime) -> Ended:
    with database.begin() as session:
        try:
            return Ended(subscriptions.end(session, secret, now).id)
        except subscriptions.NoSuchSubscription as error:
            raise NothingToDo("it asks to end a subscription that this database does not have") from error
