#!/bin/sh
# Runs one relay on Payara Micro: no cluster, no database, TLS with AES-256 and forward secrecy. Usage: relay.sh SETTINGS-FILE
# The process is replaced by the JVM, so a service manager sees the relay itself. SIGTERM drains and stops it.
set -eu
. "$(dirname "$0")/functions.sh"
load_settings "$@"
need ACCESS_URL ROOT_HASH TLS_KEYSTORE TLS_KEYSTORE_PASSWORD_FILE
installed=$(dirname "$0")/..
: "${RELAY_ID:=$(uname -n)}"
: "${RELAY_ADDRESS:=0.0.0.0}"
: "${RELAY_HTTPS_PORT:=$(url_port "${RELAY_URL:-}")}"
: "${PAYARA_MICRO:=$installed/payara-micro.jar}"
: "${RELAY_WAR:=$installed/relay-ws.war}"
# systemd says where the state of a unit is kept.
: "${RELAY_FOLDER:=${STATE_DIRECTORY:-/var/lib/bascule-relay}}"
umask 077
mkdir -p "$RELAY_FOLDER/server"
alias=$(tls_alias "$RELAY_FOLDER/alias")
config=configs.config.server-config.network-config
{
  echo "set-hazelcast-configuration --enabled=false --dynamic=false"
  for listener in http-listener https-listener; do
    http=$config.protocols.protocol.$listener.http
    echo "set $config.network-listeners.network-listener.$listener.address=$RELAY_ADDRESS"
    echo "set $http.server-header=false"
    echo "set $http.xpowered-by=false"
    echo "set $http.request-timeout-seconds=60"
    echo "set $http.websockets-timeout-seconds=900"
  done
  # Health and metrics are for this machine alone, on a listener of their own. The commands that exist for metrics come too late here.
  echo "create-protocol --securityenabled=false ops"
  echo "create-http --default-virtual-server ops ops"
  echo "create-virtual-server --hosts localhost --networklisteners ops ops"
  echo "create-network-listener --address 127.0.0.1 --listenerport ${RELAY_OPS_PORT:-8390} --protocol ops --transport tcp ops"
  echo "set configs.config.server-config.microprofile-metrics-configuration.virtual-servers=ops"
  echo "set-microprofile-healthcheck-configuration --enabled=true --virtualServers=ops"
  echo "set-openapi-configuration --enabled=false"
  # What the container queues for each connection is four times this; a relay's bound of memory is before it.
  echo "set $config.transports.transport.tcp.socket-write-buffer-size=16384"
  # Outside of the heap TLS is slower, and each packet of a header that is not complete would keep 64 KiB. The server remembers what it was told once.
  echo "set $config.transports.transport.tcp.byte-buffer-type=heap"
  # The threads that wait for what arrives pass it on as well.
  echo "set $config.transports.transport.tcp.acceptor-threads=$(getconf _NPROCESSORS_ONLN)"
  [ -n "${RELAY_HTTP_PORT:-}" ] || echo "set $config.network-listeners.network-listener.http-listener.enabled=false"
  ssl=$config.protocols.protocol.https-listener.ssl
  echo "set $ssl.cert-nickname=$alias"
  echo "set $ssl.tls13-enabled=true"
  echo "set $ssl.tls12-enabled=true"
  # AES-256 with forward secrecy, nothing else.
  echo "set $ssl.ssl3-tls-ciphers=+TLS_AES_256_GCM_SHA384,+TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,+TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
  echo "set $config.protocols.protocol.https-listener.http.http2-enabled=false"
} > "$RELAY_FOLDER/preboot"
{
  echo "javax.net.ssl.keyStore=$TLS_KEYSTORE"
  echo "javax.net.ssl.keyStoreType=PKCS12"
  echo "javax.net.ssl.keyStorePassword=$(secret "$TLS_KEYSTORE_PASSWORD_FILE")"
  echo "bascule.relay.id=$RELAY_ID"
  echo "bascule.relay.access-url=$ACCESS_URL"
  echo "bascule.relay.root-hash=$ROOT_HASH"
  echo "bascule.relay.key-set-file=$RELAY_FOLDER/key-set"
} > "$RELAY_FOLDER/settings.properties"
[ -z "${ACCESS_CA_FILE:-}" ] || echo "bascule.relay.access-ca-file=$ACCESS_CA_FILE" >> "$RELAY_FOLDER/settings.properties"
[ -z "${RELAY_TRUSTED_PROXIES:-}" ] || echo "bascule.relay.trusted-proxies=$RELAY_TRUSTED_PROXIES" >> "$RELAY_FOLDER/settings.properties"
# With a URL of its own it registers itself, and waits for an operator's approval.
if [ -n "${RELAY_URL:-}" ]; then
  {
    echo "bascule.relay.key-file=${RELAY_KEY_FILE:-$RELAY_FOLDER/relay-key.pem}"
    echo "bascule.relay.public-url=$RELAY_URL"
    [ -z "${RELAY_NATIVE_URL:-}" ] || echo "bascule.relay.native-url=$RELAY_NATIVE_URL"
    [ -z "${RELAY_NAME:-}" ] || echo "bascule.relay.name=$RELAY_NAME"
    [ -z "${RELAY_REGION:-}" ] || echo "bascule.relay.region=$RELAY_REGION"
  } >> "$RELAY_FOLDER/settings.properties"
fi
# Without memory it ends, and the service manager starts it again: its sessions go on elsewhere, which they would not if it stayed and did half of its work.
# shellcheck disable=SC2086
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:+ExitOnOutOfMemoryError ${JVM_OPTIONS:--Xmx512m} -jar "$PAYARA_MICRO" --nohazelcast --disablephonehome \
  --rootdir "$RELAY_FOLDER/server" --prebootcommandfile "$RELAY_FOLDER/preboot" --systemproperties "$RELAY_FOLDER/settings.properties" \
  --port "${RELAY_HTTP_PORT:-8080}" --sslport "$RELAY_HTTPS_PORT" --deploy "$RELAY_WAR" --contextroot relay
