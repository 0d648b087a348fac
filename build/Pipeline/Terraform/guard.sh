#!/usr/bin/env bash
# Usage: guard.sh OUTPUT-LOG ERROR-LOG PROCESS-LOG COMMAND [ARGUMENT...]
# Runs COMMAND so it always stops cleanly, whatever happens to the pipeline that started it:
# * in a separate process group, so Ctrl-C at a terminal does not reach it a second time (terraform drops its state on two);
# * interrupted once, when standard input ends: the pipeline closes it on a signal, and the system does when the pipeline is killed;
# * with output that is read to the end, because terraform would die of a broken pipe and leave its lock.
# What it prints is appended to the logs too. PROCESS-LOG gets one line with its process id and the time when it starts, and one
# more when it has ended.
set -m
trap : INT TERM HUP
log=$1 errors=$2 processes=$3
shift 3

relay() { # LOG
  trap '' PIPE INT TERM HUP
  tee -a "$1" 2>/dev/null
  cat >>"$1"
}

"$@" </dev/null > >(relay "$log") 2> >(relay "$errors" >&2) &
child=$!
printf '%s started %s\n' "$child" "$(date +%s)" >>"$processes"
(
  trap '' INT TERM HUP
  while read -r _; do :; done
  kill -INT "$child"
) >/dev/null 2>&1 &
watcher=$!
disown "$watcher" # so nothing is printed about its end
while :; do
  wait "$child" 2>/dev/null
  status=$?
  kill -0 "$child" 2>/dev/null || break
done
printf '%s ended %s\n' "$child" "$(date +%s)" >>"$processes"
kill -KILL "$watcher" 2>/dev/null
exit "$status"
