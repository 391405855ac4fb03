#!/bin/sh
# Installs the Bascule agent on this machine, from the access server that this script came from, and lets it in. Run it as root.
#
# usage: sh bascule-install.sh [options]
#
#   --token-file FILE  where the enrolment token is (its first line), a file of mode 0600; without it the token is asked for on a
#                      terminal, or read from the standard input
#   --pair             shows a pairing code instead of asking for a token
#   --name NAME        what the device is called (default: its host name)
#   --account USER     the account that terminals and commands may run as     (with a token)
#   --shell FILE       the shell to start instead of the account's own        (with a token)
#   --domain NAME      only administrators of this domain can accept it       (with --pair)
#   --root HASH        the hash of the installation's root, if you have it    (with --pair)
#   --yes              takes whichever domain accepts it, without asking here (with --pair)
#   --ca FILE          certificates (PEM) of a private authority to trust for the server
#   --prefix DIR       puts everything below DIR, needs no root and starts no service
#
# Run again without --token-file and --pair, it brings the files up to date, keeps the identity and the policy, and restarts the agent
# if something has changed.
#
# Exit codes: 0 done, 1 failed, 2 wrong options, 3 enrolled already, 10 not root, 11 no Java platform 17 or newer, 12 no systemd, 13
# something else is missing, 14 the download failed, 15 a file is not what this script expects; 3 to 8 are those of bascule-agent (4: the
# token was refused).
#
# It takes BASCULE_SYSTEMCTL, the program that is run instead of systemctl, also with --prefix.
set -eu

server='@SERVER@'
jar_sha256=@JAR_SHA256@
start_sha256=@START_SHA256@
unit_sha256=@UNIT_SHA256@
desktop_sha256=@DESKTOP_SHA256@

say() {
  printf '%s\n' "$*"
}

fail() {
  code=$1
  shift
  printf '%s\n' "$*" >&2
  exit "$code"
}

usage() {
  fail 2 "$* Options: --token-file FILE, --pair, --name, --account, --shell, --domain, --root, --yes, --ca, --prefix; they are explained at the beginning of this script."
}

work=
echo_is_off=
clean() {
  if [ -n "$echo_is_off" ]; then
    stty echo < /dev/tty || true
    echo_is_off=
  fi
  if [ -n "$work" ]; then
    rm -rf -- "$work"
    work=
  fi
}

sha256_of() {
  sha256sum < "$1" | cut -c 1-64
}

has() {
  command -v "$1" > /dev/null 2>&1
}

# What to type where a package is missing.
advice() {
  if has apt-get; then
    say "apt-get install $1"
  elif has dnf; then
    say "dnf install $2"
  elif has zypper; then
    say "zypper install $2"
  elif has pacman; then
    say "pacman -S $3"
  else
    say "your package manager"
  fi
}

check_java() {
  java=java
  if [ -n "${JAVA_HOME:-}" ]; then
    java=$JAVA_HOME/bin/java
  fi
  version=
  if has "$java"; then
    version=$("$java" -version 2>&1 | sed -n -e 's/^[^"]* version "\([0-9][0-9]*\).*/\1/p' | head -n 1)
  fi
  if [ -z "$version" ]; then
    fail 11 "The agent needs a Java platform, 17 or newer. Install one: $(advice openjdk-17-jre-headless java-17-openjdk-headless jre17-openjdk-headless) (or a newer one)."
  fi
  if [ "$version" -lt 17 ]; then
    fail 11 "The agent needs a Java platform, 17 or newer; java here is $version. Install one: $(advice openjdk-17-jre-headless java-17-openjdk-headless jre17-openjdk-headless) (or a newer one)."
  fi
}

check_machine() {
  [ "$(uname -s)" = Linux ] || fail 13 "The agent runs on Linux only."
  if [ -z "$prefix" ]; then
    [ "$(id -u)" -eq 0 ] || fail 10 "This needs root: sudo sh $0"
    [ -n "${BASCULE_SYSTEMCTL:-}" ] || [ -d /run/systemd/system ] ||
      fail 12 "This machine does not run systemd. Use --prefix DIR, and start DIR/usr/bin/bascule-agent run with what the machine has instead."
  fi
  for program in sha256sum mktemp sed; do
    has "$program" || fail 13 "The program $program is missing: $(advice coreutils coreutils coreutils)"
  done
  for program in setpriv setsid; do
    has "$program" || fail 13 "The program $program is missing: $(advice util-linux util-linux util-linux)"
  done
  has curl || has wget || fail 13 "Neither curl nor wget is here: $(advice curl curl curl)"
  check_java
}

