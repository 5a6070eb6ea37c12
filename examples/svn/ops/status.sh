#!/usr/bin/env bash
# Prints the version that users get; nothing where there is none yet.
cat "${SITE:?the folder of the server}/version" 2>/dev/null || true
