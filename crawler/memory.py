"""Gives memory that reading a large page took back to the system, so that pages read one after another do not add up.

glibc raises by itself the size from which on a block is a mapping of its own; freed blocks below it stay with the
process, in pieces. A page of 5 MB with one emoji is text of 20 MB, several times over: without a fixed size the worst
pages in a row were measured to hold 480 MB, with it 316. Where the C library is another one nothing is done.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import lru_cache

LARGE = 1_000_000
"""Bytes: a larger body, or block, is returned to the system when it has been read."""
_M_MMAP_THRESHOLD = -3  # malloc.h


def settled() -> None:
    """Has each block over LARGE bytes mapped by itself. For the whole process, once."""
    _settled()


@lru_cache(maxsize=1)
def _settled() -> None:
    mallopt = _of_the_c_library("mallopt")
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, LARGE)


def given_back() -> None:
    """Returns what is free of the heap, which costs some milliseconds."""
    trim = _of_the_c_library("malloc_trim")
    if trim is not None:
        trim(0)


def _of_the_c_library(name: str) -> Callable[..., int] | None:
    try:
        found: Callable[..., int] | None = getattr(ctypes.CDLL(None), name, None)
    except (OSError, TypeError):  # no library to ask, as on Windows
        return None
    return found
