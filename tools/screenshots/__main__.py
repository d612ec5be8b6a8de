"""`python -m tools.screenshots`: takes the pictures of the web client anew, in `docs/screenshots`."""

import sys
from contextlib import closing

from tests.site import SITE_NETWORK, Site, site_address
from tools.native import NativeError, Stack
from tools.native.services import ROOT
from tools.screenshots.conversation import hold
from tools.screenshots.pictures import take_all

HOME = ROOT / ".flack" / "screenshots"
FOLDER = ROOT / "docs" / "screenshots"


def main() -> None:
    """Take them of a system that is started for it, and is empty.

    Raises:
        NativeError: It could not start, or does not work.
    """
    settings = {"RATE_LIMITS_ENABLED": "false", "PREVIEW_ALLOWED_NETWORKS": SITE_NETWORK}
    address = site_address()
    with closing(Site(address, address)) as site, Stack(HOME, environment=settings, fresh=True) as stack:
        hold(stack.base_url, site)
        FOLDER.mkdir(exist_ok=True)
        take_all(stack.base_url, FOLDER)


if __name__ == "__main__":
    try:
        main()
    except NativeError as error:
        sys.exit(str(error))
