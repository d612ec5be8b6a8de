"""The environment of every child: exact, so that nothing of this terminal's leaks into a service."""

import os
from collections.abc import Mapping
from pathlib import Path

from tools.native.leftovers import HOME_MARK

INHERITED = ("PATH", "HOME", "LANG", "TZ")

# Settings of the services and the gateway that may be given to `make run`.
PASSED_ON = (
    "RATE_LIMITS_ENABLED",
    "WRITES_PER_MINUTE",
    "WRITES_AT_ONCE",
    "REQUESTS_PER_SECOND",
    "REQUESTS_AT_ONCE",
    "CONNECTS_PER_SECOND",
    "CONNECTS_AT_ONCE",
    "ALLOWED_ORIGINS",
    "TRUSTED_PROXIES",
    "ANONYMOUS_READ",
    "PREVIEWS_ENABLED",
    "PREVIEW_ALLOWED_NETWORKS",
    "TOKEN_SECONDS",
    "LOG_LEVEL",
)


def child_environment(home: Path, **variables: str) -> dict[str, str]:
    """Return what every child of *home* gets, and *variables*."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {"LANG": "C.UTF-8", **inherited, HOME_MARK: str(home), **variables}


def passed_on(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the settings of services that *environ* has."""
    return {name: environ[name] for name in PASSED_ON if name in environ}
