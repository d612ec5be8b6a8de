"""What push measures beside what all do."""

from prometheus_client import Counter, Gauge, Histogram

CONNECTIONS = Gauge("flack_push_connections", "Clients that are connected, by transport.", ["transport"])
WAITING_BYTES = Gauge("flack_push_waiting_bytes", "What waits for clients that do not read it yet.")
SENT = Counter("flack_push_sent_total", "Events sent to clients: each counts once for each client.")
SENT_BYTES = Counter("flack_push_sent_bytes_total", "WebSocket frames of the events sent to clients.")
BATCH = Histogram("flack_push_batch_events", "Events that left for a client together.", buckets=[1, 2, 5, 10, 50, 200])
CUT_OFF = Counter("flack_push_cut_off_total", "Clients that were cut off, by reason.", ["reason"])
SYNCS = Counter("flack_push_syncs_total", "What clients asked for that they had missed, by outcome.", ["outcome"])
CATCHING_UP = Counter(
    "flack_push_catching_up_total",
    "Times that the queue may have missed something: clients were told, or let go to ask by themselves.",
    ["outcome"],
)
LOOP_LAG = Histogram("flack_push_loop_lag_seconds", "How late the event loop wakes who waits.")
