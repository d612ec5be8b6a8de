"""What the messages service counts beside what all do."""

from prometheus_client import Gauge

FEED_HORIZON_AGE = Gauge(
    "flack_feed_horizon_age_seconds", "How long the change feed has been held back by a transaction that goes on."
)
