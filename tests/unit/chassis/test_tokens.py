"""A token is good only if auth signed it, for us, for now, and its session has not ended."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import OKPAlgorithm

from chassis.jwks import KeysUnavailableError, UnknownKeyError
from chassis.tokens import LEEWAY_SECONDS, MAX_TOKEN_CHARS, Principal, TokenRejectedError, verify_token

AUTHS_KEY = Ed25519PrivateKey.generate()
OTHER_KEY = Ed25519PrivateKey.generate()
PUBLIC_RAW = AUTHS_KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
PUBLIC_PEM = AUTHS_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
PUBLIC_JWK = jwt.PyJWK({**OKPAlgorithm.to_jwk(AUTHS_KEY.public_key(), as_dict=True), "kid": "k-1", "alg": "EdDSA"})
HEADERS = {"kid": "k-1", "typ": "at+jwt"}
NOW = int(datetime.now(UTC).timestamp())
HOUR = 3600


def claims(**changes: Any) -> dict[str, Any]:
    """Return the claims of a good token, but for *changes*; ... leaves one out."""
    good = {
        "iss": "flack-auth",
        "aud": "flack",
        "sub": "7",
        "iat": NOW,
        "exp": NOW + HOUR,
        "jti": "j-1",
        "sid": "s-1",
        **changes,
    }
    return {name: value for name, value in good.items() if value is not ...}


def encoded(data: Any) -> str:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(header: Any, payload: Any, sign: Callable[[bytes], bytes] = AUTHS_KEY.sign) -> str:
    """Return a token of whatever *header* and *payload* are, with a signature that fits."""
    content = f"{encoded(header)}.{encoded(payload)}"
    return f"{content}.{encoded(sign(content.encode()))}"


def token(*, headers: dict[str, Any] | None = None, key: Ed25519PrivateKey = AUTHS_KEY, **changes: Any) -> str:
    return signed({"alg": "EdDSA", **HEADERS, **(headers or {})}, claims(**changes), key.sign)


def hs256(secret: bytes) -> str:
    algorithm = jwt.get_algorithm_by_name("HS256")
    return signed({"alg": "HS256", **HEADERS}, claims(), lambda content: algorithm.sign(content, secret))


def altered(part: int, change: Callable[[bytes], bytes]) -> str:
    parts = token().split(".")
    parts[part] = encoded(change(urlsafe_b64decode(parts[part] + "==")))
    return ".".join(parts)


def key_for(kid: str) -> jwt.PyJWK:
    if kid != "k-1":
        raise UnknownKeyError(kid)
    return PUBLIC_JWK


def verify(given: str) -> Principal:
    return verify_token(given, key_for=key_for, is_revoked=lambda session_id: session_id == "ended")


def test_a_good_token_says_whom_it_speaks_for() -> None:
    assert verify(token()) == Principal(user_id=7, session_id="s-1", expires_at=NOW + HOUR)


def test_a_token_may_say_more_than_it_must() -> None:
    assert verify(token(scope="chat", headers={"x": "y"})).user_id == 7


def test_clocks_may_differ_a_little() -> None:
    now = int(datetime.now(UTC).timestamp())
    assert verify(token(exp=now - 1))
    assert verify(token(iat=now + LEEWAY_SECONDS - 1))


FORGED: dict[str, str] = {
    "empty": "",
    "dots": "..",
    "no dots": "token",
    "two parts": token().rpartition(".")[0],
    "four parts": token() + ".x",
    "no signature": token().rpartition(".")[0] + ".",
    "a space behind": token() + " ",
    "a line behind": token() + "\n",
    "another signature": token()[:-8] + "AAAAAAAA",
    "the signature of another token": token().rpartition(".")[0] + "." + token(sub="8").rpartition(".")[2],
    "an altered payload": altered(1, lambda payload: payload.replace(b'"sub": "7"', b'"sub": "1"')),
    "an altered header": altered(0, lambda header: header.replace(b"}", b', "x": 1}')),
    "another key": token(key=OTHER_KEY),
    "its own key": token(key=OTHER_KEY, headers={"jwk": OKPAlgorithm.to_jwk(OTHER_KEY.public_key(), as_dict=True)}),
    "a key from elsewhere": token(key=OTHER_KEY, headers={"jku": "https://evil.example/jwks.json"}),
    "alg none": signed({"alg": "none", **HEADERS}, claims(), lambda _content: b""),
    "alg NONE": signed({"alg": "NONE", **HEADERS}, claims(), lambda _content: b""),
    "alg none with a signature": token(headers={"alg": "none"}),
    "HS256 with the public key in PEM": hs256(PUBLIC_PEM),
    "HS256 with the public key as it is": hs256(PUBLIC_RAW),
    "HS256 with nothing": hs256(b""),
    "alg Ed25519": token(headers={"alg": "Ed25519"}),
    "alg in other case": token(headers={"alg": "EDDSA"}),
    "alg as a list": token(headers={"alg": ["EdDSA"]}),
    "no alg": signed(HEADERS, claims()),
    "an unknown kid": token(headers={"kid": "k-2"}),
    "a kid that is a path": token(headers={"kid": "../../dev/null"}),
    "a kid that is a number": token(headers={"kid": 1}),
    "a kid that is null": token(headers={"kid": None}),
    "a kid that is half a surrogate pair": token(headers={"kid": "\ud800"}),
    "no kid": signed({"alg": "EdDSA", "typ": "at+jwt"}, claims()),
    "a typ of an ordinary token": token(headers={"typ": "JWT"}),
    "a typ that is null": token(headers={"typ": None}),
    "no typ": signed({"alg": "EdDSA", "kid": "k-1"}, claims()),
    "a critical extension that nobody knows": token(headers={"crit": ["x"], "x": 1}),
    "a header that is an array": signed(["EdDSA"], claims()),
    "a header that is no JSON": signed(b"\xff", claims()),
    "a header without a bottom": signed(b"[" * 1400, {}),
    "a payload that is an array": signed({"alg": "EdDSA", **HEADERS}, [claims()]),
    "a payload that is no JSON": signed({"alg": "EdDSA", **HEADERS}, b"\xff"),
    "non-ASCII": token() + "é",
    "non-ASCII alone": "ключ.ключ.ключ",
    "half a surrogate pair": "\ud800",
    "NUL": token() + "\0",
    "not base64": "!.!.!",
}

STALE: dict[str, dict[str, Any]] = {
    "expired": {"exp": NOW - LEEWAY_SECONDS - 5},
    "expired long ago": {"iat": 0, "exp": 1},
    "issued in the future": {"iat": NOW + LEEWAY_SECONDS + HOUR},
    "not valid yet": {"nbf": NOW + LEEWAY_SECONDS + HOUR},
    "of another issuer": {"iss": "somebody"},
    "of no issuer at all": {"iss": ""},
    "for another audience": {"aud": "bank"},
    "for several other audiences": {"aud": ["bank", "post office"]},
    "for nobody": {"aud": []},
    "with an expiry in words": {"exp": "tomorrow"},
    "with a subject that is no number": {"sub": "ann"},
    "with a subject that is a list": {"sub": ["7"]},
    "of a session that has ended": {"sid": "ended"},
}
CLAIMS = ["iss", "aud", "sub", "exp", "iat", "jti", "sid"]


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_a_token_that_auth_did_not_make_is_rejected(forged: str) -> None:
    with pytest.raises(TokenRejectedError):
        verify(forged)


@pytest.mark.parametrize("changes", STALE.values(), ids=STALE)
def test_a_token_that_is_not_for_us_and_for_now_is_rejected(changes: dict[str, Any]) -> None:
    with pytest.raises(TokenRejectedError):
        verify(token(**changes))


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("value", [..., None], ids=["missing", "null"])
def test_a_token_without_one_of_its_claims_is_rejected(claim: str, value: Any) -> None:
    with pytest.raises(TokenRejectedError):
        verify(token(**{claim: value}))


@pytest.mark.parametrize("length", [MAX_TOKEN_CHARS + 1, 60_000])
def test_a_token_that_is_too_long_is_not_even_read(length: int) -> None:
    def key_for_nobody(_kid: str) -> jwt.PyJWK:
        pytest.fail("the token was read")

    padded = token(padding="x" * length)
    with pytest.raises(TokenRejectedError, match="too long"):
        verify_token(padded, key_for=key_for_nobody, is_revoked=lambda _session_id: False)


def test_a_rejection_does_not_repeat_the_token() -> None:
    with pytest.raises(TokenRejectedError) as rejection:
        verify(token(sub="hunter2"))
    assert "hunter2" not in str(rejection.value)
    assert rejection.value.__cause__ is None


def test_a_token_that_cannot_be_checked_is_not_called_wrong() -> None:
    def no_key_for(kid: str) -> jwt.PyJWK:
        raise KeysUnavailableError(kid)

    with pytest.raises(KeysUnavailableError):
        verify_token(token(), key_for=no_key_for, is_revoked=lambda _session_id: False)


def test_a_forged_token_costs_no_question_about_its_session() -> None:
    with pytest.raises(TokenRejectedError):
        verify_token(token(key=OTHER_KEY), key_for=key_for, is_revoked=lambda _session_id: pytest.fail("asked"))
