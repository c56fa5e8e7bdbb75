#!/bin/sh
# The first start of an empty PostgreSQL: one role and one database for the service, one role and two for Temporal. The
# words of the passwords are quoted by psql.
set -eu

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --set qinglan_password="$QINGLAN_DATABASE_PASSWORD" \
  --set temporal_password="$TEMPORAL_DATABASE_PASSWORD" <<'EOF'
CREATE ROLE qinglan LOGIN PASSWORD :'qinglan_password';
CREATE ROLE temporal LOGIN PASSWORD :'temporal_password';
CREATE DATABASE qinglan OWNER qinglan;
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
REVOKE CONNECT ON DATABASE qinglan, temporal, temporal_visibility FROM PUBLIC;
EOF
