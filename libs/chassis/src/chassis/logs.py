"""JSON logs, one object a line, with the ids that follow a message through all services."""

import logging
from contextlib import AbstractContextManager
from uuid import uuid4

import structlog

SHARED_PROCESSORS: tuple[structlog.types.Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    # Never with the values of variables: there are passwords and tokens among them.
    structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
)
# Libraries that tell of every connection attempt at length; what matters of it is logged here by those who call them.
QUIET_LOGGERS = ("pika", "urllib3", "engineio", "socketio", "alembic", "geventwebsocket")


def configure_logs(service: str, level: str = "INFO") -> None:
    """Send what this process logs to standard error as JSON that names *service*."""
    structlog.configure(
        processors=[*SHARED_PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(json_formatter(service))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in QUIET_LOGGERS:
        # Not by its level: engineio sets those of its loggers itself.
        logging.getLogger(name).propagate = False
        logging.getLogger(name).handlers = [logging.NullHandler()]


def json_formatter(service: str) -> logging.Formatter:
    """Return what makes a JSON object of a log record, be it ours or a library's."""

    def name_service(_logger: object, _method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
        event["service"] = service
        return event

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED_PROCESSORS,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            name_service,
            structlog.processors.JSONRenderer(),
        ],
    )


def caused_by(cause: str) -> AbstractContextManager[None]:
    """Give what is done inside the block the correlation id *cause*."""
    return structlog.contextvars.bound_contextvars(correlation_id=cause)


def correlation_id() -> str:
    """Return the id that joins all that one request set in motion; a new one outside of any request."""
    return str(structlog.contextvars.get_contextvars().get("correlation_id") or uuid4())
