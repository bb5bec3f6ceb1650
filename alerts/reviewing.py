"""Critical changes that nobody looks at: their reader is reminded once, then somebody else hears of it once."""

from __future__ import annotations

from datetime import datetime, timedelta

from alerts.keys import delivery_key
from alerts.language import _
from alerts.matching import concerns, severity_for
from alerts.message import Message, notice_message
from alerts.sentence import what_changed
from alerts.told import Row
from alerts.why import page
from alerts.words import clean, instant
from store import deliveries, history, subscriptions, unreviewed
from store.database import Database
from store.deliveries import Claim
from store.subscriptions import NoSuchSubscription, Session, Subscription
from store.unreviewed import Told
from store.values import Purpose, Severity
from store.views import ChangeView


def remind(database: Database, now: datetime, lease: timedelta = timedelta(minutes=5)) -> int:
    """Inserts the reminders and escalations that are due; how many. Each once (its key), none for a closed review.

    lease: how long a delivery is one sender's (alerts.posting.LEASE); what is being sent is not called back.
    """
    with database.read() as session:
        if not (
            unreviewed.unreviewed(session, now)
            or unreviewed.unanswered(session, now)
            or unreviewed.reviewed_meanwhile(session, now, lease)
        ):
            return 0
    with database.begin() as session:
        unreviewed.drop(session, now, lease)
        reminded = sum(_remind(session, one, now) for one in unreviewed.unreviewed(session, now))
        return reminded + sum(_escalate(session, one, now) for one in unreviewed.unanswered(session, now))


def review_page(subscription: Subscription, address: str, base_url: str | None) -> str | None:
    """Where a subscriber says what became of a change."""
    return page(base_url, f"subscriptions/{subscription.secret}/changes/{address}")


def reminder_message(session: Session, claim: Claim, now: datetime, base_url: str | None) -> Message:
    """What a reader is told again: the change in a sentence, and where to say what became of it."""
    change, mine = _change(session, claim.about_id or 0), claim.subscription
    lines = [
        _sentence(change, mine),
        _("It was told to you and nobody has looked at it since: say what becomes of it, or why nothing does."),
    ]
    if mine.escalate_to is not None:
        lines.append(_("Without an answer somebody else will hear of it."))
    subject = _("[critical] Not reviewed yet: {sentence}").format(sentence=_sentence(change, mine))
    links = _links(change, mine, base_url)
    return notice_message(subject, lines, mine, base_url, severity=Severity.CRITICAL, links=links)


def escalation_message(session: Session, claim: Claim, now: datetime, base_url: str | None) -> Message:
    """What somebody else is told of a change that its readers left unreviewed, and since when."""
    told = unreviewed.reminder(session, claim.about_id or 0)
    change = _change(session, told.change_id)
    readers = (
        _("team {name}").format(name=clean(told.subscription.team))
        if told.subscription.team
        else _("subscription {number}").format(number=told.subscription.id)
    )
    sentence = _sentence(change, told.subscription)
    lines = [
        sentence,
        _("{readers} was told, was reminded on {at}, and nobody has reviewed it.").format(
            readers=readers, at=instant(told.at)
        ),
    ]
    subject = _("[critical] Left unreviewed by {readers}: {sentence}").format(readers=readers, sentence=sentence)
    because = _("You are whom {readers} named for critical changes that stay unreviewed.").format(readers=readers)
    # A reader's page is reached by the secret that ends their subscription: it is not handed to anybody else.
    shared = claim.subscription.owner == told.subscription.owner
    links = _links(change, claim.subscription if shared else None, base_url)
    return notice_message(
        subject, lines, claim.subscription, base_url, severity=Severity.CRITICAL, links=links, because=because
    )


def _remind(session: Session, told: Told, now: datetime) -> bool:
    change = _change(session, told.change_id)
    mine = concerns(told.subscription.filters, change) or change.findings
    if severity_for(told.subscription.filters, change, mine) is not Severity.CRITICAL:
        return False
    key = delivery_key(told.subscription.secret, f"reminder {change.address}")
    number = deliveries.insert(
        session,
        told.subscription.id,
        key,
        now,
        about_id=told.change_id,
        purpose=Purpose.REMINDER,
        severity=Severity.CRITICAL,
        thread_id=told.delivery,
    )
    return number is not None


def _escalate(session: Session, told: Told, now: datetime) -> bool:
    try:
        other = subscriptions.subscription(session, told.subscription.escalate_to or 0)
    except NoSuchSubscription:
        return False
    if other.ended_at is not None:
        return False
    # The reader's number is in it: two who name the same person are two matters.
    about = f"escalation {told.subscription.id} {_change(session, told.change_id).address}"
    number = deliveries.insert(
        session,
        other.id,
        delivery_key(other.secret, about),
        now,
        about_id=told.delivery,
        purpose=Purpose.ESCALATION,
        severity=Severity.CRITICAL,
    )
    return number is not None


def _change(session: Session, number: int) -> ChangeView:
    return history.views_of(session, [number])[0]


def _sentence(change: ChangeView, mine: Subscription) -> str:
    return what_changed(change, concerns(mine.filters, change) or change.findings)


def _links(change: ChangeView, reviewer: Subscription | None, base_url: str | None) -> list[Row]:
    named = (
        (_("Review it"), review_page(reviewer, change.address, base_url) if reviewer else None),
        (_("See the whole change"), page(base_url, f"changes/{change.address}")),
        (_("The page watched"), change.url),
    )
    return [(label, address) for label, address in named if address]
