"""How long does a comparison take, how much memory, and does its cost grow with the change or with the page?

Seeded terms, one core, no model: embeddings are asked only for the leftovers of both sides. A row a page and a number
of edited passages: median milliseconds of the rounds, each from cold caches, and the highest memory that Python
allocated in a further run. Then one huge passage, mixed scripts and right-to-left text, and the ratio of two pages of
which one is ten times as long, with the same number of edits: 1 would be a cost of the change alone.

    python -m benchmarks.speed [--rounds 3]
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
import tracemalloc
from collections.abc import Iterator, Sequence
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
_SIZES = (2_000, 20_000)
_EDITS = (1, 10, 50, 200, 600)
_SHORT_PAGE, _LONG_PAGE = (2_000, 10), (20_000, 10)
_SCRIPTS = {
    "mixed scripts": (
        "您不得将服务用于{n}个以上的账户。",
        "Вы не можете использовать {n} счетов.",
        "サービスは{n}日以内です。",
    ),
    "right-to-left": ("يجب على المستخدم الدفع خلال {n} يوما.", "המשתמש חייב לשלם בתוך {n} ימים."),
}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rounds", type=int, default=3)
    rounds = asked.parse_args().rounds
    compare(terms(200, 1), edited(terms(200, 1), 1, 2), _ABOUT, (), None)
    print(f"{'text':28} {'edited':>7} {'ms':>7} {'MB peak':>8}  severity")
    taken = {(size, count): show(f"{size} words", *pair, count, rounds) for size, count, pair in pages()}
    for name, sentences in _SCRIPTS.items():
        page = in_script(sentences, 300)
        show(name, page, in_script(sentences, 300, other=10), 10, rounds)
    block = one_passage(5_000_000)
    show("5 MB in one passage", block, one_edit(block), 1, 1)
    ratio = taken[_LONG_PAGE] / taken[_SHORT_PAGE]
    print(f"20000 words with 10 edits / 2000 words with 10 edits: {ratio:.1f} times as long")


def pages() -> Iterator[tuple[int, int, tuple[Content, Content]]]:
    """(words, edited passages, both versions); a page with fewer passages than edits is left out."""
    for size in _SIZES:
        page = terms(size, 1)
        for count in _EDITS:
            if count <= len(page.passages):
                yield size, count, (page, edited(page, count, 2))


def show(name: str, old: Content, new: Content, count: int, rounds: int) -> float:
    """Prints a row and returns its median seconds."""
    taken, peak = measured(old, new, rounds)
    said = timed(old, new)[1].judgement.severity.value
    print(f"{name:28} {count:7} {taken * 1000:7.0f} {peak:8.1f}  {said}", flush=True)
    return taken


def measured(old: Content, new: Content, rounds: int) -> tuple[float, float]:
    """Median seconds of CPU of the rounds, each from cold caches, and the MB at the highest in one more."""
    taken = statistics.median(timed(old, new)[0] for _ in range(rounds))
    tracemalloc.start()
    timed(old, new)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return taken, peak


def in_script(sentences: Sequence[str], length: int, other: int = 0) -> Content:
    """Passages of the sentences with figures; the first of them, as many as other, name another figure."""
    texts = (sentences[at % len(sentences)].format(n=at + (1_000 if at < other else 2)) for at in range(length))
    return Content(tuple(Passage(PassageKind.PARAGRAPH, text) for text in texts))


def timed(old: Content, new: Content) -> tuple[float, Comparison]:
    words.words.cache_clear()
    words.folded.cache_clear()
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
