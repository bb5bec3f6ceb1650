"""Slack: a message as Block Kit, to an incoming webhook or through a bot's token to any channel that invited it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from alerts.channel import Clock, PermanentFailure, Receipt, Recipient, Thread, TransientFailure
from alerts.message import Message
from alerts.slack_answers import THREAD_GONE, method_failure, webhook_failure
from alerts.slack_blocks import slack_body
from alerts.turns import Turns
from alerts.words import clean, short

API = "https://slack.com/api/"
_METADATA = "tocsin_message"


class SlackChannel:
    """Sends to incoming webhooks (an https address) and, with a token, to channels ("#name" or an id).

    session: opens a client of the outbound gate for so many seconds; it is closed after each message. forbidden: what
    that client raises when it will not go to an address. token: a bot's, with the scope chat:write. buttons: whether
    a change may be acknowledged where it is read; somebody must hear them pressed. turns: keeps to one message a second
    a channel (docs.slack.dev/apis/web-api/rate-limits); share it within a process. api: where Slack's methods are.
    timeout: seconds for the whole request.
    """

    name = "slack"

    def __init__(
        self,
        session: Callable[[float], aiohttp.ClientSession],
        clock: Clock,
        *,
        forbidden: tuple[type[Exception], ...] = (),
        token: str | None = None,
        buttons: bool = True,
        turns: Turns | None = None,
        api: str = API,
        timeout: float = 20,
    ) -> None:
        self._session = session
        self._clock = clock
        self._forbidden = forbidden
        self._token = token
        self._buttons = buttons
        self._turns = turns or Turns()
        self._api = api
        self._timeout = timeout

    async def send(self, message: Message, to: Recipient, key: str, thread: Thread | None = None) -> Receipt:
        """See alerts.channel.Channel. Reasons never hold the address: whoever knows a webhook may post there."""
        if _is_webhook(to.address):
            body = slack_body(message, key)
            return await self._in_turn(to.address, lambda session: self._to_webhook(session, to.address, body, key))
        if self._token is None:
            raise TransientFailure("a Slack channel needs a bot's token: set TOCSIN_SLACK_TOKEN")
        body = slack_body(message, key, buttons=self._buttons) | {"channel": to.address}
        body["metadata"] = {"event_type": _METADATA, "event_payload": {"key": key}}
        reference = thread.reference if thread else None
        try:
            return await self._post(to.address, body | ({"thread_ts": reference} if reference else {}))
        except _ThreadGone:
            return await self._post(to.address, body)

    async def _post(self, address: str, body: dict[str, Any]) -> Receipt:
        return await self._in_turn(address, lambda session: self._to_channel(session, body))

    async def _in_turn(self, address: str, sent: Callable[[aiohttp.ClientSession], Awaitable[Receipt]]) -> Receipt:
        async with self._turns.of(address):
            try:
                async with asyncio.timeout(self._timeout), self._session(self._timeout) as session:
                    return await sent(session)
            except TransientFailure as failure:
                if failure.retry_after is not None:
                    self._turns.put_off(address, failure.retry_after)
                raise
            except TimeoutError as error:
                raise TransientFailure(f"Slack gave no answer within {self._timeout:g} s") from error
            except self._forbidden as error:
                raise PermanentFailure(f"the outbound gate refuses this address: {error}") from error
            except aiohttp.InvalidURL as error:
                raise PermanentFailure("the webhook address is not a web address") from error
            except aiohttp.ClientError as error:
                raise TransientFailure(f"Slack could not be reached: {type(error).__name__}") from error

    async def _to_webhook(
        self, session: aiohttp.ClientSession, address: str, body: dict[str, Any], key: str
    ) -> Receipt:
        client = AsyncWebhookClient(address, session=session, retry_handlers=[])
        client.proxy = None  # slack_sdk takes one from the environment: a way around the outbound gate
        answer = await client.send_dict(body, headers={"Idempotency-Key": key})
        said, code = str(answer.body or ""), answer.status_code
        if 200 <= code < 300:
            return Receipt(f"{code} {short(clean(said), 200)}")
        raise webhook_failure(code, said, answer.headers, self._clock())

    async def _to_channel(self, session: aiohttp.ClientSession, body: dict[str, Any]) -> Receipt:
        client = AsyncWebClient(self._token, self._api, session=session, retry_handlers=[])
        client.proxy = None
        try:
            answer = await client.api_call("chat.postMessage", json=body)
        except SlackApiError as error:
            raise self._refusal(error, "thread_ts" in body) from error
        channel, ts = str(answer.get("channel") or ""), str(answer.get("ts") or "")
        return Receipt(short(clean(f"200 ok {channel} {ts}"), 200), reference=ts or None)

    def _refusal(self, error: SlackApiError, in_thread: bool) -> Exception:
        answer = error.response
        data = answer.data if isinstance(answer.data, dict) else {}
        named = str(data.get("error") or "no reason")
        if in_thread and named in THREAD_GONE:
            return _ThreadGone()
        return method_failure(answer.status_code, named, answer.headers, self._clock())


class _ThreadGone(Exception):
    """The message to answer was deleted."""


def _is_webhook(address: str) -> bool:
    return address.startswith(("https://", "http://"))
