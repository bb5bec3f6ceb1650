"""The JSON Schemas of what webhooks carry, served so that a receiver can check a body by its type."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.exceptions import HTTPException

from alerts.payload import schema, schema_names
from tocsin.web.room import Room


def routes(room: Room) -> APIRouter:
    router = APIRouter(prefix="/api", tags=["api"])

    @router.get("/schema")
    def names() -> list[str]:
        """The names of the schemas: "tocsin.changes.v1", ..."""
        return list(schema_names())

    @router.get("/schema/{name}")
    def one(name: str) -> dict[str, Any]:
        """One schema (JSON Schema 2020-12) by its name; with ".json" behind it or not."""
        try:
            return dict(schema(name.removesuffix(".json")))
        except LookupError as error:
            raise HTTPException(404, str(error.args[0])) from error

    return router
