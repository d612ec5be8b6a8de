#!/bin/bash
# Becomes a streaming replica of the server `postgres`: a copy of it at the first start, and whenever that no longer keeps
# what this one has missed.
set -euo pipefail

slot=replica
copy=$PGDATA.copy

# libpq takes no file of passwords that others may read.
install --mode=600 /run/secrets/pgpass /tmp/pgpass
primary=(--host=postgres --username=replicator --no-password)
export PGPASSFILE=/tmp/pgpass PGCONNECT_TIMEOUT=5

ask() {
    psql "${primary[@]}" --dbname=postgres --no-psqlrc --quiet --tuples-only --no-align --command="$1"
}

# Says nothing if the primary does not answer: then there is nothing to copy from either.
is_lost() {
    [ "$(ask "SELECT count(*) FROM pg_replication_slots WHERE slot_name = '$slot' AND wal_status <> 'lost'")" = 0 ]
}

# An unfinished copy never looks like a finished one.
take_copy() {
    rm -rf "$copy"
    ask "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '$slot'"
    pg_basebackup "${primary[@]}" --pgdata="$copy" --write-recovery-conf --create-slot --slot="$slot" --checkpoint=fast
    rm -rf "$PGDATA"
    mv "$copy" "$PGDATA"
}

if [ ! -s "$PGDATA/PG_VERSION" ] || is_lost; then
    take_copy
fi
exec "$@"
