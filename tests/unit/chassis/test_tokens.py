"""A token is good only if auth signed it, for us, for now, and its session has not ended."""

from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from chassis.jwks import KeysUnavailableError, UnknownKeyError
from chassis.tokens import LEEWAY_SECONDS, MAX_TOKEN_CHARS, Principal, TokenRejectedError, verify_token
from chassis.verifying import remembering
from tests.forged_tokens import HOUR, OTHER_KEY, Forger, epoch

AUTHS_KEY = Ed25519PrivateKey.generate()
PUBLIC_JWK = jwt.PyJWK({**OKPAlgorithm.to_jwk(AUTHS_KEY.public_key(), as_dict=True), "kid": "k-1", "alg": "EdDSA"})
SESSION = "01234567-89ab-4def-8123-456789abcdef"
ENDED = "00000000-0000-4000-8000-000000000000"
FORGER = Forger(AUTHS_KEY, "k-1", user_id=7, session_id=SESSION, ended=ENDED)
NOW = epoch()


def key_for(kid: str) -> jwt.PyJWK:
    if kid != "k-1":
        raise UnknownKeyError(kid)
    return PUBLIC_JWK


def verify(given: str) -> Principal:
    return verify_token(given, key_for=key_for, is_revoked=lambda session_id: session_id == ENDED)


def test_a_good_token_says_whom_it_speaks_for() -> None:
    assert verify(FORGER.token(exp=NOW + HOUR)) == Principal(
        user_id=7, session_id=SESSION, expires_at=NOW + HOUR, key_id="k-1"
    )


def test_a_token_may_say_more_than_it_must() -> None:
    assert verify(FORGER.token(scope="chat", headers={"x": "y"})).user_id == 7


def test_clocks_may_differ_a_little() -> None:
    now = int(datetime.now(UTC).timestamp())
    assert verify(FORGER.token(exp=now - 1))
    assert verify(FORGER.token(iat=now + LEEWAY_SECONDS - 1))


FORGED = FORGER.forged()
STALE = FORGER.stale()
CLAIMS = ["iss", "aud", "sub", "exp", "iat", "jti", "sid"]


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_a_token_that_auth_did_not_make_is_rejected(forged: str) -> None:
    with pytest.raises(TokenRejectedError):
        verify(forged)


@pytest.mark.parametrize("stale", STALE.values(), ids=STALE)
def test_a_token_that_is_not_for_us_and_for_now_is_rejected(stale: str) -> None:
    with pytest.raises(TokenRejectedError):
        verify(stale)


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("value", [..., None], ids=["missing", "null"])
def test_a_token_without_one_of_its_claims_is_rejected(claim: str, value: Any) -> None:
    with pytest.raises(TokenRejectedError):
        verify(FORGER.token(**{claim: value}))


@pytest.mark.parametrize("length", [MAX_TOKEN_CHARS + 1, 60_000])
def test_a_token_that_is_too_long_is_not_even_read(length: int) -> None:
    def key_for_nobody(_kid: str) -> jwt.PyJWK:
        pytest.fail("the token was read")

    padded = FORGER.token(padding="x" * length)
    with pytest.raises(TokenRejectedError, match="too long"):
        verify_token(padded, key_for=key_for_nobody, is_revoked=lambda _session_id: False)


def test_a_rejection_does_not_repeat_the_token() -> None:
    with pytest.raises(TokenRejectedError) as rejection:
        verify(FORGER.token(sub="hunter2"))
    assert "hunter2" not in str(rejection.value)
    assert rejection.value.__cause__ is None


def test_a_token_that_cannot_be_checked_is_not_called_wrong() -> None:
    def no_key_for(kid: str) -> jwt.PyJWK:
        raise KeysUnavailableError(kid)

    with pytest.raises(KeysUnavailableError):
        verify_token(FORGER.token(), key_for=no_key_for, is_revoked=lambda _session_id: False)


def test_a_forged_token_costs_no_question_about_its_session() -> None:
    with pytest.raises(TokenRejectedError):
        verify_token(FORGER.token(key=OTHER_KEY), key_for=key_for, is_revoked=lambda _session_id: pytest.fail("asked"))


def test_a_key_that_is_trusted_no_more_ends_its_tokens() -> None:
    trusted = {"k-1": PUBLIC_JWK}

    def key_while_trusted(kid: str) -> jwt.PyJWK:
        if kid not in trusted:
            raise UnknownKeyError(kid)
        return trusted[kid]

    verify_again = remembering(key_while_trusted, is_revoked=lambda _session_id: False)
    given = FORGER.token()
    assert verify_again(given).user_id == 7
    trusted.clear()
    with pytest.raises(TokenRejectedError):
        verify_again(given)


def test_a_token_that_was_checked_is_known_again() -> None:
    verify_again = remembering(key_for, is_revoked=lambda _session_id: False)
    given = FORGER.token()
    assert verify_again(given) is verify_again(given)
