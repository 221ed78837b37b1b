#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Launch digests over a grid of launches, step by step, beside a calculation of its own in Python; and the table of its
# results, so that the two cannot change together unseen.
. "${srcdir:?}/tests/harness.sh"
need python3

tools=$srcdir/tests/tools
table=$srcdir/tests/launch-digests.tsv
mkdir "$work/files"
python3 "$tools/launch_digests.py" "$work/files" || exit 99
python3 "$tools/launch_digests.py" "$work/files" --steps >"$work/expected" || exit 99
python3 "$tools/launch_digests.py" "$work/files" --table >"$work/table" || exit 99
if [ "${CVM_TEST_UPDATE:-0}" = 1 ]; then
    cp "$work/table" "$table"
fi

"$builddir/tests/tools/print_digests" "$work/files" <"$work/files/cases.tsv" >"$work/computed"
check "print_digests ends well" test $? -eq 0
check "every step and digest is the expected one" diff -u "$work/expected" "$work/computed"
check "the table is that of tests/launch-digests.tsv" cmp "$table" "$work/table"
# shellcheck disable=SC2016 # awk's
check "each row has its digest" test "$(grep -cv / "$work/computed")" -eq "$(grep -c . "$table")"
finish