# Sets token. It is never an argument of a program, which other users could see.
read_token() {
  token=
  if [ -n "$token_file" ]; then
    IFS= read -r token < "$token_file" || [ -n "$token" ] || fail 2 "There is no enrolment token in $token_file."
  elif [ -t 0 ]; then
    echo_is_off=1
    stty -echo < /dev/tty
    printf 'Enrolment token: ' > /dev/tty
    IFS= read -r token < /dev/tty || true
    stty echo < /dev/tty
    echo_is_off=
    printf '\n' > /dev/tty
  else
    IFS= read -r token || true
  fi
  token=$(printf '%s' "$token" | tr -d ' \t\r')
  case $token in
    '') fail 2 "No enrolment token was given. Type it, or give it with --token-file FILE or on the standard input; --pair shows a pairing code instead." ;;
    bsc1.*) ;;
    *) fail 2 "This is no enrolment token: they begin with bsc1." ;;
  esac
}

# download NAME: what is there of it already stays, and the rest is asked for
download() {
  if has curl; then
    curl -fsS --proto '=https' --tlsv1.2 --connect-timeout 20 --speed-time 60 --speed-limit 1 --retry 8 --retry-connrefused \
      ${ca:+--cacert "$ca"} -C - -o "$work/$1" "$server/agent/files/$1"
  else
    again=
    case $(wget --help 2>&1) in
      *--retry-on-http-error*) again=429,503 ;;
    esac
    wget -q -c --https-only --tries=8 --timeout=60 ${again:+--retry-on-http-error="$again"} ${ca:+--ca-certificate="$ca"} \
      -O "$work/$1" "$server/agent/files/$1"
  fi
}

# fetch NAME SHA256: into the temporary folder. The server ends an answer after a minute: a slow line gets a large file in parts.
fetch() {
  say "Fetching $1 ..."
  had=0
  until download "$1"; do
    here=0
    if [ -f "$work/$1" ]; then
      here=$(wc -c < "$work/$1")
    fi
    [ "$here" -gt "$had" ] || fail 14 "$server/agent/files/$1 could not be fetched."
    had=$here
    [ "$(sha256_of "$work/$1")" != "$2" ] || break
  done
  if [ "$(sha256_of "$work/$1")" != "$2" ]; then
    fail 15 "$1 is not the file that this script expects, and was not installed. Fetch the script anew: the server may have a newer agent. If that does not help, something in between has changed the file."
  fi
}

# wanted NAME SHA256 MODE TARGET: fetches what is not there yet
wanted() {
  if [ ! -f "$4" ] || [ "$(sha256_of "$4")" != "$2" ]; then
    fetch "$1" "$2"
  fi
}

# put NAME SHA256 MODE TARGET: installs what was fetched, by a rename, so that a running agent keeps what it has opened.
put() {
  if [ -f "$work/$1" ]; then
    mkdir -p "$(dirname "$4")" "$(dirname "$restart")"
    : > "$restart"
    cp -- "$work/$1" "$4.new"
    chmod "$3" "$4.new"
    [ -n "$prefix" ] || chown root:root "$4.new"
    mv -f -- "$4.new" "$4"
  else
    chmod "$3" "$4"
  fi
}

each_file() {
  "$1" bascule-agent.jar "$jar_sha256" 0644 "$prefix/usr/lib/bascule-agent/bascule-agent.jar"
  "$1" bascule-agent "$start_sha256" 0755 "$prefix/usr/bin/bascule-agent"
  "$1" bascule-agent.service "$unit_sha256" 0644 "$prefix/etc/systemd/system/bascule-agent.service"
  "$1" bascule-agent.desktop "$desktop_sha256" 0644 "$prefix/usr/share/applications/bascule-agent.desktop"
}

let_in() {
  agent=$prefix/usr/bin/bascule-agent
  mkdir -p "$(dirname "$state")"
  code=0
  if [ -n "$pair" ]; then
    "$agent" pair --server "$server" --dir "$state" ${name:+--name "$name"} ${domain:+--domain "$domain"} ${root:+--root "$root"} \
      ${yes:+--yes} ${ca:+--ca "$ca"} || code=$?
  else
    BASCULE_ENROLMENT_TOKEN=$token "$agent" enrol --server "$server" --dir "$state" ${name:+--name "$name"} \
      ${account:+--account "$account"} ${shell:+--shell "$shell"} ${ca:+--ca "$ca"} || code=$?
    token=
  fi
  [ "$code" -eq 0 ] || fail "$code" "The agent is installed, but the device was not let in. Run this again when the reason above is gone."
}

