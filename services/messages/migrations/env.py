"""Run by Alembic."""

from chassis.alembic_env import run

run()
