"""How long does a comparison take, how much memory, and does its cost grow with the change or with the page?

Seeded terms of 20,000 words, one core. A row a number of edited passages: median seconds of the rounds, each from cold
caches, and the highest memory that Python allocated in a further run. Then the same edits in pages of other lengths,
and texts that are one huge passage. No model is loaded: embeddings are asked only for the leftovers of both sides.

    python -m benchmarks.speed [--rounds 5]
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import time
import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from detector.compare import About, Comparison, compare
from detector.statements import read as statements
from detector.words import overlap as words
from store.values import Content, Passage, PassageKind, Polarity, SourceKind

_ABOUT = About(SourceKind.TERMS, "Example AI", "Example API", Polarity.ALLOW, "en", date(2025, 1, 1))
_SUBJECTS = (
    "You",
    "Your users",
    "We",
    "The customer",
    "Each administrator",
    "Our affiliates",
    "Any third party",
    "The account holder",
)
_VERBS = (
    "may use",
    "must not resell",
    "shall keep",
    "may suspend",
    "will process",
    "may terminate",
    "must report",
    "agree to pay for",
)
_OBJECTS = (
    "the services",
    "the output",
    "personal data",
    "the interface",
    "all fees",
    "the content",
    "any licence",
    "the model",
)
_ENDS = (
    "within {n} days of notice",
    "under section {n}",
    "for at most {n} months",
    "unless we agree in writing {n}",
)
_WORDS = 20_000


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rounds", type=int, default=5)
    rounds = asked.parse_args().rounds
    compare(terms(200, 1), edited(terms(200, 1), 1, 2), _ABOUT, (), None)
    print(f"{'text':34} {'edited':>7} {'seconds':>8} {'MB peak':>8}  severity")
    whole = terms(_WORDS, 1)
    for count in (0, 1, 10, 50, 200, len(whole.passages) // 2):
        show(f"{_WORDS} words", whole, edited(whole, count, 2), count, rounds)
    show(f"{_WORDS} words, all in another order", whole, shuffled(whole), 0, rounds)
    show(f"{_WORDS} words, another text", whole, terms(_WORDS, 9), len(whole.passages), rounds)
    for length in (2_000, 20_000, 200_000):
        page = terms(length, 3)
        show(f"{length} words", page, edited(page, 10, 4), 10, rounds)
    for size in (1_000_000, 5_000_000):
        block = one_passage(size)
        show(f"{size / 1e6:.0f} MB in one passage", block, one_edit(block), 1, 1)
    print(
        f"highest resident memory of the whole run: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )


def show(name: str, old: Content, new: Content, count: int, rounds: int) -> None:
    taken = [timed(old, new)[0] for _ in range(rounds)]
    tracemalloc.start()
    _, said = timed(old, new)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    print(f"{name:34} {count:7} {statistics.median(taken):8.2f} {peak:8.0f}  {said.judgement.severity.value}")


def timed(old: Content, new: Content) -> tuple[float, Comparison]:
    words.words.cache_clear()
    statements.statements.cache_clear()
    began = time.process_time()
    said = compare(old, new, _ABOUT, (), None)
    return time.process_time() - began, said


def terms(length: int, seed: int) -> Content:
    """About length words of clauses with duties, amounts and conditions, in passages of one to four sentences."""
    chance = random.Random(seed)
    passages: list[Passage] = []
    count = 0
    while count < length:
        text = " ".join(_sentence(chance) for _ in range(chance.randint(1, 4)))
        passages.append(Passage(PassageKind.PARAGRAPH, text))
        count += len(text.split())
    return Content(tuple(passages))


def _sentence(chance: random.Random) -> str:
    end = chance.choice(_ENDS).format(n=chance.randint(2, 90))
    word = "".join(chance.choice("abdegiklmnorstuv") for _ in range(7))
    return f"{chance.choice(_SUBJECTS)} {chance.choice(_VERBS)} {chance.choice(_OBJECTS)} for {word} {end}."


def edited(text: Content, count: int, seed: int) -> Content:
    chosen = set(random.Random(seed).sample(range(len(text.passages)), count))
    return Content(tuple(_changed(one) if at in chosen else one for at, one in enumerate(text.passages)))


def _changed(passage: Passage) -> Passage:
    head, _, tail = passage.text.partition(" for ")
    return replace(passage, text=f"{head} only for new purposes of {tail}")


def shuffled(text: Content) -> Content:
    passages: Sequence[Passage] = text.passages
    return Content(tuple(random.Random(5).sample(passages, len(passages))))


def one_passage(size: int) -> Content:
    chance = random.Random(6)
    pieces: list[str] = []
    length = 0
    while length < size:
        pieces.append(_sentence(chance))
        length += len(pieces[-1]) + 1
    return Content((Passage(PassageKind.PARAGRAPH, " ".join(pieces)),))


def one_edit(text: Content) -> Content:
    (passage,) = text.passages
    middle = passage.text.index(" may ", len(passage.text) // 2)
    return Content((replace(passage, text=f"{passage.text[:middle]} must {passage.text[middle + 5 :]}"),))


if __name__ == "__main__":
    main()
