#!/bin/sh
# Brings a running Payara domain into the state that Bascule needs: listeners, TLS, data sources, settings. May be run again.
# Nothing but the public listeners is reachable from other machines afterwards. Restart the domain when it is done.
# Usage: payara-configure.sh SETTINGS-FILE
set -eu
. "$(dirname "$0")/functions.sh"
load_settings "$@"
need PAYARA_HOME DOMAIN_DIR DOMAIN MASTER_PASSWORD_FILE PUBLIC_URL AGENT_SERVER_NAMES TLS_SPKI_HASHES HTTPS_ADDRESS HTTPS_PORT \
  TLS_KEYSTORE TLS_KEYSTORE_PASSWORD_FILE DB_HOST DB_PORT DB_PASSWORD_FILE DB_MIGRATE_PASSWORD_FILE DB_DRIVER MASTER_KEY_FILE KEY_SET_FILE \
  KEYCLOAK_URL KEYCLOAK_CLIENT_SECRET_FILE KEYCLOAK_ADMIN_CLIENT_SECRET_FILE KEYCLOAK_PROVISIONER_SECRET_FILE KEYCLOAK_PROVIDER_SECRET_FILE RELAYS
private_folder
asadmin_login

# 1. The private key for HTTPS goes into the domain's key store. The key set of the JVM is read at start, so this comes before the restart.
secret "$MASTER_PASSWORD_FILE" > "$private/master"
secret "$TLS_KEYSTORE_PASSWORD_FILE" > "$private/tls"
keystore=$DOMAIN_DIR/$DOMAIN/config/keystore.p12
keytool=${JAVA_HOME:+$JAVA_HOME/bin/}keytool
alias=$(tls_alias "$private/alias")
"$keytool" -delete -keystore "$keystore" -storepass:file "$private/master" -alias bascule > /dev/null 2>&1 || true
"$keytool" -importkeystore -noprompt -srckeystore "$TLS_KEYSTORE" -srcstoretype PKCS12 -srcstorepass:file "$private/tls" -srcalias "$alias" \
  -destkeystore "$keystore" -deststoretype PKCS12 -deststorepass:file "$private/master" -destalias bascule 2> "$private/keytool" \
  || { cat "$private/keytool" >&2; fail "cannot import $TLS_KEYSTORE"; }

# 2. What is there already.
cat > "$private/list" <<'LIST'
list-jvm-options
list-jdbc-connection-pools
list-jdbc-resources
list-password-aliases
list-libraries
LIST
asadmin_run "$private/list" > "$private/present" 2>&1 || { cat "$private/present" >&2; fail "cannot reach the domain's administration on port $ADMIN_PORT"; }
present() {
  sed -e 's/^ *//' "$private/present" | grep -qxF -e "$1"
}

