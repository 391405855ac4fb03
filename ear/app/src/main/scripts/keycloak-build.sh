#!/bin/sh
# Puts Bascule's provider and theme into a Keycloak and fixes the choices that are made once for an installation of it; afterwards it starts
# with --optimized. May be run again, and must be after an upgrade of either. Usage: keycloak-build.sh KEYCLOAK-HOME
set -eu
[ -x "${1:-}/bin/kc.sh" ] || { echo "usage: keycloak-build.sh KEYCLOAK-HOME" >&2; exit 1; }
cp "$(dirname "$0")/../bascule-keycloak.jar" "$1/providers/bascule-keycloak.jar"
exec "$1/bin/kc.sh" build --db=mariadb --health-enabled=true
