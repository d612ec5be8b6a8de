"""Local images under official names, for machines that reach no container registry.

`python -m tools.standins` starts a Docker engine where none answers, and builds what is missing from Debian's packages.
Each image offers what Flack uses of the official one's interface, so that the same `docker-compose.yml` works on both.
"""
