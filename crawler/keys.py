"""Reads the keys of a TOML table with their types; every refusal names file, key and what is allowed."""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

Choice = TypeVar("Choice", bound=StrEnum)


class DeclarationError(ValueError):
    """A declaration cannot be used: `<file>: <key>: <what is wrong>; allowed: <...>`. Never passes by itself."""

    def __init__(self, where: str, key: str, problem: str, allowed: str) -> None:
        super().__init__(f"{where}: {key}: {problem}; allowed: {allowed}")
        self.where = where
        self.key = key
        self.problem = problem
        self.allowed = allowed


@dataclass(frozen=True)
class Table:
    """One table of a TOML file. where: the file as the reader knows it; prefix: dotted keys above, with a last dot."""

    where: str
    values: Mapping[str, Any]
    prefix: str = ""

    def refusal(self, key: str, problem: str, allowed: str) -> DeclarationError:
        return DeclarationError(self.where, f"{self.prefix}{key}", problem, allowed)

    def refuse_unknown(self, known: tuple[str, ...]) -> None:
        for key in self.values:
            if key in known:
                continue
            near = difflib.get_close_matches(key.lower(), known, n=1, cutoff=0.6)
            meant = f" (did you mean {near[0]!r}?)" if near else ""
            raise self.refusal(key, f"is not a key{meant}", ", ".join(known))

    def required(self, key: str, allowed: str) -> str:
        text = self.text(key, allowed)
        if text is None:
            raise self.refusal(key, "is missing", allowed)
        return text

    def text(self, key: str, allowed: str) -> str | None:
        if key not in self.values:
            return None
        value = self.values[key]
        if not isinstance(value, str):
            raise self.refusal(key, f"is {_described(value)}", f"text in quotes, {allowed}")
        if not value.strip():
            raise self.refusal(key, "is empty", allowed)
        return value

    def texts(self, key: str, allowed: str) -> tuple[str, ...]:
        """A list of texts; one text alone counts as a list of one."""
        value = self.values.get(key, [])
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list):
            raise self.refusal(key, f"is {_described(value)}", f"a list of {allowed}")
        for text in values:
            if not isinstance(text, str) or not text.strip():
                raise self.refusal(key, f"holds {_described(text)}", f"a list of {allowed}")
        return tuple(values)

    def number(self, key: str) -> int | None:
        """A count, or None where the key is absent. A bool is not a number here although Python says so."""
        value = self.values.get(key)
        if value is None or (type(value) is int and value >= 0):
            return value
        raise self.refusal(key, f"is {_described(value)}", "a whole number, 0 or more")

    def flag(self, key: str, default: bool) -> bool:
        value = self.values.get(key, default)
        if isinstance(value, bool):
            return value
        raise self.refusal(key, f"is {_described(value)}", "true or false, without quotes")

    def choice(self, key: str, kind: type[Choice], default: Choice | None = None) -> Choice:
        value = self.values.get(key, default)
        allowed = ", ".join(kind)
        if value is None:
            raise self.refusal(key, "is missing", allowed)
        if value not in list(kind):
            raise self.refusal(key, f"is {_described(value)}", allowed)
        return kind(value)

    def table(self, key: str, allowed: str) -> Table:
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.refusal(key, f"is {_described(value)}", f"a table {allowed}")
        return Table(self.where, value, f"{self.prefix}{key}.")

    def tables(self, key: str, allowed: str) -> tuple[Table, ...]:
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.refusal(key, f"is {_described(value)}", f"tables {allowed}")
        return tuple(Table(self.where, one, f"{self.prefix}{key}[{n}].") for n, one in enumerate(value))


def table_of(text: str, where: str) -> Table:
    """The table a TOML text makes; a syntax error is refused with line and column in place of a key."""
    try:
        return Table(where, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        message, _, place = str(error).partition(" (at ")
        key = place.rstrip(")") or "end of document"
        raise DeclarationError(where, key, message, 'TOML 1.0, texts in quotes: "NO", not NO') from error


def quoted(text: str) -> str:
    """The text as a TOML basic string. A lone surrogate, which no file can hold, becomes '?'."""
    # JSON escapes exactly what TOML wants escaped, save the delete character.
    return json.dumps(text.encode("utf-8", "replace").decode(), ensure_ascii=False).replace("\x7f", "\\u007f")


def _described(value: Any) -> str:
    """The value as its author would recognise it, cut to a line."""
    if isinstance(value, bool):
        return f"the truth value {str(value).lower()}"
    if isinstance(value, str):
        return repr(value[:60]) if value.strip() else "an empty text"
    if isinstance(value, int | float):
        return f"the number {value}"
    return {"dict": "a table", "list": "a list"}.get(type(value).__name__, f"a {type(value).__name__}")
