#!/bin/sh
# Creates the schemas and accounts of Bascule, and of Keycloak where KEYCLOAK_DB_PASSWORD_FILE is set, as a database administrator.
# Usage: database-accounts.sh SETTINGS-FILE [arguments for the mariadb client, for example: -h db.example.com -u root -p]
# With --print instead of arguments the statements go to standard output (they contain the passwords).
set -eu
. "$(dirname "$0")/functions.sh"
load_settings "$@"
shift
need DB_CLIENT_HOST DB_PASSWORD_FILE DB_MIGRATE_PASSWORD_FILE
here=$(dirname "$0")
statements() {
  sed -e "s|@HOST@|$(sed_value "$DB_CLIENT_HOST")|g" -e "s|@APP_PASSWORD@|$(sed_value "$(secret "$DB_PASSWORD_FILE")")|g" \
    -e "s|@MIGRATE_PASSWORD@|$(sed_value "$(secret "$DB_MIGRATE_PASSWORD_FILE")")|g" "$here/accounts.sql"
  if [ -n "${KEYCLOAK_DB_PASSWORD_FILE:-}" ]; then
    sed -e "s|@HOST@|$(sed_value "${KEYCLOAK_DB_CLIENT_HOST:-$DB_CLIENT_HOST}")|g" \
      -e "s|@KEYCLOAK_PASSWORD@|$(sed_value "$(secret "$KEYCLOAK_DB_PASSWORD_FILE")")|g" "$here/keycloak-accounts.sql"
  fi
}
# A password with a quote or a backslash would end the literal that it stands in.
for file in "$DB_PASSWORD_FILE" "$DB_MIGRATE_PASSWORD_FILE" ${KEYCLOAK_DB_PASSWORD_FILE:-}; do
  case "$(secret "$file")" in
    *[!A-Za-z0-9_.+=/-]*) fail "$file: use letters, digits and _ . + = / - only" ;;
  esac
done
if [ "${1:-}" = --print ]; then
  statements
else
  client=$(command -v mariadb || command -v mysql) || fail "neither mariadb nor mysql is on the PATH"
  statements | "$client" "$@"
  echo "schemas and accounts are in place"
fi
