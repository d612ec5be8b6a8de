"""A release replaces the one before without anybody noticing."""

from collections.abc import Sequence
from pathlib import Path

import yaml

from chassis import gunicorn
from tests.kustomize import Document, build, of_kind
from tests.manifests.conftest import built
from tests.workloads import Workload, workloads


def test_a_new_pod_is_ready_before_an_old_one_goes(pods: Sequence[Workload]) -> None:
    for workload in pods:
        if workload.kind == "Deployment":
            rolling = workload.document["spec"]["strategy"]["rollingUpdate"]
            assert rolling == {"maxUnavailable": 0, "maxSurge": 1}, workload


def test_pods_have_the_time_that_they_need_to_end(pods: Sequence[Workload]) -> None:
    for workload in pods:
        if workload.kind == "Deployment":
            is_asked = workload.labels["app.kubernetes.io/component"] in {"web", "proxy"}
            assert (workload.sleep_seconds > 0) == is_asked, workload
            needed = workload.sleep_seconds + drain_seconds(workload)
            assert workload.pod["terminationGracePeriodSeconds"] >= needed, workload


def drain_seconds(workload: Workload) -> int:
    # nginx gives live connections ten seconds by itself.
    return 10 if workload.name == "gateway" else gunicorn.graceful_timeout


def test_whoever_needs_tables_waits_for_those_of_its_release(pods: Sequence[Workload]) -> None:
    migrations = {each.labels["app.kubernetes.io/name"]: each for each in pods if each.kind == "Job"}
    assert migrations.keys() == {"auth", "messages"}
    for workload in pods:
        service = workload.labels["app.kubernetes.io/name"]
        if workload.kind == "Deployment" and service in migrations:
            [waiting] = workload.pod["initContainers"]
            assert waiting["command"] == ["python", "-m", service, "await-schema"], workload
            images = {each["image"] for each in (*workload.all_containers, *migrations[service].containers)}
            assert len(images) == 1, workload


def test_a_migration_is_named_by_its_release_and_reads_nothing_that_changes(pods: Sequence[Workload]) -> None:
    for workload in pods:
        if workload.kind == "Job":
            [container] = workload.containers
            release = container["image"].rpartition(":")[2]
            assert workload.name.endswith(f"-migrate-{release}")
            assert "envFrom" not in container


def test_another_tag_is_another_release(copied: Path) -> None:
    edit(copied / "kustomization.yaml", "newTag: 0.1.0", "newTag: 0.2.0")
    after = workloads(build(copied))
    assert {each.name for each in after if each.kind == "Job"} == {"auth-migrate-0.2.0", "messages-migrate-0.2.0"}
    assert {str(each.containers[0]["image"]).rpartition(":")[2] for each in after} == {"0.2.0"}


def test_a_setting_that_changes_begins_pods_anew(copied: Path) -> None:
    edit(copied / "../../base/kustomization.yaml", "ANONYMOUS_READ=true", "ANONYMOUS_READ=false")
    assert changed(built("production"), build(copied)) == {"messages", "push"}


def test_a_moment_of_the_past_is_made_of_the_backups_and_archived_elsewhere(copied: Path) -> None:
    edit(copied / "kustomization.yaml", "# - path: restored.yaml", "- path: restored.yaml")
    [cluster] = of_kind(build(copied), "Cluster")
    spec = cluster["spec"]
    assert "initdb" not in spec["bootstrap"]
    [origin] = spec["externalClusters"]
    assert spec["bootstrap"]["recovery"]["source"] == origin["name"]
    [archiver] = spec["plugins"]
    assert origin["plugin"]["name"] == archiver["name"]
    assert origin["plugin"]["parameters"]["serverName"] != archiver["parameters"]["serverName"]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new))


def changed(before: Sequence[Document], after: Sequence[Document]) -> set[str]:
    pods = {each.name: yaml.safe_dump(each.pod) for each in workloads(before)}
    return {each.name for each in workloads(after) if pods[each.name] != yaml.safe_dump(each.pod)}
