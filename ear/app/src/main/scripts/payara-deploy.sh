#!/bin/sh
# Deploys or replaces the application in a running domain. Usage: payara-deploy.sh SETTINGS-FILE bascule.ear
set -eu
. "$(dirname "$0")/functions.sh"
load_settings "$@"
ear=${2:-$(dirname "$0")/../bascule.ear}
[ -r "$ear" ] || fail "cannot read $ear"
private_folder
asadmin_login
echo "deploy --force=true --name bascule --availabilityenabled=false $ear" > "$private/commands"
asadmin_run "$private/commands" > "$private/output" 2>&1 || true
grep -q '^Command deploy executed successfully' "$private/output" || { cat "$private/output" >&2; fail "the application was not deployed"; }
echo "deployed $ear"
