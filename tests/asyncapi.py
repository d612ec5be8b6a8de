"""What push says of itself, and whether what it says is what it says it says."""

import json
from pathlib import Path
from typing import Any, TypeAlias

import jsonschema_rs

Json: TypeAlias = Any

FOLDER = Path(__file__).parents[1] / "docs" / "asyncapi"


class SocketsDescription:
    """The description of what goes over sockets; here, objects have no members but those that it tells of."""

    def __init__(self, document: Json) -> None:
        self._operations = document["operations"]
        components = document["components"]
        closed = {name: _closed(part) for name, part in components["schemas"].items()}
        self._components = components | {"schemas": closed}

    def complaints(self, name: str, payload: Json) -> list[str]:
        """Return in what *payload* is not the message *name*."""
        whole = {"allOf": [self._components["messages"][name]["payload"]], "components": self._components}
        validator = jsonschema_rs.Draft7Validator(whole, validate_formats=True)
        return [
            f"{'/'.join(map(str, error.instance_path))}: {error.message}" for error in validator.iter_errors(payload)
        ]

    def complaints_of_answer(self, event: str, answer: Json) -> list[str]:
        """Return in what *answer* is no acknowledgement of *event*; nobody describes those of unknown events."""
        reply = self._operations[event]["reply"]["messages"] if event in self._operations else []
        done = [each["$ref"].rpartition("/")[2] for each in reply if each["$ref"].rpartition("/")[2] != "refused"]
        [name] = done if answer.get("ok") and done else ["refused"]
        return self.complaints(name, [answer])


def committed(name: str) -> Json:
    """Return a document as it is in the repository."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def _closed(schema: Json) -> Json:
    return {**schema, "additionalProperties": False} if "properties" in schema else schema
