"""Values to JSON and back: the same bytes for equal values."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

_adapters: dict[Any, TypeAdapter[Any]] = {}


def encode(value: Any) -> bytes:
    """A value of store.values as JSON bytes."""
    return _adapter(type(value)).dump_json(value)


def decode(kind: type[Any], data: bytes) -> Any:
    """The value encode() wrote. Raises pydantic.ValidationError when the bytes are not one."""
    return _adapter(kind).validate_json(data)


def jsonable(value: Any) -> Any:
    """A value as plain lists, dicts, strings and numbers, for --json and the API."""
    return _adapter(type(value)).dump_python(value, mode="json")


def _adapter(kind: Any) -> TypeAdapter[Any]:
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]
