#!/usr/bin/env bash
# The change of the upgrade that follows this version.
set -euo pipefail
git apply "changes/from-$(cat VERSION).patch"
