"""A pod's container as an argument list of `docker run`: what a kubelet makes of the manifest."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.kustomize import Document, name_of, of_kind
from tests.workloads import Container, Workload, config_maps, environment, volumes_of

DOCKERS_UNITS = {"Ki": "k", "Mi": "m", "Gi": "g"}
# As a volume for memory has it.
WRITABLE_BY_ALL = "1777"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where pods are run.

    Attributes:
        documents: All that the cluster has been told.
        network: Of Docker's.
        files: A folder for what pods read.
    """

    documents: Sequence[Document]
    network: str
    files: Path


def run_arguments(
    workload: Workload, container: Container, place: Place, *, name: str, aliases: Sequence[str]
) -> list[str]:
    """Return what `docker run` takes to run *container* as the pod of *workload* would.

    Args:
        name: What it is called among Docker's.
        aliases: The names that lead to it.
    """
    # A command takes the place of all that the image would run; arguments only that of the image's.
    program, *rest = container.get("command", [""])
    return [
        f"--name={name}",
        f"--hostname={hostname(workload)}",
        f"--network={place.network}",
        *(f"--network-alias={alias}" for alias in aliases),
        *_security(workload.pod, container),
        *_resolving(workload.pod),
        f"--memory={in_dockers_units(container['resources']['limits']['memory'])}",
        *(f"--env={key}={value}" for key, value in environment(container, place.documents).items()),
        *(f"--mount={mount}" for mount in _mounts(workload, container, place)),
        "--no-healthcheck",  # of which Kubernetes knows nothing
        "--ulimit=nofile=1024:16384",  # as few as containerd begins with, where systemd does not say otherwise
        *([f"--entrypoint={program}"] if program else []),
        container["image"],
        *rest,
        *container.get("args", []),
    ]


def hostname(workload: Workload) -> str:
    """Return what a pod calls itself."""
    return f"{workload.name}-0" if workload.kind == "StatefulSet" else workload.name


def in_dockers_units(quantity: str) -> str:
    """Return an amount of memory as Docker writes it."""
    return quantity[:-2] + DOCKERS_UNITS[quantity[-2:]]


def _security(pod: Mapping[str, Any], container: Container) -> Iterator[str]:
    of_all, own = pod["securityContext"], container["securityContext"]
    yield f"--user={of_all['runAsUser']}:{of_all['runAsGroup']}"
    if "fsGroup" in of_all:
        yield f"--group-add={of_all['fsGroup']}"
    if own["readOnlyRootFilesystem"]:
        yield "--read-only"
    if not own["allowPrivilegeEscalation"]:
        yield "--security-opt=no-new-privileges"
    yield from (f"--cap-drop={capability}" for capability in own["capabilities"]["drop"])
    if pod.get("shareProcessNamespace"):
        yield "--init"


def _resolving(pod: Mapping[str, Any]) -> Iterator[str]:
    for option in pod.get("dnsConfig", {}).get("options", []):
        yield f"--dns-option={option['name']}:{option['value']}"


def _mounts(workload: Workload, container: Container, place: Place) -> Iterator[str]:
    for mount in container["volumeMounts"]:
        volume = volumes_of(workload)[mount["name"]]
        target = f"target={mount['mountPath']}"
        if "emptyDir" in volume:
            size = in_dockers_units(volume["emptyDir"]["sizeLimit"])
            yield f"type=tmpfs,{target},tmpfs-size={size},tmpfs-mode={WRITABLE_BY_ALL}"
        elif "spec" in volume:
            yield f"type=volume,source={claim_of(workload, volume, place)},{target},volume-nocopy"
        else:
            source = _written(volume, place) / mount.get("subPath", "")
            assert mount["readOnly"], mount
            yield f"type=bind,source={source},{target},readonly"


def claim_of(workload: Workload, claim: Mapping[str, Any], place: Place) -> str:
    """Return the volume of Docker's for *claim*."""
    return f"{place.network}-{claim['metadata']['name']}-{workload.name}"


def _written(volume: Mapping[str, Any], place: Place) -> Path:
    """Return a folder with what *volume* shows of a Secret or a ConfigMap."""
    source = volume.get("secret", {}).get("secretName") or volume["configMap"]["name"]
    folder = place.files / f"{source}-{volume['name']}"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    for file, value in _shown(volume, place.documents).items():
        (folder / file).write_bytes(value)
        (folder / file).chmod(0o644)
    return folder


def _shown(volume: Mapping[str, Any], documents: Sequence[Document]) -> dict[str, bytes]:
    if "configMap" in volume:
        return {key: text.encode() for key, text in config_maps(documents)[volume["configMap"]["name"]].items()}
    [secret] = [each for each in of_kind(documents, "Secret") if name_of(each) == volume["secret"]["secretName"]]
    items = volume["secret"].get("items") or [{"key": key, "path": key} for key in secret["data"]]
    return {item["path"]: base64.b64decode(secret["data"][item["key"]]) for item in items}
