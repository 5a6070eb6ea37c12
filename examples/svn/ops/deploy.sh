#!/usr/bin/env bash
# Brings this version's API to SITE, the folder that the server serves. Rolling back calls this with the old one's files.
set -euo pipefail
: "${SITE:?the folder of the server}"
mkdir -p "$SITE"
cp api.json "$SITE/api.json"
bash test/api.sh "$SITE/api.json"
printf '%s\n' "$SEAMLESS_VERSION" > "$SITE/version"
