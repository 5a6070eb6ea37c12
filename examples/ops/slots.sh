# shellcheck shell=bash disable=SC2034 # the scripts that source this use what it sets
#
# Blue and green: two slots, each a port of this machine where one version runs. Sourced by the other scripts.
#
# From the environment:
#   ORDERS_STATE             folder for releases, process ids and logs
#   BLUE_PORT, GREEN_PORT    where the two slots listen
#   INGRESS_ADMIN            the admin origin of the ingress
set -euo pipefail
: "${ORDERS_STATE:?}" "${BLUE_PORT:?}" "${GREEN_PORT:?}" "${INGRESS_ADMIN:?}"

ops=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
releases=$ORDERS_STATE/releases

ingress() { node "$ops/ingressctl.ts" "$@"; }

# Sets stable, candidate and weight to what the ingress does now; stable and candidate are slots, or - for none.
read_routing() {
  local stable_origin candidate_origin routing
  routing=$(ingress get)
  read -r stable_origin candidate_origin weight <<<"$routing"
  stable=$(slot_at "$stable_origin")
  candidate=$(slot_at "$candidate_origin")
}

origin_of() {
  case $1 in
    blue) echo "http://127.0.0.1:$BLUE_PORT" ;;
    green) echo "http://127.0.0.1:$GREEN_PORT" ;;
  esac
}

slot_at() {
  case $1 in
    "$(origin_of blue)") echo blue ;;
    "$(origin_of green)") echo green ;;
    *) echo - ;;
  esac
}

other() { if [ "$1" = blue ]; then echo green; else echo blue; fi; }

# Whether a process runs; one that has ended and waits for its parent to notice (in a container, maybe for ever) does not.
runs() { kill -0 "$1" 2>/dev/null && ! grep -qs '^State:.*Z' "/proc/$1/status"; }

# The slot's process id, if it runs.
pid_in() {
  local pid
  pid=$(cat "$ORDERS_STATE/$1/pid" 2>/dev/null) && runs "$pid" && echo "$pid"
}

# The version that runs in a slot, or -.
version_in() {
  if pid_in "$1" >/dev/null; then cat "$ORDERS_STATE/$1/version"; else echo -; fi
}

# The slot that runs a version, or -.
slot_of() {
  if [ "$(version_in blue)" = "$1" ]; then echo blue
  elif [ "$(version_in green)" = "$1" ]; then echo green
  else echo -; fi
}

# start SLOT VERSION: starts an unpacked release and waits until it answers.
start() {
  local slot=$ORDERS_STATE/$1 origin
  origin=$(origin_of "$1")
  mkdir -p "$slot"
  echo "$2" >"$slot/version"
  # With job control on, the process leads a group of its own, and a signal to this script's group does not reach it.
  set -m
  PORT=${origin##*:} nohup node "$releases/$2/src/server.ts" >>"$slot/log" 2>&1 </dev/null &
  echo $! >"$slot/pid"
  set +m
  if ! node "$ops/ready.ts" "$origin" "$2" "$(cat "$slot/pid")"; then
    tail -n 20 "$slot/log" >&2
    stop "$1"
    return 1
  fi
}

# stop SLOT: the slot must have no traffic any more; what is under way is finished first.
stop() {
  local pid
  if pid=$(pid_in "$1"); then
    ingress drained "$(origin_of "$1")"
    kill -TERM "$pid"
    for _ in $(seq 200); do
      runs "$pid" || break
      sleep 0.05
    done
    kill -KILL "$pid" 2>/dev/null || true
  fi
  rm -f "$ORDERS_STATE/$1/pid" "$ORDERS_STATE/$1/version"
}

# all_to SLOT: every request goes there, and the other slot is stopped.
all_to() {
  ingress set "stable=$(origin_of "$1")" candidate= weight=0
  stop "$(other "$1")"
}

# A candidate that was given all the traffic, and kept it until now, is the stable one. Its predecessor
# stays warm until then, so that going back takes no longer than turning the weight.
settle() {
  read_routing
  if [ "$candidate" != - ] && [ "$weight" = 100 ]; then
    all_to "$candidate"
    stable=$candidate candidate=- weight=0
  fi
}
