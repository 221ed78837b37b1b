#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Includes follow the table of src/README.md, which is read here: a folder may include itself and what its row names.
. "${srcdir:?}/tests/harness.sh"

cd "$srcdir/src" || exit 99

# shellcheck disable=SC2016
# "FOLDER ALLOWED,ALLOWED": the rows of folders.
sed -n 's/^| `\([a-z]*\)\/` |.*| *\([^|]*[^| ]\)\{0,1\} *|$/\1 \2/p' README.md | tr -d '`' | sed 's/, */,/g' >"$work/layers"
check "the table has a row for each folder" test "$(wc -l <"$work/layers")" -eq 19

while read -r folder allowed; do
    for word in $folder $(printf '%s' "$allowed" | tr ',' ' '); do
        case $word in
        '<cvmdom/…>') echo cvmdom ;;
        *) echo "$word" ;;
        esac
    done >"$work/allowed"
    for file in "$folder"/*.[ch]; do
        sed -n 's/^ *# *include *"\([a-z_]*\)\/.*/\1/p' "$file" | sort -u >"$work/used"
        extra=$(grep -vxF -f "$work/allowed" "$work/used" | tr '\n' ' ')
        check "$file includes of $extra" test -z "$extra"
    done
done <"$work/layers"

# The libraries that only one folder may know (README: "Bytes come in: read").
for file in */*.[ch] ./*.[ch]; do
    case $file in
    read/*) ;;
    virt/*)
        foreign=$(grep -nE '^ *# *include *<(yaml|libxml/|jansson|openssl/|glpk)' "$file" || :)
        check "$file includes $foreign" test -z "$foreign"
        ;;
    attest/*)
        foreign=$(grep -nE '^ *# *include *<(yaml|libxml/|jansson|libvirt/|glpk)' "$file" || :)
        check "$file includes $foreign" test -z "$foreign"
        ;;
    place/*)
        foreign=$(grep -nE '^ *# *include *<(yaml|libxml/|jansson|libvirt/|openssl/)' "$file" || :)
        check "$file includes $foreign" test -z "$foreign"
        ;;
    *)
        foreign=$(grep -nE '^ *# *include *<(yaml|libxml/|jansson|libvirt/|openssl/|glpk)' "$file" | grep -v 'profile_schema\|jansson' || :)
        check "$file includes $foreign" test -z "$foreign"
        ;;
    esac
done
finish
