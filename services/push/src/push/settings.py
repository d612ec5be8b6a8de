"""What push reads from the environment."""

from pydantic import SecretStr

from chassis.settings import EnvSettings
from chassis.urls import AmqpUrl


class WebSettings(EnvSettings):
    """What push needs.

    Attributes:
        auth_url: Where auth listens, for internal calls and its public keys.
        messages_url: Where messages listens, for internal calls.
        service_credential: What services show each other on internal calls.
        anonymous_read: Whether a client may connect without a token.
        rate_limits_enabled: Whether clients who ask too much are told to slow down.
        allowed_origins: Whose pages may connect beside our own, as `https://chat.example`, with commas between them.
    """

    amqp_url: AmqpUrl
    auth_url: str
    messages_url: str
    service_credential: SecretStr
    anonymous_read: bool = True
    rate_limits_enabled: bool = True
    allowed_origins: str = ""

    @property
    def origins(self) -> frozenset[str]:
        """Whose pages may connect beside our own."""
        return frozenset(origin for origin in self.allowed_origins.replace(",", " ").split())
