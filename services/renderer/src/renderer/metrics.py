"""What the renderer counts, for Prometheus."""

from prometheus_client import Counter, Histogram

RENDERINGS = Counter(
    "flack_renderings_total", "Sources, by outcome: quick, slow (tried again with more time) or failed.", ["outcome"]
)
RENDERING_SECONDS = Histogram("flack_rendering_seconds", "Time to render a source, by lane.", ["lane"])
PREVIEWS = Counter("flack_previews_total", "Links that were looked at, by outcome.", ["outcome"])
PREVIEW_SECONDS = Histogram("flack_preview_seconds", "Time to look at a link, its turn not counted.")
PREVIEW_BYTES = Counter("flack_preview_bytes_total", "Bytes of pages and robots files that were read.")
