#!/bin/sh
# Fetches servers that the tests talk to and that this Debian release has in older versions only, from Debian's forky, and
# unpacks them in a cache folder. Nothing is installed: apt runs with sources, lists and caches of its own.
# What could be fetched is there afterwards; exit 1 if something couldn't.
set -eu

cache="${XDG_CACHE_HOME:-$HOME/.cache}/memory_exporter-test/forky"
packages="prometheus promtool prometheus-pushgateway victoria-metrics"

# The mirror that this machine uses for Debian itself.
mirror=$(apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' 'Created-By: Packages' | sort -u |
  sed -n 's/^Debian Debian //p' | head -n 1)
[ -n "$mirror" ] || { echo "forky.sh: apt has no source of Debian: is this a Debian with 'apt-get update' done?" >&2; exit 1; }

mkdir -p "$cache/apt/lists/partial" "$cache/apt/archives/partial"
echo "deb $mirror forky main" > "$cache/apt/sources.list"
: > "$cache/apt/status"
apt_get() {
  apt-get -qq -o Dir::Etc::SourceList="$cache/apt/sources.list" -o Dir::Etc::SourceParts=- -o Dir::State="$cache/apt" \
    -o Dir::State::Lists="$cache/apt/lists" -o Dir::State::Status="$cache/apt/status" -o Dir::Cache="$cache/apt" \
    -o APT::Sandbox::User=root "$@"
}
apt_get update

failed=0
for package in $packages; do
  folder="$cache/$package"
  rm -rf "$folder.new" && mkdir -p "$folder.new"
  if (cd "$folder.new" && apt_get download "$package/forky" && dpkg-deb -x ./*.deb . && rm ./*.deb); then
    rm -rf "$folder" && mv "$folder.new" "$folder"
    echo "$folder"
  else
    echo "forky.sh: no $package" >&2
    failed=1
  fi
done
exit $failed
