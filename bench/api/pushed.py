"""How many posts a second are rendered and told to every live client, for as long as one likes.

So many posts are under way at any time, and the next is sent when one of them has reached all clients: no backlog can
grow.
"""

import http.client
import json
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from itertools import cycle
from urllib.parse import urlsplit

from bench.api.audience import audience
from bench.api.processor_time import ProcessorTime
from bench.api.rates import constant_row
from bench.api.subject import POST_BODY, Subject
from bench.api.table import Row, print_costs, print_rows
from bench.api.told import Told
from bench.api.wrk import LoadError

ROUNDS = 4
CLIENTS = 3
UNDER_WAY = 128
POSTERS = 16
WARM_UP_SECONDS = 3
SECONDS = 15
CONSTANT_SECONDS = 3
ARRIVAL_SECONDS = 60.0
ANSWER_SECONDS = 30.0


class Posters:
    """Post with *window*'s leave until told to stop."""

    def __init__(self, subject: Subject, window: threading.Semaphore) -> None:
        self._address = urlsplit(subject.stack.base_url).netloc
        self._window = window
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(POSTERS)
        tokens = cycle(subject.tokens)
        self._posters = [self._pool.submit(self._post_on, next(tokens)) for _ in range(POSTERS)]

    def stop(self) -> list[int]:
        """Return the ids of all messages that were posted.

        Raises:
            LoadError: One was not accepted.
        """
        self._stopping.set()
        self._window.release(POSTERS)  # each takes one leave more, at its end
        self._pool.shutdown()
        return [message_id for poster in self._posters for message_id in poster.result()]

    def _post_on(self, token: str) -> list[int]:
        connection = http.client.HTTPConnection(self._address, timeout=ANSWER_SECONDS)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        ids = []
        while self._window.acquire() and not self._stopping.is_set():
            connection.request("POST", "/api/v1/messages", POST_BODY, headers)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != HTTPStatus.ACCEPTED:
                raise LoadError(f"A post was answered {answer.status}: {body.decode()}")
            ids.append(int(json.loads(body)["id"]))
        return ids


def pushed(subject: Subject) -> None:
    """Measure it, each time between two measurements of the constant endpoint."""
    window = threading.Semaphore(UNDER_WAY)
    constants, rates, costs, everything = [], [], [], []
    told = Told(clients=CLIENTS, on_everywhere=window.release)
    with audience(subject.stack.base_url, clients=CLIENTS, hear=told.hear):
        for _ in range(ROUNDS):
            constants.append(subject.constant_rate(CONSTANT_SECONDS))
            posters = Posters(subject, window)
            time.sleep(WARM_UP_SECONDS)
            rate, cost = _measure(subject, told)
            rates.append(rate)
            costs.append(cost)
            everything += posters.stop()
            told.wait_for(len(everything), seconds=ARRIVAL_SECONDS)
            constants.append(subject.constant_rate(CONSTANT_SECONDS))
        lost, doubled = told.lost(everything), told.doubled()
    note = f"{UNDER_WAY} under way, {CLIENTS} clients, {len(everything)} posts: lost {lost}, duplicated {doubled}"
    beside = [statistics.mean(pair) for pair in zip(constants[::2], constants[1::2], strict=True)]
    ratio = statistics.median(rate / constant for rate, constant in zip(rates, beside, strict=True))
    value = f"{statistics.median(rates):.0f}/s"
    row = Row(title="posts rendered and pushed", value=value, ratio=ratio, target="≥ 0.07", note=note)
    print_rows("Pushed", [constant_row(constants), row])
    print_costs("A post until it is pushed", {name: statistics.median(c[name] for c in costs) for name in costs[0]})
    if lost or doubled:
        raise LoadError(f"{lost} deliveries were lost, {doubled} came twice.")


def _measure(subject: Subject, told: Told) -> tuple[float, dict[str, float]]:
    """Return messages a second, and what each costs which process."""
    processor_time, before, began = ProcessorTime(subject.stack), told.everywhere, time.monotonic()
    time.sleep(SECONDS)
    count = told.everywhere - before
    return count / (time.monotonic() - began), processor_time.each_ms(count)
