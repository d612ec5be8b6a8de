"""Pods come and go."""

import pytest

from tests.people import Person, eventually, listening
from tests.pods.local import WORKLOADS
from tests.pods.pods import Pods

pytestmark = pytest.mark.timeout(400)
ASKED = ["push", "messages", "auth", "renderer-api"]


@pytest.mark.parametrize("name", ASKED)
def test_a_new_pod_takes_over_without_a_word_to_the_gateway(base_url: str, pods: Pods, name: str) -> None:
    ann = Person(base_url)
    with listening(base_url, token=ann.token) as listener:
        assert pods.replace(name) == 0
        is_theirs = name == "push"
        assert eventually(lambda: listener.client.connected and listener.interruptions == is_theirs)
        assert listener.hears_rendered(ann.post("still here")["id"])
        assert listener.interruptions == is_theirs
        assert Person(base_url).call("POST", "/renderings", json={"source": "x"}).status_code == 200


@pytest.mark.parametrize("name", [name for name, each in WORKLOADS.items() if each.kind == "Deployment"])
def test_a_pod_ends_by_itself_in_its_time(pods: Pods, name: str) -> None:
    assert pods.stop(name) == 0
