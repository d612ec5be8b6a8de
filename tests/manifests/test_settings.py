"""What a process has to be told is said, and nothing is said that it does not read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

import auth.settings
import chassis.migrations
import chassis.relay_process
import messages.settings
import push.settings
import renderer.settings
from chassis.settings import EnvSettings, SettingsError
from tests.kustomize import Document
from tests.manifests.conftest import built
from tests.workloads import Container, Workload, config_maps, environment, volumes_of, workloads
from tools.native.gateway import PLACEHOLDER, SETTINGS, TEMPLATE
from vault import Vault
from vault.parts import give_out

# By the end of a command, what the process reads.
SETTINGS_OF: dict[str, type[EnvSettings]] = {
    "auth.bootstrap:web()": auth.settings.WebSettings,
    "auth relay": chassis.relay_process.RelaySettings,
    "auth migrate": chassis.migrations.MigrateSettings,
    "auth await-schema": chassis.migrations.MigrateSettings,
    "messages.bootstrap:web()": messages.settings.WebSettings,
    "messages consumer": messages.settings.ConsumerSettings,
    "messages relay": chassis.relay_process.RelaySettings,
    "messages migrate": chassis.migrations.MigrateSettings,
    "messages await-schema": chassis.migrations.MigrateSettings,
    "push.bootstrap:web()": push.settings.WebSettings,
    "renderer.bootstrap:web()": renderer.settings.WebSettings,
    "renderer render": renderer.settings.Settings,
    "renderer preview": renderer.settings.PreviewSettings,
}
# All processes read it, before their other settings.
OF_ALL = {"LOG_LEVEL"}
# Of the image itself.
OF_THE_IMAGE = {"NGINX_LOCAL_RESOLVERS", "LISTEN", "STATUS_LISTEN", "WEB_ROOT", "STATE_DIR"}


@dataclass(frozen=True)
class Process:
    """One container of Flack's own, and the settings that it reads.

    Attributes:
        environment: With files where they are here.
    """

    name: str
    environment: Mapping[str, str]
    settings: type[EnvSettings]


@pytest.fixture
def processes(documents: Sequence[Document], tmp_path: Path) -> list[Process]:
    """All of a cluster but the gateway."""
    give_out(Vault(tmp_path / "kept"), tmp_path / "parts")
    return [
        Process(
            f"{workload} {each['name']}", found_here(workload, each, documents, tmp_path / "parts"), settings_of(each)
        )
        for workload in workloads(documents)
        if workload.kind != "StatefulSet" and workload.name != "gateway"
        for each in workload.all_containers
    ]


def found_here(
    workload: Workload, container: Container, documents: Sequence[Document], parts: Path
) -> Mapping[str, str]:
    given = environment(container, documents)
    for mount in container["volumeMounts"]:
        if secret := volumes_of(workload)[mount["name"]].get("secret"):
            part = str(parts / secret["secretName"])
            given = {name: value.replace(mount["mountPath"], part) for name, value in given.items()}
    return given


def settings_of(container: Container) -> type[EnvSettings]:
    command = " ".join(container["command"])
    [found] = [settings for end, settings in SETTINGS_OF.items() if command.endswith(f" {end}")]
    return found


def test_every_process_finds_what_it_requires_and_can_read_it(processes: Sequence[Process]) -> None:
    assert {process.settings for process in processes} == set(SETTINGS_OF.values())
    for process in processes:
        try:
            process.settings.from_env(process.environment)
        except SettingsError as error:
            pytest.fail(f"{process.name}: {error}")


def test_no_process_is_told_what_it_does_not_read(processes: Sequence[Process]) -> None:
    for process in processes:
        told = {name.removesuffix("_FILE") for name in process.environment}
        assert told <= {name.upper() for name in process.settings.model_fields} | OF_ALL, process.name


def test_what_operators_set_reaches_everybody_who_reads_it(
    documents: Sequence[Document], processes: Sequence[Process]
) -> None:
    theirs = {name for each in config_maps(documents).values() for name in each}
    for process in processes:
        read = {name.upper() for name in process.settings.model_fields}
        assert theirs & read <= process.environment.keys(), process.name


def test_until_operators_change_something_it_is_as_everywhere(
    documents: Sequence[Document], processes: Sequence[Process]
) -> None:
    theirs = {name.lower() for each in config_maps(documents).values() for name in each}
    for process in processes:
        settings = process.settings.from_env(process.environment)
        for name in theirs & process.settings.model_fields.keys():
            assert getattr(settings, name) == process.settings.model_fields[name].default, process.name


def test_the_gateway_is_told_what_its_template_has() -> None:
    documents = built("local")
    [gateway] = [each for each in workloads(documents) if each.name == "gateway"]
    told = environment(gateway.containers[0], documents)
    assert told.keys() - {"NAMESPACE"} == set(PLACEHOLDER.findall(TEMPLATE.read_text(encoding="utf-8"))) - OF_THE_IMAGE
    assert {name: told[name] for name in SETTINGS} == SETTINGS
