"""What auth reads from the environment."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from auth.signing import check_sealing_key
from chassis.settings import EnvSettings
from chassis.urls import DatabaseUrl


class OperatorSettings(EnvSettings):
    """What the operator's commands need.

    Attributes:
        key_encryption_key: 32 random bytes in base64url; signing keys are kept encrypted with it.
        token_seconds: How long an access token is good.
    """

    database_url: DatabaseUrl
    key_encryption_key: Annotated[SecretStr, AfterValidator(check_sealing_key)]
    token_seconds: int = Field(default=3600, ge=1, le=86_400)
    log_level: str = "INFO"

    @property
    def token_lifetime(self) -> timedelta:
        """How long an access token is good."""
        return timedelta(seconds=self.token_seconds)


class WebSettings(OperatorSettings):
    """What the API needs.

    Attributes:
        service_credential: What other services show to call internal endpoints.
        internal_port: Where they do; nothing internal is answered elsewhere.
        rate_limits_enabled: Whether guessing passwords is slowed down soon, rather than late.
    """

    service_credential: SecretStr
    internal_port: int = 8001
    rate_limits_enabled: bool = True
    database_pool: int = 10
