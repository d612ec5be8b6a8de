"""`Prefer: wait` while nobody renders."""

from tests.people import Person, eventually
from tools.native import Stack


def test_whoever_waits_in_vain_is_promised_an_answer(stack: Stack, ann: Person) -> None:
    renderer = stack.process("renderer")
    renderer.stop()
    posted = ann.call("POST", "/messages", json={"source": "*late*"}, headers={"Prefer": "wait=1"})
    assert (posted.status_code, posted.headers["Preference-Applied"]) == (202, "wait=1")
    assert posted.json()["status"] == "posted"
    task = posted.headers["Location"]
    assert ann.call("GET", task).status_code == 202
    renderer.start()
    renderer.wait_ready()
    assert eventually(lambda: ann.call("GET", task).status_code == 201)
    assert ann.call("GET", task).json()["html"] == "<p><em>late</em></p>"
