"""The processes of the messages service beside its API, which gunicorn runs."""

import os
import sys
from pathlib import Path

from chassis.migrations import await_schema, run_migrations
from chassis.relay_process import run_relay
from messages.bootstrap import run_consumer

MIGRATIONS = Path(__file__).parents[2] / "migrations"

match sys.argv[1:]:
    case ["migrate"]:
        run_migrations(os.environ, service="messages", directory=MIGRATIONS)
    case ["await-schema"]:
        await_schema(os.environ, service="messages", directory=MIGRATIONS)
    case ["consumer"]:
        run_consumer(os.environ)
    case ["relay"]:
        # A message passes here twice on its way to the clients.
        run_relay(os.environ, service="messages", poll_seconds=0.02)
    case _:
        sys.exit("usage: python -m messages migrate | await-schema | consumer | relay")
