#!/usr/bin/env bash
# Sends this share of the requests to the new version.
set -euo pipefail
printf '%s\n' "$SEAMLESS_WEIGHT" > "${SITE:?the folder of the server}/weight"
