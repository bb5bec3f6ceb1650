"""What an operator is told: which promises broke and which hold again, and other troubles with watching."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from alerts.keys import thread_key
from alerts.language import _, ngettext
from alerts.page import rendered
from alerts.payload import bulletin_data
from alerts.plain import footer
from alerts.told import SUBJECT_AT_MOST, Message
from alerts.why import page, severity_word, unsubscribe_page
from alerts.words import clean, figure, instant, listed, short
from store.promises import Bulletin, Trouble, TroubleKind
from store.subscriptions import Subscription
from store.values import Severity

_LINES_AT_MOST = 60
_TITLE_AT_MOST = 160
_THREAD = "operator"


def _counted(kind: TroubleKind, n: int) -> str:
    """ "2 sources are stale"."""
    said = {
        TroubleKind.STALE: ngettext("{n} source is stale", "{n} sources are stale", n),
        TroubleKind.FLAPPING: ngettext("{n} source goes back and forth", "{n} sources go back and forth", n),
        TroubleKind.DOUBTFUL: ngettext("{n} doubtful capture", "{n} doubtful captures", n),
        TroubleKind.CHANNEL: ngettext("{n} dead channel", "{n} dead channels", n),
        TroubleKind.MOVED: ngettext("{n} source has moved", "{n} sources have moved", n),
    }
    return said[kind].format(n=figure(n))


def what_is_told(bulletin: Bulletin) -> str:
    """What a delivery's key names: every trouble with its beginning, and for those that ended the end."""
    begun = (f"{one.kind} {one.about} since {one.since.isoformat()}" for one in bulletin.begun)
    ended = (f"{one.kind} {one.about} ended {one.ended_at.isoformat()}" for one in bulletin.ended if one.ended_at)
    return "bulletin\n" + "\n".join(sorted((*begun, *ended)))


def bulletin_message(bulletin: Bulletin, subscription: Subscription, base_url: str | None = None) -> Message:
    """The message that brings a bulletin to one operator; many troubles at once are one message."""
    first, begun, ended = first_line(bulletin), _capped(bulletin.begun), _capped(bulletin.ended)
    said = _("Subscription {number}: for the operator, troubles with watching when they begin and when they end.")
    why, unsubscribe = said.format(number=subscription.id), unsubscribe_page(subscription, base_url)
    text = [_("{sentence}, {when}").format(sentence=first, when=instant(bulletin.at)), ""]
    text += [*(f"- {line}" for line in begun), *([""] if begun and ended else [])]
    text += [*([_("Holds again")] if ended else []), *(f"- {line}" for line in ended)]
    parts = {"subject": first, "at": instant(bulletin.at), "begun": begun, "ended": ended}
    return Message(
        subject=short(f"[{severity_word(Severity.OPERATIONAL)}] {first}", SUBJECT_AT_MOST),
        first_line=first,
        severity=Severity.OPERATIONAL,
        text="\n".join([*text, *footer(why, unsubscribe)]) + "\n",
        html=rendered("bulletin.html", parts | {"why": why, "unsubscribe": unsubscribe}),
        facts=((_("As of"), instant(bulletin.at)),),
        findings=(*begun, *ended),
        link=page(base_url, ""),
        thread=thread_key(subscription.secret, _THREAD),
        why=why,
        ending=subscription.secret,
        unsubscribe=unsubscribe,
        subscription=subscription.id,
        data=bulletin_data(bulletin),
    )


def first_line(bulletin: Bulletin) -> str:
    """ "2 sources are stale: Example terms and Example list; 1 source is verified again: Example news"."""
    counts = Counter(one.kind for one in bulletin.begun)
    parts = []
    for kind in TroubleKind:
        if counts[kind]:
            titles = [_title(one) for one in bulletin.begun if one.kind is kind]
            parts.append(_named(_counted(kind, counts[kind]), titles))
    if bulletin.ended:
        n = len(bulletin.ended)
        again = ngettext("{n} source is verified again", "{n} sources are verified again", n).format(n=figure(n))
        parts.append(_named(again, [_title(one) for one in bulletin.ended]))
    return _("; ").join(parts)


def _named(counted: str, titles: Sequence[str]) -> str:
    return _("{counted}: {titles}").format(counted=counted, titles=listed(titles, 3))


def _title(trouble: Trouble) -> str:
    return short(clean(trouble.title), _TITLE_AT_MOST)


def _capped(troubles: Sequence[Trouble]) -> list[str]:
    lines = [_line(one) for one in troubles[:_LINES_AT_MOST]]
    left = len(troubles) - len(lines)
    more = ngettext("and {n} more; `tocsin status` has all", "and {n} more; `tocsin status` has all", left)
    return [*lines, *([more.format(n=figure(left))] if left else [])]


def _line(trouble: Trouble) -> str:
    since = instant(trouble.since)
    about = short(clean(trouble.about), _TITLE_AT_MOST)
    if trouble.ended_at is not None:
        said = _("{title} ({about}): verified again {ended}; was stale since {since}")
        return said.format(title=_title(trouble), about=about, ended=instant(trouble.ended_at), since=since)
    what = {
        TroubleKind.STALE: _("not verified since {since}"),
        TroubleKind.FLAPPING: _("flapping"),
        TroubleKind.DOUBTFUL: _("doubtful capture of {since}"),
        TroubleKind.CHANNEL: _("nothing arrives since {since}"),
        TroubleKind.MOVED: _("read elsewhere than declared since {since}"),
    }[trouble.kind].format(since=since)
    said = _("{title} ({about}): {what}; {reason}")
    return said.format(title=_title(trouble), about=about, what=what, reason=short(clean(trouble.reason), 240))
