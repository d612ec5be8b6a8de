"""`/stats`."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from chassis.callers import Callers
from chassis.clock import Clock
from chassis.describing import Access, Answer, Description
from messages import shapes
from messages.databases import Databases
from messages.queries.stats import stats_of


def create_stats(databases: Databases, callers: Callers, clock: Clock) -> Blueprint:
    """Return the endpoint."""
    stats = Blueprint("stats", __name__)

    @stats.get("")
    @Description(access=Access.OPTIONAL, answers=(Answer(meaning="The figures.", shape=shapes.Stats),))
    def show() -> ResponseReturnValue:
        """Read how busy the system is."""
        callers.optional()
        with databases.statements() as session:
            now = stats_of(session, clock())
        answer: shapes.Stats = {
            "requests_per_second": now.requests_per_second,
            "messages_per_second": now.messages_per_second,
            "connected_clients": now.connected_clients,
            "online_users": now.online_users,
        }
        return jsonify(answer)

    return stats
