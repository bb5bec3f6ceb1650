"""Who acts in a clause and who is acted upon: a provider, a regulator or a state, in active and passive voice."""

from __future__ import annotations

import re
from dataclasses import dataclass

from detector.news.actors import Named, party_territory
from detector.news.clauses import Clause
from store.happenings import Action
from store.territory import find_territories, territory_name

_PASSIVE_BEFORE = re.compile(
    r"(?:\b(?:is|are|was|were|be|been|being|gets?|got|est|sont|été|sera|seront|es|sido|ser[áa]|wird|werden|wurde)"
    r"\s+(?:now\s+)?|被|遭)$",
    re.IGNORECASE,
)
_PARTICIPLE = re.compile(r"(?:ed|banned|withheld|withdrawn|ées?|és?|dus?|dues?|[ai]d[oa]s?)$", re.IGNORECASE)
# A German participle closes its clause; the same letters in second place are the verb ("pausiert in der Türkei").
_CLOSING_PARTICIPLE = re.compile(r"(?:iert|sperrt)$", re.IGNORECASE)
_CLOSED = re.compile(r"\s*(?:$|[.,;:!?])")
_PASSIVE_AFTER = re.compile(
    r"\s*(?:$|[.,;:!?]|(?:in|by|from|across|over|until|for|on|en|au|aux|dans|par|por|von)\b)", re.IGNORECASE
)
# Behind such a word a state is a place, not somebody who acts.
_PLACE_BEFORE = re.compile(
    r"(?:\b(?:in|from|for|to|across|of|on|with|against|outside|en|au|aux|à|dans|pour|de|du|des|d['’]|vers|desde|a|para|aus)"
    r"\s*(?:the|la|le|les|l['’])?\s*|对|對|向|在|于|於|为|為|从|從|来自|來自)$",
    re.IGNORECASE,
)
_LISTED = re.compile(r"^\s*(?:,|and|et|y|und|和|与|、)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """Who does it to whom. state: the actor is a state or a regulator. beside: other states that act alike."""

    actor: str | None
    object: str | None = None
    state: bool = False
    beside: frozenset[str] = frozenset()

    @property
    def about(self) -> str | None:
        return self.object or (None if self.state else self.actor)


def parts(clause: Clause, parties: tuple[Named, ...], speaker: str | None) -> list[Part]:
    """The parts of a clause: one, or several where several act alike. speaker: whose own feed says it.

    Nobody named at all is Part(None): the clause adds to what the entry says elsewhere.
    """
    start = clause.cue.start
    before = [one for one in parties if one.start < start]
    providers = [one.party.name for one in parties if not one.party.regulator]
    regulators = [one.party.name for one in parties if one.party.regulator]
    first = before[0].party if before else None
    if first and not first.regulator and _is_passive(clause):
        return [_suffered(first.name, regulators, speaker)]
    if first and first.regulator:
        return [Part(first.name, providers[0] if providers else None, state=True)]
    states = _states(clause.text, before[0].start if before else start)
    if states and (first is None or len(providers) > len(before)):
        target = next((one.party.name for one in parties if one not in before and not one.party.regulator), None)
        return [Part(state, target, True, frozenset(states) - {state}) for state in states]
    if first:
        return [Part(name) for name in _acting(clause, before)]
    if speaker and (not parties or speaker in providers):
        return [Part(speaker, state=party_territory(speaker) is not None)]
    if providers:
        return [Part(None, providers[0])]
    return [Part(regulators[0], state=True)] if regulators else [Part(None)]


def _suffered(target: str, regulators: list[str], speaker: str | None) -> Part:
    """The passive names no actor but behind "by"; a party that writes so in its own feed acts itself."""
    if regulators:
        return Part(regulators[0], target, state=True)
    return Part(target) if target == speaker else Part(None, target)


def _acting(clause: Clause, before: list[Named]) -> list[str]:
    """The first party named acts; in an offer all that stand before it ("SenseTime and Baidu give"), but for those it
    is made to ("gives users of OpenAI", 向OpenAI用户)."""
    givers = [before[0], *(one for one in before[1:] if not _PLACE_BEFORE.search(clause.text[: one.start]))]
    names = list(dict.fromkeys(one.party.name for one in givers if not one.party.regulator))
    return names if clause.cue.action is Action.OFFER else names[:1]


def _states(text: str, limit: int) -> list[str]:
    """States named before the limit as those who act: "Indonesia and Malaysia block", not "in Indonesia"."""
    found: list[str] = []
    end = None
    for mention in find_territories(text[:limit]):
        listed = end is not None and bool(_LISTED.match(text[end : mention.start]))
        if listed and not found:
            end = mention.end
            continue
        if listed or not _PLACE_BEFORE.search(text[: mention.start]):
            found.append(territory_name(mention.code))
        end = mention.end
    return list(dict.fromkeys(found))


def _is_passive(clause: Clause) -> bool:
    text, cue = clause.text, clause.cue
    if _PASSIVE_BEFORE.search(text[: cue.start]):
        return True
    if _CLOSING_PARTICIPLE.search(text[cue.start : cue.end]):
        return bool(_CLOSED.match(text[cue.end :]))
    return bool(_PARTICIPLE.search(text[cue.start : cue.end]) and _PASSIVE_AFTER.match(text[cue.end :]))
