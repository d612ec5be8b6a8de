"""The processes of auth beside its API, which gunicorn runs, and the operator's commands."""

import os
import sys
from pathlib import Path

from auth.cli import main
from chassis.migrations import await_schema, run_migrations
from chassis.relay_process import run_relay

MIGRATIONS = Path(__file__).parents[2] / "migrations"

match sys.argv[1:]:
    case ["migrate"]:
        run_migrations(os.environ, service="auth", directory=MIGRATIONS)
    case ["await-schema"]:
        await_schema(os.environ, service="auth", directory=MIGRATIONS)
    case ["relay"]:
        # A revocation has to be felt within two seconds.
        run_relay(os.environ, service="auth", poll_seconds=0.2)
    case arguments:
        sys.exit(main(arguments, os.environ))
