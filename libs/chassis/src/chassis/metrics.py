"""What every process counts, for Prometheus."""

from prometheus_client import Counter, Gauge, Histogram

HTTP_REQUESTS = Counter("flack_http_requests_total", "Answers, by view and status.", ["method", "view", "status"])
HTTP_SECONDS = Histogram("flack_http_request_seconds", "Time to answer, by view.", ["method", "view"])

EVENTS_PUBLISHED = Counter("flack_events_published_total", "Events published, by what the broker said.", ["outcome"])
DELIVERIES = Counter("flack_deliveries_total", "Deliveries, by consumer and outcome.", ["consumer", "outcome"])
QUEUE_DEPTH = Gauge("flack_queue_depth", "Events that nobody had taken when last asked, by consumer.", ["consumer"])
DELIVERY_AGE = Histogram("flack_delivery_age_seconds", "How old events are when they are handled.", ["consumer"])
OUTBOX_WAITING = Gauge("flack_outbox_waiting", "Events that the relay saw waiting when it last looked.")
REPLICA_FIT = Gauge("flack_replica_fit", "Whether the replica is read from (1) or the primary instead (0).")
