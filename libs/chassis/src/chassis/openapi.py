"""Describes the endpoints of an application as OpenAPI 3.1, from what their views say and read."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from inspect import getdoc
from types import MappingProxyType
from typing import Any, TypeAlias

from flask import Flask
from pydantic import BaseModel
from werkzeug.exceptions import NotFound
from werkzeug.routing import Rule

from chassis.bodies import EmptyBodyError, InvalidFieldsError, MalformedJsonError, NotJsonError
from chassis.describing import Access, Answer, Description, Header, Shape, description_of
from chassis.internal import ServiceUnavailableError
from chassis.problem_answers import Kind, ProblemAnswers
from chassis.problems import ProblemTable, problem, slug_of
from chassis.schemas import Schema, Schemas, parameters
from chassis.tokens import NotAuthenticatedError, TokenRejectedError
from chassis.web import MAX_ID

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
BODY_PROBLEMS = (EmptyBodyError, MalformedJsonError, InvalidFieldsError, NotJsonError)
TOKEN_PROBLEMS = (NotAuthenticatedError, TokenRejectedError)
# Any of these is enough.
SECURITY: Mapping[Access, list[Schema]] = MappingProxyType(
    {
        Access.ANYBODY: [],
        Access.OPTIONAL: [{}, {"bearer": []}],
        Access.BEARER: [{"bearer": []}],
        Access.BASIC: [{"basic": []}],
    }
)
PART = re.compile(r"<(\w+):(\w+)>")
# What a part of a path may be, by the name of its converter.
PARTS: Mapping[str, Schema] = MappingProxyType(
    {
        "id": {"type": "integer", "minimum": 0, "maximum": MAX_ID, "examples": [1]},
        "uuid": {"type": "string", "format": "uuid", "examples": ["6f9619ff-8b86-4d01-b42d-00cf4fc964ff"]},
    }
)
ETAG = Header(name="ETag", meaning="Tells whether it is still the same (RFC 9110).", example='W/"3b5d5c3712955042"')
IF_NONE_MATCH = Header(
    name="If-None-Match",
    meaning="ETag of what the client has: if it is still the same, the answer is 304 and has no body.",
    example=ETAG.example,
)
NOT_MODIFIED = Answer(meaning="It is what the client has.", status=HTTPStatus.NOT_MODIFIED, headers=(ETAG,))


NOT_FOUND = Kind(
    meaning="The path is not one that anything can have.",
    example=problem(HTTPStatus.NOT_FOUND, slug_of(NotFound().name), NotFound.description),
)


class NotDescribedError(Exception):
    """A view says nothing of itself."""


Endpoint: TypeAlias = tuple[Rule, str, Callable[..., Any], Description]


def describe(app: Flask, *, prefixes: Sequence[str], everywhere: Sequence[Kind] = ()) -> Schema:
    """Return `paths` and `components` for the endpoints of *app* below *prefixes*.

    Args:
        everywhere: The problems that whatever stands in between has for every endpoint.

    Raises:
        NotDescribedError: A view, or a part of what it reads or answers, is not described.
    """
    endpoints = list(_endpoints(app, prefixes))
    schemas = Schemas(shape for *_, told in endpoints for shape in _shapes(told))
    table: ProblemTable = app.extensions["problems"]
    answers = ProblemAnswers(table, everywhere)
    paths: dict[str, Schema] = {}
    for endpoint in endpoints:
        rule, method, *_ = endpoint
        paths.setdefault(PART.sub(r"{\2}", rule.rule), {})[method.lower()] = _operation(endpoint, schemas, answers)
    schemas_of_all = schemas.components | answers.schemas
    components = {"schemas": schemas_of_all, "responses": answers.responses, "examples": answers.examples}
    return {"paths": paths, "components": components}


def _endpoints(app: Flask, prefixes: Sequence[str]) -> Iterator[Endpoint]:
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith(tuple(prefixes)):
            continue
        view = app.view_functions[rule.endpoint]
        told = description_of(view)
        if told is None or not view.__doc__:
            raise NotDescribedError(f"{rule.endpoint} is not described")
        for method in sorted(set(METHODS) & (rule.methods or set()), key=METHODS.index):
            yield rule, method, view, told


def _shapes(told: Description) -> list[Any]:
    shapes = [told.body, *(answer.shape for answer in told.answers)]
    return [shape for shape in shapes if shape is not None]


def _operation(endpoint: Endpoint, schemas: Schemas, answers: ProblemAnswers) -> Schema:
    """Return all that is told of *endpoint*."""
    rule, method, view, told = endpoint
    summary, _, more = (getdoc(view) or "").partition("\n")
    operation: Schema = {
        "operationId": rule.endpoint.replace(".", "_"),
        "tags": [rule.endpoint.rpartition(".")[0]],
        "summary": summary.rstrip("."),
        "description": more.strip() or summary,
        "security": SECURITY[told.access],
        "parameters": _parameters(rule, told, is_read=_is_read(method, told)),
    }
    if told.body is not None:
        operation["requestBody"] = {"required": True, "content": _content(told.body, schemas, {})}
    successes = [*told.answers, *([NOT_MODIFIED] if _is_read(method, told) else [])]
    operation["responses"] = {
        **{str(int(answer.status)): _answer(answer, method, told, schemas) for answer in successes},
        **answers.of(_problems(told), [NOT_FOUND] if rule.arguments else []),
    }
    return operation


def _is_read(method: str, told: Description) -> bool:
    """Whether answers have an ETag: whatever is read as JSON."""
    return method == "GET" and any(answer.status == HTTPStatus.OK for answer in told.answers)


def _parameters(rule: Rule, told: Description, *, is_read: bool) -> list[Schema]:
    path = [
        {"name": name, "in": "path", "required": True, "schema": PARTS[converter]}
        for converter, name in PART.findall(rule.rule)
    ]
    query = [] if told.query is None else parameters(told.query, place="query")
    headers = [*told.headers, *([IF_NONE_MATCH] if is_read else [])]
    return [*path, *query, *(part for header in headers for part in _header_parameters(header))]


def _header_parameters(header: Header | type[BaseModel]) -> list[Schema]:
    if not isinstance(header, Header):
        return parameters(header, place="header")
    return [{"name": header.name, "in": "header", "required": False, **_told(header)}]


def _told(header: Header) -> Schema:
    return {"description": header.meaning, "schema": {**header.schema, "examples": [header.example]}}


def _content(shape: Shape, schemas: Schemas, example: Mapping[str, Any]) -> Schema:
    schema = schemas.of(shape)
    return {"application/json": {"schema": schema, "example": {**schemas.example(schema), **example}}}


def _answer(answer: Answer, method: str, told: Description, schemas: Schemas) -> Schema:
    always = (*answer.headers, *([ETAG] if answer.status == HTTPStatus.OK and _is_read(method, told) else []))
    headers = {header.name: {**_told(header), "required": header in always} for header in (*always, *answer.sometimes)}
    response: Schema = {"description": answer.meaning} | ({"headers": headers} if headers else {})
    if answer.shape is not None:
        response["content"] = _content(answer.shape, schemas, answer.example)
    return response


def _problems(told: Description) -> list[type[Exception]]:
    """Return the errors of a view: its own, and those of what it reads and of who may ask."""
    return [
        *(BODY_PROBLEMS if told.body else ()),
        *((InvalidFieldsError,) if told.query or any(not isinstance(one, Header) for one in told.headers) else ()),
        *(TOKEN_PROBLEMS if told.access in {Access.OPTIONAL, Access.BEARER} else ()),
        *told.problems,
        ServiceUnavailableError,
    ]
