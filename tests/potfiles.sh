#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# po/POTFILES.in names exactly the sources with text to translate, in order.
set -eu
cd "${srcdir:-$(dirname "$0")/..}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
find src -name '*.[ch]' ! -name i18n.h ! -name pages.c -exec grep -lE '(^|[^A-Za-z0-9_])(N?_|ngettext_) ?\("' {} + | LC_ALL=C sort >"$work/expected"
grep -v -e '^#' -e '^$' po/POTFILES.in >"$work/listed"
diff -u "$work/listed" "$work/expected" || {
    echo 'po/POTFILES.in is not the sorted list of the sources with translatable text (+: to add, -: to remove)'
    exit 1
}
