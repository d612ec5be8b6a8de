"""What a site asks robots not to read."""

import re
from typing import Final

from protego import Protego

# The name under which robots.txt knows us.
PRODUCT_TOKEN: Final = "FlackBot"  # noqa: S105 - of a product, not of a user
# What has to be read of it at least (RFC 9309 §2.5); the rest is as if it were not there.
MAX_ROBOTS_BYTES: Final = 500 * 1024
# As Protego reads it, which forgives much.
USER_AGENT: Final = re.compile(r"\s*user(?:-|\s*)agent(?:\s*:|\s)\s*(?P<name>\*(?=\s*(?:#|$))|[\w-]*)", re.IGNORECASE)


def may_fetch(robots: bytes, url: str) -> bool:
    """Return whether *robots*, the robots.txt of the site of *url*, lets us read that (RFC 9309)."""
    lines = robots[:MAX_ROBOTS_BYTES].decode("utf-8-sig", errors="replace").splitlines()
    return Protego.parse("\n".join(map(_without_strangers, lines))).can_fetch(url, PRODUCT_TOKEN)


def _without_strangers(line: str) -> str:
    """Return *line* with one name for all robots but us: Protego keeps a copy of each rule for each name."""
    agent = USER_AGENT.match(line)
    if agent is None:
        return line
    is_meant = agent["name"].lower() in {"*", PRODUCT_TOKEN.lower()}
    return f"User-agent: {agent['name'] if is_meant else 'other'}"
