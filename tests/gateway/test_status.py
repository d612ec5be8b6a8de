"""What the gateway tells of itself is for us alone."""

import re

import pytest
import requests

from tests.gateway.conftest import Gateway

SECONDS = 10


def requests_so_far(gateway: Gateway) -> int:
    told = requests.get(f"{gateway.status_url}/status", timeout=SECONDS).text
    found = re.search(r"requests\n \d+ \d+ (\d+)", told)
    assert found, told
    return int(found[1])


def test_every_request_is_counted_those_answered_from_the_cache_too(gateway: Gateway) -> None:
    before = requests_so_far(gateway)
    for _ in range(20):
        requests.get(f"{gateway.url}/api/v1/users", timeout=SECONDS)
    assert requests_so_far(gateway) == before + 21  # itself is one of them


@pytest.mark.parametrize("path", ["/status", "/api/v1/../../status"])
def test_clients_do_not_get_to_it(path: str, gateway: Gateway) -> None:
    for host in ("", gateway.status_url.removeprefix("http://")):
        request = requests.Request("GET", gateway.url, headers={"Host": host} if host else {}).prepare()
        request.url = gateway.url + path
        assert requests.Session().send(request, timeout=SECONDS).status_code == 404


def test_nothing_else_is_served_there(gateway: Gateway) -> None:
    for path in ("/", "/api/v1/users", "/livez"):
        assert requests.get(gateway.status_url + path, timeout=SECONDS).status_code == 404
