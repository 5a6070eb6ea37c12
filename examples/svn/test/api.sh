#!/usr/bin/env bash
# What users of every version rely on: there is a price.
set -euo pipefail
grep -q '"price"' "${1:-api.json}"
