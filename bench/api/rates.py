"""How many answers a second, each measured in turns with the constant endpoint."""

import statistics

from bench.api import wrk
from bench.api.processor_time import ProcessorTime
from bench.api.subject import Subject
from bench.api.table import Row, print_costs, print_rows
from bench.api.wrk import Answers, Load

ROUNDS = 5
WARM_UP_SECONDS = 2
POST_SECONDS = 5
READ_SECONDS = 3
LISTED_MESSAGES = 1000


def posts(subject: Subject) -> None:
    """Measure how many posts are accepted while all that follows on them works behind."""
    wrk.run(subject.post(), seconds=WARM_UP_SECONDS)
    constants, rounds, costs, drains = [], [], [], []
    for _ in range(ROUNDS):
        subject.drain()
        constants.append(subject.constant_rate(READ_SECONDS))
        processor_time = ProcessorTime(subject.stack)
        rounds.append(wrk.run(subject.post(), seconds=POST_SECONDS))
        costs.append(processor_time.each_ms(rounds[-1].answers))
        drains.append(subject.drain())
    note = f"{latencies(rounds)}; then {statistics.median(drains):.1f} s until all is rendered and published"
    print_rows("Posts", [constant_row(constants), rate_row("POST /messages", constants, rounds, "≥ 0.12", note)])
    print_costs("A post while it is accepted", {name: statistics.median(c[name] for c in costs) for name in costs[0]})


def lists(subject: Subject) -> None:
    """Measure how many times a second messages are read."""
    newest = subject.fill(LISTED_MESSAGES)
    loads = {
        "GET /messages?limit=50": (subject.get("?limit=50"), "≥ 0.25"),
        "GET /messages?limit=50, anonymous": (subject.get("?limit=50", anonymous=True), "≥ 3"),
        f"GET /messages ({LISTED_MESSAGES} of them)": (subject.get(""), "≥ 0.25"),
        f"GET /messages ({LISTED_MESSAGES}), anonymous": (subject.get("", anonymous=True), "≥ 3"),
        "GET /messages/ID": (subject.get(f"/{newest}"), ""),
        "GET /messages/ID, anonymous": (subject.get(f"/{newest}", anonymous=True), ""),
    }
    everything = []
    rows = []
    for title, (load, target) in loads.items():
        constants, rounds = in_turns(subject, load)
        everything += constants
        rows.append(rate_row(title, constants, rounds, target, latencies(rounds)))
    print_rows("Reads", [constant_row(everything), *rows])


def in_turns(subject: Subject, load: Load) -> tuple[list[float], list[Answers]]:
    """Return the rates of the constant endpoint and the answers to *load*, measured in turns."""
    wrk.run(load, seconds=WARM_UP_SECONDS)
    constants, rounds = [], []
    for _ in range(ROUNDS):
        constants.append(subject.constant_rate(READ_SECONDS))
        rounds.append(wrk.run(load, seconds=READ_SECONDS))
    return constants, rounds


def constant_row(constants: list[float]) -> Row:
    """Return the row of what the others are compared with."""
    return Row(title="constant endpoint", value=f"{statistics.median(constants):.0f}/s", ratio=1.0)


def rate_row(title: str, constants: list[float], rounds: list[Answers], target: str, note: str) -> Row:
    """Return the row of *rounds*; its ratio is the median of each round's to the constant just before it."""
    ratio = statistics.median(answers.rate / constant for constant, answers in zip(constants, rounds, strict=True))
    value = f"{statistics.median(answers.rate for answers in rounds):.0f}/s"
    return Row(title=title, value=value, ratio=ratio, target=target, note=note)


def latencies(rounds: list[Answers]) -> str:
    """Return the medians of the rounds' percentiles, and how many errors there were."""
    p50, p99 = (statistics.median(getattr(answers, name) for answers in rounds) for name in ("p50_ms", "p99_ms"))
    errors = sum(answers.errors for answers in rounds)
    return f"p50 {p50:.1f} ms, p99 {p99:.1f} ms" + (f", {errors} ERRORS" if errors else "")
