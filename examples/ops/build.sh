#!/usr/bin/env bash
# Packs what the service needs to run into one archive: the same commit always gives the same bytes.
set -euo pipefail

mkdir -p build
git archive --format=tar --output="build/orders-$SEAMLESS_VERSION.tar" "$SEAMLESS_SHA" -- VERSION package.json data src
