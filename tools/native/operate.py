"""`python -m tools.native.operate auth sessions susan`: a service's own commands, on what `make run` runs."""

import os
import sys

from tools.native.__main__ import HOME
from tools.native.environment import child_environment, passed_on
from tools.native.home import Home

SETTINGS = {"DATABASE_URL_FILE": "database_url_{service}", "KEY_ENCRYPTION_KEY_FILE": "key_encryption_key"}


def main(service: str, *arguments: str) -> None:
    """Become the command."""
    secrets = Home(HOME).secrets
    given = {name: str(secrets / file.format(service=service)) for name, file in SETTINGS.items()}
    environment = child_environment(HOME, **passed_on(os.environ), **given)
    os.execve(sys.executable, [sys.executable, "-m", service, *arguments], environment)


if __name__ == "__main__":
    main(*sys.argv[1:])
