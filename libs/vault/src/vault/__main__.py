"""Makes what is missing of a deployment's secrets, and gives every container its part."""

import sys
from pathlib import Path

from vault.kept import Vault
from vault.parts import give_out

match sys.argv[1:]:
    case [kept, parts]:
        give_out(Vault(Path(kept)), Path(parts))
    case _:
        sys.exit("usage: python -m vault FOLDER_TO_KEEP_THEM FOLDER_OF_THE_PARTS")
