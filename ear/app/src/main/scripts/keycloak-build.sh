#!/bin/sh
# Fixes the choices of Keycloak that are made once for an installation of it; afterwards it starts with --optimized.
# Usage: keycloak-build.sh KEYCLOAK-HOME
set -eu
[ -x "${1:-}/bin/kc.sh" ] || { echo "usage: keycloak-build.sh KEYCLOAK-HOME" >&2; exit 1; }
exec "$1/bin/kc.sh" build --db=mariadb --health-enabled=true
