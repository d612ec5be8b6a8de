"""`/stats`."""

from dataclasses import asdict

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from chassis.callers import Callers
from chassis.clock import Clock
from messages.databases import Databases
from messages.queries.stats import stats_of


def create_stats(databases: Databases, callers: Callers, clock: Clock) -> Blueprint:
    """Return the endpoint."""
    stats = Blueprint("stats", __name__)

    @stats.get("")
    def show() -> ResponseReturnValue:
        callers.optional()
        with databases.statements() as session:
            return jsonify(asdict(stats_of(session, clock())))

    return stats
