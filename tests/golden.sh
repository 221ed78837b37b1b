#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every shipped profile on every bundled host, compared with tests/cases/PROFILE@HOST: expected.xml is what is rendered,
# expected.txt the findings; and one of them in the formats for programs. CVM_TEST_UPDATE=1 writes them anew; a missing file fails, and so does one that is not used.
. "${srcdir:?run this by make check}/tests/harness.sh"

cd "$srcdir" || exit 99
cases=tests/cases
[ -z "${CVM_TEST_UPDATE-}" ] || rm -rf "$cases"

# What else a profile is rendered to, each with what its files end in: expected.TARGET.SUFFIX, and in expected.TARGET.txt the
# findings that libvirt's XML does not draw.
targets='qemu.sh systemd.service kubevirt.yaml virt-install.sh'

# expect FILE CASE: FILE (which may be empty: nothing expected) is the case's file of the same name.
expect()
{
    expected=$cases/$2/$(basename "$1")
    if [ -n "${CVM_TEST_UPDATE-}" ]; then
        [ ! -s "$1" ] || { mkdir -p "$cases/$2" && cp "$1" "$expected"; }
    elif [ ! -s "$1" ]; then
        check "$expected: nothing of the kind came out" test ! -e "$expected"
    elif [ ! -e "$expected" ]; then
        fail "$expected is missing: look at what comes out, then CVM_TEST_UPDATE=1"
    else
        check "$expected differs" diff -u "$expected" "$1"
    fi
}

# lint_rendered HOST CASE: what is rendered, read as domain XML on its host, is as sound as the profile: the same rules fire, and
# none of them above a note.
lint_rendered()
{
    sed -n 's/.*: \([a-z]*\): .*\[\(CVM[0-9]*\)\]$/\1 \2/p' "$work/expected.txt" | sort -u >"$work/of-profile"
    run "$CVMDOM" lint --color never "$work/expected.xml" --host "$1" --fail-on warning
    check "$2: the rendered XML has findings: $(cat "$work/out")" test "$status" -eq 0
    sed -n 's/.*: \([a-z]*\): .*\[\(CVM[0-9]*\)\]$/\1 \2/p' "$work/out" | sort -u >"$work/of-xml"
    check "$2: profile and rendered XML differ in their findings" diff -u "$work/of-profile" "$work/of-xml"
}

# render_to TARGET SUFFIX: of $profile on $host, for $case
render_to()
{
    run "$CVMDOM" render --color never --to "$1" "$profile" --host "$host"
    cp "$work/out" "$work/expected.$1.$2"
    grep '\[CVM[0-9]*\]$' "$work/err" | grep -vxF -f "$work/expected.txt" >"$work/expected.$1.txt"
    expect "$work/expected.$1.$2" "$case"
    expect "$work/expected.$1.txt" "$case"
    if [ -s "$work/out" ]; then expected_status=0; else expected_status=1; fi
    check "$case to $1: exit $status instead of $expected_status" test "$status" -eq "$expected_status"
}

for profile in profiles/*.yaml; do
    for host in profiles/hosts/*.xml; do
        case=$(basename "$profile" .yaml)@$(basename "$host" .xml)
        run "$CVMDOM" render --color never "$profile" --host "$host"
        cp "$work/out" "$work/expected.xml"
        grep '\[CVM[0-9]*\]$' "$work/err" >"$work/expected.txt"
        expect "$work/expected.xml" "$case"
        expect "$work/expected.txt" "$case"
        if [ -s "$work/out" ]; then wanted=0; else wanted=1; fi
        check "$case: exit $status instead of $wanted" test "$status" -eq "$wanted"
        [ "$wanted" -ne 0 ] || lint_rendered "$host" "$case"
        for target in $targets; do
            render_to "${target%%.*}" "${target#*.}"
        done
        printf '%s\n' "$case" >>"$work/cases"
    done
done

# SARIF has the whole catalogue in it: tests/reports.sh and tests/unit/test_report_formats.c hold it.
for format in json junit github; do
    run "$CVMDOM" lint --format $format --fail-on note profiles/snp-web.yaml --host profiles/hosts/xeon-nosev.xml
    expect_status 1
    sed 's/"version": "[0-9.]*"/"version": "0"/' "$work/out" >"$work/expected.$format"
    expect "$work/expected.$format" snp-web@xeon-nosev
done

for case in "$cases"/*; do
    check "$case belongs to no profile and host" grep -qxF "$(basename "$case")" "$work/cases"
done
# The arguments that keep find from the files of the targets.
others()
{
    for target in $targets; do
        printf '! -name expected.%s ' "$target"
    done
}
# shellcheck disable=SC2046 # words
find "$cases" -type f ! -name expected.xml ! -name 'expected.*txt' $(others) ! -path '*/snp-web@xeon-nosev/expected.*' >"$work/others"
check "files that no test reads: $(cat "$work/others")" test ! -s "$work/others"
finish
