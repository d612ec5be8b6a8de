"""What auth reads from the environment."""

from typing import Annotated

from pydantic import AfterValidator, SecretStr

from auth.signing import check_signing_key
from chassis.settings import EnvSettings
from chassis.urls import DatabaseUrl


class WebSettings(EnvSettings):
    """What the API needs.

    Attributes:
        signing_key: Ed25519 private key, PKCS #8 in PEM.
        service_credential: What other services show to call internal endpoints.
    """

    database_url: DatabaseUrl
    signing_key: Annotated[SecretStr, AfterValidator(check_signing_key)]
    service_credential: SecretStr
    token_seconds: int = 3600
    database_pool: int = 10
