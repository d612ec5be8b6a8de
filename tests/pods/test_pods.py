"""The images do what the manifests have them do."""

import re
from pathlib import Path

import pytest

from chassis import gunicorn
from tests.crowds import crowded
from tests.docker import DockerError
from tests.people import Person, eventually, listening
from tests.pods.instructions import block, paste
from tests.pods.local import WORKLOADS
from tests.pods.pods import Pods
from tests.workloads import Workload

pytestmark = pytest.mark.timeout(400)
STAYING = [name for name, each in WORKLOADS.items() if each.kind != "Job"]


@pytest.fixture(params=STAYING)
def workload(request: pytest.FixtureRequest) -> Workload:
    """Each of those that stay."""
    return WORKLOADS[request.param]


def test_the_instructions_lead_to_the_first_message(base_url: str, tmp_path: Path) -> None:
    shown = paste(block("api=").replace("http://127.0.0.1:8080", base_url), tmp_path)
    assert '"html":"<p><strong>hello</strong></p>' in shown.replace('": "', '":"')


def test_a_message_is_rendered_and_pushed(base_url: str, ann: Person, bob: Person) -> None:
    with listening(base_url) as anonymous, listening(base_url, token=bob.token) as bobs:
        posted = ann.post("**hi** <script>alert(1)</script> http://flack.invalid")
        for listener in (anonymous, bobs):
            assert listener.hears_rendered(posted["id"])
            [seen] = [message for message in listener.messages if message["id"] == posted["id"]]
            assert seen["html"].startswith("<p><strong>hi</strong>")
            assert "<script" not in seen["html"]


def test_what_links_lead_to_is_looked_at(ann: Person, pods: Pods) -> None:
    before = pods.logs("renderer-preview").count("link_looked_at")
    ann.post("http://flack.invalid/nowhere")
    assert eventually(lambda: pods.logs("renderer-preview").count("link_looked_at") > before)


def test_a_draft_is_rendered_where_nobody_else_asks(ann: Person) -> None:
    assert ann.call("POST", "/renderings", json={"source": "*soon*"}).json()["html"] == "<p><em>soon</em></p>"


def test_every_probe_is_answered(pods: Pods, workload: Workload) -> None:
    assert [probe for probe in pods.probes(workload.name) if not pods.comes_to_answer(workload.name, probe)] == []


def test_a_push_that_is_full_is_not_taken_for_dead(pods: Pods) -> None:
    with crowded(pods.address("push"), pods.workloads["push"].ports["http"]):
        assert not pods.answers("push", {"httpGet": {"path": "/livez", "port": "http"}})
        assert [probe for probe in pods.probes("push") if not pods.comes_to_answer("push", probe)] == []
        assert not pods.answers("push", {"httpGet": {"path": "/livez", "port": "http"}})


def test_nobody_can_write_or_gain_anything(pods: Pods, workload: Workload) -> None:
    status = pods.execute(workload.name, "cat", "/proc/self/status")
    assert not re.search(r"^(Uid|Gid):.*\t0\b", status, re.MULTILINE)
    assert re.search(r"^CapBnd:\t0+$", status, re.MULTILINE)
    assert re.search(r"^NoNewPrivs:\t1$", status, re.MULTILINE)
    with pytest.raises(DockerError, match="Read-only file system"):
        pods.execute(workload.name, "touch", "/etc/mine")


def test_nginx_takes_its_configuration(pods: Pods) -> None:
    pods.execute("gateway", "nginx", "-t", "-q", "-c", "/tmp/nginx.conf")
    assert "worker_processes 2;" in pods.execute("gateway", "cat", "/tmp/nginx.conf")


@pytest.mark.parametrize("name", ["gateway", "push"])
def test_clients_are_not_too_many_files(pods: Pods, name: str) -> None:
    limits = pods.execute(name, "sh", "-c", "grep -h 'Max open files' /proc/[0-9]*/limits")
    assert max(int(line.split()[3]) for line in limits.splitlines()) > 2 * gunicorn.worker_connections


def test_nobody_was_started_again(pods: Pods, workload: Workload) -> None:
    assert pods.restarts(workload.name) == 0
