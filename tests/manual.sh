#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The manual page tells of the commands and options that --help lists, no less and no more.
. "${srcdir:?}/tests/harness.sh"

manual=$srcdir/docs/cvmdom.1

options_of_help()
{
    sed -n '/^Options:/,/^$/s/^ *\(-., \)\{0,1\}--\([a-z-]*\).*/\2/p' | sort -u
}
commands=$("$CVMDOM" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z]*\)  .*/\1/p')
check "there are commands" test -n "$commands"
for command in $commands; do
    check "the manual has a section for '$command'" grep -q "^\.Ss $command\$" "$manual"
done
documented=$(sed -n '/^\.Sh COMMANDS/,/^\.Sh /s/^\.Ss //p' "$manual")
check "the manual's commands are the command's" test "$documented" = "$commands"
for command in $commands; do
    "$CVMDOM" "$command" --help | options_of_help | grep -vx help >"$work/help"
    sed -n "/^\.Ss $command\$/,/^\.S[sh] /p" "$manual" |
        sed -n 's/^\.It .*Fl -\([a-z-]*\).*/\1/p' | sort -u >"$work/manual"
    check "options of '$command'" diff "$work/help" "$work/manual"
done
finish
