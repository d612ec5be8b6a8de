"""Pods may do no more than the Pod Security Standard `restricted` allows, and some things less.

https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.kustomize import Document, of_kind
from tests.workloads import Container, Workload

# A name, and which one of it: never just the newest.
PINNED = re.compile(r"[\w./-]+:(?!latest$)[\w.-]*\d[\w.-]*")
ALLOWED_VOLUMES = {"configMap", "secret", "emptyDir"}
NAMESPACES_OF_THE_HOST = ("hostNetwork", "hostPID", "hostIPC")


@pytest.fixture
def containers(pods: Sequence[Workload], documents: Sequence[Document]) -> list[Container]:
    """All of a cluster, the operators' own that we say something about included."""
    ours = [each for workload in pods for each in workload.all_containers]
    return [*ours, *(each for pod in rabbitmq_pods(documents) for each in (*pod["initContainers"], *pod["containers"]))]


def rabbitmq_pods(documents: Sequence[Document]) -> list[Mapping[str, Any]]:
    clusters = of_kind(documents, "RabbitmqCluster")
    return [each["spec"]["override"]["statefulSet"]["spec"]["template"]["spec"] for each in clusters]


def test_the_namespace_lets_in_nothing_else(documents: Sequence[Document]) -> None:
    [namespace] = of_kind(documents, "Namespace")
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_nobody_is_root(pods: Sequence[Workload], documents: Sequence[Document]) -> None:
    for pod in [*(workload.pod for workload in pods), *rabbitmq_pods(documents)]:
        context = pod["securityContext"]
        assert context["runAsNonRoot"] is True
        assert context["runAsUser"] > 0
        assert context["runAsGroup"] > 0
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}


def test_nothing_can_be_gained_and_nothing_be_written(containers: Sequence[Container]) -> None:
    for container in containers:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, container["name"]


def test_pods_see_nothing_of_their_machine(pods: Sequence[Workload]) -> None:
    for workload in pods:
        assert not [name for name in NAMESPACES_OF_THE_HOST if workload.pod.get(name)]
        kinds = {kind for volume in workload.pod["volumes"] for kind in volume if kind != "name"}
        assert kinds <= ALLOWED_VOLUMES, workload
        ports = [port for each in workload.all_containers for port in each.get("ports", [])]
        assert not [port for port in ports if "hostPort" in port]


def test_nobody_may_ask_the_cluster_for_anything(pods: Sequence[Workload], documents: Sequence[Document]) -> None:
    for workload in pods:
        assert workload.pod["automountServiceAccountToken"] is False, workload
    for account in of_kind(documents, "ServiceAccount"):
        assert account["automountServiceAccountToken"] is False
    assert not of_kind(documents, "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding")


def test_everybody_asks_for_what_they_need_and_has_a_bound(pods: Sequence[Workload]) -> None:
    for workload in pods:
        for container in workload.all_containers:
            resources = container["resources"]
            assert resources["requests"].keys() == {"cpu", "memory"}, workload
            assert "memory" in resources["limits"], workload


def test_what_is_kept_in_memory_has_a_bound(pods: Sequence[Workload]) -> None:
    for workload in pods:
        for volume in workload.pod["volumes"]:
            assert "emptyDir" not in volume or "sizeLimit" in volume["emptyDir"], workload


def test_every_image_is_pinned(containers: Sequence[Container], documents: Sequence[Document]) -> None:
    operators = [each["spec"] for each in of_kind(documents, "Cluster", "RabbitmqCluster")]
    images = [each["image"] for each in containers if "image" in each]
    images += [spec.get("imageName") or spec["image"] for spec in operators]
    assert len(images) > 10
    assert [image for image in images if not PINNED.fullmatch(image)] == []
