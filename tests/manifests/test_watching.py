"""What is scaled by, and what alerts ask for, is what processes count and queues are called."""

import re
from collections.abc import Sequence
from importlib import import_module

from prometheus_client import REGISTRY

import messages.handlers
import renderer.handlers
from tests.kustomize import K8S, Document, all_strings, name_of, of_kind

COUNTING = ("chassis.metrics", "messages.metrics", "push.metrics", "renderer.metrics")
METRIC = re.compile(r"\bflack_\w+")
SUFFIX = re.compile(r"_(total|bucket|sum|count)$")
QUEUES = {
    messages.handlers.QUEUE.name,
    messages.handlers.PRESENCE_QUEUE.name,
    renderer.handlers.QUEUE.name,
    renderer.handlers.SLOW_QUEUE.name,
    renderer.handlers.PREVIEW_QUEUE.name,
}
RUNBOOK = K8S / "overlays" / "production" / "README.md"


def test_every_metric_that_is_asked_for_is_counted(documents: Sequence[Document]) -> None:
    for module in COUNTING:
        import_module(module)
    counted = {family.name for family in REGISTRY.collect()}
    asking = of_kind(documents, "ScaledObject", "PrometheusRule")
    asked = {metric for each in asking for text in all_strings(each) for metric in METRIC.findall(text)}
    assert {SUFFIX.sub("", metric) for metric in asked} <= counted
    assert not asking or len(asked) >= 5


def test_every_queue_of_work_brings_more_pods_of_who_reads_it(documents: Sequence[Document]) -> None:
    scalers = of_kind(documents, "ScaledObject")
    read = {
        (trigger["metadata"]["queueName"], name_of(each).split("-")[0])
        for each in scalers
        for trigger in each["spec"]["triggers"]
        if trigger["type"] == "rabbitmq"
    }
    assert not scalers or read == {(queue, queue.split(".")[0]) for queue in QUEUES}


def test_the_runbook_empties_all_of_them_when_time_goes_back() -> None:
    [listed] = re.findall(r"for queue in ([\w. ]+); do", RUNBOOK.read_text(encoding="utf-8"))
    assert set(listed.split()) == QUEUES
