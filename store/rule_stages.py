"""The legal steps of a rulemaking: which notice may follow where a proceeding stands, and where each one leads.

Source of the table: the Administrative Procedure Act, 5 U.S.C. 553 (notice, comment, final rule, 30 days, good cause
for skipping them) and 705 (postponement of an effective date), and what the Federal Register prints.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from store.values import Stage


class State(StrEnum):
    """Where a proceeding stands. Those that a notice brings about carry the name of that notice's stage."""

    UNOPENED = "unopened"
    INSPECTED = "public_inspection"
    ADVANCE_NOTICE = "advance_notice"
    PROPOSED = "proposed"
    INTERIM_FINAL = "interim_final"
    FINAL = "final"
    EFFECTIVE = "effective"
    SUSPENDED = "suspension"
    WITHDRAWN = "withdrawal"


@dataclass(frozen=True, slots=True)
class Step:
    """Where a notice leads. irregular: why it may not follow there; None for a legal step."""

    to: State
    irregular: str | None = None


_OPENED = {
    Stage.ADVANCE_NOTICE: State.ADVANCE_NOTICE,
    Stage.PROPOSED: State.PROPOSED,
    Stage.INTERIM_FINAL: State.INTERIM_FINAL,
    Stage.FINAL: State.FINAL,
}
_SAME = (Stage.NOTICE, Stage.PRESIDENTIAL, Stage.PUBLIC_INSPECTION)


def _staying(state: State, *stages: Stage) -> dict[Stage, State]:
    return dict.fromkeys((*_SAME, *stages), state)


# Where a proceeding stands -> stage of the notice -> where it leads. A pair that is not here is irregular.
LEGAL: Mapping[State, Mapping[Stage, State]] = {
    # A rule may be final at once: for good cause, or as a direct final rule.
    State.UNOPENED: _staying(State.UNOPENED) | _OPENED | {Stage.PUBLIC_INSPECTION: State.INSPECTED},
    State.INSPECTED: _staying(State.INSPECTED) | _OPENED | {Stage.WITHDRAWAL: State.WITHDRAWN},
    State.ADVANCE_NOTICE: {
        **_staying(State.ADVANCE_NOTICE, Stage.ADVANCE_NOTICE, Stage.EXTENSION, Stage.CORRECTION),
        Stage.PROPOSED: State.PROPOSED,
        Stage.INTERIM_FINAL: State.INTERIM_FINAL,
        Stage.WITHDRAWAL: State.WITHDRAWN,
    },
    # A second proposal supplements the first.
    State.PROPOSED: {
        **_staying(State.PROPOSED, Stage.PROPOSED, Stage.EXTENSION, Stage.CORRECTION),
        Stage.INTERIM_FINAL: State.INTERIM_FINAL,
        Stage.FINAL: State.FINAL,
        Stage.WITHDRAWAL: State.WITHDRAWN,
    },
    # An interim final rule binds while comments are taken, and beside it the same text may be proposed.
    State.INTERIM_FINAL: {
        **_staying(State.INTERIM_FINAL, Stage.INTERIM_FINAL, Stage.PROPOSED, Stage.EXTENSION, Stage.CORRECTION),
        Stage.FINAL: State.FINAL,
        Stage.SUSPENSION: State.SUSPENDED,
        Stage.WITHDRAWAL: State.WITHDRAWN,
    },
    State.FINAL: {
        **_staying(State.FINAL, Stage.FINAL, Stage.EXTENSION, Stage.CORRECTION),
        Stage.SUSPENSION: State.SUSPENDED,
        Stage.WITHDRAWAL: State.WITHDRAWN,
    },
    State.EFFECTIVE: {
        **_staying(State.EFFECTIVE, Stage.EXTENSION, Stage.CORRECTION),
        Stage.FINAL: State.FINAL,
        Stage.INTERIM_FINAL: State.INTERIM_FINAL,
        Stage.SUSPENSION: State.SUSPENDED,
    },
    # A suspended rule may be suspended again, lifted or replaced by a rule, or changed by a proposal meanwhile.
    State.SUSPENDED: {
        **_staying(State.SUSPENDED, Stage.SUSPENSION, Stage.PROPOSED, Stage.EXTENSION, Stage.CORRECTION),
        Stage.INTERIM_FINAL: State.INTERIM_FINAL,
        Stage.FINAL: State.FINAL,
        Stage.WITHDRAWAL: State.WITHDRAWN,
    },
    # What was withdrawn may be taken up again from the start.
    State.WITHDRAWN: {
        **_staying(State.WITHDRAWN, Stage.CORRECTION),
        Stage.ADVANCE_NOTICE: State.ADVANCE_NOTICE,
        Stage.PROPOSED: State.PROPOSED,
    },
}
_BINDING = (State.INTERIM_FINAL, State.FINAL, State.EFFECTIVE, State.SUSPENDED)
_UNTOUCHED = (State.UNOPENED, State.INSPECTED)


def step(state: State, stage: Stage) -> Step:
    """Where a notice of this stage leads from a state.

    An irregular notice is printed all the same, so it is followed wherever following it hides nothing: a rule printed
    after a withdrawal binds, a withdrawal of what was never seen is one. It is not followed back out of a binding
    rule, and what only amends (extension, correction, suspension of nothing) moves nothing.
    """
    legal = LEGAL[state].get(stage)
    return Step(legal) if legal is not None else Step(_irregular_target(state, stage), _reason(state, stage))


def _irregular_target(state: State, stage: Stage) -> State:
    if stage is Stage.WITHDRAWAL:
        return State.WITHDRAWN
    if stage is Stage.SUSPENSION and state in _UNTOUCHED:
        return State.SUSPENDED
    if stage in (Stage.FINAL, Stage.INTERIM_FINAL):
        return max(_OPENED[stage], state, key=_reach)
    return state


def _reach(state: State) -> int:
    """How far a rulemaking has gone; a withdrawn one stands at its start again."""
    return -1 if state is State.WITHDRAWN else list(State).index(state)


def _reason(state: State, stage: Stage) -> str:
    if stage is Stage.WITHDRAWAL and state is State.EFFECTIVE:
        return "a rule in effect is not withdrawn but repealed by another rule"
    if stage is Stage.FINAL and state is State.ADVANCE_NOTICE:
        return "no proposed rule stands between the advance notice and this final rule"
    if stage in (Stage.PROPOSED, Stage.ADVANCE_NOTICE) and state in _BINDING:
        return f"a new round under the same name: {_FOUND[state]}"
    if stage in _OPENED:
        return f"{_NAMED[stage]} is out of turn: {_FOUND[state]}"
    return f"there is nothing for {_NAMED[stage]} here: {_FOUND[state]}"


_NAMED = {
    Stage.ADVANCE_NOTICE: "an advance notice",
    Stage.EXTENSION: "an extension",
    Stage.CORRECTION: "a correction",
    Stage.SUSPENSION: "a suspension",
    Stage.WITHDRAWAL: "a withdrawal",
    Stage.INTERIM_FINAL: "an interim final rule",
    Stage.FINAL: "a final rule",
}
_FOUND = {
    State.UNOPENED: "no earlier notice of this proceeding is held",
    State.INSPECTED: "only a filed copy is held, nothing printed",
    State.ADVANCE_NOTICE: "only an advance notice was printed",
    State.PROPOSED: "the rule is proposed",
    State.INTERIM_FINAL: "the rule is interim final",
    State.FINAL: "the rule is final already",
    State.EFFECTIVE: "the rule is in effect already",
    State.SUSPENDED: "the rule is final and suspended",
    State.WITHDRAWN: "the rule was withdrawn",
}
