#!/bin/sh
# Makes the account by which the access server creates realms, once for an installation: the client bascule-provisioner of the realm master, whose
# service account may create realms and nothing else. May be run again, which gives the client the present secret.
# Usage: keycloak-provisioner.sh SETTINGS-FILE KEYCLOAK-HOME
#
# It signs in as the client KEYCLOAK_BOOTSTRAP_CLIENT_ID (default: bascule-bootstrap) with the secret of KEYCLOAK_BOOTSTRAP_SECRET_FILE, an
# administrator of the whole Keycloak that `kc.sh bootstrap-admin service` made, and removes it when it is done. Realms that are named in
# KEYCLOAK_REALMS (blanks between) were made before Bascule administered realms: their client bascule-server gets the roles for that.
set -eu
. "$(dirname "$0")/functions.sh"
load_settings "$@"
home=${2:-}
[ -x "$home/bin/kcadm.sh" ] || fail "usage: keycloak-provisioner.sh SETTINGS-FILE KEYCLOAK-HOME"
need KEYCLOAK_URL KEYCLOAK_PROVISIONER_SECRET_FILE KEYCLOAK_BOOTSTRAP_SECRET_FILE
bootstrap=${KEYCLOAK_BOOTSTRAP_CLIENT_ID:-bascule-bootstrap}
provisioner=bascule-provisioner
case "$(secret "$KEYCLOAK_PROVISIONER_SECRET_FILE")" in
  *[!A-Za-z0-9_.+=/-]*) fail "$KEYCLOAK_PROVISIONER_SECRET_FILE: use letters, digits and _ . + = / - only" ;;
esac
private_folder

kcadm() {
  command=$1
  shift
  "$home/bin/kcadm.sh" "$command" "$@" --config "$private/kcadm" 2> "$private/error" || { cat "$private/error" >&2; fail "Keycloak refused: $command $1"; }
}
# client CLIENT-ID: prints the id of a client of the realm master, or nothing.
client() {
  kcadm get clients -r master -q "clientId=$1" --fields id --format csv --noquotes | tr -d '\r'
}

# The secret goes by the environment, not by the command line.
KC_CLI_CLIENT_SECRET=$(secret "$KEYCLOAK_BOOTSTRAP_SECRET_FILE")
export KC_CLI_CLIENT_SECRET
"$home/bin/kcadm.sh" config credentials --server "$KEYCLOAK_URL" --realm master --client "$bootstrap" --config "$private/kcadm" 2> "$private/error" \
  || { cat "$private/error" >&2; fail "$KEYCLOAK_URL does not accept $bootstrap with the secret of $KEYCLOAK_BOOTSTRAP_SECRET_FILE"; }

cat > "$private/client" <<CLIENT
{"clientId": "$provisioner", "name": "Bascule provisioner", "description": "Creates realms; may do nothing else", "protocol": "openid-connect",
 "enabled": true, "publicClient": false, "clientAuthenticatorType": "client-secret", "secret": "$(secret "$KEYCLOAK_PROVISIONER_SECRET_FILE")",
 "serviceAccountsEnabled": true, "standardFlowEnabled": false, "implicitFlowEnabled": false, "directAccessGrantsEnabled": false}
CLIENT
id=$(client "$provisioner")
if [ -n "$id" ]; then
  kcadm update "clients/$id" -r master -f "$private/client"
else
  kcadm create clients -r master -f "$private/client"
fi
kcadm add-roles -r master --uusername "service-account-$provisioner" --rolename create-realm

for realm in ${KEYCLOAK_REALMS:-}; do
  set -- --rolename manage-realm
  for role in manage-users manage-clients manage-identity-providers view-events view-users query-users query-groups view-realm; do
    set -- "$@" --rolename "$role"
  done
  kcadm add-roles -r "$realm" --uusername service-account-bascule-server --cclientid realm-management "$@"
done

kcadm delete "clients/$(client "$bootstrap")" -r master
echo "$provisioner may create realms; $bootstrap is gone"
