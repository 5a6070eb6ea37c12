#!/usr/bin/env bash
# Starts SEAMLESS_VERSION in the free slot, beside the version that users have. It gets no traffic yet: weight.sh sends it.
source "$(dirname "$0")/slots.sh"

version=$SEAMLESS_VERSION
if [ "$(slot_of "$version")" != - ]; then
  echo "$version runs already"
  exit 0
fi

settle
if [ "$stable" = - ]; then free=blue; else free=$(other "$stable"); fi
if [ "$candidate" != - ]; then ingress set candidate= weight=0; fi
stop "$free"

rm -rf "$releases/${version:?}"
mkdir -p "$releases/$version"
tar -xf "build/orders-$version.tar" -C "$releases/$version"
start "$free" "$version"

if [ "$stable" = - ]; then
  ingress set "stable=$(origin_of "$free")" candidate= weight=0
  echo "$version runs in $free and has all the traffic: it is the first"
else
  ingress set "candidate=$(origin_of "$free")" weight=0
  echo "$version runs in $free beside $(version_in "$stable")"
fi
