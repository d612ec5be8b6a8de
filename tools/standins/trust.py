"""Certificates that this machine was told to trust, for builds that run in the images."""

from collections.abc import Mapping
from pathlib import Path

from tools.standins.errors import StandInError

ADDED_CERTIFICATES = Path("/usr/local/share/ca-certificates")
SYSTEM_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
# Not the image's own bundle, which its package writes anew.
IMAGE_BUNDLE = "/etc/ssl/host-ca.crt"
# Read by OpenSSL, curl and uv; by pip; by requests; by node and npm.
VARIABLES = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")


def host_bundle(environ: Mapping[str, str], *, added: Path = ADDED_CERTIFICATES) -> Path | None:
    """Return the file of all certificates that are trusted here; None if they are the usual ones.

    Args:
        added: The folder of an administrator's own certificates.

    Raises:
        StandInError: `SSL_CERT_FILE` names no file.
    """
    if named := environ.get("SSL_CERT_FILE"):
        if not Path(named).is_file():
            raise StandInError(f"SSL_CERT_FILE names a file that is not there: {named}")
        return Path(named)
    return SYSTEM_BUNDLE if any(added.rglob("*.crt")) else None
