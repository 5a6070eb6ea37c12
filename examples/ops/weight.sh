#!/usr/bin/env bash
# Sends SEAMLESS_WEIGHT percent of the requests to SEAMLESS_VERSION.
source "$(dirname "$0")/slots.sh"

slot=$(slot_of "$SEAMLESS_VERSION")
read_routing
if [ "$slot" = "$stable" ]; then
  echo "$SEAMLESS_VERSION has all the traffic already"
elif [ "$slot" = - ] && [ "$SEAMLESS_WEIGHT" = 0 ]; then
  echo "$SEAMLESS_VERSION does not run, so it has no traffic"
elif [ "$slot" = - ]; then
  echo "$SEAMLESS_VERSION does not run: deploy it first" >&2
  exit 1
else
  ingress set "candidate=$(origin_of "$slot")" "weight=$SEAMLESS_WEIGHT"
  echo "$SEAMLESS_WEIGHT % of the requests go to $SEAMLESS_VERSION in $slot"
fi
