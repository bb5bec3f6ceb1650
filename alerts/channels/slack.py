"""Slack: a message as Block Kit to an incoming webhook, within Slack's limits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from slack_sdk.webhook import WebhookResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from alerts.channel import Clock, PermanentFailure, Receipt, Recipient, Thread, TransientFailure
from alerts.message import Message, Row
from alerts.sides import Piece, SideBySide
from alerts.words import counted, short

# docs.slack.dev/reference/block-kit/blocks: blocks in a message, characters in a section, field and header.
BLOCKS, SECTION, FIELD, HEADER = 50, 3000, 2000, 150
_SIDES = 12  # more than fits a screen; the mail and the page have them all
_LONGEST_WAIT = timedelta(hours=24)
# docs.slack.dev/messaging/sending-messages-using-incoming-webhooks: answers after which this address never works again.
_GONE = frozenset({"invalid_token", "no_service", "no_service_id", "no_team", "team_disabled", "channel_not_found"})
_GONE_TOO = frozenset(
    {"channel_is_archived", "action_prohibited", "posting_to_general_channel_denied", "no_active_hooks"}
)

Block = dict[str, Any]


class SlackChannel:
    """Sends to incoming webhooks.

    session: opens a client of the outbound gate for so many seconds; it is closed after each message. forbidden: what
    that client raises when it will not go to an address. timeout: seconds for the whole request.
    """

    name = "slack"

    def __init__(
        self,
        session: Callable[[float], aiohttp.ClientSession],
        clock: Clock,
        *,
        forbidden: tuple[type[Exception], ...] = (),
        timeout: float = 20,
    ) -> None:
        self._session = session
        self._clock = clock
        self._forbidden = forbidden
        self._timeout = timeout

    async def send(self, message: Message, to: Recipient, key: str, thread: Thread | None = None) -> Receipt:
        """See alerts.channel.Channel. Reasons never hold the address: whoever knows a webhook may post there."""
        try:
            async with asyncio.timeout(self._timeout), self._session(self._timeout) as session:
                client = AsyncWebhookClient(to.address, session=session, retry_handlers=[])
                client.proxy = None  # slack_sdk takes one from the environment: a way around the outbound gate
                answer = await client.send_dict(slack_body(message, key), headers={"Idempotency-Key": key})
        except TimeoutError as error:
            raise TransientFailure(f"Slack gave no answer within {self._timeout:g} s") from error
        except self._forbidden as error:
            raise PermanentFailure(f"the outbound gate refuses this webhook: {error}") from error
        except aiohttp.InvalidURL as error:
            raise PermanentFailure("the webhook address is not a web address") from error
        except aiohttp.ClientError as error:
            raise TransientFailure(f"Slack could not be reached: {type(error).__name__}") from error
        return _receipt(answer, self._clock())


def _receipt(answer: WebhookResponse, now: datetime) -> Receipt:
    said = short(" ".join(str(answer.body or "").split()), 200)
    code = answer.status_code
    if 200 <= code < 300:
        return Receipt(f"{code} {said}")
    headers = {name.lower(): value for name, value in answer.headers.items()}
    if code in (401, 403, 404, 410) or said in _GONE | _GONE_TOO:
        raise PermanentFailure(f"Slack says this webhook does not work any more: {code} {said}")
    if code == 429:
        raise TransientFailure(f"Slack asks to slow down: {code} {said}", retry_after(headers, now))
    if code >= 500 or code == 408:
        raise TransientFailure(f"Slack is in trouble: {code} {said}", retry_after(headers, now))
    raise PermanentFailure(f"Slack refuses the message: {code} {said}", address_is_dead=False)


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Retry-After as RFC 9110 10.2.3 has it, seconds or a date, at most a day; None when absent or unreadable."""
    value = headers.get("retry-after", "").strip()
    if value.isdigit():
        return min(timedelta(seconds=int(value[:9])), _LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(aware - now, timedelta(0)), _LONGEST_WAIT)


