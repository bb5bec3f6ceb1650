"""How JSON that lists territories becomes passages: each array is a list, each object in an array a row."""

from __future__ import annotations

import json
from typing import Any

from crawler.extractors.page import Page, Unextractable, Writer, plain
from store.values import PassageKind

_DEEPEST = 12


def json_page(text: str) -> Page:
    """Passages of a JSON text, keys as headings. Raises Unextractable when it is cut or no JSON."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unextractable(f"no JSON: {error}") from error
    reader = _Reader()
    reader.read(value, 1)
    return reader.writer.page()


class _Reader:
    """Numbers the containers while it walks."""

    def __init__(self) -> None:
        self.writer = Writer()
        self.containers = 0

    def read(self, value: Any, level: int) -> None:
        if level > _DEEPEST:
            return
        if isinstance(value, list):
            self._array(value, level)
        elif isinstance(value, dict):
            self._object(value, level)
        elif _said(value):
            self.writer.add(PassageKind.PARAGRAPH, _said(value), self._container())

    def _container(self) -> int:
        self.containers += 1
        return self.containers

    def _array(self, values: list[Any], level: int) -> None:
        group = self._container()
        for value in values:
            if isinstance(value, dict) and not any(isinstance(inner, (list, dict)) for inner in value.values()):
                cells = [_said(inner) for inner in value.values()]
                self.writer.add(PassageKind.TABLE_ROW, " | ".join(cells), group, cells)
            elif isinstance(value, (dict, list)):
                self.read(value, level + 1)
            elif _said(value):
                self.writer.add(PassageKind.LIST_ITEM, _said(value), group)

    def _object(self, values: dict[str, Any], level: int) -> None:
        flat = {key: value for key, value in values.items() if not isinstance(value, (list, dict))}
        group = self._container()
        for key, value in flat.items():
            cells = [plain(key), _said(value)]
            self.writer.add(PassageKind.TABLE_ROW, " | ".join(cells), group, cells)
        for key, value in values.items():
            if isinstance(value, (list, dict)):
                self.writer.heading(level, plain(key) or "-")
                self.read(value, level + 1)


def _said(value: Any) -> str:
    return "" if value is None else plain(value if isinstance(value, str) else json.dumps(value))
