"""Asks for a feed: Atom, RSS or a sitemap."""

from __future__ import annotations

from crawler.spiders.resident import Resident


class Feed(Resident):
    name = "feed"
    accept = "application/atom+xml,application/rss+xml,application/xml;q=0.9,text/xml;q=0.9,*/*;q=0.5"
