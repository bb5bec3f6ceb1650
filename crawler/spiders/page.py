"""Asks for one page: HTML, or the Markdown twin that documentation sites offer."""

from __future__ import annotations

from crawler.spiders.resident import Resident


class Page(Resident):
    name = "page"
    accept = "text/html,application/xhtml+xml,text/markdown;q=0.9,text/plain;q=0.8,*/*;q=0.5"
