#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Functions stay below 80 lines and files below 600.
set -eu
cd "${srcdir:-$(dirname "$0")/..}"
ctags --version 2>/dev/null | grep -q 'Universal Ctags' || {
    echo 'skipped: no Universal Ctags'
    exit 77
}
find src tests -name '*.[ch]' ! -name pages.c | LC_ALL=C sort | xargs build-aux/function-size
