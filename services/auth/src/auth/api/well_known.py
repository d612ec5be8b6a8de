"""`/.well-known`."""

from http import HTTPStatus

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from auth.keyring import Keyring
from auth.shapes import Keys
from chassis.describing import Access, Answer, Description, Header
from chassis.jwks import REFRESH_SECONDS

CACHE_CONTROL = f"public, max-age={REFRESH_SECONDS:.0f}"
MAY_BE_KEPT = Header(name="Cache-Control", meaning="For how many seconds it may be kept.", example=CACHE_CONTROL)


def create_well_known(keyring: Keyring) -> Blueprint:
    """Return `/.well-known/jwks.json`."""
    well_known = Blueprint("well_known", __name__)

    @well_known.get("/jwks.json")
    @Description(access=Access.ANYBODY, answers=(Answer(meaning="The keys.", shape=Keys, headers=(MAY_BE_KEPT,)),))
    def jwks() -> ResponseReturnValue:
        """Read the keys that verify tokens (RFC 7517)."""
        return jsonify(keyring.jwks()), HTTPStatus.OK, {"Cache-Control": CACHE_CONTROL}

    return well_known
