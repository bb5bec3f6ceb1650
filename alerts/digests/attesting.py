"""What can be attested of each territory at each source: no change, a change, a doubt, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from alerts.digests.values import Attestation, Silence, Watched
from alerts.matching import concerns, territories_of
from store.subscriptions import Filters
from store.values import Held, SourceKind
from store.views import ChangeView

# A feed shows its newest entries only: one may come and go between two visits, so its silence attests nothing.
ATTESTED = frozenset({SourceKind.AVAILABILITY, SourceKind.TERMS, SourceKind.DOCKET})
# Seen and not believed. Every other change than a cosmetic one is a change, told or not.
_DOUBTED = frozenset({Held.AWAITING_CONFIRMATION, Held.UNCONFIRMED, Held.DOUBTFUL, Held.UNKNOWN_NAME})


def attestations(
    filters: Filters, watched: Sequence[Watched], changes: Mapping[str, Sequence[ChangeView]]
) -> tuple[Attestation, ...]:
    """One for each territory filtered or watched, and each list, text and docket in scope; else one for each source.

    changes: all of the period by source, also held ones and such as the filters leave out.
    """
    territories = tuple(dict.fromkeys((*filters.territories, *filters.watched))) or (None,)
    return tuple(
        _attestation(territory, one, changes.get(one.coverage.source, ()))
        for territory in territories
        for one in watched
        if one.coverage.kind in ATTESTED
    )


def _attestation(territory: str | None, watched: Watched, changes: Sequence[ChangeView]) -> Attestation:
    meant = [one for one in changes if one.held is not Held.COSMETIC and (one.substantive or one.held is not None)]
    touching = [one for one in meant if _touches(territory, one)]
    changed = tuple(one.address for one in touching if one.held not in _DOUBTED)
    doubtful = tuple(one.address for one in touching if one.held in _DOUBTED)
    return Attestation(
        territory=territory,
        source=watched.coverage.source,
        title=watched.coverage.title,
        state=_state(changed, doubtful, watched.verified_hours),
        hours=watched.hours,
        verified_hours=watched.verified_hours,
        awaiting_hours=watched.awaiting_hours,
        changed=changed,
        doubtful=doubtful,
        unnamed=sum(1 for one in meant if territory and not any(territories_of(f) for f in one.findings)),
    )


def _touches(territory: str | None, change: ChangeView) -> bool:
    return territory is None or concerns(Filters(territories=(territory,)), change) is not None


def _state(changed: Sequence[str], doubtful: Sequence[str], verified_hours: int) -> Silence:
    if changed:
        return Silence.CHANGED
    if doubtful:
        return Silence.DOUBTFUL
    return Silence.UNCHANGED if verified_hours else Silence.UNPROVEN
