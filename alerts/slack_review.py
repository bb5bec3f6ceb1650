"""What Slack shows of a review: the form that asks why a change is dismissed, and the line that says what was done."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from alerts.language import _
from alerts.slack_blocks import mrkdwn
from alerts.words import clean, short
from store.reviews import REASON_AT_MOST, Review, ReviewState

FORM, REASON_BLOCK, REASON = "review_dismiss_form", "review_reason_block", "review_reason"
_LINE_AT_MOST = 3000


@dataclass(frozen=True, slots=True)
class Asked:
    """What a button is about, and where its answer goes. value: "SUBSCRIPTION_ID CHANGE_ADDRESS"."""

    value: str
    response_url: str | None

    def packed(self) -> str:
        """For private_metadata, which Slack hands back with the form: at most 3,000 characters."""
        return json.dumps({"value": self.value, "response_url": self.response_url})


def dismissal_form(asked: Asked) -> dict[str, Any]:
    """A modal with one field that must be filled (docs.slack.dev/reference/views/modal-views)."""
    field = {"type": "plain_text_input", "action_id": REASON, "multiline": True, "max_length": REASON_AT_MOST}
    return {
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": asked.packed(),
        "title": _plain(_("Dismiss a change")),
        "submit": _plain(_("Dismiss")),
        "close": _plain(_("Cancel")),
        "blocks": [{"type": "input", "block_id": REASON_BLOCK, "label": _plain(_("Why?")), "element": field}],
    }


def decided_line(found: Review, sentence: str) -> str:
    """ "Dismissed by Ada: not our contracts (Hong Kong is no longer ...)", escaped for Slack."""
    last = found.entries[-1]
    said = {
        ReviewState.ACKNOWLEDGED: _("Acknowledged by {who}: {what}"),
        ReviewState.DISMISSED: _("Dismissed by {who}: {what} Reason: {reason}"),
    }[found.state]
    told = said.format(who=clean(last.by), what=short(clean(sentence), 300), reason=clean(last.reason or ""))
    return mrkdwn(short(told, _LINE_AT_MOST // 2))


def where_to_dismiss(page: str | None) -> str:
    """For who cannot be shown the form."""
    if page is None:
        return mrkdwn(_("Dismissing takes a reason, and it cannot be asked for here: ask your operator."))
    return mrkdwn(_("Dismissing takes a reason: write it here: {page}").format(page=page))


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": short(text, 24), "emoji": False}
