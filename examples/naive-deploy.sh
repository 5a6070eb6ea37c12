#!/usr/bin/env bash
# How services are upgraded without Seamless: stop the old version, replace it, start the new one, and hope.
# The demo runs it under the same load, to count what that costs users.
#
#   naive-deploy.sh ARCHIVE VERSION    with ORDERS_STATE (folder) and PORT (where the service listens)
set -euo pipefail
: "${ORDERS_STATE:?}" "${PORT:?}"

archive=$1
version=$2
ops=$(cd "$(dirname "$0")" && pwd)/ops
current=$ORDERS_STATE/current

# An ended process that nobody has waited for is no reason to wait longer.
runs() { kill -0 "$1" 2>/dev/null && ! grep -qs '^State:.*Z' "/proc/$1/status"; }

if [ -f "$ORDERS_STATE/pid" ]; then
  old=$(cat "$ORDERS_STATE/pid")
  kill -TERM "$old"
  while runs "$old"; do sleep 0.05; done
fi

rm -rf "$current"
mkdir -p "$current"
tar -xf "$archive" -C "$current"

set -m
nohup node "$current/src/server.ts" >>"$ORDERS_STATE/log" 2>&1 </dev/null &
echo $! >"$ORDERS_STATE/pid"
set +m
node "$ops/ready.ts" "http://127.0.0.1:$PORT" "$version" "$(cat "$ORDERS_STATE/pid")"
