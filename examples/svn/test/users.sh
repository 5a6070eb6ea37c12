#!/usr/bin/env bash
# What users of this version rely on, asked of the API in SEAMLESS_CANDIDATE_DIR: version n's own copy of this file is run
# against version n+1.
set -uo pipefail
api=${SEAMLESS_CANDIDATE_DIR:-.}/api.json
failure=
grep -q '"price"' "$api" || failure='<failure message="there is no price"/>'
mkdir -p reports
printf '<testsuite name="users"><testcase classname="api" name="has a price">%s</testcase></testsuite>\n' "$failure" > reports/users.xml
[ -z "$failure" ]
