"""The events and commands between the services, over RabbitMQ."""

from collections import Counter
from collections.abc import Iterable

from chassis.clock import utc_now
from chassis.envelope import PREFIX, SPEC_VERSION, Envelope
from chassis.schemas import Schemas
from chassis.topology import exchange_for
from contracts import EVENTS, Event
from messages.shapes import Message, User
from tools.asyncapi.parts import JSON_TYPE, Json, NotDescribedError, info, of_strings, ref, told
from tools.asyncapi.publishers import published_by, services
from tools.asyncapi.queues import Declared, declared

DESCRIPTION = (
    "CloudEvents 1.0 in binary mode: attributes are AMQP headers with the prefix `cloudEvents_`, the body is JSON. All"
    " are persistent, published `mandatory` and with publisher confirms. A field that a consumer does not know is"
    " ignored, and every event may come twice, late and in any order. `send` is what a service publishes, `receive`"
    " what it handles."
)
AMQP_VERSION = "0.3.0"
PERSISTENT = 2
MEANINGS = {
    "id": "Whoever has seen it has seen the event.",
    "time": "When it was told.",
    "correlationid": "Of the request that set it all in motion.",
}
# What contracts only know as an object: REST's own shapes.
MODELS = {"MessageUpdated": Message, "UserUpdated": User}


def document() -> Json:
    """Return the description of all events.

    Raises:
        NotDescribedError: An event has no docstring, or nobody publishes or handles it.
    """
    published = {service: published_by(service) for service in services()}
    publishers = {kind: [service for service, kinds in published.items() if kind in kinds] for kind in EVENTS}
    queues = declared()
    _check(publishers, queues)
    schemas = Schemas([*EVENTS.values(), *MODELS.values()])
    for event, shape in MODELS.items():
        schemas.components[event]["properties"]["model"] = schemas.of(shape)
    return {
        "asyncapi": "3.0.0",
        "info": info("Flack's events", DESCRIPTION),
        "defaultContentType": JSON_TYPE,
        "servers": {"broker": {"host": "rabbitmq:5672", "protocol": "amqp", "protocolVersion": "0-9-1"}},
        "channels": _routing_keys(queues) | {queue.id: _queue(queue) for queue in queues},
        "operations": _sends(publishers) | {f"{queue.id}.receive": _receive(queue) for queue in queues},
        "components": {
            "messages": {kind: _message(event, publishers[kind], schemas) for kind, event in EVENTS.items()},
            "schemas": schemas.components,
        },
    }


def _check(publishers: dict[str, list[str]], queues: Iterable[Declared]) -> None:
    handled = Counter(kind for queue in queues for kind in queue.types)
    for kind, services_ in publishers.items():
        if not services_ or not handled[kind]:
            raise NotDescribedError(f"nobody publishes {kind}, or nobody handles it")


def _routing_keys(queues: Iterable[Declared]) -> Json:
    exchanges = {name: exchange for queue in queues for name, exchange in queue.exchanges.items()}
    return {
        kind: {
            "address": kind,
            "messages": {kind: ref("components", "messages", kind)},
            "bindings": _amqp({"is": "routingKey", "exchange": exchanges[exchange_for(kind)]}),
        }
        for kind in EVENTS
    }


def _queue(queue: Declared) -> Json:
    kept = {"name": queue.name, "durable": queue.durable, "exclusive": queue.exclusive, "autoDelete": False}
    parameters = {"instance": {"description": "Another for every connection to the broker."}}
    return {
        "address": queue.name,
        "messages": {kind: ref("components", "messages", kind) for kind in queue.types},
        **({"parameters": parameters} if queue.exclusive else {}),
        "bindings": _amqp({"is": "queue", "queue": kept, "x-arguments": queue.arguments}),
    }


def _sends(publishers: dict[str, list[str]]) -> Json:
    sending = _amqp({"deliveryMode": PERSISTENT, "mandatory": True})
    return {
        f"{service}.send.{kind}": {
            "action": "send",
            "channel": ref("channels", kind),
            "tags": [{"name": service}],
            "bindings": sending,
        }
        for kind, services_ in publishers.items()
        for service in services_
    }


def _receive(queue: Declared) -> Json:
    return {
        "action": "receive",
        "channel": ref("channels", queue.id),
        "tags": [{"name": queue.service}],
        "bindings": _amqp({"ack": True}),
    }


def _message(event: type[Event], publishers: Iterable[str], schemas: Schemas) -> Json:
    fixed: dict[str, Json] = {
        "specversion": {"const": SPEC_VERSION},
        "type": {"const": event.type},
        "source": {"enum": [f"/{service}" for service in publishers]},
        "time": {"format": "date-time"},
    }
    named = {
        f"{PREFIX}{name}": fixed.get(name, {}) | ({"description": MEANINGS[name]} if name in MEANINGS else {})
        for name in _attributes()
    }
    return {
        "name": event.type,
        "title": event.__name__,
        **told(event),
        "headers": of_strings(named),
        "correlationId": {"location": f"$message.header#/{PREFIX}correlationid"},
        "payload": schemas.of(event),
    }


def _attributes() -> list[str]:
    """Return the attributes that an envelope has on its way."""
    envelope = Envelope(id="", type="", data=b"", source="", time=utc_now())
    return [name.removeprefix(PREFIX) for name in envelope.properties().headers or {}]


def _amqp(members: Json) -> Json:
    return {"amqp": {**members, "bindingVersion": AMQP_VERSION}}
