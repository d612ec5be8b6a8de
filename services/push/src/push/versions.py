"""What the clients of this replica have been sent, so that nothing goes back to an older version."""

from collections import OrderedDict
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["Message", "User"]


class LatestVersions:
    """The newest version that was sent of each message and of each user.

    Args:
        max_models: How many are remembered; the ones sent longest ago are forgotten first.
    """

    def __init__(self, max_models: int = 20_000) -> None:
        self._max_models = max_models
        self._versions: OrderedDict[tuple[Kind, int], int] = OrderedDict()

    def is_news(self, kind: Kind, model_id: int, version: int) -> bool:
        """Whether *version* is newer than what was sent; if so, it counts as sent from now on.

        One that is not known, 0, always is.
        """
        latest = self._versions.get((kind, model_id), 0)
        if latest >= version > 0:
            return False
        self._versions[kind, model_id] = max(latest, version)
        self._versions.move_to_end((kind, model_id))
        if len(self._versions) > self._max_models:
            self._versions.popitem(last=False)
        return True

    def forget(self) -> None:
        """Begin anew: versions count from elsewhere now."""
        self._versions.clear()
