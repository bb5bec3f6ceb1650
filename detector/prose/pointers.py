"""Which words only point to a link: "this page", "our support portal", or the address of the page written out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from detector.alignment.blocks import Block
from detector.statements.differences import Shift
from detector.statements.statement import Family, Statement
from detector.words.french import french_stem
from detector.words.stems import stem
from detector.words.vocabulary import Term

_HOST = re.compile(r"https?://([\w.-]+)")
_POINTING_WORDS = """
page webpage website site link url portal here click follow http https www page ici lien adresse portail cliquez
页 面 网 站 链 接 网页 页面 网站 链接 网址
"""
_POINTING = frozenset(form for word in _POINTING_WORDS.split() for form in (word, stem(word), french_stem(word)))


def only_point(terms: Iterable[Term], old: Block, new: Block) -> bool:
    """Whether all terms that came and went are words for a link, and the links of both sides lead to the same hosts."""
    hosts = _hosts(old.links)
    return bool(hosts) and hosts == _hosts(new.links) and all(term.meaning in _POINTING for term in terms)


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
