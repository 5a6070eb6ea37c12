#!/usr/bin/env bash
# Prints what the release changes on this machine: the version that users have against the one that was built.
source "$(dirname "$0")/slots.sh"

new=$SEAMLESS_VERSION
slot=$(slot_of "$new")
read_routing
old=-
if [ "$stable" != - ]; then old=$(version_in "$stable"); fi
if [ "$slot" != - ]; then
  echo "$new runs in $slot already"
  exit 0
fi
if [ "$old" = - ]; then
  echo "nothing runs yet; $new would be the first"
  exit 0
fi

both=$(mktemp -d)
trap 'rm -rf "$both"' EXIT
cp -R "$releases/$old" "$both/$old"
mkdir "$both/$new"
tar -xf "build/orders-$new.tar" -C "$both/$new"
echo "slot $(other "$stable"): $old -> $new"
cd "$both"
# Exit code 1 means that there are differences: that is what is asked for.
git diff --no-index --no-color --unified=1 "$old" "$new" || [ $? = 1 ]
