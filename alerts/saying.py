"""What a claimed delivery says: for each purpose, the function that writes its message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from alerts.digest import digest_for
from alerts.digest_message import digest_message
from alerts.language import speaking
from alerts.message import Message, change_message
from alerts.troubles import bulletin_message
from alerts.week import Week
from store import history, promises
from store.database import Database
from store.deliveries import Claim
from store.subscriptions import Session
from store.values import Purpose

Saying = Callable[[Session, Claim, datetime, str | None], Message]


def message_for(database: Database, claim: Claim, now: datetime, base_url: str | None) -> Message:
    """What a claimed delivery says, in its subscription's language; the same for the same rows, however often sent."""
    with database.read() as session, speaking(claim.subscription.locale):
        return SAYINGS[claim.purpose](session, claim, now, base_url)


def _changes(session: Session, claim: Claim, now: datetime, base_url: str | None) -> Message:
    return change_message(history.change_by_id(session, claim.changes[0]), claim.subscription, base_url)


def _digest(session: Session, claim: Claim, now: datetime, base_url: str | None) -> Message:
    subscription, week = claim.subscription, Week.parse(claim.week or "")
    digest = digest_for(session, week, subscription.timezone, subscription.filters, now)
    return digest_message(digest, subscription, base_url)


def _bulletin(session: Session, claim: Claim, now: datetime, base_url: str | None) -> Message:
    return bulletin_message(promises.bulletin(session, claim.bulletin_id or 0), claim.subscription, base_url)


SAYINGS: Mapping[Purpose, Saying] = {
    Purpose.CHANGES: _changes,
    Purpose.DIGEST: _digest,
    Purpose.BULLETIN: _bulletin,
}
