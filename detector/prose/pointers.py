"""Which words only point to a link: "this page", "our support portal", or the address of the page written out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from detector.alignment.blocks import Block
from detector.statements.differences import Shift
from detector.statements.statement import Family, Statement
from detector.words.french import french_stem
from detector.words.overlap import Hunk, WordDifference
from detector.words.stems import stem
from detector.words.vocabulary import Term
from store.values import PassageKind

_HOST = re.compile(r"https?://([\w.-]+)")
# An address as a word, whole.
_ADDRESS = re.compile(
    r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\[?email[\s\u00a0]protected\]?",
    re.IGNORECASE,
)
# What stands before the place where an address belongs; "with stripe.com" names a party.
_LEAD_WORDS = "at on via to from visit see here mail email by à sur chez au 在 至 于"
_LEADS = frozenset(_LEAD_WORDS.split())
_POINTING_WORDS = """
page webpage website site link url portal here click follow http https www page ici lien adresse portail cliquez
help center centre article faq guide instructions document documentation support aide guide
页 面 网 站 链 接 网页 页面 网站 链接 网址
"""
_POINTING = frozenset(form for word in _POINTING_WORDS.split() for form in (word, stem(word), french_stem(word)))


def only_point(terms: Iterable[Term], old: Block, new: Block) -> bool:
    """Whether all terms that came and went are words for a link, and the links of both sides lead to the same hosts."""
    hosts = _hosts(old.links)
    return bool(hosts) and hosts == _hosts(new.links) and all(term.meaning in _POINTING for term in terms)


def only_addresses(old: Block, new: Block, difference: WordDifference) -> bool:
    """Whether all that differs are addresses written out on one side only, where the other has nothing in their place.

    "Available at ." lost its link text in the capture; nothing that is stated came or went. An address that took
    another's place, and one that is a member of a list or a row, are none.
    """
    members = {PassageKind.LIST_ITEM, PassageKind.TABLE_ROW}
    if not difference.hunks or any(b.passages[i].kind in members for b in (old, new) for i in b.indices):
        return False
    return all(_is_lost_address(one, difference, old.text, new.text) for one in difference.hunks)


def _is_lost_address(hunk: Hunk, difference: WordDifference, old: str, new: str) -> bool:
    left, right = difference.old[hunk.old_start : hunk.old_end], difference.new[hunk.new_start : hunk.new_end]
    if left and right:
        return False
    text, said = (old, left) if left else (new, right)
    before = difference.new[: hunk.new_start] if right else difference.old[: hunk.old_start]
    leads = next((word.key for word in reversed(before) if not word.is_sign), "")
    return leads in _LEADS and bool(_ADDRESS.fullmatch(text[said[0].start : said[-1].end].strip(" .,;()")))


def without_pointed(found: Iterable[Shift], old: Block, new: Block) -> list[Shift]:
    """Shifts without the host of an address written out on one side where a link of the other side leads to it.

    One that leads elsewhere names somebody else.
    """
    return [
        one for one in found if not (_pointed(one.old, one.new, new.links) or _pointed(one.new, one.old, old.links))
    ]


def _pointed(named: Statement | None, other: Statement | None, links: Sequence[str]) -> bool:
    alone = named is not None and other is None and named.family is Family.PARTY
    return alone and named is not None and named.value in _hosts(links)


def _hosts(links: Sequence[str]) -> frozenset[str]:
    """The last two labels of the hosts of links."""
    found = (match.group(1).casefold() for link in links if (match := _HOST.match(link)))
    return frozenset(".".join(host.split(".")[-2:]) for host in found)
