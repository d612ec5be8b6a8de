"""Types as JSON Schema 2020-12, which is what OpenAPI 3.1 is made of."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from pydantic import BaseModel, TypeAdapter

Schema: TypeAlias = dict[str, Any]

PREFIX = "#/components/schemas/"


class Schemas:
    """The schemas of some shapes, all that they consist of once each.

    Attributes:
        components: By name, what `of` refers to.
    """

    def __init__(self, shapes: Iterable[Any]) -> None:
        adapters = [(shape, "validation", TypeAdapter(shape)) for shape in dict.fromkeys(shapes)]
        found, rest = TypeAdapter.json_schemas(adapters, ref_template=f"{PREFIX}{{model}}")  # type: ignore[arg-type]
        self._found = {shape: schema for (shape, _), schema in found.items()}
        self.components: dict[str, Schema] = rest.get("$defs", {})

    def of(self, shape: Any) -> Schema:
        """Return the schema of one of the shapes."""
        return self._found[shape]

    def example(self, schema: Schema) -> Any:
        """Return something that fits *schema*, made of the examples that its parts have."""
        if "$ref" in schema:
            return self.example(self.components[schema["$ref"].removeprefix(PREFIX)])
        if "examples" in schema:
            return schema["examples"][0]
        if "const" in schema:
            return schema["const"]
        if "anyOf" in schema:
            return self.example(schema["anyOf"][0])
        if "properties" in schema:
            return {name: self.example(part) for name, part in schema["properties"].items()}
        if "items" in schema:
            return [self.example(schema["items"])]
        raise NoExampleError(f"no example in {schema}")


class NoExampleError(Exception):
    """A part of what clients send or get has no example."""


def parameters(model: type[BaseModel], *, place: str) -> list[Schema]:
    """Return the fields of *model* as parameters in `query` or `header`."""
    schema = model.model_json_schema()
    required = schema.get("required", [])
    return [
        _parameter(name, _given(part), place=place, required=name in required)
        for name, part in schema["properties"].items()
    ]


def _parameter(name: str, schema: Mapping[str, Any], *, place: str, required: bool) -> Schema:
    alone = {key: value for key, value in schema.items() if key not in {"title", "description"}}
    return {"name": name, "in": place, "required": required, "description": schema["description"], "schema": alone}


def _given(schema: Schema) -> Schema:
    """Return the schema of what may also be left out: there is no null in a URL."""
    given = [part for part in schema.get("anyOf", [{}]) if part.get("type") != "null"]
    rest = {key: value for key, value in schema.items() if key != "anyOf" and (key, value) != ("default", None)}
    return {**rest, **given[0]}
