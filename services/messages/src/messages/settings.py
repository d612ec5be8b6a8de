"""What the messages service reads from the environment."""

from pydantic import SecretStr

from chassis.runner import WorkerSettings
from chassis.settings import EnvSettings
from chassis.urls import AmqpUrl, DatabaseUrl


class WebSettings(EnvSettings):
    """What the API needs.

    Attributes:
        auth_url: Where auth listens, for internal calls and its public keys.
        service_credential: What auth wants to see on internal calls.
        anonymous_read: Whether reading needs no token.
    """

    database_url: DatabaseUrl
    amqp_url: AmqpUrl
    auth_url: str
    service_credential: SecretStr
    anonymous_read: bool = True
    database_pool: int = 20


class ConsumerSettings(WorkerSettings):
    """What the consumer needs."""

    database_url: DatabaseUrl
    amqp_url: AmqpUrl
