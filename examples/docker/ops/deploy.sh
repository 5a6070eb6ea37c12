#!/usr/bin/env bash
# Brings a version's site to SITE, the folder that the web server shows. SEAMLESS_IMAGE names its image by the digest: it is
# the very image that was built and tested, whatever its tags mean by now. Rolling back calls this with the old one's.
set -euo pipefail
: "${SITE:?the folder of the web server}"
: "${SEAMLESS_IMAGE:?no image is on record for ${SEAMLESS_VERSION}}"

docker pull --quiet "$SEAMLESS_IMAGE"
container=$(docker create "$SEAMLESS_IMAGE" nothing-runs)
trap 'docker rm "$container" >/dev/null' EXIT
rm -rf "$SITE.new" "$SITE.old"
docker cp "$container:/site" "$SITE.new"
if [ -e "$SITE" ]; then mv "$SITE" "$SITE.old"; fi
mv "$SITE.new" "$SITE"
