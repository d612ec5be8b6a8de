"""Every unit test begins outside of any request, and keeps what is logged to itself."""

from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest
import structlog
from hypothesis import settings
from structlog.testing import capture_logs

# The same examples in every run, and no failure because the machine is busy.
settings.register_profile("unit", derandomize=True, database=None, deadline=None)
settings.load_profile("unit")


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    """What was logged so far."""
    structlog.contextvars.clear_contextvars()
    with capture_logs() as entries:
        yield entries
