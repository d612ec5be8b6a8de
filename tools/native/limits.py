"""How many files and sockets a child may have open."""

import resource

# Enough for thousands of clients. Not all that the system would give: Erlang reserves memory for each.
OPEN_FILES = 65_536


def raise_open_files() -> None:
    """Let this process's children open as many files as they may, within reason."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
