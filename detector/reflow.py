"""Where paragraphs were only split or merged: the same words under other paragraph borders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

Runs = tuple[tuple[int, ...], tuple[int, ...]]


def reflowed(left: Sequence[int], right: Sequence[int], old_keys: Sequence[str], new_keys: Sequence[str]) -> list[Runs]:
    """Runs of neighbouring passages (indices, of which the gap's are given) whose folded texts concatenate to the same.

    Linear in the words of the gap: borders are compared by how many letters stand before them.
    """
    return [*_one_to_many(left, right, old_keys, new_keys)] + [
        (old, new) for new, old in _one_to_many(right, left, new_keys, old_keys)
    ]


def _one_to_many(
    ones: Sequence[int], many: Sequence[int], one_keys: Sequence[str], many_keys: Sequence[str]
) -> Iterator[Runs]:
    starts: dict[str, list[int]] = {}
    for place, index in enumerate(many):
        starts.setdefault(many_keys[index][:12], []).append(place)
    used: set[int] = set()
    for one in ones:
        whole = one_keys[one]
        for place in starts.get(whole[:12], []):
            run = _run(whole, many, place, many_keys)
            if len(run) > 1 and not used.intersection(run):
                used.update(run)
                yield (one,), run
                break


def _run(whole: str, many: Sequence[int], place: int, keys: Sequence[str]) -> tuple[int, ...]:
    """The passages from place on that together are the whole text; empty when they are not."""
    at, first = 0, place
    while place < len(many) and at < len(whole):
        key = keys[many[place]]
        if not whole.startswith(key, at):
            return ()
        at += len(key) + 1
        place += 1
    return tuple(many[first:place]) if at == len(whole) + 1 else ()
