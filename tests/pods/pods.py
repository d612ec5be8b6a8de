"""The pods of a cluster's manifests, run by Docker."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from tests.docker import COMMAND_SECONDS, DockerError, docker, logs_of
from tests.kustomize import name_of, of_kind
from tests.people import eventually
from tests.pods.pod import Place, claim_of, run_arguments
from tests.pods.probes import patience_seconds, succeeds
from tests.workloads import PROBES, Container, Workload, pods_of, volumes_of, workloads

DOMAIN = "svc.cluster.local"
# What runs before others has as long as they have to start.
FINISH_SECONDS = 300


class Pods:
    """One pod of each workload; all are started at once, and whoever ends too early is started again."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self.workloads = {each.name: each for each in workloads(place.documents)}

    def start(self) -> None:
        """Start all of them, and return once each is ready by its own probes.

        Raises:
            DockerError: One is not, or a Job has failed.
        """
        self._docker("network", "create", self._place.network)
        for workload in self.workloads.values():
            self._make_claims(workload)
            self._run(workload, self._first(workload))
        for workload in self.workloads.values():
            if workload.pod.get("initContainers"):
                self._wait_for_end(workload, self._first(workload))
                self._run(workload, workload.containers[0])
        for workload in self.workloads.values():
            self.wait_ready(workload)

    def take_away(self) -> None:
        """Leave nothing of them."""
        ids = self._docker("ps", "--all", "--quiet", f"--filter=network={self._place.network}").split()
        if ids:
            self._docker("rm", "--force", "--volumes", *ids)
        volumes = self._docker("volume", "ls", "--quiet", f"--filter=name={self._place.network}-").split()
        if volumes:
            self._docker("volume", "rm", "--force", *volumes)
        with suppress(DockerError):  # it may not be there
            self._docker("network", "rm", self._place.network)

    def replace(self, name: str) -> int:
        """Have a new pod in the place of an old one, which ends once the new one is ready, as a rollout does.

        Returns:
            The status of the old one; over 128 it was killed.
        """
        workload = self.workloads[name]
        container = workload.containers[0]
        old = self._name(workload, container)
        self._docker("rename", old, f"{old}-old")
        self._run(workload, container)
        self.wait_ready(workload)
        status = self._stop(workload, f"{old}-old")
        self._docker("rm", f"{old}-old")
        return status

    def restarts(self, name: str) -> int:
        """Return how often a pod had to be started again."""
        workload = self.workloads[name]
        return int(self._docker("inspect", "--format={{.RestartCount}}", self._name(workload, workload.containers[0])))

    def stop(self, name: str) -> int:
        """Ask a pod to end, in the time that it has, and return its status; over 128 it was killed."""
        workload = self.workloads[name]
        container = self._name(workload, workload.containers[0])
        return self._stop(workload, container)

    def wait_ready(self, workload: Workload) -> None:
        """Return once a pod has started and is ready, or has ended if that is what it is for.

        Raises:
            DockerError: It does not in the time that its probes give it.
        """
        container = workload.containers[0]
        if workload.kind == "Job":
            self._wait_for_end(workload, container)
        for probe in self.probes(workload.name):
            if not self.comes_to_answer(workload.name, probe):
                raise DockerError(f"{workload} is not ready\n{self.logs(workload.name)}")

    def probes(self, name: str) -> Sequence[Mapping[str, Any]]:
        """Return what a pod is asked, in the order in which it begins."""
        container = self.workloads[name].containers[0]
        return [container[kind] for kind in PROBES if kind in container]

    def comes_to_answer(self, name: str, probe: Mapping[str, Any]) -> bool:
        """Whether a pod answers *probe* as it should before something is done about it."""
        return eventually(partial(self.answers, name, probe), seconds=patience_seconds(probe))

    def answers(self, name: str, probe: Mapping[str, Any]) -> bool:
        """Whether a pod answers *probe* as it should."""
        workload = self.workloads[name]
        return succeeds(
            probe,
            workload,
            address=self.address(name),
            execute=lambda *command, seconds: self._ends_well(name, *command, seconds=seconds),
        )

    def address(self, name: str) -> str:
        """Return the address of a pod; none while it is not there."""
        workload = self.workloads[name]
        where = f"{{{{(index .NetworkSettings.Networks {self._place.network!r}).IPAddress}}}}".replace("'", '"')
        return self._docker("inspect", f"--format={where}", self._name(workload, workload.containers[0])).strip()

    def execute(self, name: str, *command: str, seconds: float = COMMAND_SECONDS) -> str:
        """Run *command* in a pod, and return its output.

        Raises:
            DockerError: It failed, or took longer.
        """
        workload = self.workloads[name]
        return self._docker("exec", self._name(workload, workload.containers[0]), *command, seconds=seconds)

    def logs(self, name: str) -> str:
        """Return what a pod has said."""
        workload = self.workloads[name]
        return logs_of(self._name(workload, workload.containers[0]))

    def all_logs(self) -> str:
        """Return what all containers have said, those that run before others too."""
        names = self._docker("ps", "--all", "--format={{.Names}}", f"--filter=network={self._place.network}").split()
        return "\n".join(f"== {name}\n{logs_of(name)}" for name in sorted(names))

    def _ends_well(self, name: str, *command: str, seconds: float) -> bool:
        try:
            self.execute(name, *command, seconds=seconds)
        except DockerError:
            return False
        return True

    def _stop(self, workload: Workload, name: str) -> int:
        seconds = workload.pod["terminationGracePeriodSeconds"] - workload.sleep_seconds
        self._docker("update", "--restart=no", name)
        self._docker("stop", f"--timeout={seconds}", name, seconds=seconds + COMMAND_SECONDS)
        return self._state(name)[1]

    def _first(self, workload: Workload) -> Container:
        return workload.all_containers[0]

    def _name(self, workload: Workload, container: Container) -> str:
        return f"{self._place.network}-{workload.name}-{container['name']}"

    def _run(self, workload: Workload, container: Container) -> None:
        is_for_good = workload.kind != "Job" and container in workload.containers
        # Only who serves is found by the service's name.
        aliases = list(self._aliases(workload)) if is_for_good else []
        name = self._name(workload, container)
        arguments = run_arguments(workload, container, self._place, name=name, aliases=aliases)
        restart = "always" if is_for_good else f"on-failure:{workload.document['spec'].get('backoffLimit', 20)}"
        self._docker("run", "--detach", f"--restart={restart}", *arguments)

    def _aliases(self, workload: Workload) -> Iterator[str]:
        for service in of_kind(self._place.documents, "Service"):
            if workload in pods_of(service, [workload]):
                name = name_of(service)
                yield from (name, f"{name}.{service['metadata']['namespace']}.{DOMAIN}")

    def _make_claims(self, workload: Workload) -> None:
        # A new disk is root's; a kubelet gives it to the group of the pod.
        for mount in workload.containers[0]["volumeMounts"]:
            volume = volumes_of(workload)[mount["name"]]
            if "spec" in volume:
                source, group = claim_of(workload, volume, self._place), workload.pod["securityContext"]["fsGroup"]
                self._docker(
                    "run",
                    "--rm",
                    f"--mount=type=volume,source={source},target=/disk,volume-nocopy",
                    "--entrypoint=sh",
                    workload.containers[0]["image"],
                    "-c",
                    f"chgrp {group} /disk && chmod 2775 /disk",
                )

    def _wait_for_end(self, workload: Workload, container: Container) -> None:
        # One that failed is started again, and `docker wait` would not wait for that.
        name = self._name(workload, container)
        if not eventually(lambda: self._state(name) == ("exited", 0), seconds=FINISH_SECONDS):
            raise DockerError(f"{name} has not ended well: {self._state(name)}")

    def _state(self, name: str) -> tuple[str, int]:
        status, code = self._docker("inspect", "--format={{.State.Status}} {{.State.ExitCode}}", name).split()
        return status, int(code)

    def _docker(self, *arguments: str, seconds: float = COMMAND_SECONDS) -> str:
        return docker(*arguments, environment=os.environ, seconds=seconds)
