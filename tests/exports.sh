#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The names that the map lists, the headers declare, and the built library exports are the same.
. "${srcdir:?}/tests/harness.sh"

library=${builddir:?}/src/.libs/libcvmdom.so
[ -e "$library" ] || skip "no shared library was built"

sed -n '/^global:/,/^local:/s/^ *\(cvmdom_[a-z_]*\);$/\1/p' "$srcdir/src/libcvmdom.map" >"$work/map"
sed -n 's/^\(cvmdom_[a-z_]*\)(.*/\1/p' "$srcdir"/src/include/cvmdom/*.h | sort >"$work/headers"
nm -D --defined-only "$library" | sed -n 's/^[0-9a-f]* [^AaU] \([^@]*\).*$/\1/p' | sort >"$work/library"

check "the map is not empty" test -s "$work/map"
check "the map's names are sorted" sort -c "$work/map"
check "the map lists what the headers declare" diff "$work/map" "$work/headers"
check "the library exports what the map lists" diff "$work/map" "$work/library"
finish
