"""What is said back to Slack about a pressed button: through the outbound gate, and never holding up an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from alerts.slack_review import Asked, dismissal_form
from crawler.gate import Refused

_SECONDS = 10.0
# AttributeError: slack_sdk trips over an answer that is no JSON object.
_FAILURES = (AttributeError, SlackApiError, aiohttp.ClientError, aiohttp.InvalidURL, TimeoutError, Refused, ValueError)

_log = structlog.get_logger("tocsin.slack")


@dataclass(frozen=True)
class SlackCalls:
    """session: opens a client of the outbound gate. token: the bot's; without it no form can be shown."""

    session: Callable[[float], aiohttp.ClientSession]
    token: str | None
    api: str = "https://slack.com/api/"

    async def answer(self, response_url: str | None, text: str, everybody: bool) -> None:
        """Says something where the button was pressed, to everybody there or to who pressed it."""
        if not response_url:
            return
        body = {
            "response_type": "in_channel" if everybody else "ephemeral",
            "replace_original": False,
            "text": text,
        }
        try:
            async with asyncio.timeout(_SECONDS), self.session(_SECONDS) as session:
                client = AsyncWebhookClient(response_url, session=session, retry_handlers=[])
                client.proxy = None  # slack_sdk takes one from the environment: a way around the outbound gate
                said = await client.send_dict(body)
        except _FAILURES as error:
            # The decision is stored; only its echo is lost. The address lets anybody answer: it is not logged.
            _log.warning("slack was not answered", problem=type(error).__name__)
            return
        if said.status_code != 200:
            _log.warning("slack did not take the answer", status=said.status_code)

    async def ask_why(self, asked: Asked, trigger: str) -> bool:
        """Shows the form that asks for a reason; False where that is not possible (a trigger lives three seconds)."""
        if self.token is None:
            return False
        try:
            async with asyncio.timeout(_SECONDS), self.session(_SECONDS) as session:
                client = AsyncWebClient(self.token, self.api, session=session, retry_handlers=[])
                client.proxy = None
                await client.views_open(trigger_id=trigger, view=dismissal_form(asked))
        except _FAILURES as error:
            _log.warning("slack did not show the form", problem=type(error).__name__)
            return False
        return True
