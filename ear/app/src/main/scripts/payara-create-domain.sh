#!/bin/sh
# Creates an empty Payara domain of its own for Bascule, with an administrator's password and a master password from the start.
# Not needed where a domain exists already. Usage: payara-create-domain.sh SETTINGS-FILE
set -eu
. "$(dirname "$0")/functions.sh"
load_settings "$@"
need PAYARA_HOME DOMAIN_DIR DOMAIN ADMIN_USER ADMIN_PASSWORD_FILE MASTER_PASSWORD_FILE ADMIN_PORT HTTPS_PORT IIOP_PORT
private_folder
{
  printf 'AS_ADMIN_PASSWORD=%s\n' "$(secret "$ADMIN_PASSWORD_FILE")"
  printf 'AS_ADMIN_MASTERPASSWORD=%s\n' "$(secret "$MASTER_PASSWORD_FILE")"
} > "$private/passwords"
# Ports that payara-configure.sh closes stay out of the way of another domain of this machine.
"$PAYARA_HOME/bin/asadmin" --interactive=false --user "$ADMIN_USER" --passwordfile "$private/passwords" create-domain \
  --domaindir "$DOMAIN_DIR" --adminport "$ADMIN_PORT" --instanceport "${HTTP_PORT:-8080}" --savemasterpassword=true --nopassword=false \
  --domainproperties "http.ssl.port=$HTTPS_PORT:orb.listener.port=$IIOP_PORT:orb.ssl.port=${IIOP_SSL_PORT:-3820}:orb.mutualauth.port=${IIOP_MUTUAL_PORT:-3920}:jms.port=${JMS_PORT:-7676}:domain.jmxPort=${JMX_PORT:-8686}:osgi.shell.telnet.port=${OSGI_PORT:-6666}:java.debugger.port=${DEBUG_PORT:-9009}:hazelcast.das.port=${GRID_PORT:-4900}:hazelcast.start.port=${GRID_START_PORT:-5900}" \
  "$DOMAIN"
