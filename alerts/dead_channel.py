"""Nothing arrives at an address any more: its subscription pauses, and the operators elsewhere hear of it at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from alerts.keys import delivery_key
from alerts.language import _
from alerts.message import Message, notice_message
from alerts.words import clean, instant
from store import deliveries, promises, subscriptions
from store.deliveries import Claim
from store.promises import Trouble, TroubleKind
from store.subscriptions import Session, Subscription
from store.values import Purpose, Severity

# When a whole provider refuses us, the first is told at once and the others are gathered in a bulletin.
APART = timedelta(minutes=10)


def pause_dead(session: Session, dead: Subscription, reason: str, now: datetime) -> None:
    """Pauses a subscription whose address is dead and tells every operator who has another address, once."""
    paused = subscriptions.pause(session, dead.id, reason, now)
    if paused.paused_at != now or promises.told_at_once(session, TroubleKind.CHANNEL, now - APART):
        return
    about = f"dead channel\n{dead.id} since {now.isoformat()}"
    told = [
        deliveries.insert(
            session,
            one.id,
            delivery_key(one.secret, about),
            now,
            about_id=dead.id,
            purpose=Purpose.DEAD_CHANNEL,
            severity=Severity.OPERATIONAL,
        )
        for one in subscriptions.list_subscriptions(session)
        if one.operator and one.active and (one.channel, one.address) != (dead.channel, dead.address)
    ]
    if told:  # nobody to tell: it waits for a bulletin, as every other trouble does
        title = f"subscription {dead.id} ({dead.channel})"
        promises.tell_at_once(session, Trouble(TroubleKind.CHANNEL, str(dead.id), title, now, reason))


def dead_channel_message(session: Session, claim: Claim, now: datetime, base_url: str | None) -> Message:
    """What the operator reads: which subscription, what the other side said, and what to do. Names no webhook."""
    dead = subscriptions.subscription(session, claim.about_id or 0)
    named = _("subscription {number} ({channel})").format(number=dead.id, channel=dead.channel)
    lines = [
        _("Nothing arrives there since {at}: {reason}").format(
            at=instant(claim.created_at), reason=clean(dead.paused_reason or _("paused"))
        ),
        _("It is paused, and what is to be told meanwhile waits. Mend the address, then resume it."),
    ]
    return notice_message(
        _("Dead channel: {named}").format(named=named),
        lines,
        claim.subscription,
        base_url,
        severity=Severity.OPERATIONAL,
    )
