"""Who calls is told by the Bearer token and nothing else."""

from contextlib import suppress

import pytest
from flask import Flask

from chassis.callers import Callers
from chassis.tokens import NotAuthenticatedError, Principal, TokenRejectedError

ANN = Principal(user_id=1, session_id="s-1", expires_at=2_000_000_000, key_id="k-1")

NO_TOKEN = ["", "Bearer", "Bearer ", "bearer   ", "Basic YW5uOnNlY3JldA==", "Basic", "ann's token", "BearerANN", "\t"]
ANNS_TOKEN = ["Bearer ANN", "bearer ANN", "BEARER  ANN ", "BeArEr ANN"]
WRONG_TOKEN = ["Bearer BOB", "Bearer ANN ANN", "Bearer ANN,", "Bearer ann", "Bearer é", "Bearer null"]


def verify(token: str) -> Principal:
    if token == "ANN":
        return ANN
    raise TokenRejectedError


def optional(authorization: str | None, *, anonymous_read: bool = True) -> Principal | None:
    callers = Callers(verify, anonymous_read=anonymous_read)
    headers = {} if authorization is None else {"Authorization": authorization}
    with Flask("test").test_request_context(headers=headers):
        return callers.optional()


def required(authorization: str | None) -> Principal:
    headers = {} if authorization is None else {"Authorization": authorization}
    with Flask("test").test_request_context(headers=headers):
        return Callers(verify).required()


@pytest.mark.parametrize("authorization", ANNS_TOKEN)
def test_a_good_token_says_who_calls(authorization: str) -> None:
    assert required(authorization) == ANN
    assert optional(authorization) == ANN
    assert optional(authorization, anonymous_read=False) == ANN


@pytest.mark.parametrize("authorization", [None, *NO_TOKEN])
def test_whoever_has_no_token_reads_anonymously(authorization: str | None) -> None:
    assert optional(authorization) is None


@pytest.mark.parametrize("authorization", [None, *NO_TOKEN])
def test_whoever_has_no_token_may_do_nothing_more(authorization: str | None) -> None:
    with pytest.raises(NotAuthenticatedError):
        required(authorization)


@pytest.mark.parametrize("authorization", [None, *NO_TOKEN])
def test_where_nobody_reads_anonymously_a_token_is_needed(authorization: str | None) -> None:
    with pytest.raises(NotAuthenticatedError):
        optional(authorization, anonymous_read=False)


@pytest.mark.parametrize("authorization", WRONG_TOKEN)
def test_a_wrong_token_is_no_way_to_read_anonymously(authorization: str) -> None:
    with pytest.raises(TokenRejectedError):
        optional(authorization)


@pytest.mark.parametrize("token", ["é", "ANNé", "\xff\xfe"])
def test_what_can_be_no_token_is_not_even_verified(token: str) -> None:
    callers = Callers(lambda _token: pytest.fail("it was verified"))
    with (
        Flask("test").test_request_context(headers={"Authorization": f"Bearer {token}"}),
        pytest.raises(TokenRejectedError),
    ):
        callers.required()


@pytest.mark.parametrize("authorization", WRONG_TOKEN)
def test_a_wrong_token_is_rejected(authorization: str) -> None:
    with pytest.raises(TokenRejectedError):
        required(authorization)


def test_whoever_shows_a_good_token_is_seen_and_nobody_else() -> None:
    seen: list[int] = []
    callers = Callers(verify, seen=seen.append)
    for authorization in ("Bearer ANN", "Bearer BOB", ""):
        for ask in (callers.required, callers.optional):
            here = Flask("test").test_request_context(headers={"Authorization": authorization})
            with here, suppress(TokenRejectedError, NotAuthenticatedError):
                ask()
    assert seen == [ANN.user_id] * 2
