"""Sources that take long to render are answered, and hold nobody else up."""

import html

import pytest

from tests.people import Person, eventually, listening

SOURCES = {
    "brackets": "[" * 4_000,
    "images": "![" * 4_000,
    "links that never end": "[a](" * 1_000,
    "quotes in quotes": ">" * 8_000,
    "lists in lists": "- " * 4_000,
    "lists below lists": "\n".join(" " * 4 * depth + "- x" for depth in range(60)),
    "one word": "x" * 8_000,
}
# The parser of tags looks for the end of each up to the end of the source.
SLOW = "<a " * 2_600


@pytest.mark.parametrize("source", SOURCES.values(), ids=list(SOURCES))
def test_what_is_deep_or_long_is_rendered(ann: Person, source: str) -> None:
    answer = ann.call("POST", "/messages", json={"source": source[:8_000]}, headers={"Prefer": "wait=10"})
    assert (answer.status_code, answer.json()["status"]) == (201, "rendered")


def test_what_takes_long_holds_nobody_up(base_url: str, ann: Person) -> None:
    with listening(base_url) as listener:
        slow = [ann.post(f"{SLOW}{number}")["id"] for number in range(8)]
        assert listener.hears_rendered(ann.post("text")["id"])
        assert any(message["status"] == "posted" for message in map(ann.read, slow))
        assert listener.hears_rendered(*(ann.post(f"text {number}")["id"] for number in range(20)))
    assert eventually(lambda: all(ann.read(each)["status"] != "posted" for each in slow))


def test_what_cannot_be_rendered_says_so_and_shows_its_text(ann: Person) -> None:
    bomb = f"[a]: http://{'x' * 2_000}.example/\n\n" + "[a] " * 1_400
    answer = ann.call("POST", "/messages", json={"source": bomb}, headers={"Prefer": "wait=10"})
    message = answer.json()
    assert (answer.status_code, message["status"], message["previews"]) == (201, "unrenderable", [])
    assert message["html"] == html.escape(bomb)
