"""Which models a provider offers in which of its hosting regions: model x region tables to deployments."""

from __future__ import annotations

import re

from crawler.extractors.page import Page
from store.values import Deployment, Facts, PassageKind, Span

_TICK = re.compile(r"[✅✔✓☑🟢●☒]|\b(?:yes|oui|ja|available|supported|ga|preview)\b|^x$|^y$|支持|可用|是", re.IGNORECASE)
_NOT = re.compile(r"\b(?:no|not|non|nein|un\w+|n/a)\b|[❌✗✘🚫]|不支持|不可用|否", re.IGNORECASE)
_REGION_HEAD = re.compile(r"\bregions?\b|\blocations?\b|\brégions?\b|区域|地区|地域", re.IGNORECASE)


def deployments(page: Page) -> Facts:
    """Deployments of every model x region table; each points at its region's row."""
    found: dict[tuple[str, str], Deployment] = {}
    for members in page.members().values():
        rows = [index for index in members if page.passages[index].kind is PassageKind.TABLE_ROW]
        if len(rows) < 2:
            continue
        head = page.passages[rows[0]].cells
        for index in rows[1:]:
            for deployment in _row(head, page, index):
                found.setdefault((deployment.model, deployment.region), deployment)
    return Facts(deployments=tuple(found.values()))


def _row(head: tuple[str, ...], page: Page, index: int) -> list[Deployment]:
    """Regions stand in the first column, or in the header where that names models."""
    passage = page.passages[index]
    found = []
    for column, cell in enumerate(passage.cells[1:], start=1):
        if column < len(head) and ticked(cell) and head[column] and passage.cells[0]:
            span = Span(index, 0, len(passage.text), passage.text)
            pair = (head[column], passage.cells[0])
            model, region = pair if _regions_down(head) else pair[::-1]
            found.append(Deployment(model, region, span))
    return found


def _regions_down(head: tuple[str, ...]) -> bool:
    return not head[0] or bool(_REGION_HEAD.search(head[0]))


def ticked(cell: str) -> bool:
    """Whether a cell says yes: a tick, yes, available, x. "-", "no", "not available" and blanks do not."""
    return bool(cell) and not _NOT.search(cell) and bool(_TICK.search(cell))
