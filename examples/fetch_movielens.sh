#!/bin/sh
# SPDX-License-Identifier: MIT
# Fetches a MovieLens data set of GroupLens and unpacks it:
#   fetch_movielens.sh [ml-100k|ml-1m|ml-latest-small] [folder]
# The folder is build/data unless named: git ignores it, for these data must not be committed.
# MOVIELENS_URL names another place to fetch from.
set -eu

name=${1:-ml-100k}
folder=${2:-build/data}
url=${MOVIELENS_URL:-https://files.grouplens.org/datasets/movielens}

fail() {
    echo "fetch_movielens.sh: $1" >&2
    exit 1
}

case $name in
ml-100k) checksum=0e33842e24a9c977be4e0107933c0723 ;;
ml-1m) checksum=c4d9eecfca2ab87c1945afe126590906 ;;
ml-latest-small) checksum= ;;
*) fail "unknown data set '$name'; choose ml-100k, ml-1m or ml-latest-small" ;;
esac

if [ -e "$folder/$name" ]; then
    fail "$folder/$name is there already; remove it to fetch it again"
fi
mkdir -p "$folder"
work=$folder/fetch.$$
mkdir "$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

fetch() {
    if command -v curl >/dev/null; then
        curl --fail --location --show-error --silent --output "$2" "$1"
    elif command -v wget >/dev/null; then
        wget --quiet --output-document="$2" "$1"
    else
        fail "neither curl nor wget is installed"
    fi
}

md5_of() {
    if command -v md5sum >/dev/null; then
        md5sum <"$1" | cut -d ' ' -f 1
    elif command -v md5 >/dev/null; then
        md5 -q "$1"
    else
        fail "neither md5sum nor md5 is installed"
    fi
}

unpack() {
    if command -v unzip >/dev/null; then
        unzip -q "$1" -d "$2"
    elif command -v python3 >/dev/null; then
        python3 -m zipfile -e "$1" "$2"
    else
        fail "neither unzip nor python3 is installed"
    fi
}

echo "Fetching $url/$name.zip"
fetch "$url/$name.zip" "$work/$name.zip" || fail "could not fetch $url/$name.zip"

if [ -n "$checksum" ]; then
    found=$(md5_of "$work/$name.zip")
    [ "$found" = "$checksum" ] ||
        fail "$name.zip has the MD5 sum '$found', expected $checksum; nothing was unpacked"
else
    echo "Not checked: $name changes over time, so no checksum is known. Report no results on it."
fi

unpack "$work/$name.zip" "$work" || fail "could not unpack $name.zip"
[ -d "$work/$name" ] || fail "$name.zip has no folder $name in it"
mv "$work/$name" "$folder/$name"

cat <<END
The data are in $folder/$name.
Terms of use: its README (research; no commercial use without permission; acknowledge GroupLens).
ml-100k and ml-1m may not be passed on.
Next: ./run demo $folder/$name
END