start_service() {
  systemctl=${BASCULE_SYSTEMCTL:-systemctl}
  "$systemctl" daemon-reload || fail 1 "systemd did not take the service."
  "$systemctl" enable bascule-agent || fail 1 "The service could not be enabled."
  if [ -f "$restart" ]; then
    how=restart
  else
    how=start
  fi
  "$systemctl" "$how" bascule-agent || fail 1 "The service did not start; see: journalctl -u bascule-agent"
  # it counts as started as soon as there is a process
  for look in 1 2 3 4 5 6; do
    sleep 1
    "$systemctl" is-active --quiet bascule-agent || fail 1 "The agent was started and has ended; see: journalctl -u bascule-agent"
  done
  rm -f -- "$restart"
  say "The agent runs. 'bascule-agent status' shows how it is."
}

# What to do with a device that has an identity, or is about to get one, when it was to get another.
check_enrolled() {
  enrolled=
  reset="$prefix/usr/bin/bascule-agent reset-identity"
  [ -z "$prefix" ] || reset="$reset --dir $state"
  if [ -f "$state/registration.json" ]; then
    enrolled=yes
    case $(tr -d ' \n' < "$state/registration.json" | tr '[:upper:]' '[:lower:]') in
      *"\"$(printf '%s' "$server" | tr '[:upper:]' '[:lower:]')\""*) ;;
      *) fail 3 "This device is enrolled with another server than $server. To let it in there, stop the agent (systemctl stop bascule-agent), give its identity up ($reset) and run this again." ;;
    esac
    [ -z "$pair$token_file" ] || fail 3 "This device is enrolled already. To bring the agent up to date, run this without --pair and --token-file. To let the device in anew, after it was revoked or removed, stop the agent (systemctl stop bascule-agent), give its identity up ($reset) and run this again."
    say "This device is enrolled already: its identity stays. If it was revoked or removed, stop the agent (systemctl stop bascule-agent), give its identity up ($reset) and run this again."
    return
  fi
  for file in "$state/enrolment.json" "$prefix/etc/bascule-agent/enrolment.json"; do
    if [ -f "$file" ]; then
      enrolled=yes
      [ -z "$pair$token_file" ] || fail 3 "The enrolment file $file waits for the agent. Remove it, or run this without --pair and --token-file."
      say "There is an enrolment file: the agent takes it when it starts."
      return
    fi
  done
}

main() {
  pair='' token_file='' name='' account='' shell='' domain='' root='' yes='' ca='' prefix=''
  while [ $# -gt 0 ]; do
    case $1 in
      --pair) pair=yes ;;
      --yes) yes=yes ;;
      --help)
        sed -n -e '2,/^set -eu/{/^#/{s/^# \{0,1\}//;p;};}' "$0"
        exit 0
        ;;
      --token-file | --name | --account | --shell | --domain | --root | --ca | --prefix)
        if [ $# -lt 2 ] || [ -z "$2" ]; then
          usage "$1 needs a value."
        fi
        case $1 in
          --token-file) token_file=$2 ;;
          --name) name=$2 ;;
          --account) account=$2 ;;
          --shell) shell=$2 ;;
          --domain) domain=$2 ;;
          --root) root=$2 ;;
          --ca) ca=$2 ;;
          --prefix) prefix=$2 ;;
        esac
        shift
        ;;
      *) usage "There is no option $1." ;;
    esac
    shift
  done
  if [ -n "$pair" ]; then
    [ -z "$token_file$account$shell" ] || usage "--token-file, --account and --shell do not belong to --pair."
  else
    [ -z "$domain$root$yes" ] || usage "--domain, --root and --yes belong to --pair."
  fi
  [ -z "$ca" ] || [ -r "$ca" ] || usage "The file $ca cannot be read."
  case $prefix in
    '' | /*) ;;
    *) prefix=$(pwd)/$prefix ;;
  esac
  prefix=${prefix%/}
  # the service has neither of them
  [ -n "$prefix" ] || unset JAVA_HOME BASCULE_AGENT_JAR
  check_machine

  state=$prefix/var/lib/bascule-agent
  # there from the first file that is replaced until the agent runs with all of them
  restart=$prefix/usr/lib/bascule-agent/restart-needed
  check_enrolled
  [ -n "$enrolled$pair" ] || read_token

  work=$(mktemp -d)
  each_file wanted
  # the archive of classes belongs to another jar
  [ ! -f "$work/bascule-agent.jar" ] || rm -f -- "$prefix/usr/lib/bascule-agent/bascule-agent.jsa"
  each_file put
  say "The agent is installed."
  [ -n "$enrolled" ] || let_in
  if [ -z "$prefix" ] || [ -n "${BASCULE_SYSTEMCTL:-}" ]; then
    start_service
  else
    rm -f -- "$restart"
    say "Start it with: $prefix/usr/bin/bascule-agent run --dir $state"
  fi
}

trap clean EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
umask 022
main "$@"
