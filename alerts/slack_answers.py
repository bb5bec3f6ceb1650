"""What Slack's answers mean: taken, try again, or never; for incoming webhooks and for the bot's method."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from alerts.backoff import retry_after
from alerts.channel import PermanentFailure, TransientFailure
from alerts.words import clean, short

# docs.slack.dev/messaging/sending-messages-using-incoming-webhooks: answers after which this address never works again.
_WEBHOOK_GONE = frozenset({
    "invalid_token", "no_service", "no_service_id", "no_team", "team_disabled", "channel_not_found",
    "channel_is_archived", "action_prohibited", "posting_to_general_channel_denied", "no_active_hooks",
})  # fmt: skip
# docs.slack.dev/reference/methods/chat.postMessage, its errors: the channel cannot be written to by this app ...
_CHANNEL_GONE = frozenset({
    "channel_not_found", "is_archived", "not_in_channel", "restricted_action", "restricted_action_read_only_channel",
    "restricted_action_thread_only_channel", "restricted_action_non_threadable_channel", "no_permission",
    "restricted_action_thread_locked", "ekm_access_denied", "team_access_not_granted", "access_denied",
    "team_not_found", "user_is_restricted", "cannot_dm_bot", "messages_tab_disabled", "as_user_not_supported",
})  # fmt: skip
# ... the operator's token is at fault, which the operator mends ...
_OURS = frozenset({
    "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope",
    "not_allowed_token_type", "org_login_required", "two_factor_setup_required", "missing_post_type",
    "deprecated_endpoint", "method_deprecated", "enterprise_is_restricted", "no_access",
})  # fmt: skip
# ... or this one message is, and the next may be taken.
_MESSAGE = frozenset({
    "msg_too_long", "no_text", "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "invalid_arguments",
    "too_many_attachments", "too_many_contact_cards", "attachment_payload_limit_exceeded", "invalid_metadata_format",
    "invalid_metadata_schema", "metadata_must_be_sent_from_app", "markdown_text_conflict", "invalid_json",
    "json_not_object", "invalid_post_type", "request_timeout_exceeded", "external_channel_migrating_message",
})  # fmt: skip
# The message that this one should answer is gone: it opens a thread of its own then.
THREAD_GONE = frozenset({"thread_not_found", "cannot_reply_to_message", "message_not_found", "invalid_thread_ts"})


def webhook_failure(
    code: int, said: str, headers: Mapping[str, str], now: datetime
) -> TransientFailure | PermanentFailure:
    """Why an incoming webhook did not take a message; for an answer outside 200..299."""
    said = short(clean(said), 200)
    if code in (401, 403, 404, 410) or said in _WEBHOOK_GONE:
        return PermanentFailure(f"Slack says this webhook does not work any more: {code} {said}")
    return _by_status(code, said, headers, now) or PermanentFailure(
        f"Slack refuses the message: {code} {said}", address_is_dead=False
    )


def method_failure(
    code: int, error: str, headers: Mapping[str, str], now: datetime
) -> TransientFailure | PermanentFailure:
    """Why chat.postMessage did not take a message. What is not known is tried again: an error more cannot lose one."""
    error = short(clean(error), 200)
    if error in _CHANNEL_GONE:
        hint = "; invite the app to the channel" if error in ("not_in_channel", "channel_not_found") else ""
        return PermanentFailure(f"Slack does not let us write to this channel: {error}{hint}")
    if error in _OURS:
        return TransientFailure(f"Slack refuses TOCSIN_SLACK_TOKEN: {error}")
    if error in ("ratelimited", "rate_limited"):
        return TransientFailure(f"Slack asks to slow down: {error}", retry_after(headers, now) or timedelta(seconds=30))
    if error in _MESSAGE:
        return PermanentFailure(f"Slack refuses the message: {error}", address_is_dead=False)
    return _by_status(code, error, headers, now) or TransientFailure(f"Slack refuses: {code} {error}")


def _by_status(code: int, said: str, headers: Mapping[str, str], now: datetime) -> TransientFailure | None:
    if code == 429:
        return TransientFailure(f"Slack asks to slow down: {code} {said}", retry_after(headers, now))
    if code >= 500 or code == 408:
        return TransientFailure(f"Slack is in trouble: {code} {said}", retry_after(headers, now))
    return None
