"""Rows of several tables, written by one statement that is put together once."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import CTE, ColumnElement, Insert, Table, bindparam, insert, select


def insert_row_for(each: CTE, table: Table, **computed: ColumnElement[Any]) -> Insert:
    """Return the statement that writes a row of *table* for each row of *each*, without what the database fills in.

    Args:
        computed: Columns that the database works out; the others are parameters.
    """
    parameters = {name: bindparam(f"{table.name}_{name}", type_=table.c[name].type) for name in _given(table)}
    values = {**parameters, **computed}
    return insert(table).from_select(list(values), select(*values.values()).select_from(each))


def values_of(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return *row* as the parameters of `insert_row_for`; what it leaves out is null."""
    return {f"{table.name}_{name}": row.get(name) for name in _given(table)}


def _given(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.server_default is None]
