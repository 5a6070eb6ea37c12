#!/usr/bin/env bash
# Prints which version users have, as JSON. A candidate is not live until it has all the traffic.
source "$(dirname "$0")/slots.sh"

read_routing
live=$stable
if [ "$candidate" != - ] && [ "$weight" = 100 ]; then live=$candidate; fi
if [ "$live" = - ]; then
  echo '{"version": null}'
  exit 0
fi

version=$(version_in "$live")
if [ "$version" = - ]; then
  echo "the process in $live is gone" >&2
  exit 1
fi
beside=null
if [ "$candidate" != - ]; then beside="\"$(version_in "$candidate")\""; fi
echo "{\"version\": \"$version\", \"slot\": \"$live\", \"candidate\": $beside, \"weight\": $weight}"