def slack_body(message: Message, key: str) -> dict[str, Any]:
    """The JSON of a message: fallback text and at most 50 blocks; the last says the idempotency key."""
    fixed_end = [*_evidence(message), _context([f"{message.why} Message {key}."])]
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": short(message.subject, HEADER), "emoji": False}},
        _section(f"*{mrkdwn(message.first_line)}*"),
        *_links(message),
        *_facts(message.facts),
        *_lines(message.findings),
        *(_side(row) for row in message.sides[:_SIDES]),
        *_more(len(message.sides) - _SIDES + message.more_sides),
    ]
    return {
        "text": short(mrkdwn(message.first_line), SECTION),
        "blocks": blocks[: BLOCKS - len(fixed_end)] + fixed_end,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def mrkdwn(text: str) -> str:
    """Page text that Slack shows as it is: its three control characters are escaped (docs.slack.dev, formatting)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _section(text: str) -> Block:
    # verbatim: no address or name in page text becomes a link or a mention.
    return {"type": "section", "text": {"type": "mrkdwn", "text": _cut(text, SECTION), "verbatim": True}}


def _context(texts: Iterable[str]) -> Block:
    elements = [{"type": "mrkdwn", "text": _cut(mrkdwn(text), FIELD), "verbatim": True} for text in texts]
    return {"type": "context", "elements": elements[:10]}


def _cut(escaped: str, most: int) -> str:
    """Shortened without leaving half an escape at the end."""
    if len(escaped) <= most:
        return escaped
    head = escaped[: most - 1]
    amp = head.rfind("&")
    return (head[:amp] if amp > most - 8 and ";" not in head[amp:] else head) + "…"


def _links(message: Message) -> list[Block]:
    named = (("See the whole change", message.link), ("Open the page", message.url))
    links = [f"<{_link(url)}|{label}>" for label, url in named if url]
    return [_section(" · ".join(links))] if links else []


def _link(url: str) -> str:
    return mrkdwn(url).replace("|", "%7C")


def _facts(rows: Iterable[Row]) -> list[Block]:
    fields = [_field(f"*{label}*\n{mrkdwn(value)}") for label, value in rows]
    return [{"type": "section", "fields": fields[at : at + 10]} for at in range(0, len(fields), 10)]


def _lines(lines: Iterable[str]) -> list[Block]:
    """List lines packed into as few sections as their limit allows."""
    packed: list[str] = []
    for line in (_cut("• " + mrkdwn(line), SECTION) for line in lines):
        if packed and len(packed[-1]) + 1 + len(line) <= SECTION:
            packed[-1] += "\n" + line
        else:
            packed.append(line)
    return [_section(text) for text in packed]


def _side(row: SideBySide) -> Block:
    where = f"{mrkdwn(row.where)}\n" if row.where else ""
    fields = [_field(f"*Old* {where}{_pieces(row.old, '~')}"), _field(f"*New* {where}{_pieces(row.new, '*')}")]
    return {"type": "section", "fields": fields}


def _field(text: str) -> Block:
    return {"type": "mrkdwn", "text": _cut(text, FIELD), "verbatim": True}


def _pieces(pieces: Iterable[Piece], sign: str) -> str:
    return "".join(_marked(one.text, sign) if one.marked else mrkdwn(one.text) for one in pieces) or "_nothing_"


def _marked(text: str, sign: str) -> str:
    """Slack marks only from a blank to a blank, and never across its own sign."""
    bare = mrkdwn(text.strip()).replace(sign, "")
    return f" {sign}{bare}{sign} " if bare else text


def _more(left: int) -> list[Block]:
    return [_context([f"and {counted(left, 'further place')} in the text"])] if left > 0 else []


def _evidence(message: Message) -> list[Block]:
    return [_context(f"{label}: {value}" for label, value in message.evidence)] if message.evidence else []
