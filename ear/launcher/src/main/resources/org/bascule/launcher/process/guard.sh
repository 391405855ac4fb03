#!/bin/sh
# guard.sh GRACE COMMAND [ARGUMENT...]
#
# Becomes COMMAND and leaves a watcher beside it that reads the standard input it was given. When that ends, because the parent closed it or
# because the parent is gone (kill -9 too), the watcher asks COMMAND to stop (TERM) and after GRACE seconds makes it (KILL, with everything
# that COMMAND started in its process group). GUARD_INPUT names a file that COMMAND gets as its standard input. GUARD_DESCRIPTION names one that
# says that everything is ready: if the parent is gone without a line "stop", it says so no longer.
grace=$1
shift
pid=$$
input=${GUARD_INPUT:-/dev/null}
description=${GUARD_DESCRIPTION:-}
unset GUARD_INPUT GUARD_DESCRIPTION
# the shell gives background commands an empty standard input, so the pipe takes another number first
exec 3<&0
(
  trap '' HUP INT QUIT TERM
  wanted=
  while IFS= read -r word; do [ "$word" = stop ] && wanted=yes; done
  kill -0 "$pid" || exit 0
  if [ -z "$wanted" ] && [ -n "$description" ]; then
    # before COMMAND ends: whoever starts anew here waits for that, so nothing newer is overwritten
    umask 077
    sed 's/"ready": *true/"ready": false/' "$description" > "$description.$pid" && mv "$description.$pid" "$description" || rm -f "$description.$pid"
  fi
  kill -TERM "$pid" || exit 0
  looks=$((grace * 5))
  while [ "$looks" -gt 0 ] && kill -0 "$pid"; do
    sleep 0.2
    looks=$((looks - 1))
  done
  kill -0 "$pid" || exit 0
  kill -KILL -- "-$pid" || kill -KILL "$pid"
) <&3 > /dev/null 2>&1 3<&- &
exec "$@" < "$input" 3<&-
