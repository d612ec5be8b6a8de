"""Trying again, with pauses that grow and differ between processes."""

import threading
from collections.abc import Callable

import structlog
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    sleep_using_event,
    stop_when_event_set,
    wait_random_exponential,
)

log = structlog.get_logger(__name__)

FIRST_PAUSE_SECONDS = 0.1
# A peer that is back is found again within moments, even after a long outage.
LONGEST_PAUSE_SECONDS = 2.0


def retry(
    *errors: type[Exception], what: str, stopping: threading.Event, sleep: Callable[[float], None] | None = None
) -> Retrying:
    """Return what calls a function again while it raises one of *errors*.

    Once *stopping* is set, the last error is raised.

    Args:
        what: What is being tried, for the log.
        sleep: Waits the given seconds; by default until *stopping* is set.
    """

    def tell(state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        log.warning("trying_again", what=what, attempt=state.attempt_number, error=repr(error))

    return Retrying(
        retry=retry_if_exception_type(errors),
        wait=wait_random_exponential(multiplier=FIRST_PAUSE_SECONDS, max=LONGEST_PAUSE_SECONDS),
        stop=stop_when_event_set(stopping),
        sleep=sleep or sleep_using_event(stopping),
        before_sleep=tell,
        reraise=True,
    )
