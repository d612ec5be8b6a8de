"""What clients get to see, as types."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict


class Tokens(TypedDict):
    """An access token (RFC 6750, RFC 9068), and what the next one is asked for with."""

    token: Annotated[str, Field(description="To be sent as Bearer.", examples=["eyJhbGciOiJFZERTQSJ9.e30.c2lnbmVk"])]
    token_type: Annotated[Literal["Bearer"], Field(examples=["Bearer"])]
    expires_in: Annotated[int, Field(description="In seconds.", examples=[3600])]
    refresh_token: Annotated[
        str,
        Field(description="Good for 30 days, and once.", examples=["bD2cnM9vzAmU3WhbnTzqS4SDEDdkTDbS1t1kCmDDN8o"]),
    ]


class Key(TypedDict):
    """A public key (RFC 7517, RFC 8037)."""

    kty: Annotated[Literal["OKP"], Field(examples=["OKP"])]
    crv: Annotated[Literal["Ed25519"], Field(examples=["Ed25519"])]
    x: Annotated[str, Field(examples=["11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"])]
    kid: Annotated[str, Field(examples=["kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"])]
    alg: Annotated[Literal["EdDSA"], Field(examples=["EdDSA"])]
    use: Annotated[Literal["sig"], Field(examples=["sig"])]


class Keys(TypedDict):
    """The keys that verify tokens, by `kid`."""

    keys: list[Key]
