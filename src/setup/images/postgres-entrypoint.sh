#!/bin/sh
# Makes the database cluster if there is none, then becomes the server. POSTGRES_DB names a database to make.
set -eu

as_postgres() {
  if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"; else "$@"; fi
}

[ "${1:-postgres}" = postgres ] || exec "$@"

unfinished="$PGDATA/qaack-unfinished"
if [ ! -s "$PGDATA/PG_VERSION" ] || [ -e "$unfinished" ]; then
  [ "$(id -u)" != 0 ] || chown postgres:postgres "$PGDATA"
  find "$PGDATA" -mindepth 1 -delete
  as_postgres initdb --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >/dev/null
  # whoever is killed from here on begins again at the next start
  as_postgres touch "$unfinished"
  echo 'host all all all trust' >>"$PGDATA/pg_hba.conf"
  # single-user mode: nobody can take a half-made server for a ready one
  if [ -n "${POSTGRES_DB:-}" ] && [ "$POSTGRES_DB" != postgres ]; then
    echo "CREATE DATABASE \"$POSTGRES_DB\"" | as_postgres postgres --single -D "$PGDATA" postgres >/dev/null
  fi
  rm -f "$unfinished"
fi

# It waits for no disk: the data is for throwing away, and one that starts from a saved copy would first write all of it anew.
[ $# -eq 0 ] || shift
set -- -c 'listen_addresses=*' -c fsync=off "$@"
if [ "$(id -u)" = 0 ]; then
  exec setpriv --reuid=postgres --regid=postgres --init-groups -- postgres "$@"
fi
exec postgres "$@"
