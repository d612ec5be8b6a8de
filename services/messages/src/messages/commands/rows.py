"""Rows of several tables, written by one statement that is put together once."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Insert, Table, bindparam, insert


def insert_row(table: Table) -> Insert:
    """Return the statement that writes a row of *table*, but for what the database fills in itself."""
    return insert(table).values(
        {name: bindparam(f"{table.name}_{name}", type_=table.c[name].type) for name in _given(table)}
    )


def values_of(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return *row* as the parameters of `insert_row`; what it leaves out is null."""
    return {f"{table.name}_{name}": row.get(name) for name in _given(table)}


def _given(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.server_default is None or column.name == "id"]
