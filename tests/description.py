"""What the API says of itself, and whether its answers are what it says."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import jsonschema_rs
import requests

Json: TypeAlias = Any

DOCUMENT = Path(__file__).parents[1] / "gateway" / "web" / "openapi.json"
PREFIX = "/api/v1"
METHODS = {"get", "post", "put", "patch", "delete"}
# What is said of requests that lead to nothing that is described.
NOWHERE = {400, 404, 405, 408, 413, 414, 429, 431, 500, 501, 502, 503, 504}


class UndescribedAnswerError(AssertionError):
    """An answer is not what the description says."""


class ApiDescription:
    """The description that the gateway serves; here, objects have no members but those that it tells of."""

    def __init__(self, document: Json) -> None:
        self.document = document
        components = document["components"]
        self._strict = components | {"schemas": {name: _closed(part) for name, part in components["schemas"].items()}}

    def operations(self) -> Iterator[tuple[str, str, Json]]:
        """Yield method, path and operation of all there is."""
        for path, operations in self.document["paths"].items():
            for method in METHODS & operations.keys():
                yield method, path, operations[method]

    def resolved(self, part: Json) -> Json:
        """Return what *part* is, or refers to."""
        if "$ref" not in part:
            return part
        found = self.document
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        return found

    def complaints(self, schema: Json, value: Json) -> list[str]:
        """Return in what *value* does not fit *schema*."""
        whole = {**schema, "components": self._strict}
        validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        return [f"{'/'.join(map(str, error.instance_path))}: {error.message}" for error in validator.iter_errors(value)]

    def operation(self, method: str, path: str) -> Json | None:
        """Return the operation that a request is for, None if it leads nowhere."""
        method = "get" if method == "HEAD" else method.lower()
        found = next((template for pattern, template in self._patterns if pattern.fullmatch(path)), None)
        return None if found is None else self.document["paths"][found].get(method)

    def check(self, method: str, path: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Take an answer.

        Raises:
            UndescribedAnswerError: It is not one that the description tells of.
        """
        operation = self.operation(method, path if path.startswith(PREFIX) else path.replace("/api", PREFIX, 1))
        try:
            if operation is None:
                self._check_problem(status, headers, body)
            else:
                self._check(operation, status, headers, b"" if method == "HEAD" else body)
        except UndescribedAnswerError as error:
            raise UndescribedAnswerError(f"{method} {path[:200]} {status}: {error} in {body[:500]!r}") from None

    def check_response(self, response: requests.Response) -> None:
        """Take what `requests` got; raises as `check` does."""
        request, path = response.request, urlsplit(response.url).path
        self.check(str(request.method), path, response.status_code, response.headers, response.content)

    def _check_problem(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        if status not in NOWHERE:
            raise UndescribedAnswerError("nothing is described here")
        problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        self._check_body(problem, headers, body)

    def _check(self, operation: Json, status: int, headers: Mapping[str, str], body: bytes) -> None:
        if str(status) not in operation["responses"]:
            raise UndescribedAnswerError(f"no such status, but {', '.join(operation['responses'])}")
        response = self.resolved(operation["responses"][str(status)])
        for name, told in response.get("headers", {}).items():
            self._check_header(name, told, headers.get(name))
        if "content" in response and (body or status >= 300):
            self._check_body(response["content"], headers, body)
        elif body:
            raise UndescribedAnswerError("there should be no body")

    def _check_header(self, name: str, told: Json, value: str | None) -> None:
        if value is None:
            if told.get("required"):
                raise UndescribedAnswerError(f"{name} is missing")
            return
        typed = int(value) if told["schema"].get("type") == "integer" else value
        if complaints := self.complaints(told["schema"], typed):
            raise UndescribedAnswerError(f"{name}: {complaints}")

    def _check_body(self, content: Json, headers: Mapping[str, str], body: bytes) -> None:
        media_type = headers.get("Content-Type", "").partition(";")[0]
        if media_type not in content:
            raise UndescribedAnswerError(f"{media_type!r} and not {', '.join(content)}")
        if media_type.endswith("json") and (
            complaints := self.complaints(content[media_type]["schema"], json.loads(body))
        ):
            raise UndescribedAnswerError("; ".join(complaints))

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], str]]:
        """Return the paths as patterns, those without parameters first."""
        paths = sorted(self.document["paths"], key=lambda path: path.count("{"))
        return [
            (re.compile(re.sub(r"\{\w+\}", "[^/]+", re.sub(r"([.])", r"\\\1", path)) + "/?"), path) for path in paths
        ]


def committed() -> ApiDescription:
    """Return the description that is in the repository."""
    return ApiDescription(json.loads(DOCUMENT.read_text(encoding="utf-8")))


def _closed(schema: Json) -> Json:
    return {**schema, "additionalProperties": False} if "properties" in schema else schema
