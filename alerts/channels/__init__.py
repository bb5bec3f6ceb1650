"""One file per way to reach a person, and the channels that the settings allow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import aiohttp

from alerts.channel import Channel, Clock
from alerts.channels.apprise import AppriseChannel
from alerts.channels.email import EmailChannel
from alerts.channels.slack import API as SLACK_API
from alerts.channels.slack import SlackChannel
from alerts.channels.webhook import WebhookChannel
from alerts.mail import Signature
from alerts.smtp_server import smtp_server
from alerts.turns import Turns


def open_channels(
    *,
    smtp_url: str | None,
    mail_from: str,
    dkim_key: Path | None = None,
    dkim_selector: str = "tocsin",
    slack_token: str | None = None,
    slack_buttons: bool = True,
    slack_api: str = SLACK_API,
    slack_turns: Turns | None = None,
    session: Callable[[float], aiohttp.ClientSession],
    clock: Clock,
    forbidden: tuple[type[Exception], ...] = (),
    apprise_program: Sequence[str] = (),
    allow_hosts: frozenset[str] = frozenset(),
) -> dict[str, Channel]:
    """The channels by name: all but e-mail always, e-mail where a mail server is named. Raises ValueError for a bad
    setting.

    session: the outbound gate's, given the seconds a request may take. forbidden: what it raises for a forbidden
    address. dkim_key: file of the key that signs mails. slack_buttons: whether anybody hears them pressed. slack_turns:
    shared by whatever else sends to Slack in this process. apprise_program: what Python runs to send through apprise.
    allow_hosts: what the gate lets through unchecked.
    """
    channels: list[Channel] = [
        SlackChannel(
            session,
            clock,
            forbidden=forbidden,
            token=slack_token,
            buttons=slack_buttons,
            turns=slack_turns,
            api=slack_api,
        ),
        WebhookChannel(session, clock, forbidden=forbidden),
        AppriseChannel(apprise_program, allow_hosts=allow_hosts),
    ]
    if smtp_url:
        signature = Signature.read(dkim_key, dkim_selector) if dkim_key else None
        channels.append(EmailChannel(smtp_server(smtp_url), mail_from, clock, signature=signature))
    return {channel.name: channel for channel in channels}
