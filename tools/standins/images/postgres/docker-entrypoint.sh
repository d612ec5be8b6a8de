#!/bin/bash
# Makes the cluster on the first start, runs what /docker-entrypoint-initdb.d holds, then becomes the server.
set -eo pipefail

fail() {
    echo >&2 "error: $1"
    exit 1
}

# take NAME DEFAULT: lets the file that NAME_FILE names say what NAME is.
take() {
    local name_of_file=${1}_FILE value=${!1:-}
    if [ -n "${!name_of_file:-}" ]; then
        [ -z "$value" ] || fail "$1 and $name_of_file are both set"
        value=$(<"${!name_of_file}")
    fi
    export "$1=${value:-$2}"
    unset "$name_of_file"
}

take_settings() {
    take POSTGRES_PASSWORD ''
    take POSTGRES_USER postgres
    take POSTGRES_DB "$POSTGRES_USER"
    take POSTGRES_INITDB_ARGS ''
    take POSTGRES_HOST_AUTH_METHOD ''
    if [ -z "$POSTGRES_PASSWORD" ] && [ "$POSTGRES_HOST_AUTH_METHOD" != trust ]; then
        fail 'there is no database yet, and no POSTGRES_PASSWORD for its superuser'
    fi
    # The temporary server may ask for a password too, if POSTGRES_INITDB_ARGS says so.
    export PGUSER=$POSTGRES_USER PGPASSWORD=$POSTGRES_PASSWORD
}

create_cluster() {
    # Through eval, because POSTGRES_INITDB_ARGS may have quotes in it.
    eval "initdb --username=\"\$POSTGRES_USER\" --pwfile=<(echo \"\$POSTGRES_PASSWORD\") $POSTGRES_INITDB_ARGS"
    local method=${POSTGRES_HOST_AUTH_METHOD:-$(postgres -C password_encryption)}
    printf '\nhost all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"
}

create_database() {
    if [ "$POSTGRES_DB" != postgres ]; then
        psql --no-psqlrc --dbname postgres --set ON_ERROR_STOP=1 --set name="$POSTGRES_DB" <<<'CREATE DATABASE :"name";'
    fi
}

run_sql() {
    psql --no-psqlrc --dbname "$POSTGRES_DB" --set ON_ERROR_STOP=1 "$@"
}

run_file() {
    echo "$0: running $1"
    case $1 in
        *.sh) if [ -x "$1" ]; then "$1"; else . "$1"; fi ;;
        *.sql) run_sql --file "$1" ;;
        *.sql.gz) gunzip --stdout "$1" | run_sql ;;
        *) echo "$0: ignoring $1" ;;
    esac
}

initialise() {
    create_cluster
    # It listens on its socket alone: nobody outside may find it before it is ready.
    pg_ctl --wait --options="-c listen_addresses=''" start
    create_database
    local file
    for file in /docker-entrypoint-initdb.d/*; do
        if [ -e "$file" ]; then run_file "$file"; fi
    done
    pg_ctl --wait --mode=fast stop
    unset PGUSER PGPASSWORD
    echo 'PostgreSQL init process complete; ready for start up.'
}

case ${1:-} in
    -*) set -- postgres "$@" ;;
esac
if [ "${1:-}" = postgres ]; then
    mkdir -p "$PGDATA"
    if [ "$(id -u)" = 0 ]; then
        chown -R postgres:postgres "$PGDATA" /var/run/postgresql
        export HOME=/var/lib/postgresql
        exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
    fi
    chmod 700 "$PGDATA"
    if [ ! -s "$PGDATA/PG_VERSION" ]; then
        take_settings
        initialise
    fi
fi
exec "$@"
