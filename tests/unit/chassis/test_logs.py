"""What is logged is one JSON object a line, and holds no secrets."""

import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import structlog

from chassis.logs import configure_logs, correlation_id


@pytest.fixture(autouse=True)
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[StringIO]:
    """Logs as a service writes them to standard error; pytest's own logs again afterwards."""
    stderr = StringIO()
    monkeypatch.setattr("sys.stderr", stderr)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()
    structlog.contextvars.clear_contextvars()
    configure_logs("test")
    yield stderr
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def logged() -> None:
    """Nobody captures what these tests log but they themselves."""


def lines(written: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def log_in(password: str) -> None:
    token = f"token of {password}"
    raise PermissionError(f"no way for {len(token)} characters")


def test_a_line_says_who_says_what_when(written: StringIO) -> None:
    structlog.get_logger("messages.api").info("posted", message_id=7)
    [line] = lines(written)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "posted",
        "message_id": 7,
        "level": "info",
        "logger": "messages.api",
        "service": "test",
    }


def test_libraries_speak_json_too(written: StringIO) -> None:
    logging.getLogger("gunicorn.error").warning("worker %d is late", 3)
    [line] = lines(written)
    assert line["event"] == "worker 3 is late"
    assert (line["level"], line["logger"], line["service"]) == ("warning", "gunicorn.error", "test")


def test_the_ids_of_a_request_are_on_every_line(written: StringIO) -> None:
    with structlog.contextvars.bound_contextvars(correlation_id="c-7"):
        structlog.get_logger("a").info("ours")
        logging.getLogger("b").info("theirs")
    assert [line["correlation_id"] for line in lines(written)] == ["c-7", "c-7"]


def test_nobody_can_write_a_line_of_their_own(written: StringIO) -> None:
    forged = 'ann\n{"event": "logged_in"}\r\u2028'
    structlog.get_logger("a").info("registered", nickname=forged)
    [line] = lines(written)
    assert line["nickname"] == forged


@pytest.mark.parametrize(
    "value", ["\ud800", b"\xff", object(), {1, 2}, float("inf")], ids=lambda value: type(value).__name__
)
def test_anything_can_be_logged(written: StringIO, value: object) -> None:
    structlog.get_logger("a").info("odd", value=value)
    assert len(lines(written)) == 1


def test_an_error_is_told_with_its_place(written: StringIO) -> None:
    try:
        log_in("hunter2")
    except PermissionError:
        structlog.get_logger("a").exception("failed")
    [line] = lines(written)
    [error] = line["exception"]
    assert (error["exc_type"], error["exc_value"]) == ("PermissionError", "no way for 16 characters")
    assert error["frames"][-1]["name"] == "log_in"


@pytest.mark.parametrize("ours", [True, False], ids=["our own", "a library's"])
def test_a_traceback_shows_no_values(written: StringIO, ours: bool) -> None:  # noqa: FBT001 - it is what varies
    try:
        log_in("hunter2")
    except PermissionError:
        if ours:
            structlog.get_logger("a").exception("failed")
        else:
            logging.getLogger("b").exception("failed")
    text = written.getvalue()
    assert "log_in" in text
    assert text.count("\n") == 1
    assert "hunter2" not in text


def test_what_is_below_the_level_is_not_said(written: StringIO) -> None:
    structlog.get_logger("a").debug("details")
    logging.getLogger("b").debug("details")
    assert lines(written) == []


def test_the_level_is_a_setting(written: StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", written)
    configure_logs("test", "WARNING")
    structlog.get_logger("a").info("details")
    structlog.get_logger("a").warning("trouble")
    assert [line["event"] for line in lines(written)] == ["trouble"]


@pytest.mark.parametrize("library", ["pika.adapters", "urllib3.connectionpool", "engineio.server"])
def test_libraries_that_tell_of_every_attempt_are_not_heard(written: StringIO, library: str) -> None:
    logging.getLogger(library).error("no luck")
    assert lines(written) == []


def test_the_correlation_id_is_that_of_the_request() -> None:
    with structlog.contextvars.bound_contextvars(correlation_id="c-7"):
        assert correlation_id() == "c-7"


def test_outside_of_any_request_every_correlation_id_is_new() -> None:
    assert correlation_id() != correlation_id()
