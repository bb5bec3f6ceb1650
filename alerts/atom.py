"""Changes as an Atom feed (RFC 4287): the newest first, each under an id that stays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from lxml import etree

from alerts.language import _
from alerts.matching import concerns, severity_for
from alerts.page import language_tag
from alerts.sentence import finding_line, what_changed
from alerts.why import page, severity_word
from alerts.words import clean, instant, safe_link, short
from store.subscriptions import Filters
from store.values import Finding
from store.views import ChangeView

NEWEST = 100
_ATOM = "http://www.w3.org/2005/Atom"
_FINDINGS = 40
_TITLE_AT_MOST, _LINE_AT_MOST = 300, 500
_BEGUN = "2024-01-01"  # RFC 4151: a day on which the authority of a tag was its own
# XML 1.0 2.2 allows these and nothing else; clean() leaves a few that are neither control signs nor allowed.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed is: its name in ids (stable, no secret), its title, and its own address, None where it has none."""

    name: str
    title: str
    address: str | None = None


def atom_of(
    feed: Feed, changes: Sequence[ChangeView], filters: Filters, base_url: str | None, otherwise: datetime
) -> bytes:
    """The document, in the language in force. changes: oldest first; the newest 100 of them are in it.

    filters: what of a change its reader asked for, which is said first. base_url: where Tocsin's pages are; without it
    an entry links to the page that is watched. otherwise: when the feed last changed, where it is empty.
    """
    newest = list(reversed(changes))[:NEWEST]
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})  # type: ignore[dict-item]  # the default namespace
    root.set("{http://www.w3.org/XML/1998/namespace}lang", language_tag())
    _add(root, "id", f"{_authority(base_url)}:feed/{feed.name}")
    _add(root, "title", short(clean(feed.title), _TITLE_AT_MOST))
    _add(root, "updated", _stamp(max((_known(one) for one in newest), default=otherwise)))
    _add(_add(root, "author"), "name", "Tocsin")
    _add(root, "generator", "Tocsin")
    for relation, address in (("self", feed.address), ("alternate", page(base_url, "changes"))):
        if address:
            _add(root, "link", rel=relation, href=address)
    for change in newest:
        _entry(root, change, filters, base_url)
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True))


def _entry(root: etree._Element, change: ChangeView, filters: Filters, base_url: str | None) -> None:
    mine = concerns(filters, change) or change.findings
    severity = severity_for(filters, change, mine)
    made, sentence = _add(root, "entry"), what_changed(change, mine)
    _add(made, "id", f"{_authority(base_url)}:change/{change.address}")
    _add(made, "title", short(clean(f"[{severity_word(severity)}] {sentence}"), _TITLE_AT_MOST))
    _add(made, "updated", _stamp(_known(change)))
    _add(made, "published", _stamp(change.at))
    _add(_add(made, "author"), "name", short(clean(change.publisher), _TITLE_AT_MOST) or "Tocsin")
    link = page(base_url, f"changes/{change.address}") or safe_link(change.url)
    if link:
        _add(made, "link", rel="alternate", type="text/html", href=link)
    if link != change.url and (watched := safe_link(change.url)):
        _add(made, "link", rel="via", href=watched)
    for term in (severity.value, change.kind.value, *dict.fromkeys(one.kind.value for one in mine)):
        _add(made, "category", term=term)
    _add(made, "summary", short(clean(sentence), _LINE_AT_MOST), type="text")
    # RFC 4287 4.1.3.3: html is text that is markup once more unescaped; both escapings are lxml's.
    _add(made, "content", _html(_lines(change, mine)), type="html")


def _lines(change: ChangeView, mine: Sequence[Finding]) -> list[str]:
    lines = [short(clean(finding_line(change, one)), _LINE_AT_MOST) for one in mine[:_FINDINGS]]
    if len(mine) > _FINDINGS:
        lines.append(_("and {number} more").format(number=len(mine) - _FINDINGS))
    lines.append(_("Source: {title}").format(title=short(clean(change.title), _TITLE_AT_MOST)))
    before, after = instant(change.before.captured_at), instant(change.after.captured_at)
    lines.append(_("Not yet there on {before}, seen on {after}.").format(before=before, after=after))
    return lines


def _html(lines: Iterable[str]) -> str:
    made = etree.Element("ul")
    for line in lines:
        etree.SubElement(made, "li").text = _plain(line)
    return str(etree.tostring(made, encoding="unicode", method="html"))


def _add(parent: etree._Element, name: str, text: str | None = None, **given: str) -> etree._Element:
    made = etree.SubElement(parent, f"{{{_ATOM}}}{name}")
    made.text = None if text is None else _plain(text)
    for attribute, value in given.items():
        made.set(attribute, _plain(value))
    return made


def _plain(text: str) -> str:
    return _NO_XML.sub("�", text)


def _known(change: ChangeView) -> datetime:
    """When a reader could first know of it: what was held is announced later than it was seen."""
    return max(one for one in (change.at, change.confirmed_at, change.announced_at) if one is not None)


def _authority(base_url: str | None) -> str:
    """ "tag:tocsin.example.org,2024-01-01" (RFC 4151); an installation without an address of its own names none."""
    host = urlsplit(base_url).hostname if base_url else None
    return f"tag:{host or 'tocsin.invalid'},{_BEGUN}"


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
