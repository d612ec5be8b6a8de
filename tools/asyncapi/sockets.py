"""What clients and push tell each other over Socket.IO."""

import ast
from collections.abc import Iterable, Iterator

from chassis.schemas import Schemas
from push import sockets
from push.limits import EVENTS_AT_ONCE, EVENTS_PER_SECOND
from push.websocket import MAX_MESSAGE_BYTES
from tools.asyncapi.examples import examples
from tools.asyncapi.parts import JSON_TYPE, Json, NotDescribedError, info, ref
from tools.asyncapi.publishers import calls_in
from tools.asyncapi.socket_events import ASKED, CONNECT, CONNECT_ERROR, REFUSED, TOLD, Said

DESCRIPTION = (
    "Socket.IO protocol 5 over Engine.IO 4, by WebSocket or long polling, at `/socket.io/`; clients keep the cookie"
    " that the gateway gives them. The payload of an event is the array of its arguments. `receive` is what clients"
    " send, and its `reply` the acknowledgement, for those who ask for one; `send` is what push tells everybody."
    f" Whatever a client asks, its connection stays; more than {EVENTS_AT_ONCE} events at once and {EVENTS_PER_SECOND}"
    f" a second are refused. A message has at most {MAX_MESSAGE_BYTES:,} bytes, and nothing is binary: what is no"
    " packet ends the connection."
)
NAMESPACE = "default"
# What push calls to tell clients something; its first argument is the event.
TELLING = {"emit", "tell_all"}
QUERY: Json = {
    "type": "object",
    "properties": {"EIO": {"const": "4"}, "transport": {"enum": ["websocket", "polling"]}, "sid": {"type": "string"}},
    "required": ["EIO", "transport"],
}


def document() -> Json:
    """Return the description of all that goes over sockets.

    Raises:
        NotDescribedError: Something is said that is not described here, or described and never said.
    """
    _check(set(sockets.ASKED), ASKED)
    _check(told(), TOLD)
    answers = {one.answer.name: one.answer for one in ASKED.values()}
    said = [CONNECT, CONNECT_ERROR, *ASKED.values(), *answers.values(), REFUSED, *TOLD.values()]
    schemas = Schemas(shape for one in said for shape in one.arguments)
    return {
        "asyncapi": "3.0.0",
        "info": info("Flack's sockets", DESCRIPTION),
        "defaultContentType": JSON_TYPE,
        "servers": {"gateway": {"host": "127.0.0.1:8080", "pathname": "/socket.io/", "protocol": "ws"}},
        "channels": {NAMESPACE: _channel(said)},
        "operations": _operations(),
        "components": {
            "messages": {one.name: _message(one, schemas) for one in said},
            "schemas": schemas.components,
        },
    }


def told() -> set[str]:
    """Return the events that push tells clients, as its source says it."""
    return {name for call in calls_in("push") for name in _told_by(call)}


def _told_by(call: ast.Call) -> Iterator[str]:
    called = getattr(call.func, "attr", getattr(call.func, "id", "")).lstrip("_")
    if called in TELLING and call.args and isinstance(call.args[0], ast.Constant):
        yield str(call.args[0].value)


def _check(said: set[str], described: Iterable[str]) -> None:
    if unlike := said ^ set(described):
        raise NotDescribedError(f"either not said or not described: {', '.join(sorted(unlike))}")


def _channel(said: list[Said]) -> Json:
    return {
        "address": "/",
        "description": "The namespace of Socket.IO; there is no other.",
        "messages": {one.name: ref("components", "messages", one.name) for one in said},
        "bindings": {"ws": {"method": "GET", "query": QUERY, "bindingVersion": "0.1.0"}},
    }


def _operations() -> Json:
    connect = _operation("receive", CONNECT) | {"reply": _messages(CONNECT_ERROR)}
    asking = {
        name: _operation("receive", one) | {"reply": _messages(one.answer, REFUSED)} for name, one in ASKED.items()
    }
    return {"connect": connect, **asking, **{name: _operation("send", one) for name, one in TOLD.items()}}


def _operation(action: str, said: Said) -> Json:
    return {"action": action, "summary": said.meaning, **_messages(said)}


def _messages(*said: Said) -> Json:
    messages = [ref("channels", NAMESPACE, "messages", one.name) for one in said]
    return {"channel": ref("channels", NAMESPACE), "messages": messages}


def _message(said: Said, schemas: Schemas) -> Json:
    """Return the description of *said*; tuples as in draft 7 of JSON Schema, on which AsyncAPI builds."""
    shapes = [schemas.of(shape) for shape in said.arguments]
    payload = {"type": "array", "items": shapes or {}, "minItems": said.required} if said.is_event else shapes[0]
    return {
        "name": said.name,
        "summary": said.meaning,
        "payload": payload,
        "examples": examples(said, schemas),
    }
