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
    """

    amqp_url: AmqpUrl
    auth_url: str
    service_credential: SecretStr
    anonymous_read: bool = True
