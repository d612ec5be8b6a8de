"""What a message would become is what it becomes."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.e2e.test_hostile_sources import SOURCES
from tests.hostile_markup import hostile_sources
from tests.people import Json, Person, eventually

MARKS = {
    "text": "hello",
    "marks": "**hello** ~~you~~\nthere  \nand `there`",
    "a table": "a | b\n--|--\n1 | 2",
    "code": "```python\nprint('<b>')\n```",
    "not ASCII": "\U0001f600 *\u4f60\u597d* \u202e",
}
BOMB = f"[a]: http://{'x' * 2_000}.example/\n\n" + "[a] " * 1_400


def rendering(person: Person, source: str) -> str:
    """Return the html that *source* would have."""
    answer = person.call("POST", "/renderings", json={"source": source})
    assert answer.status_code == 200, answer.text
    html: str = answer.json()["html"]
    return html


def posted(person: Person, source: str) -> Json:
    """Return the message that *source* becomes."""
    message = person.post(source)
    assert eventually(lambda: person.read(message["id"])["status"] != "posted")
    return person.read(message["id"])


@pytest.mark.parametrize("source", MARKS.values(), ids=MARKS)
def test_it_is_the_html_of_the_message(ann: Person, source: str) -> None:
    assert rendering(ann, source) == posted(ann, source)["html"]


def test_what_is_as_long_as_it_may_be_is_not_too_long_for_the_renderer(ann: Person) -> None:
    source = "\U0001f600" * 8_000
    body = json.dumps({"source": source}, ensure_ascii=False).encode()
    answer = ann.call("POST", "/renderings", data=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()) == (200, {"html": f"<p>{source}</p>"})


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_what_is_deep_or_long_is_rendered_alike(ann: Person, source: str) -> None:
    assert rendering(ann, source[:8_000]) == posted(ann, source[:8_000])["html"]


def test_what_means_harm_is_rendered_alike(ann: Person) -> None:
    sources = [source for source in hostile_sources() if "\0" not in source]  # which no message has
    ids = [ann.post(source)["id"] for source in sources]
    with ThreadPoolExecutor(2) as pool:
        shown = list(pool.map(lambda source: rendering(ann, source), sources))
    assert eventually(lambda: all(ann.read(each)["status"] != "posted" for each in ids))
    messages = [ann.read(each) for each in ids]
    assert shown == [without_previews(message) for message in messages]


def without_previews(message: Json) -> str:
    html: str = message["html"]
    return html.partition("\n<blockquote><p><a href=")[0] if message["previews"] else html


def test_what_cannot_be_rendered_is_its_text(ann: Person) -> None:
    message = posted(ann, BOMB)
    assert message["status"] == "unrenderable"
    assert rendering(ann, BOMB) == message["html"]


def test_nothing_is_posted(ann: Person) -> None:
    rendering(ann, "nobody reads this")
    assert ann.call("GET", f"/messages?user_id={ann.id}").json()["messages"] == []


@pytest.mark.parametrize("prefix", ["/api", "/api/v1"])
def test_it_has_both_addresses(ann: Person, prefix: str) -> None:
    answer = ann.call("POST", f"{prefix}/renderings", json={"source": "*hi*", "unknown": 1})
    assert (answer.status_code, answer.json()) == (200, {"html": "<p><em>hi</em></p>"})


@pytest.mark.parametrize("body", [{}, {"source": ""}, {"source": "x" * 8_001}, {"source": None}, {"source": "a\0"}])
def test_a_source_that_no_message_may_have_is_refused(ann: Person, body: Any) -> None:
    answer = ann.call("POST", "/renderings", json=body)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-fields")


def test_only_who_is_logged_in_asks(ann: Person) -> None:
    for headers, kind in (
        ({"Authorization": ""}, "not-authenticated"),
        ({"Authorization": "Bearer x"}, "token-rejected"),
    ):
        answer = ann.call("POST", "/renderings", json={"source": "x"}, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (401, f"/problems/{kind}")


def test_nobody_asks_the_renderer_itself(ann: Person) -> None:
    for path in ("/internal/renderings", "/api/internal/renderings", "/api/v1/internal/renderings"):
        answer = ann.http.post(f"{ann.base_url}{path}", json={"source": "x"}, timeout=30)
        assert answer.status_code == 404
