#!/bin/sh
# Unpacks packages of a Debian release for an architecture, each in a folder of its own with its version beside it in NAME.version:
#     sh packaging/debian_packages.sh SUITE ARCHITECTURE FOLDER PACKAGE…
# Nothing is installed: apt runs with sources, lists and caches of its own. What could be fetched is there afterwards; exit 1 if
# something couldn't.
set -eu
suite=$1 architecture=$2 folder=$3
shift 3

# The mirror that this machine uses for Debian itself.
mirror=$(apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' 'Created-By: Packages' | sort -u |
  sed -n 's/^Debian Debian //p' | head -n 1)
[ -n "$mirror" ] || { echo "$0: apt has no source of Debian: is this a Debian with 'apt-get update' done?" >&2; exit 1; }

apt="$folder/apt"
mkdir -p "$apt/lists/partial" "$apt/archives/partial"
echo "deb $mirror $suite main" > "$apt/sources.list"
: > "$apt/status"
apt_get() {
  apt-get -qq -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=- -o Dir::State="$apt" \
    -o Dir::State::Lists="$apt/lists" -o Dir::State::Status="$apt/status" -o Dir::Cache="$apt" \
    -o APT::Architecture="$architecture" -o APT::Architectures="$architecture" -o APT::Sandbox::User=root "$@"
}
apt_get update

failed=0
for package; do
  new="$folder/$package.new"
  rm -rf "$new" && mkdir -p "$new"
  if (cd "$new" && apt_get download "$package/$suite" && dpkg-deb -f ./*.deb Version > "$folder/$package.version" &&
    dpkg-deb -x ./*.deb . && rm ./*.deb); then
    rm -rf "${folder:?}/$package" && mv "$new" "$folder/$package"
    echo "$folder/$package"
  else
    echo "$0: no $package" >&2
    failed=1
  fi
done
exit $failed
