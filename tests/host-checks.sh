#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# docs/host-checks.md is what the table prints; CVM_TEST_UPDATE=1 writes it anew.
. "${srcdir:?}/tests/harness.sh"

page=$srcdir/docs/host-checks.md
LC_ALL=C "$builddir/tests/tools/print_checks" >"$work/host-checks.md"
[ -z "${CVM_TEST_UPDATE-}" ] || cp "$work/host-checks.md" "$page"
check "docs/host-checks.md is not what the table prints" diff -u "$page" "$work/host-checks.md"
finish
