#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every translation is complete: held against the messages of the sources as they are now, none is missing or fuzzy.
set -eu
cd "${srcdir:-$(dirname "$0")/..}"
for tool in xgettext msgmerge msgfmt; do
    command -v $tool >/dev/null || {
        echo "skipped: no $tool"
        exit 77
    }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
options=$(sed -n 's/^XGETTEXT_OPTIONS = //p' po/Makevars)
# shellcheck disable=SC2086 # words are wanted
xgettext --files-from=po/POTFILES.in $options --output="$work/now.pot"
failed=0
for language in $(grep -v '^#' po/LINGUAS); do
    msgmerge --quiet --no-fuzzy-matching "po/$language.po" "$work/now.pot" --output-file="$work/$language.po"
    statistics=$(LC_ALL=C msgfmt --check --statistics --output-file="$work/$language.mo" "$work/$language.po" 2>&1) || failed=1
    echo "$language: $statistics"
    case $statistics in
    *untranslated* | *fuzzy*)
        msgattrib --untranslated --no-obsolete "$work/$language.po"
        msgattrib --only-fuzzy --no-obsolete "$work/$language.po"
        failed=1
        ;;
    esac
    LC_ALL=C msgfmt --check --statistics --output-file="$work/$language.mo" "po/$language.po" >"$work/kept" 2>&1 || failed=1
    ! grep -E 'fuzzy|untranslated' "$work/kept" || failed=1
done
exit $failed
