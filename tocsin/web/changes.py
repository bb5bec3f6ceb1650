"""The list of changes with its filters, and one change with its judgement, both texts and the evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from alerts.sentence import what_changed
from store import history
from store.values import Finding, FindingKind, SourceKind
from store.views import ChangeView
from tocsin import asked
from tocsin.web.home import told
from tocsin.web.redline import redline
from tocsin.web.room import Room

_SHOWN = 100
_FINDINGS = 200
_ADDRESS = re.compile(r"[0-9]{1,9}\.\.[0-9]{1,9}")


def routes(room: Room) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/changes")
    def changes(request: Request) -> Response:
        given = asked.parameters(request.query_params.multi_items(), asked.CHANGES)
        wanted = asked.change_filter(given)
        limit = asked.number("limit", given.get("limit"), usual=_SHOWN, most=1000)
        with room.database.read() as session:
            found = history.changes(session, wanted, limit=limit)
            watched = history.sources(session, room.clock())
        parts = {
            "given": {name: given.get(name, "") for name in asked.FILTERS},
            "filtered": any(given.get(name) for name in asked.FILTERS),
            "found": told(found),
            "full": len(found) == limit,
            "publishers": sorted({source.publisher for source in watched}, key=str.casefold),
            "products": sorted({source.product for source in watched if source.product}, key=str.casefold),
            "source_kinds": list(SourceKind),
            "finding_kinds": list(FindingKind),
            "feed": _feed({name: given[name] for name in asked.FILTERS if given.get(name)}),
        }
        return room.page("changes.html", parts)

    @router.get("/changes/{address}")
    def change(address: str) -> Response:
        if not _ADDRESS.fullmatch(address):
            raise history.NoSuchChange(f"{address[:60]!r} is no address of a change; it looks like 12..15")
        with room.database.read() as session:
            texts = history.change(session, address)
        view = texts.change
        parts = {
            "change": view,
            "sentence": what_changed(view, view.findings),
            "sentences": sentences(view),
            "findings": view.findings[:_FINDINGS],
            "more_findings": max(0, len(view.findings) - _FINDINGS),
            "lines": redline(texts),
        }
        return room.page("change.html", parts)

    return router


def _feed(given: dict[str, str]) -> str:
    return f"/feed.atom?{urlencode(given)}" if given else "/feed.atom"


def sentences(change: ChangeView) -> list[str]:
    """What changed, one sentence for each kind of finding and product, many territories in one."""
    groups: dict[tuple[FindingKind, str | None], list[Finding]] = {}
    for finding in change.findings:
        groups.setdefault((finding.kind, finding.product), []).append(finding)
    return [_sentence(change, group) for part in groups.values() for group in _told_together(part)]


def _sentence(change: ChangeView, group: Sequence[Finding]) -> str:
    return what_changed(replace(change, findings=tuple(group)), group)


def _told_together(group: list[Finding]) -> list[list[Finding]]:
    """Territories and entries read well together; a few statements about clauses or notices are told one by one."""
    return [group] if group[0].territory or len(group) > 5 else [[finding] for finding in group]
