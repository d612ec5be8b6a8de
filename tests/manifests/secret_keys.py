"""Which keys of which Secrets anybody reads."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from tests.kustomize import Document, of_kind
from tests.workloads import Workload, environment, volumes_of, workloads

OPERATORS_RESOURCES = ("TriggerAuthentication", "Cluster", "ObjectStore", "RabbitmqCluster")
# What operators read of a Secret that they are given as a whole.
LOGIN = ("username", "password")


def keys_read(documents: Sequence[Document]) -> dict[str, set[str]]:
    """Return by Secret the keys that the pods and the operators of a cluster read."""
    read: dict[str, set[str]] = defaultdict(set)
    for secret, key in _all_keys(documents):
        read[secret].add(key)
    return dict(read)


def secrets_mounted(workload: Workload) -> dict[str, str]:
    """Return by folder which Secret the first container of *workload* finds there."""
    mounts = {
        mount["mountPath"]: volumes_of(workload)[mount["name"]] for mount in workload.containers[0]["volumeMounts"]
    }
    return {folder: volume["secret"]["secretName"] for folder, volume in mounts.items() if "secret" in volume}


def _all_keys(documents: Sequence[Document]) -> Iterator[tuple[str, str]]:
    for workload in workloads(documents):
        for volume in (each["secret"] for each in workload.pod["volumes"] if "secret" in each):
            yield from ((volume["secretName"], item["key"]) for item in volume.get("items", []))
        for container in workload.all_containers:
            for name, value in environment(container, documents).items():
                path = PurePosixPath(value)
                if name.endswith("_FILE"):
                    yield secrets_mounted(workload)[str(path.parent)], path.name
    for resource in of_kind(documents, *OPERATORS_RESOURCES):
        yield from _keys_in(resource["spec"])


def _keys_in(value: Any) -> Iterator[tuple[str, str]]:
    match value:
        case {"name": str(secret), "key": str(key)}:
            yield secret, key
        case dict():
            for field, each in value.items():
                if field in {"secret", "passwordSecret"}:
                    yield from ((each["name"], key) for key in LOGIN)
                yield from _keys_in(each)
        case list():
            for each in value:
                yield from _keys_in(each)
