#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every target of tests/fuzz reads what it begins with, what was kept of earlier findings, and some inputs that are changed
# at random, always the same ones.
. "${srcdir:?}/tests/harness.sh"

cd "$work" || exit 99
check "a target failed" "$builddir/tests/fuzz/fuzz" check 100 1
for input in *.input; do
    if [ -e "$input" ]; then cp "$input" "$builddir/tests/fuzz/" && echo "the input is in tests/fuzz/$input"; fi
done
finish
