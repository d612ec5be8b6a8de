"""Tokens that nobody may get in with: forged in every way that we know of, or good once."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import OKPAlgorithm

from chassis.tokens import LEEWAY_SECONDS

HOUR = 3600
OTHER_KEY = Ed25519PrivateKey.generate()


def epoch() -> int:
    """Return the time in epoch seconds."""
    return int(datetime.now(UTC).timestamp())


def encoded(data: Any) -> str:
    """Return a part of a token; what is not bytes is JSON."""
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


class Forger:
    """Makes tokens with auth's own key, and with others.

    Args:
        elsewhere: Where keys of the forger's are offered, for tokens that say where theirs is to be found.
        ended: A session that has ended.
    """

    def __init__(
        self,
        key: Ed25519PrivateKey,
        kid: str,
        *,
        user_id: int,
        session_id: str,
        ended: str,
        elsewhere: str = "https://evil.example",
    ) -> None:
        self.key = key
        self.kid = kid
        self.user_id = user_id
        self.session_id = session_id
        self.ended = ended
        self.elsewhere = elsewhere
        self.headers = {"kid": kid, "typ": "at+jwt"}
        public = key.public_key()
        self.public_raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public_pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Return the claims of a good token, but for *changes*; ... leaves one out."""
        now = epoch()
        good = {
            "iss": "flack-auth",
            "aud": "flack",
            "sub": str(self.user_id),
            "iat": now,
            "exp": now + HOUR,
            "jti": "j-1",
            "sid": self.session_id,
            **changes,
        }
        return {name: value for name, value in good.items() if value is not ...}

    def signed(self, header: Any, payload: Any, sign: Callable[[bytes], bytes] | None = None) -> str:
        """Return a token of whatever *header* and *payload* are, with a signature that fits."""
        content = f"{encoded(header)}.{encoded(payload)}"
        return f"{content}.{encoded((sign or self.key.sign)(content.encode()))}"

    def token(
        self, *, headers: dict[str, Any] | None = None, key: Ed25519PrivateKey | None = None, **changes: Any
    ) -> str:
        """Return a good token, but for what is given."""
        header = {"alg": "EdDSA", **self.headers, **(headers or {})}
        return self.signed(header, self.claims(**changes), (key or self.key).sign)

    def hs256(self, secret: bytes) -> str:
        """Return a token that is signed with *secret* by another algorithm."""
        algorithm = jwt.get_algorithm_by_name("HS256")
        return self.signed(
            {"alg": "HS256", **self.headers}, self.claims(), lambda content: algorithm.sign(content, secret)
        )

    def altered(self, part: int, change: Callable[[bytes], bytes]) -> str:
        """Return a good token of which a part was changed afterwards."""
        parts = self.token().split(".")
        parts[part] = encoded(change(urlsafe_b64decode(parts[part] + "==")))
        return ".".join(parts)

    def forged(self) -> dict[str, str]:
        """Return tokens that auth did not make, by what is wrong with them."""
        return {
            "empty": "",
            "dots": "..",
            "no dots": "token",
            "two parts": self.token().rpartition(".")[0],
            "four parts": self.token() + ".x",
            "no signature": self.token().rpartition(".")[0] + ".",
            "a space behind": self.token() + " ",
            "a line behind": self.token() + "\n",
            "another signature": self.token()[:-8] + "AAAAAAAA",
            "the signature of another token": self.token().rpartition(".")[0]
            + "."
            + self.token(sub="8").rpartition(".")[2],
            "an altered payload": self.altered(1, lambda payload: payload.replace(b'"sub": "', b'"sub": "1')),
            "an altered header": self.altered(0, lambda header: header.replace(b"}", b', "x": 1}')),
            "another key": self.token(key=OTHER_KEY),
            "its own key": self.token(
                key=OTHER_KEY, headers={"jwk": OKPAlgorithm.to_jwk(OTHER_KEY.public_key(), as_dict=True)}
            ),
            "a key from elsewhere": self.token(key=OTHER_KEY, headers={"jku": f"{self.elsewhere}/jwks.json"}),
            "alg none": self.signed({"alg": "none", **self.headers}, self.claims(), lambda _content: b""),
            "alg NONE": self.signed({"alg": "NONE", **self.headers}, self.claims(), lambda _content: b""),
            "alg none with a signature": self.token(headers={"alg": "none"}),
            "HS256 with the public key in PEM": self.hs256(self.public_pem),
            "HS256 with the public key as it is": self.hs256(self.public_raw),
            "HS256 with nothing": self.hs256(b""),
            "alg Ed25519": self.token(headers={"alg": "Ed25519"}),
            "alg in other case": self.token(headers={"alg": "EDDSA"}),
            "alg as a list": self.token(headers={"alg": ["EdDSA"]}),
            "no alg": self.signed(self.headers, self.claims()),
            "an unknown kid": self.token(headers={"kid": "k-2"}),
            "a kid that is a path": self.token(headers={"kid": "../../dev/null"}),
            "a kid that is a number": self.token(headers={"kid": 1}),
            "a kid that is null": self.token(headers={"kid": None}),
            "a kid that is half a surrogate pair": self.token(headers={"kid": "\ud800"}),
            "no kid": self.signed({"alg": "EdDSA", "typ": "at+jwt"}, self.claims()),
            "a typ of an ordinary token": self.token(headers={"typ": "JWT"}),
            "a typ that is null": self.token(headers={"typ": None}),
            "no typ": self.signed({"alg": "EdDSA", "kid": self.kid}, self.claims()),
            "a critical extension that nobody knows": self.token(headers={"crit": ["x"], "x": 1}),
            "a header that is an array": self.signed(["EdDSA"], self.claims()),
            "a header that is no JSON": self.signed(b"\xff", self.claims()),
            "a header without a bottom": self.signed(b"[" * 1400, {}),
            "a payload that is an array": self.signed({"alg": "EdDSA", **self.headers}, [self.claims()]),
            "a payload that is no JSON": self.signed({"alg": "EdDSA", **self.headers}, b"\xff"),
            "non-ASCII": self.token() + "é",
            "non-ASCII alone": "ключ.ключ.ключ",
            "half a surrogate pair": "\ud800",
            "NUL": self.token() + "\0",
            "not base64": "!.!.!",
            "a header with a name twice": self.signed(
                b'{"alg":"EdDSA","typ":"at+jwt","kid":"k-2","kid":"%s"}' % self.kid.encode(), self.claims()
            ),
            "a payload with a name twice": self.signed(
                {"alg": "EdDSA", **self.headers},
                json.dumps(self.claims()).replace('"sub"', '"sub": "1", "sub"').encode(),
            ),
            "a typ in other case": self.token(headers={"typ": "AT+JWT"}),
            "a payload that is not encoded": self.signed(
                {"alg": "EdDSA", "b64": False, "crit": ["b64"], **self.headers}, self.claims()
            ),
            "its own certificate": self.token(
                key=OTHER_KEY, headers={"x5u": f"{self.elsewhere}/x.pem", "x5c": ["AA=="]}
            ),
            "a nested token": self.signed({"alg": "EdDSA", **self.headers, "cty": "JWT"}, self.token().encode()),
            "JSON serialization": json.dumps(
                dict(zip(("protected", "payload", "signature"), self.token().split("."), strict=True))
            ),
        }

    def stale(self) -> dict[str, str]:
        """Return tokens that auth could have made, and that are not for us or not for now."""
        now = epoch()
        changes: dict[str, dict[str, Any]] = {
            "expired": {"exp": now - LEEWAY_SECONDS - 5},
            "expired long ago": {"iat": 0, "exp": 1},
            "issued in the future": {"iat": now + LEEWAY_SECONDS + HOUR},
            "not valid yet": {"nbf": now + LEEWAY_SECONDS + HOUR},
            "of another issuer": {"iss": "somebody"},
            "of no issuer at all": {"iss": ""},
            "for another audience": {"aud": "bank"},
            "for several other audiences": {"aud": ["bank", "post office"]},
            "for nobody": {"aud": []},
            "with an expiry in words": {"exp": "tomorrow"},
            "with a subject that is no number": {"sub": "ann"},
            "with a subject that is a list": {"sub": ["7"]},
            "with a subject that is a number": {"sub": 7},
            "with a subject in other digits": {"sub": "\u0667"},
            "with a subject below one": {"sub": "-7"},
            "with spaces around the subject": {"sub": " 7 "},
            "with an expiry that is a fraction": {"exp": now + 0.5 + HOUR},
            "with an expiry that is a truth": {"exp": True},
            "with a session that is no UUID": {"sid": "ended"},
            "with a session that is a list": {"sid": [self.session_id]},
            "of a session that has ended": {"sid": self.ended},
            "of a session that has ended, in capitals": {"sid": f"{{{self.ended}}}".upper()},
        }
        return {name: self.token(**changed) for name, changed in changes.items()}
