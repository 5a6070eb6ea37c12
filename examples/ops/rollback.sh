#!/usr/bin/env bash
# Brings SEAMLESS_VERSION back, whatever runs now: at once if it still runs, else from its kept release.
source "$(dirname "$0")/slots.sh"

version=$SEAMLESS_VERSION
slot=$(slot_of "$version")
if [ "$slot" = - ]; then
  if [ ! -d "$releases/$version" ]; then
    echo "there is no release $version in $releases" >&2
    exit 1
  fi
  settle
  slot=$(other "$stable")
  if [ "$candidate" != - ]; then ingress set candidate= weight=0; fi
  stop "$slot"
  start "$slot" "$version"
fi

all_to "$slot"
echo "$version in $slot has all the traffic"
