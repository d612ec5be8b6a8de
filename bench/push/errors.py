"""What keeps a benchmark from being one."""


class BenchmarkError(Exception):
    """Something cannot be measured on this machine, or does not do what it should."""
