"""Reads what clients send, and says what is wrong with it field by field."""

import json
import re
from typing import Annotated, Any, Final, TypeVar

from flask import request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

MAX_BODY_BYTES = 64 * 1024
# What pydantic says of these is for programmers.
WORDS: Final = {
    "missing": "is missing",
    "string_too_short": "must have at least {min_length} characters",
    "too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "too_long": "must have at most {max_length} characters",
    "value_error": "{error}",
}
NOT_STORABLE = re.compile("[\0\ud800-\udfff]")


class EmptyBodyError(Exception):
    """A body was expected."""


class NotJsonError(Exception):
    """The body says that it is something else than JSON."""


class MalformedJsonError(Exception):
    """The body is no JSON text (RFC 8259), or no object."""


class InvalidFieldsError(Exception):
    """Fields or parameters are missing or invalid; `errors` lists them."""

    def __init__(self, error: ValidationError) -> None:
        """Take over what *error* says, without the values."""
        errors = [{"field": ".".join(map(str, each["loc"])), "detail": _detail(each)} for each in error.errors()]
        super().__init__("; ".join(f"{each['field']}: {each['detail']}" for each in errors))
        self.members = {"errors": errors}


def _detail(error: ErrorDetails) -> str:
    """Return what is wrong, as people say it."""
    context = error.get("ctx", {})
    if context.get("min_length") == 1:
        return "must not be empty"
    words = WORDS.get(error["type"])
    return words.format(**context) if words else error["msg"]


class Body(BaseModel):
    """The JSON object that a client sends; fields that are not known are ignored."""

    model_config = ConfigDict(strict=True, frozen=True, hide_input_in_errors=True)


def storable(text: str) -> str:
    """Refuse what Postgres cannot keep: NUL, and halves of surrogate pairs, which JSON can spell and UTF-8 cannot."""
    if NOT_STORABLE.search(text):
        raise ValueError("must not contain NUL or lone surrogates")
    return text


# Of what is refused, JSON Schema can only tell NUL.
Text = Annotated[str, AfterValidator(storable), Field(json_schema_extra={"pattern": r"^[^\u0000]*$"})]

BodyT = TypeVar("BodyT", bound=Body)
ParametersT = TypeVar("ParametersT", bound=BaseModel)


def read_body(model: type[BodyT]) -> BodyT:
    """Return the body of the current request as *model*.

    Raises:
        EmptyBodyError, NotJsonError, MalformedJsonError: There is no JSON object.
        InvalidFieldsError: It does not fit *model*.
    """
    raw = request.get_data(cache=False)
    if not raw:
        raise EmptyBodyError("The body is empty; a JSON object is expected.")
    if not request.is_json:
        raise NotJsonError("The Content-Type must be application/json.")
    return parse(model, _json_object(raw))


def read_query(model: type[ParametersT]) -> ParametersT:
    """Return the query parameters of the current request as *model*.

    Raises:
        InvalidFieldsError: A parameter is invalid.
    """
    return parse(model, {name: value for name, value in request.args.items() if value})


def parse(model: type[ParametersT], data: Any) -> ParametersT:
    """Return *data* as *model*.

    Raises:
        InvalidFieldsError: It does not fit.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise InvalidFieldsError(error) from None


def loads(text: str) -> Any:
    """Return what a JSON text (RFC 8259) says.

    Raises:
        ValueError: It is none, or nested deeper than anybody needs.
    """
    try:
        return json.loads(text, parse_constant=_no_such_number)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _json_object(raw: bytes) -> dict[str, Any]:
    try:
        data = loads(raw.decode("utf-8"))
    except ValueError:
        raise MalformedJsonError("The body is not JSON in UTF-8.") from None
    if not isinstance(data, dict):
        raise MalformedJsonError("The body must be a JSON object.")
    return data


def _no_such_number(name: str) -> None:
    raise ValueError(f"{name} is Python's, not JSON's")
