#!/bin/sh
# Leaves root behind and becomes the broker, which reads RABBITMQ_DEFAULT_USER, _PASS and _VHOST itself.
set -e

# Once meant something to the image. Passed over, the broker would come up with other settings than were asked for.
REMOVED='^RABBITMQ_(DEFAULT_(USER|PASS)_FILE|(MANAGEMENT_)?SSL_[A-Z_]+|VM_MEMORY_HIGH_WATERMARK)='

case ${1-} in
    rabbitmq*)
        if [ "$(id -u)" = 0 ]; then
            find /var/lib/rabbitmq ! -user rabbitmq -exec chown rabbitmq:rabbitmq {} +
            exec setpriv --reuid=rabbitmq --regid=rabbitmq --init-groups "$0" "$@"
        fi
        ;;
esac
if found=$(env | grep --extended-regexp --only-matching "$REMOVED"); then
    echo >&2 "error: these are settings of rabbitmq.conf now: $found"
    exit 1
fi
exec "$@"
