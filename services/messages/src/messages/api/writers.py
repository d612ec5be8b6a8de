"""Who may write."""

from sqlalchemy.orm import Session, sessionmaker

from chassis.callers import Callers
from chassis.clock import Clock
from messages.commands.limits import Limit, use_up


class Writers:
    """Callers who write, each no more than *limit*; None is no limit.

    Args:
        statements: Sessions whose every statement commits by itself.
    """

    def __init__(self, callers: Callers, statements: sessionmaker[Session], limit: Limit | None, clock: Clock) -> None:
        self._callers = callers
        self._statements = statements
        self._limit = limit
        self._clock = clock

    def allowed(self) -> int:
        """Return the id of the user who makes the current request, and count it.

        Raises:
            NotAuthenticatedError, TokenRejectedError: Nobody does.
            TooManyWritesError: They have written too much.
        """
        user_id = self._callers.required().user_id
        if self._limit is not None:
            with self._statements() as session:
                use_up(session, user_id=user_id, limit=self._limit, now=self._clock())
        return user_id
