"""Does the channel of a subscription work? A sample sent through it now, and what became of it."""

from __future__ import annotations

import asyncio

from alerts.run import deliver
from alerts.sample import send_sample
from store import outbox_views
from store.outbox_views import DeliveryView
from store.subscriptions import InvalidSubscription, Subscription, subscription
from store.values import DeliveryState
from tocsin.app import App
from tocsin.settings import SettingsError

_LOOKS, _APART = 60, 0.5  # while a service that runs beside us has taken it, seconds


async def sample_sent(app: App, number: int) -> DeliveryView:
    """The delivery of a sample after one try; what else is due on that channel goes out with it.

    Raises NoSuchSubscription, InvalidSubscription where nothing may be sent to it, and SettingsError where its channel
    cannot send.
    """
    with app.database.read() as session:
        found = subscription(session, number)
    _check_open(found)
    channels = app.channels()
    if found.channel not in channels:
        raise SettingsError(f"TOCSIN_SMTP_URL is not set: nothing can be sent by {found.channel}")
    with app.database.begin() as session:
        delivery = send_sample(session, found, app.clock())
    only = {found.channel.value: channels[found.channel]}
    await deliver(app.database, only, app.clock, base_url=app.settings.base_url)
    return await _tried(app, delivery)


async def _tried(app: App, delivery: int) -> DeliveryView:
    """The delivery when it was tried, or as it stands when another process keeps it."""
    for _ in range(_LOOKS):
        with app.database.read() as session:
            view = outbox_views.delivery(session, delivery)
        if view.state is not DeliveryState.PENDING:
            return view
        await asyncio.sleep(_APART)
    return view


def _check_open(found: Subscription) -> None:
    problem = (
        "has ended; subscribe again"
        if found.ended_at
        else f"is not confirmed; `tocsin subscription confirm {found.id}` vouches for it"
        if found.confirmed_at is None
        else f"is paused ({found.paused_reason}); `tocsin subscription resume {found.id}` first"
        if found.paused_at
        else None
    )
    if problem:
        raise InvalidSubscription("subscription", str(found.id), f"it {problem}")
