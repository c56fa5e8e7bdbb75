#!/bin/sh
# Brings Temporal's own databases to the schema of its version. Safe to run again: what is there is left alone.
# Environment: SQL_HOST, SQL_PORT, SQL_USER, SQL_PASSWORD; SCHEMA, the folder of the schemas.
set -eu

tool() {
  database=$1
  shift
  temporal-sql-tool --plugin postgres12 --endpoint "$SQL_HOST" --port "$SQL_PORT" --user "$SQL_USER" \
    --password "$SQL_PASSWORD" --database "$database" "$@"
}

for pair in temporal:temporal temporal_visibility:visibility; do
  database=${pair%%:*}
  versions=$SCHEMA/postgresql/v12/${pair##*:}/versioned
  # It fails when the table of versions is there, and then there is nothing to set up.
  tool "$database" setup-schema --version 0.0 || true
  tool "$database" update-schema --schema-dir "$versions"
done
