"""One file per way to reach a person, and the channels that the settings allow."""

from __future__ import annotations

from collections.abc import Callable

import aiohttp

from alerts.channel import Channel, Clock
from alerts.channels.email import EmailChannel
from alerts.channels.slack import SlackChannel
from alerts.smtp_server import smtp_server


def open_channels(
    *,
    smtp_url: str | None,
    mail_from: str,
    session: Callable[[float], aiohttp.ClientSession],
    clock: Clock,
    forbidden: tuple[type[Exception], ...] = (),
) -> dict[str, Channel]:
    """The channels by name: Slack always, e-mail where a mail server is named. Raises ValueError for a bad setting.

    session: the outbound gate's, given the seconds a request may take. forbidden: what it raises for a forbidden
    address.
    """
    channels: list[Channel] = [SlackChannel(session, clock, forbidden=forbidden)]
    if smtp_url:
        channels.append(EmailChannel(smtp_server(smtp_url), mail_from, clock))
    return {channel.name: channel for channel in channels}
