"""How the web client reaches browsers: its page is asked for each time, all that it consists of is kept for ever."""

import re
from urllib.parse import urljoin

import pytest
import requests

SECONDS = 10
MAX_BYTES = 40_000
REFERENCE = re.compile(r'(?:src|href)="(/app[^"]+)"')
IMPORT = re.compile(r'(?:import|export)[^;"]*from ?"(\.[^"]+)"')


@pytest.fixture(scope="module")
def page(base_url: str) -> requests.Response:
    return requests.get(f"{base_url}/", timeout=SECONDS)


def test_the_page_is_asked_for_each_time(page: requests.Response) -> None:
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-cache"


def test_the_page_runs_our_scripts_only(page: requests.Response) -> None:
    policy = dict(part.split(" ", 1) for part in page.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert "<script>" not in page.text


def test_all_that_it_consists_of_is_kept_for_ever(page: requests.Response) -> None:
    found = all_files(page)
    assert len(found) > 20
    for answer in found.values():
        assert answer.headers["Cache-Control"] == "max-age=31536000, public, immutable"
        assert answer.headers["Content-Type"].split(";")[0] in {"text/javascript", "application/javascript", "text/css"}


def test_the_scripts_are_small(page: requests.Response) -> None:
    scripts = [url for url in all_files(page) if url.endswith(".js")]
    assert sum(compressed_bytes(url) for url in scripts) <= MAX_BYTES


def test_another_version_is_not_there(page: requests.Response) -> None:
    main = urljoin(page.url, re.sub(r"app-\w+", "app-0123456789abcdef", REFERENCE.findall(page.text)[0]))
    answer = requests.get(main, timeout=SECONDS)
    assert answer.status_code == 404
    assert "Cache-Control" not in answer.headers


def compressed_bytes(url: str) -> int:
    """Return how many bytes come for *url*, as browsers ask for it."""
    with requests.get(url, timeout=SECONDS, stream=True, headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        return len(answer.raw.read(decode_content=False))


def all_files(page: requests.Response) -> dict[str, requests.Response]:
    """Return what the page refers to, and all that those modules import, by address."""
    found: dict[str, requests.Response] = {}
    wanted = [urljoin(page.url, path) for path in REFERENCE.findall(page.text)]
    while wanted:
        url = wanted.pop()
        if url not in found:
            found[url] = requests.get(url, timeout=SECONDS)
            assert found[url].status_code == 200, url
            wanted += [urljoin(url, path) for path in IMPORT.findall(found[url].text)]
    return found
