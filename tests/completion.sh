#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The completion scripts: each is one of its shell, and offers what there is.
# shellcheck source=tests/harness.sh
. "${srcdir:?}/tests/harness.sh"
cd "$work" || exit 99
touch five.yaml

run "$CVMDOM" completion tcsh
expect_status 3
run "$CVMDOM" completion bash
expect_status 0
cp out completion.bash
check "the bash completion is bash" bash -n completion.bash
complete_words()
{
    bash -c '. ./completion.bash
        compopt() { :; }
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
        _cvmdom; printf "%s\n" "${COMPREPLY[@]}"' bash "$@" | tr '\n' ' '
}
check "commands complete" test "$(complete_words cvmdom rend)" = 'render '
check "options complete" test "$(complete_words cvmdom lint --fa)" = '--fail-on '
check "closed lists complete" test "$(complete_words cvmdom policy -t sev-)" = 'sev-es sev-snp '
check "--option=word completes" test "$(complete_words cvmdom lint --fail-on = wa)" = 'warning '
check "files complete" test "$(complete_words cvmdom lint fiv)" = 'five.yaml '
for shell in zsh fish; do
    run "$CVMDOM" completion $shell
    expect_status 0
    if command -v $shell >/dev/null; then
        cp out "completion.$shell"
        check "the $shell completion is $shell" $shell -n "completion.$shell"
    fi
done

# ---- commands of a command ----

check "bash: commands of a command" test "$(complete_words cvmdom host '')" = 'capture show check '
check "bash: their options" test "$(complete_words cvmdom host capture --f)" = '--full '
check "bash: arguments of their options" test "$(complete_words cvmdom host check --type sev-)" = 'sev-es sev-snp '
check "bash: the same behind =" test "$(complete_words cvmdom host check --format = j)" = 'json '
check "bash: other commands stay" test "$(complete_words cvmdom lint --format = js)" = 'json '
check "bash: the command's own options" test "$(complete_words cvmdom host --)" = '--help '
touch recorded.xml
check "bash: their operands" test "$(complete_words cvmdom host show recor)" = 'recorded.xml '
if command -v fish >/dev/null; then
    "$CVMDOM" completion fish >completion.fish
    complete_fish()
    {
        HOME=$work fish --no-config -c "source completion.fish; complete -C '$1'" | cut -f1 | tr '\n' ' '
    }
    check "fish: commands of a command" test "$(complete_fish 'cvmdom host ')" = 'capture check show '
    check "fish: arguments of their options" test "$(complete_fish 'cvmdom host check --type sev-')" = 'sev-es sev-snp '
fi
"$CVMDOM" completion zsh >_cvmdom
check "zsh: commands of a command" grep -qx '    check)' _cvmdom
finish
