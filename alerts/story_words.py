"""How a story is said in a line: who does what, in our words."""

from __future__ import annotations

from typing import Protocol

from alerts.language import _
from alerts.words import clean
from store.happenings import Action


class Told(Protocol):
    """What a headline needs of a story."""

    @property
    def action(self) -> Action: ...

    @property
    def actor(self) -> str | None: ...

    @property
    def object(self) -> str | None: ...

    @property
    def products(self) -> tuple[str, ...]: ...


def headline(story: Told) -> str:
    """ "OpenAI restricts access to OpenAI API", "Italy restricts access to DeepSeek"."""
    about = clean(", ".join(story.products) or story.object or "")
    if story.object and story.object not in about:
        about = f"{clean(story.object)} ({about})"
    who = clean(story.actor or _("Somebody"))
    return _named(story.action).format(who=who, what=about) if about else _bare(story.action).format(who=who)


def _named(action: Action) -> str:
    return {
        Action.RESTRICT: _("{who} restricts access to {what}"),
        Action.SUSPEND: _("{who} suspends {what}"),
        Action.LIFT: _("{who} lifts a restriction: {what}"),
        Action.EXPAND: _("{who} expands access to {what}"),
        Action.PROPOSE: _("{who} proposes a rule: {what}"),
        Action.DENY: _("{who} denies a change: {what}"),
        Action.OFFER: _("{who} makes an offer: {what}"),
        Action.NO_CHANGE: _("{who} says nothing changes: {what}"),
    }[action]


def _bare(action: Action) -> str:
    return {
        Action.RESTRICT: _("{who} restricts access"),
        Action.SUSPEND: _("{who} suspends access"),
        Action.LIFT: _("{who} lifts a restriction"),
        Action.EXPAND: _("{who} expands access"),
        Action.PROPOSE: _("{who} proposes a rule"),
        Action.DENY: _("{who} denies a change"),
        Action.OFFER: _("{who} makes an offer"),
        Action.NO_CHANGE: _("{who} says nothing changes"),
    }[action]
