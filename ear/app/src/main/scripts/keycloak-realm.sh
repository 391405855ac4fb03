#!/bin/sh
# Writes the realm of one domain from the template, for the folder data/import of Keycloak. Usage: keycloak-realm.sh SETTINGS-FILE REALM OUTPUT
# The realm has one user, REALM_ADMIN (default: admin), whose first password is read from REALM_ADMIN_PASSWORD_FILE; it must be changed, and a
# second factor set up, at the first sign-in. REALM_ADMIN_ID is that user's id, which the bootstrap file names too.
set -eu
. "$(dirname "$0")/functions.sh"
load_settings "$@"
realm=${2:-} output=${3:-}
[ -n "$realm" ] && [ -n "$output" ] || fail "usage: keycloak-realm.sh SETTINGS-FILE REALM OUTPUT"
case "$realm" in
  *[!a-z0-9-]*) fail "a realm's name has lower-case letters, digits and - only" ;;
esac
need PUBLIC_URL KEYCLOAK_CLIENT_SECRET_FILE KEYCLOAK_ADMIN_CLIENT_SECRET_FILE REALM_ADMIN_ID REALM_ADMIN_PASSWORD_FILE
for file in "$KEYCLOAK_CLIENT_SECRET_FILE" "$KEYCLOAK_ADMIN_CLIENT_SECRET_FILE" "$REALM_ADMIN_PASSWORD_FILE"; do
  case "$(secret "$file")" in
    *[!A-Za-z0-9_.+=/-]*) fail "$file: use letters, digits and _ . + = / - only" ;;
  esac
done
# What the realm asks of every password; its import would fail with a code instead of a sentence.
first=$(secret "$REALM_ADMIN_PASSWORD_FILE") classes=0
for class in '*[A-Z]*' '*[a-z]*' '*[0-9]*' '*[!A-Za-z0-9]*'; do
  # shellcheck disable=SC2254
  case "$first" in $class) classes=$((classes + 1)) ;; esac
done
[ "${#first}" -ge 8 ] && [ "$classes" -ge 3 ] \
  || fail "$REALM_ADMIN_PASSWORD_FILE: at least 8 characters and 3 of upper case, lower case, digits, others"
umask 077
sed -e "s|@REALM@|$realm|g" \
  -e "s|@PUBLIC_URL@|$(sed_value "$PUBLIC_URL")|g" \
  -e "s|@WEB_SECRET@|$(sed_value "$(secret "$KEYCLOAK_CLIENT_SECRET_FILE")")|g" \
  -e "s|@SERVER_SECRET@|$(sed_value "$(secret "$KEYCLOAK_ADMIN_CLIENT_SECRET_FILE")")|g" \
  -e "s|@ADMIN_ID@|$(sed_value "$REALM_ADMIN_ID")|g" \
  -e "s|@ADMIN_NAME@|$(sed_value "${REALM_ADMIN:-admin}")|g" \
  -e "s|@ADMIN_PASSWORD@|$(sed_value "$(secret "$REALM_ADMIN_PASSWORD_FILE")")|g" \
  "$(dirname "$0")/realm.json" > "$output"
echo "wrote $output; it holds secrets: delete it after the import"
