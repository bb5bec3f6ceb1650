"""Two short sentences that face each other alone are paired when they say half the same, in letters or Chinese."""

from __future__ import annotations

import pytest

from detector.alignment.align import align
from store.values import Passage, PassageKind

BEFORE, AFTER = "These are the general terms of the service.", "Contact us about them at any time."


def between(text: str) -> list[Passage]:
    return [Passage(PassageKind.PARAGRAPH, one) for one in (BEFORE, text, AFTER)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The provider deletes the logs.", "Logs are deleted by the provider."),
        ("We store keys.", "Keys are stored by us."),
        ("Le prestataire supprime les fichiers.", "Les fichiers sont supprimés par le prestataire."),
        ("供应商删除客户数据。", "客户数据由供应商删除。"),
        ("我们保存日志三十天。", "日志由我们保存三十天。"),
    ],
)
def test_facing_sentences_that_say_alike_are_one_passage(old, new):
    found = align(between(old), between(new))
    assert [(pair.old, pair.new) for pair in found.changed] == [((1,), (1,))]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The provider deletes the logs.", "Invoices are due in advance."),
        ("Le prestataire supprime les fichiers.", "Les factures sont dues."),
        ("供应商删除客户数据。", "发票应当提前支付。"),
        ("日本", "约旦"),
        ("Japan", "Jordan"),
    ],
)
def test_facing_sentences_of_other_things_are_two(old, new):
    found = align(between(old), between(new))
    assert not found.changed
    assert (found.removed, found.added) == ((1,), (1,))
