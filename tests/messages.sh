#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# docs/messages.md is what the tables print; CVM_TEST_UPDATE=1 writes it anew.
. "${srcdir:?}/tests/harness.sh"

page=$srcdir/docs/messages.md
LC_ALL=C "$builddir/tests/tools/print_messages" >"$work/messages.md"
[ -z "${CVM_TEST_UPDATE-}" ] || cp "$work/messages.md" "$page"
check "docs/messages.md is not what the tables print" diff -u "$page" "$work/messages.md"
finish
