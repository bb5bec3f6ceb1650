"""What a claimed delivery says: for each purpose, the function that writes its message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from alerts.confirming import confirmation_message
from alerts.dead_channel import dead_channel_message
from alerts.digests.compiling import digest_for
from alerts.digests.message import digest_message
from alerts.language import speaking
from alerts.message import Message, changes_message
from alerts.reviewing import escalation_message, reminder_message
from alerts.sample import sample_message
from alerts.troubles import bulletin_message
from alerts.week import parse_period
from store import history, promises
from store.database import Database
from store.deliveries import Claim
from store.subscriptions import Session
from store.values import Purpose

Saying = Callable[[Session, Claim, datetime, str | None], Message]


def message_for(database: Database, claim: Claim, now: datetime, base_url: str | None) -> Message:
    """What a claimed delivery says, in its subscription's language; the same for the same rows, however often sent."""
    with database.read() as session, speaking(claim.subscription.locale):
        said = SAYINGS[claim.purpose](session, claim, now, base_url)
        return replace(said, purpose=claim.purpose, at=claim.created_at)


def _changes(session: Session, claim: Claim, now: datetime, base_url: str | None) -> Message:
    texts = [history.change_by_id(session, number) for number in claim.changes]
    return changes_message(texts, claim.subscription, base_url)


def _digest(session: Session, claim: Claim, now: datetime, base_url: str | None) -> Message:
    subscription, period = claim.subscription, parse_period(claim.week or "")
    zone, filters = subscription.timezone, subscription.filters
    digest = digest_for(session, period, zone, filters, now, owner=subscription.owner)
    return digest_message(digest, subscription, base_url)


def _bulletin(session: Session, claim: Claim, now: datetime, base_url: str | None) -> Message:
    return bulletin_message(promises.bulletin(session, claim.bulletin_id or 0), claim.subscription, base_url)


SAYINGS: Mapping[Purpose, Saying] = {
    Purpose.CHANGES: _changes,
    Purpose.DIGEST: _digest,
    Purpose.BULLETIN: _bulletin,
    Purpose.DEAD_CHANNEL: dead_channel_message,
    Purpose.CONFIRMATION: confirmation_message,
    Purpose.SAMPLE: sample_message,
    Purpose.REMINDER: reminder_message,
    Purpose.ESCALATION: escalation_message,
}
