#!/bin/sh
# Removes audit records that have expired, and leaves their hashes and heads (docs/operations.md).
# Of each domain those older than it has decided; with --days N none that is younger than N days either.
# Usage: audit-retention.sh SETTINGS-FILE [--days N] [arguments for the mariadb client, for example: -h db.example.com]
set -eu
. "$(dirname "$0")/functions.sh"
load_settings "$@"
shift
need DB_MIGRATE_PASSWORD_FILE
days=null
if [ "${1:-}" = --days ]; then
  [ $# -ge 2 ] || fail "usage: $(basename "$0") SETTINGS-FILE [--days N] [arguments for the mariadb client]"
  days=$2
  shift 2
  case "$days" in
    '' | *[!0-9]* | ??????*) fail "--days takes a whole number" ;;
  esac
  [ "$days" -ge 365 ] || fail "audit records are kept for at least 365 days"
fi
client=$(command -v mariadb || command -v mysql) || fail "neither mariadb nor mysql is on the PATH"
operator=$(id -un | tr -cd 'A-Za-z0-9_.@-' | cut -c1-100)
# The password goes by a file that only this account can read: arguments are seen by everybody.
private_folder
printf '[client]\nuser=bascule_migrate\npassword=%s\n' "$(secret "$DB_MIGRATE_PASSWORD_FILE")" > "$private/client.cnf"
"$client" --defaults-extra-file="$private/client.cnf" "$@" -e "call bascule_audit.expire_audit($days, '$operator')"
echo "records that have expired are removed as far as they were sealed"
