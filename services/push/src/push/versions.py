"""What the clients of this replica have been sent, so that nothing goes back to an older version."""

from collections import OrderedDict


class LatestVersions:
    """The newest version that was sent of each message.

    Args:
        max_messages: How many are remembered; the ones sent longest ago are forgotten first.
    """

    def __init__(self, max_messages: int = 10_000) -> None:
        self._max_messages = max_messages
        self._versions: OrderedDict[int, int] = OrderedDict()

    def is_news(self, message_id: int, version: int) -> bool:
        """Whether *version* is newer than what was sent; if so, it counts as sent from now on."""
        if self._versions.get(message_id, 0) >= version:
            return False
        self._versions[message_id] = version
        self._versions.move_to_end(message_id)
        if len(self._versions) > self._max_messages:
            self._versions.popitem(last=False)
        return True
