"""What both documents are made of."""

from collections.abc import Mapping
from importlib.metadata import version
from inspect import getdoc
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

JSON_TYPE = "application/json"


class NotDescribedError(Exception):
    """Something is said that nobody describes, or described though nobody says it."""


def info(title: str, description: str) -> Json:
    """Return what a document says of itself."""
    return {"title": title, "version": version("messages"), "description": description}


def ref(*path: str) -> Json:
    """Return what refers to the part of the document at *path*."""
    return {"$ref": f"#/{'/'.join(path)}"}


def told(thing: object) -> Json:
    """Return summary and description as the docstring of *thing* has them.

    Raises:
        NotDescribedError: It has none.
    """
    summary, _, more = (getdoc(thing) or "").partition("\n")
    if not summary:
        raise NotDescribedError(f"{thing!r} has no docstring")
    return {"summary": summary} | ({"description": more.strip()} if more.strip() else {})


def of_strings(properties: Mapping[str, Json]) -> Json:
    """Return the schema of an object that has all of *properties*, each of them text."""
    typed = {name: {"type": "string", **schema} for name, schema in properties.items()}
    return {"type": "object", "properties": typed, "required": list(typed)}
