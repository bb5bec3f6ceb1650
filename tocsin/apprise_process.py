"""Started by the channel apprise: sends one message, and judges every connection as the outbound gate does."""

from __future__ import annotations

from alerts.apprise_sending import main
from crawler.addresses import forbidden

if __name__ == "__main__":
    main(forbidden)
