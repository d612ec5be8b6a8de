"""The problems that a view may answer, as OpenAPI tells of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from inspect import getdoc
from typing import Any, NotRequired

from pydantic import BaseModel, Field, TypeAdapter
from typing_extensions import TypedDict

from chassis.bodies import InvalidFieldsError, parse
from chassis.problems import CHALLENGE, ProblemTable, problem
from chassis.schemas import PREFIX, Schema

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER: Schema = {
    "description": "After how many seconds to try again.",
    "required": True,
    "schema": {"type": "integer", "minimum": 1},
}
CHALLENGES: Schema = {
    "description": "How to say who one is (RFC 6750); never Basic, for which browsers would open a dialog.",
    "required": True,
    "schema": {"const": CHALLENGE},
}
TRY_AGAIN = {429, 502, 503, 504}


class FieldError(TypedDict):
    """What is wrong with a field, a parameter or a header."""

    field: str
    detail: str


class Problem(TypedDict):
    """An error (RFC 9457); `type` tells programs which, `detail` tells people."""

    type: str
    title: str
    status: int
    detail: str
    errors: NotRequired[list[FieldError]]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of problem.

    Attributes:
        meaning: When it comes.
        example: An answer, as JSON.
        tells_when: Whether the answer says when to try again.
    """

    meaning: str
    example: Mapping[str, Any]
    tells_when: bool = False

    @property
    def type(self) -> str:
        """What programs tell it by."""
        return str(self.example["type"])

    @property
    def status(self) -> int:
        """The status of the answer."""
        return int(self.example["status"])

    @property
    def name(self) -> str:
        """What its example is called: several of one type may have another status."""
        return f"{self.status}-{self.type.rpartition('/')[2]}"


class _Limit(BaseModel):
    limit: int = Field(ge=1)


def kind_of(error: type[Exception], table: ProblemTable) -> Kind:
    """Return the kind that *table* makes of *error*, whose docstring says when it comes."""
    status, slug = table[error]
    meaning = (getdoc(error) or slug).splitlines()[0]
    members = _members() if error is InvalidFieldsError else {}
    return Kind(
        meaning=meaning,
        example=problem(status, slug, meaning, **members),
        tells_when=status in TRY_AGAIN or hasattr(error, "retry_after_seconds"),
    )


def _members() -> dict[str, Any]:
    """Return what else is told of fields that are not right."""
    try:
        parse(_Limit, {"limit": "0"})
    except InvalidFieldsError as error:
        return error.members
    raise AssertionError("0 is less than 1")


class ProblemAnswers:
    """Describes answers, those that all endpoints have in one place.

    Args:
        table: The status and the type of each error.
        everywhere: What every endpoint may answer, whatever its view does.

    Attributes:
        schemas, responses, examples: What the descriptions refer to, by name.
    """

    def __init__(self, table: ProblemTable, everywhere: Sequence[Kind] = ()) -> None:
        self._table = table
        self._everywhere = everywhere
        adapter = TypeAdapter(Problem)
        schema = adapter.json_schema(ref_template=f"{PREFIX}{{model}}")
        self.schemas: dict[str, Schema] = {**schema.pop("$defs"), "Problem": schema}
        self.examples: dict[str, Schema] = {}
        for kind in everywhere:
            self._keep(kind)
        statuses = dict.fromkeys(kind.status for kind in everywhere)
        self.responses = {_name(status): _response(self._of_status(status, everywhere)) for status in statuses}

    def of(self, errors: Iterable[type[Exception]], others: Sequence[Kind] = ()) -> dict[str, Schema]:
        """Return, by status, how a view with these errors and *others* may answer."""
        own = [*(kind_of(error, self._table) for error in dict.fromkeys(errors)), *others]
        for kind in own:
            self._keep(kind)
        statuses = sorted({kind.status for kind in [*own, *self._everywhere]})
        return {str(status): self._answer(status, own) for status in statuses}

    def _keep(self, kind: Kind) -> None:
        self.examples.setdefault(kind.name, {"summary": kind.meaning, "value": kind.example})

    def _answer(self, status: int, own: Sequence[Kind]) -> Schema:
        shared = self._of_status(status, self._everywhere)
        added = {kind.type for kind in self._of_status(status, own)} - {kind.type for kind in shared}
        if not added:
            return {"$ref": f"#/components/responses/{_name(status)}"}
        return _response(self._of_status(status, [*own, *self._everywhere]))

    @staticmethod
    def _of_status(status: int, kinds: Iterable[Kind]) -> list[Kind]:
        first: dict[str, Kind] = {}
        for kind in kinds:
            if kind.status == status:
                first.setdefault(kind.type, kind)
        return list(first.values())


def _name(status: int) -> str:
    return HTTPStatus(status).phrase.title().replace(" ", "").replace("-", "")


def _response(kinds: Sequence[Kind]) -> Schema:
    """Return the answer that may be any of *kinds*, which share their status."""
    status, types = kinds[0].status, [kind.type for kind in kinds]
    narrowed = {"properties": {"type": {"enum": types}, "status": {"const": status}}}
    examples = {kind.type.rpartition("/")[2]: {"$ref": f"#/components/examples/{kind.name}"} for kind in kinds}
    content = {"schema": {"$ref": f"{PREFIX}Problem", **narrowed}, "examples": examples}
    told: Schema = {"description": "\n".join(f"- `{kind.type}`: {kind.meaning}" for kind in kinds)}
    headers = {"Retry-After": RETRY_AFTER} if all(kind.tells_when for kind in kinds) else {}
    headers |= {"WWW-Authenticate": CHALLENGES} if status == HTTPStatus.UNAUTHORIZED else {}
    return told | ({"headers": headers} if headers else {}) | {"content": {MEDIA_TYPE: content}}
