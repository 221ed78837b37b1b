#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The manual page tells of the commands and options that --help lists, no less and no more; that of a command with
# commands of its own is docs/cvmdom-COMMAND.1.
. "${srcdir:?}/tests/harness.sh"

options_of_help()
{
    sed -n '/^Options:/,/^$/s/^ *\(-., \)\{0,1\}--\([a-z0-9-]*\).*/\2/p' | sort -u
}

# commands_of [COMMAND]: those below it.
commands_of()
{
    "$CVMDOM" "$@" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z]*\)  .*/\1/p'
}

# compare_page PAGE [COMMAND]: its sections and their options are those of the commands below COMMAND.
compare_page()
{
    page=$1
    shift
    check "there is a page '$page'" test -e "$page"
    check "the commands of '$page' are the command's" test \
        "$(sed -n '/^\.Sh COMMANDS/,/^\.Sh /s/^\.Ss //p' "$page")" = "$(commands_of "$@")"
    for name in $(commands_of "$@"); do
        "$CVMDOM" "$@" "$name" --help | options_of_help | grep -vx help >"$work/help"
        sed -n "/^\.Ss $name\$/,/^\.S[sh] /p" "$page" |
            sed -n 's/^\.It .*Fl -\([a-z0-9-]*\).*/\1/p' | sort -u >"$work/manual"
        check "options of '$* $name'" diff "$work/help" "$work/manual"
    done
}

check "there are commands" test -n "$(commands_of)"
compare_page "$srcdir/docs/cvmdom.1"
groups=0
for command in $(commands_of); do
    if [ -n "$(commands_of "$command")" ]; then
        groups=$((groups + 1))
        compare_page "$srcdir/docs/cvmdom-$command.1" "$command"
    fi
done
check "some commands have commands of their own" test "$groups" -gt 0

# The page on linting has the keys of a configuration, the schema's, and only options that lint has.
manual=$srcdir/docs/cvmdom-lint.7
"$CVMDOM" schema config | sed -n 's/^    "\([a-zA-Z]*\)": {$/\1/p' | sort >"$work/schema"
sed -n '/^\.Sh CONFIGURATION/,/^\.Sh /s/^\.It Cm \([a-zA-Z]*\) :.*/\1/p' "$manual" | sort >"$work/keys"
check "a configuration has keys" test -s "$work/schema"
check "the keys of a configuration" diff "$work/schema" "$work/keys"
"$CVMDOM" lint --help | options_of_help >"$work/help"
grep -o 'Fl -[a-z-]*' "$manual" | sed 's/^Fl -//' | sort -u >"$work/named"
check "options that the page names: $(comm -13 "$work/help" "$work/named" | tr '\n' ' ')" \
    test -z "$(comm -13 "$work/help" "$work/named")"
finish
