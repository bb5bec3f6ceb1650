"""What an operator is told: which promises broke and which hold again, and other troubles with watching."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from alerts.keys import thread_key
from alerts.message import SUBJECT_AT_MOST, Message, footer, page
from alerts.page import rendered
from alerts.words import clean, counted, instant, listed, short
from store.promises import Bulletin, Trouble, TroubleKind
from store.subscriptions import Subscription
from store.values import Severity

_LINES_AT_MOST = 60
_THREAD = "operator"
_ONE_AND_MANY = {
    TroubleKind.STALE: ("source is stale", "sources are stale"),
    TroubleKind.FLAPPING: ("source goes back and forth", "sources go back and forth"),
    TroubleKind.DOUBTFUL: ("doubtful capture", "doubtful captures"),
    TroubleKind.CHANNEL: ("dead channel", "dead channels"),
    TroubleKind.MOVED: ("source has moved", "sources have moved"),
}


def what_is_told(bulletin: Bulletin) -> str:
    """What a delivery's key names: every trouble with its beginning, and for those that ended the end."""
    begun = (f"{one.kind} {one.about} since {one.since.isoformat()}" for one in bulletin.begun)
    ended = (f"{one.kind} {one.about} ended {one.ended_at.isoformat()}" for one in bulletin.ended if one.ended_at)
    return "bulletin\n" + "\n".join(sorted((*begun, *ended)))


def bulletin_message(bulletin: Bulletin, subscription: Subscription, base_url: str | None = None) -> Message:
    """The message that brings a bulletin to one operator; many troubles at once are one message."""
    first, begun, ended = first_line(bulletin), _capped(bulletin.begun), _capped(bulletin.ended)
    why = f"Subscription {subscription.id}: for the operator, troubles with watching when they begin and when they end."
    unsubscribe = page(base_url, f"unsubscribe/{subscription.secret}")
    text = [f"{first}, {instant(bulletin.at)}", ""]
    text += [*(f"- {line}" for line in begun), *([""] if begun and ended else [])]
    text += [*(["Holds again"] if ended else []), *(f"- {line}" for line in ended)]
    parts = {"subject": first, "at": instant(bulletin.at), "begun": begun, "ended": ended}
    return Message(
        subject=short(f"[{Severity.OPERATIONAL}] {first}", SUBJECT_AT_MOST),
        first_line=first,
        severity=Severity.OPERATIONAL,
        facts=(("As of", instant(bulletin.at)),),
        findings=(*begun, *ended),
        sides=(),
        more_sides=0,
        evidence=(),
        reasons=(),
        source="Tocsin",
        url=None,
        link=page(base_url, ""),
        thread=thread_key(subscription.secret, _THREAD),
        why=why,
        ending=subscription.secret,
        unsubscribe=unsubscribe,
        text="\n".join([*text, *footer(why, unsubscribe)]) + "\n",
        html=rendered("bulletin.html", parts | {"why": why, "unsubscribe": unsubscribe}),
    )


def first_line(bulletin: Bulletin) -> str:
    """ "2 sources are stale: Example terms and Example list; 1 source is verified again: Example news"."""
    counts = Counter(one.kind for one in bulletin.begun)
    parts = []
    for kind in TroubleKind:
        if counts[kind]:
            titles = [clean(one.title) for one in bulletin.begun if one.kind is kind]
            parts.append(f"{counted(counts[kind], *_ONE_AND_MANY[kind])}: {listed(titles, 3)}")
    if bulletin.ended:
        titles = [clean(one.title) for one in bulletin.ended]
        again = counted(len(titles), "source is verified again", "sources are verified again")
        parts.append(f"{again}: {listed(titles, 3)}")
    return "; ".join(parts)


def _capped(troubles: Sequence[Trouble]) -> list[str]:
    lines = [_line(one) for one in troubles[:_LINES_AT_MOST]]
    left = len(troubles) - len(lines)
    return [*lines, *([f"and {left} more; `tocsin status` has all"] if left else [])]


def _line(trouble: Trouble) -> str:
    named = f"{clean(trouble.title)} ({clean(trouble.about)})"
    if trouble.ended_at is not None:
        return f"{named}: verified again {instant(trouble.ended_at)}; was stale since {instant(trouble.since)}"
    said = {
        TroubleKind.STALE: f"not verified since {instant(trouble.since)}",
        TroubleKind.FLAPPING: "flapping",
        TroubleKind.DOUBTFUL: f"doubtful capture of {instant(trouble.since)}",
        TroubleKind.CHANNEL: f"nothing arrives since {instant(trouble.since)}",
        TroubleKind.MOVED: f"read elsewhere than declared since {instant(trouble.since)}",
    }[trouble.kind]
    return f"{named}: {said}; {short(clean(trouble.reason), 240)}"
