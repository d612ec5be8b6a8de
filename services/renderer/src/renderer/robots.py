"""What a site asks robots not to read."""

from typing import Final

from protego import Protego

# The name under which robots.txt knows us.
PRODUCT_TOKEN: Final = "FlackBot"  # noqa: S105 - of a product, not of a user
# What has to be read of it at least (RFC 9309 §2.5); the rest is as if it were not there.
MAX_ROBOTS_BYTES: Final = 500 * 1024


def may_fetch(robots: bytes, url: str) -> bool:
    """Return whether *robots*, the robots.txt of the site of *url*, lets us read that (RFC 9309)."""
    rules = Protego.parse(robots[:MAX_ROBOTS_BYTES].decode("utf-8-sig", errors="replace"))
    return rules.can_fetch(url, PRODUCT_TOKEN)
