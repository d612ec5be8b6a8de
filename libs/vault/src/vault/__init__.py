"""The secrets of one deployment: made once, kept, and given out in parts."""

from vault.definitions import PERMISSIONS, TEST_USER, definitions
from vault.kept import Vault

__all__ = ["PERMISSIONS", "TEST_USER", "Vault", "definitions"]
