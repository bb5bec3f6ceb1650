"""A message as Slack's Block Kit, within every limit Slack has; what does not fit becomes a link to the whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from alerts.language import _, speaking
from alerts.plain import affected_line, also_line, more_places
from alerts.sides import Piece, SideBySide
from alerts.told import Message, Row, ToldChange
from alerts.why import severity_word
from alerts.words import short

# docs.slack.dev/reference/block-kit/blocks: blocks in a message, characters in a section, field and header.
BLOCKS, SECTION, FIELD, HEADER = 50, 3000, 2000, 150
ALTOGETHER = 12_000  # characters of a message: more, and Slack cuts it wherever it likes
ACKNOWLEDGE, DISMISS = "review_acknowledge", "review_dismiss"
_FALLBACK = 600  # what a phone shows of it before it is opened
_SIDES = 12  # more than fits a screen; the mail and the page have them all
_FINDINGS_OF_SEVERAL = 8
_EVIDENCE = 400

Block = dict[str, Any]


def slack_body(message: Message, key: str, *, buttons: bool = False) -> dict[str, Any]:
    """The JSON of a message: fallback text and blocks; the last says the idempotency key.

    buttons: with Acknowledge and Dismiss for each change, whose value is "SUBSCRIPTION_ID CHANGE_ADDRESS".
    """
    with speaking(message.locale):
        fallback = _cut(mrkdwn(message.first_line), _FALLBACK)
        return {
            "text": fallback,
            "blocks": _blocks(message, key, buttons, len(fallback)),
            "unfurl_links": False,
            "unfurl_media": False,
        }


def text_length(part: object) -> int:
    """Characters of every text in blocks."""
    if isinstance(part, dict):
        own = len(part["text"]) if isinstance(part.get("text"), str) else 0
        return own + sum(text_length(one) for one in part.values() if not isinstance(one, str))
    return sum(text_length(one) for one in part) if isinstance(part, list) else 0


@dataclass
class _Sheet:
    """Blocks that keep to the limits; what comes after the first that did not fit is left out with it."""

    blocks_left: int
    letters_left: int
    blocks: list[Block] = field(default_factory=list)
    full: bool = False

    def add(self, *group: Block) -> None:
        """All of a group or none of it."""
        letters = text_length(list(group))
        if self.full or len(group) > self.blocks_left or letters > self.letters_left:
            self.full = True
            return
        self.blocks += group
        self.blocks_left -= len(group)
        self.letters_left -= letters


def _blocks(message: Message, key: str, buttons: bool, fallback: int) -> list[Block]:
    one = message.told[0] if len(message.told) == 1 else None
    end = [*_evidence(message.evidence)]
    end += [_buttons(message, one)] if one and buttons and message.subscription is not None else []
    end.append(_context([f"{message.why} " + _("Message {key}.").format(key=key)]))
    whole = _whole(message)
    sheet = _Sheet(BLOCKS - len(end) - 1, ALTOGETHER - fallback - text_length([*end, whole]))
    sheet.add(_header(message.subject), _section(f"*{mrkdwn(message.first_line)}*"))
    for group in _groups(message, one, buttons):
        sheet.add(*group)
    return [*sheet.blocks, *([whole] if sheet.full else []), *end]


def _groups(message: Message, one: ToldChange | None, buttons: bool) -> Iterator[Sequence[Block]]:
    """What comes between the first line and the evidence, the most important first; a group stays together."""
    if one is not None:
        yield from ([_section(mrkdwn(line))] for line in (affected_line(one.affected), also_line(one.also)) if line)
    yield _links(message)
    yield from ([block] for block in _facts(message.facts))
    if len(message.told) < 2:
        yield from ([block] for block in _lines(message.findings))
        yield from ([_side(row)] for row in message.sides[:_SIDES])
        left = max(0, len(message.sides) - _SIDES) + message.more_sides
        yield [_context([more_places(left)])] if left > 0 else []
        return
    for told in message.told:
        yield _change(message, told, buttons)
    yield from ([block] for block in _lines(message.findings[len(message.told) :]))


def _change(message: Message, told: ToldChange, buttons: bool) -> Sequence[Block]:
    """One of several changes: its sentence, findings, links, evidence and buttons."""
    lines = [f"*{mrkdwn(f'[{severity_word(told.severity)}] {told.first_line}')}*"]
    lines += [mrkdwn(line) for line in (affected_line(told.affected), also_line(told.also)) if line]
    lines += ["• " + mrkdwn(short(line, _EVIDENCE)) for line in told.findings[:_FINDINGS_OF_SEVERAL]]
    more = len(told.findings) - _FINDINGS_OF_SEVERAL
    lines += ["• …"] if more > 0 else []
    links = _linked(((_("See the whole change"), told.link), (_("Open the page"), told.url)))
    group = [_section("\n".join([*lines, *([links] if links else [])])), *_evidence(told.evidence)]
    return [*group, *([_buttons(message, told)] if buttons and message.subscription is not None else [])]


def _buttons(message: Message, told: ToldChange) -> Block:
    value = f"{message.subscription} {told.address}"
    elements = [_button(_("Acknowledge"), ACKNOWLEDGE, value), _button(_("Dismiss…"), DISMISS, value)]
    return {"type": "actions", "block_id": f"review {told.address}", "elements": elements}


def _button(said: str, action: str, value: str) -> Block:
    text = {"type": "plain_text", "text": short(said, 75), "emoji": False}
    return {"type": "button", "text": text, "action_id": action, "value": value}


def _whole(message: Message) -> Block:
    """Where the rest is, for a message that is longer than Slack takes."""
    link = message.link or message.url
    if link and len(link) < SECTION // 2:
        return _section(f"<{_link(link)}|{mrkdwn(_('This is not all: see the whole of it'))}>")
    return _section(mrkdwn(_("This is not all: the rest did not fit; Tocsin has the whole of it")))


def mrkdwn(text: str) -> str:
    """Page text that Slack shows as it is: its three control characters are escaped (docs.slack.dev, formatting)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _header(text: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": short(text, HEADER), "emoji": False}}


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
    """The links of one change or of a message without any; of several each change has its own."""
    named = ((_("See the whole change"), message.link), (_("Open the page"), message.url))
    linked = _linked(message.links or (named if len(message.told) == 1 else ()))
    return [_section(linked)] if linked else []


def _linked(named: Iterable[tuple[str, str | None]]) -> str:
    return " · ".join(f"<{_link(url)}|{mrkdwn(label)}>" for label, url in named if url and len(url) < SECTION // 2)


def _link(url: str) -> str:
    return mrkdwn(url).replace("|", "%7C")


def _facts(rows: Iterable[Row]) -> list[Block]:
    fields = [_field(f"*{mrkdwn(label)}*\n{mrkdwn(value)}") for label, value in rows]
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
    old = _field(f"*{_('Old')}* {where}{_pieces(row.old, '~')}")
    return {"type": "section", "fields": [old, _field(f"*{_('New')}* {where}{_pieces(row.new, '*')}")]}


def _field(text: str) -> Block:
    return {"type": "mrkdwn", "text": _cut(text, FIELD), "verbatim": True}


def _pieces(pieces: Iterable[Piece], sign: str) -> str:
    shown = "".join(_marked(one.text, sign) if one.marked else mrkdwn(one.text) for one in pieces)
    return shown or f"_{_('nothing')}_"


def _marked(text: str, sign: str) -> str:
    """Slack marks only from a blank to a blank, and never across its own sign."""
    bare = mrkdwn(text.strip()).replace(sign, "")
    return f" {sign}{bare}{sign} " if bare else text


def _evidence(rows: Sequence[Row]) -> list[Block]:
    return [_context(short(f"{label}: {value}", _EVIDENCE) for label, value in rows)] if rows else []
