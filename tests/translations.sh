#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every translation is complete: held against the messages of the sources as they are now, none is missing or fuzzy,
# and each has the holes of its original.
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

# Prints the messages whose translation has other holes ({1}, {code}) than the original. What fills
# them is not printf, so msgfmt --check does not know them.
print_wrong_holes() {
    msgattrib --no-obsolete --no-wrap "$1" | awk '
        function list_lost(from, to, hole, lost) {
            while (match(from, /\{[a-z0-9]+\}/)) {
                hole = substr(from, RSTART, RLENGTH)
                from = substr(from, RSTART + RLENGTH)
                lost = lost (index(to, hole) ? "" : " " hole)
            }
            return lost
        }
        function finish(field, wrong) {
            for (field in text) {
                if (field ~ /^msgstr/ && text[field] != "") {
                    wrong = wrong list_lost(text["msgid"], text[field]) list_lost(text[field], text["msgid"])
                }
            }
            if (wrong != "") {
                print text["msgid"] ": other holes:" wrong
            }
            split("", text)
        }
        /^$/ { finish() }
        /^msg/ { field = $1 }
        /^(msg|")/ { sub(/^[^"]*"/, ""); sub(/"$/, ""); text[field] = text[field] $0 }
        END { finish() }'
}
cat >"$work/wrong.po" <<'END'
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\n"

msgid "kept {1} and {code}, write {file: NAME}"
msgstr "{code} und {1} behalten, schreiben Sie {file: NAME}"

msgid "lost {errno}"
msgstr "verloren"

msgid "renamed {do}"
msgstr "umbenannt {tue}"

msgid "not there yet {2}"
msgstr ""
END
wrong=$(print_wrong_holes "$work/wrong.po")
expected='lost {errno}: other holes: {errno}
renamed {do}: other holes: {do} {tue}'
[ "$wrong" = "$expected" ] || {
    echo "the check of holes says of a wrong translation: $wrong"
    exit 1
}

failed=0
# xgettext sees no macro: of "…%" G_GUINT64_FORMAT "…" it keeps the beginning, which nobody ever looks up.
cut=$(msgattrib --no-wrap "$work/now.pot" | grep -E '^(msgid|msgid_plural) .*[^%]%([0-9]+\$)?"$' || :)
[ -z "$cut" ] || {
    printf '%s\n    a message is literals alone: cast the number and write %%llu\n' "$cut"
    failed=1
}
for language in $(grep -v '^#' po/LINGUAS); do
    msgmerge --quiet --no-fuzzy-matching "po/$language.po" "$work/now.pot" --output-file="$work/$language.po"
    statistics=$(LC_ALL=C msgfmt --check --statistics --output-file="$work/$language.mo" "$work/$language.po" 2>&1) || failed=1
    echo "$language: $statistics"
    wrong=$(print_wrong_holes "$work/$language.po")
    [ -z "$wrong" ] || {
        echo "$wrong"
        failed=1
    }
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
