#!/bin/sh
# Fetches servers that the tests talk to and that this Debian release has in older versions only, from Debian's forky.
set -eu
exec sh "$(dirname "$0")/../packaging/debian_packages.sh" forky "$(dpkg --print-architecture)" \
  "${XDG_CACHE_HOME:-$HOME/.cache}/memory_exporter-test/forky" prometheus promtool prometheus-pushgateway victoria-metrics
