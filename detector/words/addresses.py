"""How an address is written: a mail address in signs or spelled out, the parts of a street in full or shortened."""

from __future__ import annotations

import re

_AT = r"\s?\\?[\[({<]\s?(?:at|@|arobase|chez)\s?\\?[\])}>]\s?"
_DOT = r"\s?\\?[\[({<]\s?(?:dot|\.|point)\s?\\?[\])}>]\s?"
# "name [at] host [dot] com", "name(at)host.com", and with the signs themselves.
MAIL = rf"[\w.+-]+(?:@|{_AT})[\w-]+(?:(?:\.|{_DOT})[\w-]+)+"
_WRITTEN_AT = re.compile(_AT, re.IGNORECASE)
_WRITTEN_DOT = re.compile(_DOT, re.IGNORECASE)
_SHORTENED_WORDS = """
st street; str street; ave avenue; av avenue; rd road; blvd boulevard; boul boulevard; bd boulevard; dr drive;
ln lane; pl place; sq square; ste suite; fl floor; flr floor; bldg building; hwy highway; pkwy parkway; apt apartment;
rm room; dept department
"""
_SHORTENED = dict(map(str.split, _SHORTENED_WORDS.split(";")))


def plain_mail(written: str) -> str:
    """A mail address with its signs, however they were spelled out: "me [at] host [dot] org" is "me@host.org"."""
    return _WRITTEN_DOT.sub(".", _WRITTEN_AT.sub("@", written))


def in_full(word: str) -> str:
    """A case-folded word of a postal address in full: "blvd" is "boulevard"; any other word as it is."""
    return _SHORTENED.get(word.rstrip("."), word)
