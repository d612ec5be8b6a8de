"""What push reads from the environment."""

from pydantic import SecretStr

from chassis.settings import EnvSettings
from chassis.urls import AmqpUrl


class WebSettings(EnvSettings):
    """What push needs.

    Attributes:
        auth_url: Where auth listens, for internal calls and its public keys.
        service_credential: What auth wants to see on internal calls.
        anonymous_read: Whether a client may connect without a token.
        allowed_origins: Whose pages may connect beside our own, as `https://chat.example`, with commas between them.
    """

    amqp_url: AmqpUrl
    auth_url: str
    service_credential: SecretStr
    anonymous_read: bool = True
    allowed_origins: str = ""

    @property
    def origins(self) -> frozenset[str]:
        """Whose pages may connect beside our own."""
        return frozenset(origin for origin in self.allowed_origins.replace(",", " ").split())
