"""Where this machine gets Debian from."""

from tools.standins import packages
from tools.standins.commands import LOG, answer_of
from tools.standins.errors import StandInError

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


def debian_mirror() -> str:
    """Return the address of the mirror that apt is configured with.

    Raises:
        StandInError: apt knows none, or cannot reach it.
    """
    mirror = _known_mirror()
    if mirror is None:
        # Origins are known once the lists are there.
        packages.update()
        mirror = _known_mirror()
    if mirror is None:
        raise StandInError(
            f"The stand-ins are made of Debian's packages, and apt reaches no mirror of Debian; see {LOG}"
        )
    return mirror


def _known_mirror() -> str | None:
    wanted = ("Created-By: Packages", "Origin: Debian", "Label: Debian", "Component: main")
    found = answer_of("apt-get", "indextargets", "--format", "$(REPO_URI)", *wanted)
    return found.splitlines()[0] if found else None
