"""Who waits is told, whoever else waits for the same."""

import threading
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

from messages.api.waiting import Waiting
from tests.people import eventually

LONG = 30.0
SOON = 0.05


class Tasks:
    """Tasks that are done when somebody says so."""

    def __init__(self) -> None:
        self.done: set[UUID] = set()
        self.looked = threading.Event()

    def find_done(self, wanted: Collection[UUID]) -> set[UUID]:
        self.looked.set()
        return self.done & set(wanted)


def test_all_who_wait_for_a_task_are_told() -> None:
    tasks, task_id = Tasks(), uuid4()
    waiting = Waiting(tasks.find_done)
    with ThreadPoolExecutor(3) as pool:
        told = [pool.submit(waiting.wait, task_id, LONG) for _ in range(3)]
        assert eventually(lambda: len(waiting._waiting[task_id]) == 3)  # noqa: SLF001  # nobody else can tell
        tasks.done.add(task_id)
        assert [each.result() for each in told] == [True] * 3


def test_who_gives_up_takes_nobody_along() -> None:
    tasks, task_id = Tasks(), uuid4()
    waiting = Waiting(tasks.find_done)
    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(waiting.wait, task_id, LONG)
        assert tasks.looked.wait(LONG)
        assert not waiting.wait(task_id, SOON)
        tasks.done.add(task_id)
        assert told.result()
