"""Where Slack tells of a pressed button: signed by Slack or refused, answered within its three seconds."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, BackgroundTasks, Request, Response
from fastapi.responses import JSONResponse
from slack_sdk.signature import Clock as SlackClock
from slack_sdk.signature import SignatureVerifier
from starlette.exceptions import HTTPException

from alerts.language import speaking
from alerts.reviewing import review_page
from alerts.sentence import what_changed
from alerts.slack_blocks import ACKNOWLEDGE, DISMISS
from alerts.slack_review import FORM, REASON, REASON_BLOCK, Asked, decided_line, where_to_dismiss
from store import history
from store.history import NoSuchChange
from store.reviews import InvalidReview, ReviewState, Via, review
from store.subscriptions import ChannelName, NoSuchSubscription, Subscription, subscription
from tocsin.slack_calls import SlackCalls
from tocsin.web.by_secret import small_body
from tocsin.web.room import Room

Told = dict[str, Any]  # what Slack says, as its own JSON

_VALUE = re.compile(r"([0-9]{1,9}) ([0-9]{1,9}\.\.[0-9]{1,9})")


@dataclass(frozen=True)
class SlackApp:
    """The Slack app whose buttons are pressed: the secret that signs its requests, and how to answer it."""

    signing_secret: str
    calls: SlackCalls


@dataclass(frozen=True, slots=True)
class _Press:
    """One decision as Slack tells it. at: when Slack sent it, by its own signed word."""

    asked: Asked
    who: str
    at: datetime


def routes(room: Room, app: SlackApp | None) -> APIRouter:
    """The one endpoint; without an app it is not there."""
    router = APIRouter(include_in_schema=False)

    @router.post("/slack/actions")
    async def pressed(request: Request, later: BackgroundTasks) -> Response:
        if app is None:
            raise HTTPException(404, "Slack's buttons are not set up here.")
        body = await small_body(request)
        if not _is_slack(app, body, request, room.clock):
            raise HTTPException(401, "This is not signed by the Slack app, or it is older than five minutes.")
        at = datetime.fromtimestamp(int(request.headers["x-slack-request-timestamp"]), UTC)
        answer = await _answered(room, app, _payload(body), at, later)
        answer.background = later
        return answer

    return router


def _is_slack(app: SlackApp, body: bytes, request: Request, clock: Callable[[], datetime]) -> bool:
    """docs.slack.dev/authentication/verifying-requests-from-slack: HMAC over the raw body, at most 5 minutes old."""

    class Now(SlackClock):
        def now(self) -> float:
            return clock().timestamp()

    try:
        verifier = SignatureVerifier(app.signing_secret, Now())
        return bool(verifier.is_valid_request(body, dict(request.headers)))
    except (ValueError, TypeError):  # a time that is no number, a body or a signature that is no text
        return False


def _payload(body: bytes) -> Told:
    try:
        found = json.loads(parse_qs(body.decode())["payload"][0])
    except (ValueError, KeyError) as error:
        raise HTTPException(400, "There is no payload in this request.") from error
    return found if isinstance(found, dict) else {}


async def _answered(room: Room, app: SlackApp, payload: Told, at: datetime, later: BackgroundTasks) -> Response:
    if payload.get("type") == "view_submission":
        return await _form_sent(room, app, payload, at, later)
    for action in payload.get("actions") or ():
        press = _Press(Asked(str(action.get("value")), payload.get("response_url")), _who(payload), at)
        if action.get("action_id") == ACKNOWLEDGE:
            later.add_task(app.calls.answer, press.asked.response_url, *await _decided(room, press, None))
        elif action.get("action_id") == DISMISS and (reason := _reason(payload.get("state"))):
            later.add_task(app.calls.answer, press.asked.response_url, *await _decided(room, press, reason))
        elif action.get("action_id") == DISMISS:
            page, locale = await asyncio.to_thread(_page_of, room, press.asked)
            trigger = str(payload.get("trigger_id"))
            later.add_task(_ask_why, app.calls, press.asked, trigger, page, locale)
    return Response(status_code=200)


async def _form_sent(room: Room, app: SlackApp, payload: Told, at: datetime, later: BackgroundTasks) -> Response:
    """The reason was written: Slack closes the form, or shows in it what is wrong."""
    view = payload.get("view") or {}
    if view.get("callback_id") != FORM:
        return Response(status_code=200)
    packed = json.loads(view.get("private_metadata") or "{}")
    press = _Press(Asked(str(packed.get("value")), packed.get("response_url")), _who(payload), at)
    said, everybody = await _decided(room, press, _reason(view.get("state")) or "")
    if not everybody:
        return JSONResponse({"response_action": "errors", "errors": {REASON_BLOCK: said}})
    later.add_task(app.calls.answer, press.asked.response_url, said, everybody)
    return JSONResponse({"response_action": "clear"})


async def _ask_why(calls: SlackCalls, asked: Asked, trigger: str, page: str | None, locale: str) -> None:
    with speaking(locale):
        if not await calls.ask_why(asked, trigger):
            await calls.answer(asked.response_url, where_to_dismiss(page), False)


async def _decided(room: Room, press: _Press, reason: str | None) -> tuple[str, bool]:
    """What to say, and whether everybody in the channel should read it: a decision, or why there is none."""
    try:
        return await asyncio.to_thread(_decide, room, press, reason), True
    except (InvalidReview, NoSuchChange, NoSuchSubscription) as error:
        return str(error), False


def _decide(room: Room, press: _Press, reason: str | None) -> str:
    number, address = _named(press.asked)
    state = ReviewState.ACKNOWLEDGED if reason is None else ReviewState.DISMISSED
    with room.database.begin() as session:
        mine = _in_slack(subscription(session, number))
        taken = review(session, mine, address, state, press.who, reason, Via.SLACK, room.clock(), seen_at=press.at)
        [view] = history.views_of(session, [taken.change_id])
    with speaking(mine.locale):
        return decided_line(taken, what_changed(view, view.findings))


def _page_of(room: Room, asked: Asked) -> tuple[str | None, str]:
    """Where the review can be decided otherwise, and in which language to say so."""
    try:
        number, address = _named(asked)
        with room.database.read() as session:
            mine = _in_slack(subscription(session, number))
    except NoSuchSubscription:
        return None, "en"
    return review_page(mine, address, room.base_url), mine.locale


def _named(asked: Asked) -> tuple[int, str]:
    match = _VALUE.fullmatch(asked.value)
    if match is None:
        raise NoSuchSubscription("this button names no subscription and change")
    return int(match[1]), match[2]


def _in_slack(found: Subscription) -> Subscription:
    if found.channel is not ChannelName.SLACK or found.ended_at is not None:
        raise NoSuchSubscription("this subscription does not live in Slack any more")
    return found


def _who(payload: Told) -> str:
    user = payload.get("user") or {}
    name = user.get("username") or user.get("name") or "somebody"
    return f"{name} (Slack {user.get('id') or 'unknown'})"


def _reason(state: Any) -> str | None:
    """What was written in the field for the reason, wherever it stands in a message or a form."""
    for block in ((state or {}).get("values") or {}).values():
        if REASON in block:
            return block[REASON].get("value") or None
    return None
