# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# Rendering what is shipped; sourced after harness.sh.

# render_shipped HOST FOLDER: every profile that HOST can carry, as FOLDER/PROFILE.HOST.xml
render_shipped()
{
    for profile in "${srcdir:?}"/profiles/*.yaml; do
        name=$(basename "$profile" .yaml).$1
        status=0
        "$CVMDOM" render "$profile" --host "$1" -o "$2/$name.xml" 2>"${work:?}/stderr" || status=$?
        # a guest type that the host does not have: rules 701 to 704
        if [ "$status" -eq 1 ] && grep -q '\[CVM70[1-4]\]' "${work:?}/stderr"; then
            printf '%s: refused, the host has no such guests\n' "$name"
        elif [ "$status" -ne 0 ]; then
            fail "$name: render exits $status"
            cat "${work:?}/stderr"
        fi
    done
}
