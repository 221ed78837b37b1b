#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The names that the map lists, the headers declare, and the built library exports are the same.
. "${srcdir:?}/tests/harness.sh"

# check_library NAME HEADER…: src/NAME.map, the headers, and the library. Sets $library.
check_library()
{
    name=$1 library=${builddir:?}/src/.libs/$1.so
    shift
    sed -n '/^global:/,/^local:/s/^ *\(cvmdom_[a-z0-9_]*\);$/\1/p' "$srcdir/src/$name.map" >"$work/map"
    sed -n 's/^\(cvmdom_[a-z0-9_]*\)(.*/\1/p' "$@" | sort >"$work/headers"
    nm -D --defined-only "$library" | sed -n 's/^[0-9a-f]* [^AaU] \([^@]*\).*$/\1/p' | sort >"$work/library"
    check "$name: the map is not empty" test -s "$work/map"
    check "$name: the map's names are sorted" sort -c "$work/map"
    check "$name: the map lists what the headers declare" diff "$work/map" "$work/headers"
    check "$name: the library exports what the map lists" diff "$work/map" "$work/library"
}

[ -e "${builddir:?}/src/.libs/libcvmdom.so" ] || skip "no shared library was built"
headers=$(find "$srcdir/src/include/cvmdom" -name '*.h' ! -name attest.h ! -name place.h ! -name virt.h)
if [ -e "$builddir/src/.libs/libcvmdom-virt.so" ]; then
    check_library libcvmdom-virt "$srcdir/src/include/cvmdom/virt.h"
fi
check_library libcvmdom-attest "$srcdir/src/include/cvmdom/attest.h"
check_library libcvmdom-place "$srcdir/src/include/cvmdom/place.h"
# shellcheck disable=SC2086 # a list
check_library libcvmdom $headers

# No state that threads would share: nothing writable but what runs once (pthread_once, g_once_init_enter, a quark), the key of what is a
# thread's own, and the linker's.
if command -v objdump >/dev/null && ! nm -D "$library" | grep -q __asan_; then
    objdump -t "$library" | awk '$3 ~ /^\.(data|bss)$/ || $4 ~ /^\.(data|bss)$/ { print $NF }' |
        grep -vE '^(\.|__)|(^|\.)(initialized|once|q|ready|completed|own)(\.[0-9]+)?$' >"$work/state"
    check "the library keeps state: $(tr '\n' ' ' <"$work/state")" test ! -s "$work/state"
fi
finish
