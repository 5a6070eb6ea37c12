#!/usr/bin/env bash
# The control plane that the kubernetes suites run against: kube-apiserver, kube-controller-manager, kube-scheduler and
# kubectl, built from the published Go module that test/support/kube/control-plane/go.mod pins (go.sum has its hashes).
# Prints the folder that holds them. Does nothing where they are built already. Needs Go; about five minutes of two cores.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../test/support/kube/control-plane"

version=$(sed -nE 's|^(require)?[[:space:]]*k8s\.io/kubernetes (v[0-9.]+).*|\2|p' go.mod)
home=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/seamless-ci/kube-$version
tools=(kube-apiserver kube-controller-manager kube-scheduler kubectl)

# Whole or not at all: the folder takes its name only when all tools are in it.
if [ ! -d "$home" ]; then
  # Where Go's own installer puts it, which a bare environment has not on its PATH.
  PATH="$PATH:/usr/local/go/bin"
  command -v go >/dev/null || { echo 'build-kube: Go 1.26 or newer is needed (https://go.dev/doc/install)' >&2; exit 1; }
  mkdir -p "$(dirname "$home")"
  making=$(mktemp -d "$home.XXXXXX")
  trap 'rm -rf "$making"' EXIT
  stamp=k8s.io/component-base/version
  IFS=. read -r major minor _ <<<"${version#v}"
  # A server without its version answers /version by a placeholder, and kubectl warns of skew.
  flags="-s -w -X $stamp.gitVersion=$version -X $stamp.gitMajor=$major -X $stamp.gitMinor=$minor"
  CGO_ENABLED=0 GOFLAGS="${GOFLAGS:-} -mod=readonly" nice -n 10 \
    go build -trimpath -ldflags "$flags" -o "$making/" "${tools[@]/#/k8s.io/kubernetes/cmd/}" >&2
  chmod 755 "$making"
  mv -T "$making" "$home" 2>/dev/null || [ -d "$home" ]
fi
echo "$home"
