"""Numbers of transactions, in columns and in statements."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.types import UserDefinedType


class Xid8(UserDefinedType[int]):
    """The number of a transaction, which never wraps around.

    It is sent as text, since Postgres converts no other type, and compared and sorted as what it is.
    """

    cache_ok = True

    def get_col_spec(self, **options: Any) -> str:
        """Return its name in Postgres."""
        del options
        return "xid8"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        """Return what makes a parameter of it."""
        del dialect
        return str

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], int | None]:
        """Return what reads it, or the NULL of an outer join."""
        del dialect, coltype
        return lambda text: None if text is None else int(text)
