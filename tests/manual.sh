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
