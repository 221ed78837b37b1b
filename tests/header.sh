#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Each installed header compiles alone, as C11 and as C++, without a warning.
. "${srcdir:?}/tests/harness.sh"

: "${CC:=cc}" "${CXX:=c++}"
flags="-Wall -Wextra -Wpedantic -Werror -fsyntax-only -I$srcdir/src/include"

for header in "$srcdir"/src/include/cvmdom/*.h; do
    name=cvmdom/${header##*/}
    # Twice: the guard works.
    printf '#include <%s>\n#include <%s>\nextern int unused;\n' "$name" "$name" >"$work/one.c"
    # shellcheck disable=SC2086
    check "<$name> is C11" $CC -std=c11 -Wstrict-prototypes $flags "$work/one.c"
    cp "$work/one.c" "$work/one.cc"
    if command -v "${CXX%% *}" >/dev/null; then
        # shellcheck disable=SC2086
        check "<$name> is C++" $CXX -std=c++11 $flags "$work/one.cc"
    fi
done
finish
