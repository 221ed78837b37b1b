#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Whoever takes 'lint' over by what it reads can write nothing but its reports, start no program and reach no network.
. "${srcdir:?run this by make check}/tests/harness.sh"

escape=$builddir/tests/tools/.libs/escape.so
[ -e "$escape" ] || skip "no escape.so: shared libraries are not built"
"$CVMDOM" --version >"$work/version" || exit 99
offered=$(sed -n 's/^What the kernel confines .lint. by: //p' "$work/version")
case $offered in
nothing) skip "this kernel, or the container, offers neither Landlock nor seccomp" ;;
esac

inputs=$work/inputs reports=$work/reports others=$work/others
mkdir "$inputs" "$reports" "$others"
for i in 1 2 3 4 5 6 7 8 9; do
    cp "$srcdir/profiles/snp-minimal.yaml" "$inputs/$i.yaml"
done

# escape FROM ARGUMENT…: runs lint with the attempts; their lines are in $work/tried
escape()
{
    from=$1
    shift
    run env CVM_ESCAPE_FROM="$from" CVM_ESCAPE_TO="$others" LD_PRELOAD="$escape${LD_PRELOAD:+:$LD_PRELOAD}" "$CVMDOM" "$@"
    grep -E '^[a-z]+: (done|refused)' "$work/err" >"$work/tried" || :
}

# refused NAME…: in every thread that tried
refused()
{
    for name in "$@"; do
        check "$name was tried" grep -q "^$name: " "$work/tried"
        done=$(grep -c "^$name: done" "$work/tried")
        check "'$run_line': $name was not refused" test "$done" -eq 0
    done
}

# Nothing stops it before: what does, below, is the confinement.
escape now --version
for name in make write rename remove execute chmod touch nonsense; do
    check "$name cannot be tried here at all" grep -q "^$name: done" "$work/tried"
done

echo "somebody else's" >"$others/there"

offers()
{
    case $offered in
    *"$1"*) return 0 ;;
    esac
    echo "no $1 here: what it refuses was not looked at"
    return 1
}

landlock=$(printf '%s\n' "$offered" | sed -n 's/^Landlock \([0-9]*\).*/\1/p')
expect_confined()
{
    check "'$run_line' tried nothing" test -s "$work/tried"
    if offers Landlock; then
        refused make write remove rename link symlink folder fifo trace
        [ "$landlock" -lt 3 ] || refused truncate
        [ "$landlock" -lt 6 ] || refused signal
        check "somebody else's file changed" grep -qx "somebody else's" "$others/there"
    fi
    if offers seccomp; then
        refused chmod chown touch inet udp unix type execute nonsense
    elif [ -n "$landlock" ]; then
        refused execute
    fi
}

escape "$inputs" lint "$inputs/1.yaml"
expect_status 0
expect_confined

# Reports are written all the same: new ones, over old ones, through links, into what is no file.
escape "$inputs" lint --host epyc-genoa-snp --output "sarif=$reports/new.sarif" "$inputs/1.yaml"
expect_status 0
expect_confined
check "the report is there" grep -q '"2.1.0"' "$reports/new.sarif"
ln -s new.sarif "$reports/link.json"
mkfifo "$reports/pipe"
cat "$reports/pipe" >"$work/piped" &
escape "$inputs" lint --output "json=$reports/link.json" --output "junit=$reports/pipe" --output text=/dev/null "$inputs/1.yaml"
wait
expect_status 0
expect_confined
check "the link stayed one" test -L "$reports/link.json"
check "the file that it leads to has the report" grep -q '"version": 1' "$reports/new.sarif"
check "the pipe has its report" grep -q '<testsuites' "$work/piped"
run "$CVMDOM" lint --output text=/dev/full "$inputs/1.yaml"
expect_status 2
expect_err 'cannot write .*/dev/full'
(cd "$reports" && "$CVMDOM" lint --output sarif=here.sarif "$inputs/1.yaml") >/dev/null
check "a report in the working folder" test -s "$reports/here.sarif"
run "$CVMDOM" lint --output "sarif=$work/none/x.sarif" "$inputs/1.yaml"
expect_status 2
expect_err 'No such file'

# Each of its threads.
if "$CVMDOM" lint --help | grep -q -e '--jobs'; then
    escape "$inputs" lint --jobs 2 "$inputs"
    expect_status 0
    expect_confined
fi

# A library that is loaded late, a translation, a character set that the C library has a module for.
run "$CVMDOM" lint "$srcdir/profiles/snp-minimal.yaml" --set "launchSecurity.idBlock={file: $srcdir/tests/rule-pages/id-block.b64}"
expect_out 'CVM215'
! grep -q 'libcvmdom-attest' "$work/out" || fail "libcvmdom-attest could not be loaded"
printf "<?xml version='1.0' encoding='EUC-JP'?><domain type='kvm'><name>\\244\\242</name></domain>\n" >"$work/wide.xml"
run "$CVMDOM" lint "$work/wide.xml"
expect_out 'CVM'
finish
