#!/bin/sh
# Makes the databases of a Temporal server and brings their tables to what its version needs, with the tool of that version.
# Repeatable; runs before the server, an upgraded one too. Who connects where: SQL_HOST, SQL_PORT, SQL_USER, SQL_PASSWORD.
set -eu

for schema in temporal visibility; do
  database=temporal
  [ "$schema" = temporal ] || database=temporal_visibility
  tool="temporal-sql-tool --plugin postgres12 --database $database"
  $tool create-database
  # The table of versions, at 0.0 where there is none yet.
  $tool setup-schema --version 0.0
  $tool update-schema --schema-name "postgresql/v12/$schema"
done
