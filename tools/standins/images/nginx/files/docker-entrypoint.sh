#!/bin/sh
# Runs what /docker-entrypoint.d holds, in the order of its numbers, then becomes nginx.
set -e

say() {
    [ -n "${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ] || echo "$0: $*"
}

run() {
    case $1 in
        *.envsh | *.sh)
            if [ ! -x "$1" ]; then
                say "Ignoring $1, not executable"
                return
            fi
            ;;
    esac
    case $1 in
        *.envsh)
            say "Sourcing $1"
            . "$1"
            ;;
        *.sh)
            say "Launching $1"
            "$1"
            ;;
        *) say "Ignoring $1" ;;
    esac
}

case ${1-} in
    nginx | nginx-debug)
        # In one shell, so that a script sees the variables that those before it have set.
        find /docker-entrypoint.d -follow -type f | sort -V | while read -r file; do run "$file"; done
        ;;
esac
exec "$@"
