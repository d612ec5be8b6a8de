"""What of a cluster's manifests becomes pods."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.kustomize import Document, Labels, name_of, of_kind, selects

KINDS = ("Deployment", "StatefulSet", "Job")
# $(NAME) in a value is another variable, of those before it.
REFERENCE = re.compile(r"\$\(([A-Za-z_][A-Za-z0-9_]*)\)")
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")

Container = Mapping[str, Any]


@dataclass(frozen=True)
class Workload:
    """A Deployment, a StatefulSet or a Job."""

    document: Document

    def __str__(self) -> str:
        return f"{self.document['kind']} {self.name}"

    @property
    def kind(self) -> str:
        """Which of the three."""
        return str(self.document["kind"])

    @property
    def name(self) -> str:
        """What it is called."""
        return name_of(self.document)

    @property
    def labels(self) -> Labels:
        """The labels of its pods."""
        labels: Labels = self.document["spec"]["template"]["metadata"]["labels"]
        return labels

    @property
    def pod(self) -> Mapping[str, Any]:
        """What its pods are to be."""
        pod: Mapping[str, Any] = self.document["spec"]["template"]["spec"]
        return pod

    @property
    def containers(self) -> Sequence[Container]:
        """What runs in a pod for as long as it lives."""
        containers: Sequence[Container] = self.pod["containers"]
        return containers

    @property
    def all_containers(self) -> Sequence[Container]:
        """Those, and what runs before them."""
        return [*self.pod.get("initContainers", []), *self.containers]

    @property
    def sleep_seconds(self) -> int:
        """How long it goes on as if nothing were, once it is to end."""
        return int(self.containers[0].get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0))

    @property
    def ports(self) -> Mapping[str, int]:
        """The ports of its containers by name."""
        return {port["name"]: port["containerPort"] for each in self.containers for port in each.get("ports", [])}


def workloads(documents: Sequence[Document]) -> list[Workload]:
    """Return all of *documents*."""
    return [Workload(each) for each in of_kind(documents, *KINDS)]


def pods_of(service: Document, among: Sequence[Workload]) -> list[Workload]:
    """Return those that *service* leads to."""
    return [each for each in among if selects({"matchLabels": service["spec"]["selector"]}, each.labels)]


def volumes_of(workload: Workload) -> Mapping[str, Mapping[str, Any]]:
    """Return by name what may be mounted in the pods of *workload*, claims included."""
    claims = workload.document["spec"].get("volumeClaimTemplates", [])
    return {each["name"]: each for each in workload.pod["volumes"]} | {name_of(each): each for each in claims}


def config_maps(documents: Sequence[Document]) -> dict[str, Mapping[str, str]]:
    """Return by name what the ConfigMaps hold."""
    return {name_of(each): each["data"] for each in of_kind(documents, "ConfigMap")}


def environment(container: Container, documents: Sequence[Document]) -> dict[str, str]:
    """Return the variables that *container* is given.

    Raises:
        KeyError: It reads what is nowhere.
        ValueError: One variable is given twice.
    """
    given: dict[str, str] = {}
    for name, value in _given(container, config_maps(documents)):
        if name in given:
            raise ValueError(f"{name} is given twice")
        given[name] = REFERENCE.sub(lambda found: given[found[1]], value)
    return given


def _given(container: Container, maps: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    for source in container.get("envFrom", []):
        yield from maps[source["configMapRef"]["name"]].items()
    for each in container.get("env", []):
        yield each["name"], each["value"] if "value" in each else _about_the_pod(each)


def _about_the_pod(variable: Mapping[str, Any]) -> str:
    field = variable["valueFrom"]["fieldRef"]["fieldPath"]
    return {"metadata.namespace": "flack"}[field]