# 3. One file with every command.
config=configs.config.server-config
listeners=$config.network-config.network-listeners.network-listener
protocols=$config.network-config.protocols.protocol
{
  # Administration and everything that is not HTTP: loopback only, or off.
  echo "set-hazelcast-configuration --enabled=false --dynamic=false --target server-config"
  echo "set $listeners.admin-listener.address=127.0.0.1"
  echo "set $config.iiop-service.iiop-listener.orb-listener-1.address=127.0.0.1"
  for listener in SSL SSL_MUTUALAUTH; do
    echo "set $config.iiop-service.iiop-listener.$listener.address=127.0.0.1"
    echo "set $config.iiop-service.iiop-listener.$listener.enabled=false"
  done
  echo "set $config.admin-service.jmx-connector.system.address=127.0.0.1"
  echo "set $config.admin-service.jmx-connector.system.enabled=false"
  echo "set $config.jms-service.type=DISABLED"

  # Public listeners. They are closed until the application serves: it sets this property.
  serves='${bascule.open}'
  if [ -n "${HTTP_PORT:-}" ]; then
    echo "set $listeners.http-listener-1.address=${HTTP_ADDRESS:-127.0.0.1}"
    echo "set $listeners.http-listener-1.port=$HTTP_PORT"
    echo "set $listeners.http-listener-1.enabled=$serves"
  else
    echo "set $listeners.http-listener-1.enabled=false"
  fi
  echo "set $listeners.http-listener-2.address=$HTTPS_ADDRESS"
  echo "set $listeners.http-listener-2.port=$HTTPS_PORT"
  echo "set $listeners.http-listener-2.enabled=$serves"
  # What is queued for each connection is four times this; for a relay's pairs it is 64 KiB, whatever this is.
  echo "set $config.network-config.transports.transport.tcp.socket-write-buffer-size=131072"
  # The threads that wait for what arrives handle what only has to be passed on.
  echo "set $config.network-config.transports.transport.tcp.acceptor-threads=$(getconf _NPROCESSORS_ONLN)"
  ssl=$protocols.http-listener-2.ssl
  echo "set $ssl.cert-nickname=bascule"
  echo "set $ssl.tls13-enabled=true"
  echo "set $ssl.tls12-enabled=true"
  # AES-256 with forward secrecy, nothing else.
  echo "set $ssl.ssl3-tls-ciphers=+TLS_AES_256_GCM_SHA384,+TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,+TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
  for protocol in http-listener-1 http-listener-2 admin-listener; do
    http=$protocols.$protocol.http
    echo "set $http.server-header=false"
    echo "set $http.xpowered-by=false"
    echo "set $http.trace-enabled=false"
    # a query of 8,000 characters and a token
    echo "set $http.header-buffer-length-bytes=16384"
    echo "set $http.max-form-post-size-bytes=65536"
    echo "set $http.max-request-parameters=100"
    case $protocol in
      # a deployment is one request, and takes minutes on a machine that has other things to do; the server's own value
      admin-listener) echo "set $http.request-timeout-seconds=900" ;;
      *) echo "set $http.request-timeout-seconds=60" ;;
    esac
    # until the next request's header has come
    echo "set $http.timeout-seconds=30"
    echo "set $http.cookie-same-site-enabled=true"
    echo "set $http.cookie-same-site-value=Lax"
  done
  # HTTP/2 carries no WebSockets here, and a page of ours is one script and one style sheet.
  echo "set $protocols.http-listener-2.http.http2-enabled=false"
  echo "set $config.thread-pools.thread-pool.http-thread-pool.max-thread-pool-size=${HTTP_THREADS:-200}"
  echo "set-metrics-configuration --enabled=false --dynamic=true"
  echo "set-openapi-configuration --enabled=false"

  # The server's own log stays bounded.
  echo "set-log-attributes com.sun.enterprise.server.logging.GFFileHandler.rotationLimitInBytes=10000000:com.sun.enterprise.server.logging.GFFileHandler.maxHistoryFiles=5"

  # JVM. An older value of the same option goes first, and native cryptography that is not wanted any more, or lies elsewhere now.
  sed -n -e 's/^ *\(-javaagent:[^ ]*bascule-crypto\.jar\)$/\1/p' "$private/present" | while read -r former; do
    case " ${JVM_OPTIONS:-} " in
      *" $former "*) ;;
      *) printf 'delete-jvm-options "%s"\n' "$(printf '%s' "$former" | sed -e 's/:/\\:/g')" ;;
    esac
  done
  case " ${JVM_OPTIONS:-} " in
    *" -Dbascule.open=true "*) ;;
    *) if present -Dbascule.open=true; then echo "delete-jvm-options -Dbascule.open=true"; fi ;;
  esac
  for option in ${JVM_OPTIONS:-}; do
    if ! present "$option"; then
      case "$option" in
        -Xmx*) sed -n -e 's/^ *\(-Xmx[^ ]*\).*/delete-jvm-options \1/p' "$private/present" ;;
        -XX:+Use*GC) sed -n -e 's/^ *\(-XX:+Use[^ ]*GC\).*/delete-jvm-options \1/p' "$private/present" ;;
      esac
      printf 'create-jvm-options "%s"\n' "$(printf '%s' "$option" | sed -e 's/:/\\:/g')"
    fi
  done

  # Data sources: global ones, with passwords by alias.
  present "$(basename "$DB_DRIVER")" || echo "add-library $DB_DRIVER"
  # The second one is for what is written while a thread keeps a connection of the first, such as the record of a refusal.
  for pool in bascule bascule-nested bascule-migrate; do
    account=bascule file=$DB_PASSWORD_FILE size=${DB_POOL_SIZE:-40} steady=4
    case "$pool" in
      bascule-nested) size=$(((size + 1) / 2)) steady=0 ;;
      bascule-migrate) account=bascule_migrate file=$DB_MIGRATE_PASSWORD_FILE size=2 steady=0 ;;
    esac
    printf 'AS_ADMIN_PASSWORD=%s\nAS_ADMIN_ALIASPASSWORD=%s\n' "$(secret "$ADMIN_PASSWORD_FILE")" "$(secret "$file")" > "$private/alias-$pool"
    verb=create
    present "$pool-database" && verb=update
    echo "$verb-password-alias --passwordfile $private/alias-$pool $pool-database"
    url=$(asadmin_value "jdbc:mariadb://$DB_HOST:$DB_PORT/bascule${DB_OPTIONS:+?$DB_OPTIONS}")
    if present "$pool"; then
      prefix=resources.jdbc-connection-pool.$pool
      echo "set \"$prefix.property.url=jdbc:mariadb://$DB_HOST:$DB_PORT/bascule${DB_OPTIONS:+?$DB_OPTIONS}\""
      echo "set $prefix.max-pool-size=$size"
    else
      echo "create-jdbc-connection-pool --restype javax.sql.DataSource --datasourceclassname org.mariadb.jdbc.MariaDbDataSource --steadypoolsize $steady --maxpoolsize $size --maxwait 10000 --isconnectvalidatereq true --validateatmostonceperiod 5 --validationmethod auto-commit --failconnection true --property \"user=$account:password=\${ALIAS\\=$pool-database}:url=$url\" $pool"
    fi
    present "jdbc/$pool" || echo "create-jdbc-resource --connectionpoolid $pool jdbc/$pool"
  done

  # Settings of the application. What a setting said before and says no more is taken back; other properties are not ours.
  given() {
    sed -n -e 's/^ *<property name="payara\.microprofile\.\(bascule\.[^"]*\)".*/\1/p' "$DOMAIN_DIR/$DOMAIN/config/domain.xml"
  }
  property() {
    if [ -n "$2" ]; then
      echo "set-config-property --source=domain --propertyName=$1 --propertyValue=$2"
    elif given | grep -qxF -e "$1"; then
      echo "delete-config-property --source=domain --propertyName=$1"
    fi
  }
  property bascule.public-url "$PUBLIC_URL"
  property bascule.agent.server-names "$AGENT_SERVER_NAMES"
  property bascule.agent.files "${AGENT_FILES:-}"
  property bascule.tls.spki-hashes "$TLS_SPKI_HASHES"
  property bascule.trusted-proxies "${TRUSTED_PROXIES:-}"
  property bascule.master-key-file "$MASTER_KEY_FILE"
  property bascule.key-set-file "$KEY_SET_FILE"
  property bascule.bootstrap-file "${BOOTSTRAP_FILE:-}"
  property bascule.operator.domain "${OPERATOR_DOMAIN:-}"
  property bascule.block.failures "${BLOCK_FAILURES:-}"
  property bascule.traffic.session-rate "${SESSION_RATE:-}"
  property bascule.traffic.domain-rate "${DOMAIN_RATE:-}"
  property bascule.traffic.domain-sessions "${DOMAIN_SESSIONS:-}"
  property bascule.block.minutes "${BLOCK_MINUTES:-}"
  property bascule.corporate.internal-networks "${INTERNAL_PROVIDERS:-}"
  property bascule.keycloak.url "$KEYCLOAK_URL"
  property bascule.keycloak.client-id "${KEYCLOAK_CLIENT_ID:-}"
  property bascule.keycloak.client-secret-file "$KEYCLOAK_CLIENT_SECRET_FILE"
  property bascule.keycloak.admin-client-id "${KEYCLOAK_ADMIN_CLIENT_ID:-}"
  property bascule.keycloak.admin-client-secret-file "$KEYCLOAK_ADMIN_CLIENT_SECRET_FILE"
  property bascule.keycloak.provisioner-secret-file "$KEYCLOAK_PROVISIONER_SECRET_FILE"
  property bascule.keycloak.provider-secret-file "$KEYCLOAK_PROVIDER_SECRET_FILE"
  [ -z "${MAIL_HOST:-}" ] || need MAIL_FROM
  [ -z "${MAIL_USER:-}" ] || need MAIL_PASSWORD_FILE
  property bascule.mail.host "${MAIL_HOST:-}"
  property bascule.mail.port "${MAIL_PORT:-}"
  property bascule.mail.encryption "${MAIL_ENCRYPTION:-}"
  property bascule.mail.from "${MAIL_FROM:-}"
  property bascule.mail.user "${MAIL_USER:-}"
  property bascule.mail.password-file "${MAIL_PASSWORD_FILE:-}"
  property bascule.device.certificate-life "${DEVICE_CERTIFICATE_LIFE:-}"
  property bascule.audit.anchor-file "${AUDIT_ANCHOR_FILE:-}"
  if [ -n "${AUDIT_SYSLOG_HOST:-}" ]; then
    need AUDIT_SYSLOG_CA_FILE
    AUDIT_SYSLOG_PORT=${AUDIT_SYSLOG_PORT:-6514}
  else
    AUDIT_SYSLOG_PORT='' AUDIT_SYSLOG_CA_FILE='' AUDIT_SYSLOG_RECORDS=''
  fi
  property bascule.audit.syslog.host "${AUDIT_SYSLOG_HOST:-}"
  property bascule.audit.syslog.port "${AUDIT_SYSLOG_PORT:-}"
  property bascule.audit.syslog.ca-file "${AUDIT_SYSLOG_CA_FILE:-}"
  property bascule.audit.syslog.records "${AUDIT_SYSLOG_RECORDS:-}"
  if [ -n "${OWN_RELAY_ID:-}" ]; then
    need OWN_RELAY_ROOT_HASH
    OWN_RELAY_ACCESS_URL=${OWN_RELAY_ACCESS_URL:-$PUBLIC_URL}
  else
    OWN_RELAY_ROOT_HASH='' OWN_RELAY_ACCESS_URL='' OWN_RELAY_ACCESS_CA_FILE=''
  fi
  property bascule.relay.id "${OWN_RELAY_ID:-}"
  property bascule.relay.access-url "${OWN_RELAY_ACCESS_URL:-}"
  property bascule.relay.access-ca-file "${OWN_RELAY_ACCESS_CA_FILE:-}"
  property bascule.relay.root-hash "${OWN_RELAY_ROOT_HASH:-}"
  property bascule.relays.plain "${RELAYS_PLAIN:-}"
  property bascule.relays "$RELAYS"
  for relay in $(printf '%s' "$RELAYS" | tr ',' ' '); do
    name=$(printf '%s' "$relay" | tr -c 'A-Za-z0-9' _)
    need "RELAY_${name}_URL" "RELAY_${name}_NATIVE_URL"
    eval "property bascule.relay.$relay.url \"\$RELAY_${name}_URL\""
    eval "property bascule.relay.$relay.native-url \"\$RELAY_${name}_NATIVE_URL\""
  done
  for former in $(given | sed -n -e 's/^bascule\.relay\.\(.*\)\.native-url$/\1/p'); do
    case ",$RELAYS," in
      *",$former,"*) ;;
      *)
        property "bascule.relay.$former.url" ''
        property "bascule.relay.$former.native-url" ''
        ;;
    esac
  done
} > "$private/commands"

# 4. Apply. asadmin goes on after a refused command, so its output decides.
asadmin_run "$private/commands" > "$private/output" 2>&1 || true
if grep -E '^Command .* failed|^remote failure|^Usage:|^Invalid|^Syntax' "$private/output" > /dev/null; then
  cat "$private/output" >&2
  fail "asadmin refused a command"
fi
done_commands=$(grep -c '^Command .* executed successfully' "$private/output" || true)
all_commands=$(grep -c . "$private/commands")
[ "$done_commands" -ge "$all_commands" ] || { cat "$private/output" >&2; fail "only $done_commands of $all_commands commands were carried out"; }
sed -n -e 's/^delete-config-property .*--propertyName=/taken back: /p' "$private/commands"
echo "$all_commands commands carried out. Restart the domain $DOMAIN."
