"""What the messages service reads from the environment."""

from pydantic import Field, SecretStr

from chassis.runner import WorkerSettings
from chassis.settings import EnvSettings
from chassis.urls import AmqpUrl, DatabaseUrl


class WriteLimits(EnvSettings):
    """How much users may write, by REST and by sockets.

    Attributes:
        rate_limits_enabled: Whether users who write too much are told to slow down.
        writes_per_minute: How much a user may write in the long run.
        writes_at_once: How much of it in one go.
    """

    rate_limits_enabled: bool = True
    writes_per_minute: int = Field(default=300, ge=1)
    writes_at_once: int = Field(default=100, ge=1)


class WebSettings(WriteLimits):
    """What the API needs.

    Attributes:
        auth_url: Where auth listens, for internal calls and its public keys.
        renderer_url: Where the renderer listens for internal calls.
        service_credential: What services show each other on internal calls.
        internal_port: Where other services call; nothing internal is answered elsewhere.
        anonymous_read: Whether reading needs no token.
        database_read_url: A streaming replica that lists are read from for as long as it keeps up.
    """

    database_url: DatabaseUrl
    amqp_url: AmqpUrl
    auth_url: str
    renderer_url: str
    service_credential: SecretStr
    internal_port: int = 8001
    anonymous_read: bool = True
    database_pool: int = 15
    database_read_url: DatabaseUrl | None = None


class ConsumerSettings(WorkerSettings, WriteLimits):
    """What the consumer needs.

    Attributes:
        gateway_status_url: Where each gateway tells how many requests it has answered, nginx's `stub_status`.
    """

    database_url: DatabaseUrl
    amqp_url: AmqpUrl
    gateway_status_url: str | None = None
