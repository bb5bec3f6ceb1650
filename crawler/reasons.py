"""Why a download failed, in one plain line."""

from __future__ import annotations

import os
import re
import ssl

import aiohttp
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)

from crawler.decoding import TooLarge, Undecodable
from crawler.gate import Refused

_MOST = 200


def reason(error: BaseException, host: str, seconds: float, limit: int) -> str:
    """One line for a person. seconds and limit: the bounds of time and of bytes that were set."""
    cause = error.__cause__
    if isinstance(error, DownloadTimeoutError):
        return f"{host} did not finish its answer within {seconds:g} s"
    if isinstance(error, CannotResolveHostError):
        return f"the name {host} cannot be resolved"
    if isinstance(cause, aiohttp.ClientConnectorCertificateError):
        return f"the TLS certificate of {host} is not trusted: {_line(cause.certificate_error)}"
    if isinstance(cause, aiohttp.ClientSSLError):
        return f"TLS with {host} failed: {_line(cause.os_error)}"
    if isinstance(error, DownloadConnectionRefusedError):
        return f"no connection to {host}: {_line(_os_error(cause))}"
    if isinstance(error, ResponseDataLossError):
        return f"{host} closed the connection before its answer was complete"
    if isinstance(error, DownloadCancelledError):
        return f"the answer of {host} is larger than {limit:,} bytes"
    if isinstance(cause, aiohttp.ServerDisconnectedError | ConnectionError):
        return f"{host} closed the connection without an answer"
    if isinstance(cause, aiohttp.ClientResponseError):
        return f"{host} does not answer in valid HTTP: {_line(cause.message)}"
    if isinstance(error, Refused | Undecodable | TooLarge):
        return _line(error)
    return f"the request to {host} failed: {type(cause or error).__name__}: {_line(cause or error)}"


def may_pass_at_once(error: BaseException) -> bool:
    """Whether one more try is worth it: no connection was made, and not for the sake of its certificate.

    A connection that was made and lost has already been tried again by aiohttp, once.
    """
    if isinstance(error.__cause__, aiohttp.ClientSSLError):
        return False
    return isinstance(error, CannotResolveHostError | DownloadConnectionRefusedError)


def _os_error(cause: BaseException | None) -> object:
    if isinstance(cause, aiohttp.ClientConnectorError):
        number = cause.os_error.errno
        return os.strerror(number).lower() if number else cause.os_error
    return cause


def _line(value: object) -> str:
    if isinstance(value, ssl.SSLCertVerificationError):
        value = value.verify_message
    text = re.sub(r"\s+", " ", str(value)).strip()
    return text if len(text) <= _MOST else f"{text[: _MOST - 1]}…"
