"""Who may keep an answer, and for how long."""

from http import HTTPStatus

from flask import Response, request

# The gateway keeps it for a second, and for one more while somebody fetches it anew (RFC 9111, RFC 5861).
ANYBODYS = "s-maxage=1, stale-while-revalidate=1"
SOMEBODYS = "private, no-cache"


def tell_caches(response: Response) -> Response:
    """Let the gateway keep for a moment what was read without saying who one is, and nobody anything else."""
    if request.method in {"GET", "HEAD"} and response.status_code == HTTPStatus.OK:
        is_somebodys = bool(request.headers.get("Authorization"))
        response.headers.setdefault("Cache-Control", SOMEBODYS if is_somebodys else ANYBODYS)
    return response
