# Shared by the scripts beside it; not run by itself.

fail() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

# Reads the settings file named on the command line.
load_settings() {
  [ $# -ge 1 ] || fail "usage: $(basename "$0") SETTINGS-FILE"
  [ -r "$1" ] || fail "cannot read the settings file $1"
  case "$1" in
    /*) settings_file=$1 ;;
    *) settings_file=./$1 ;;
  esac
  # shellcheck disable=SC1090
  . "$settings_file"
}

# need NAME...: refuses to go on while a setting is empty.
need() {
  for setting in "$@"; do
    eval "setting_value=\${$setting:-}"
    [ -n "$setting_value" ] || fail "$setting is not set in $settings_file"
  done
}

# secret FILE: prints the first line of a file that holds one secret.
secret() {
  [ -r "$1" ] || fail "cannot read the secret file $1"
  IFS= read -r secret_value < "$1" || [ -n "$secret_value" ] || fail "$1 is empty"
  [ -n "$secret_value" ] || fail "$1 is empty"
  printf '%s' "$secret_value"
}

# url_port URL: the port of a wss URL; 443 if it names none or is another.
url_port() {
  port=$(printf '%s' "$1" | sed -n -e 's|^wss://[^/]*:\([0-9][0-9]*\)\(/.*\)\{0,1\}$|\1|p')
  echo "${port:-443}"
}

# A folder for files with secrets that goes away with the script.
private_folder() {
  umask 077
  private=$(mktemp -d "${TMPDIR:-/tmp}/bascule.XXXXXX") || fail "cannot make a temporary folder"
  trap 'rm -rf "$private"' EXIT
  trap 'exit 1' HUP INT TERM
}

# Escapes a value for the right side of s|x|y| of sed.
sed_value() {
  printf '%s' "$1" | sed -e 's/[\\&|]/\\&/g'
}

# Escapes a value inside --property of asadmin, where a colon separates and = assigns.
asadmin_value() {
  printf '%s' "$1" | sed -e 's/\\/\\\\/g' -e 's/:/\\:/g' -e 's/=/\\=/g'
}

# asadmin with the account of the settings file; FILE of commands: one run for all of them.
asadmin_run() {
  "$PAYARA_HOME/bin/asadmin" --host localhost --port "$ADMIN_PORT" --user "$ADMIN_USER" \
    --passwordfile "$private/admin" --interactive=false multimode --file "$1"
}

asadmin_login() {
  need PAYARA_HOME ADMIN_PORT ADMIN_USER ADMIN_PASSWORD_FILE
  printf 'AS_ADMIN_PASSWORD=%s\n' "$(secret "$ADMIN_PASSWORD_FILE")" > "$private/admin"
}

# The name of the only private key in TLS_KEYSTORE.
tls_alias() {
  "${JAVA_HOME:+$JAVA_HOME/bin/}keytool" -J-Duser.language=en -J-XX:TieredStopAtLevel=1 -list -keystore "$TLS_KEYSTORE" -storetype PKCS12 \
    -storepass:file "$TLS_KEYSTORE_PASSWORD_FILE" | sed -n -e '/PrivateKeyEntry/s/,.*//p' > "$1"
  [ "$(wc -l < "$1")" -eq 1 ] || fail "$TLS_KEYSTORE does not hold exactly one private key that opens with $TLS_KEYSTORE_PASSWORD_FILE"
  cat "$1"
}
