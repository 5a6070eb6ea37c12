#!/usr/bin/env bash
# The change of the upgrade: a new field, in a new version.
set -euo pipefail
printf '{ "price": 10, "currency": "CHF" }\n' > api.json
printf '1.1.0\n' > VERSION
