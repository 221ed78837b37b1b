#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Memory that runs out. GLib ends the program by SIGTRAP or SIGABRT after a message (by SIGSEGV without one, when there is none
# left even for that: g_log() calls itself); what the other libraries report is an error with status 2. In neither case is a result shorter than it should be, or a file half written; and nothing is allocated for a
# file that only claims to be large. ALL=1 in the environment tries every single allocation, which takes minutes.
. "${srcdir:?}/tests/harness.sh"
. "$srcdir/tests/fault.sh"
need python3 openssl cmp
mkdir "$work/here" && cd "$work/here" || exit 99

host=$srcdir/profiles/hosts/epyc-genoa-snp.xml
snp=$srcdir/profiles/snp-minimal.yaml
domain=$srcdir/tests/domains/defined.xml
python3 "$srcdir/tests/tools/make_ovmf.py" firmware.fd --like amdsev --size 0x20000 || exit 99
cat >snp.yaml <<YAML
name: guest
launchSecurity: {type: sev-snp, policy: 0x30000}
memory: 1GiB
vcpu: 2
cpu: EPYC-Milan
os: {firmware: {loader: $work/here/firmware.fd, type: rom, stateless: true}}
YAML
openssl ecparam -name secp384r1 -genkey -noout -out id.pem 2>err || exit 99

# LIBRARY|FIRST|STEP|ARGUMENTS: every STEPth of its allocations from the FIRST on. libcrypto 3.0 itself does not survive
# that the first ones of its start fail (CRYPTO_THREAD_read_lock() of a lock that was not made), so it is left those.
cat >rows <<TABLE
libxml2|1|7|lint $domain --host $host -f json
libxml2|2|9|harden $domain --type sev-snp
libxml2|3|9|render $snp --host $host
libxml2|4|13|fleet $snp --host $host -f json
libyaml|1|9|render $snp --host $host
libyaml|2|11|lint $snp --host $host -f sarif
libcrypto|60|450|measure snp.yaml --explain
libcrypto|60|700|render snp.yaml --id-key id.pem
libglib|1|90|render $snp --host $host
libglib|9|90|lint $domain --host $host -f json
libglib|17|60|harden $domain --type sev-snp
libglib|25|200|fleet $snp --host $host -f html
libglib|33|110|measure snp.yaml -f json
TABLE

# An ID block is signed with a number drawn anew each time.
plain()
{
    sed -E 's|<idAuth>.*|<idAuth>|' "$1"
}

is_whole()
{
    plain "$work/out" | cmp -s - expected
}

# An end by GLib, an error that says so, or nothing noticed: then nothing is missing.
judge()
{
    case $status in
    133 | 134) grep -qE 'GLib.*(failed to allocate|Cannot allocate)' "$work/err" ;;
    2) grep -qE '^cvmdom: .*(memory|libcrypto|no private key)' "$work/err" ;;
    "$usual") is_whole ;;
    *) false ;;
    esac
}

# sweep FAULT-SUFFIX: "" for one allocation, "+" for all from there on.
sweep()
{
    at=$first
    while
        # shellcheck disable=SC2086 # words are wanted
        with_fault "malloc@$library:$at$1:ENOMEM" $arguments
        has_fired
    do
        check "$arguments, allocation $at$1 of $library: status $status: $(head -c 300 "$work/err")" judge
        at=$((at + step))
        swept=$((swept + 1))
    done
}

while IFS='|' read -r library first step arguments; do
    [ -z "${ALL:-}" ] || step=1
    usual=0
    # shellcheck disable=SC2086
    "$command" $arguments >whole 2>err </dev/null || usual=$?
    plain whole >expected
    check "$arguments: status $usual: $(cat err)" test "$usual" -le 1 -a -s expected
    swept=0
    sweep ''
    # With no memory at all libcrypto 3.5 tries again without end, when it signs.
    if [ "$library" != libcrypto ]; then
        step=$((step * 3))
        sweep +
    fi
    check "$arguments: only $swept allocations of $library failed" test "$swept" -ge 5
done <rows
printf '%s runs\n' "$runs"

# ---- in the middle of writing ----

# The last allocations before the end are those around the file.
"$command" render "$snp" --host "$host" -o new.xml 2>err || fail 'no file is written'
count=1
while with_fault "malloc@libglib:$count:ENOMEM" render "$snp" --host "$host" -o x.xml && false || has_fired; do
    count=$((count + 200))
done
for back in 10 20 40 60 80 100 150 200 300; do
    echo old >x.xml
    with_fault "malloc@libglib:$((count - back)):ENOMEM" render "$snp" --host "$host" -o x.xml
    case $status in
    0) check "out of memory $back before $count: not the new file" cmp -s x.xml new.xml ;;
    133) check "out of memory $back before $count: neither file" eval 'cmp -s x.xml new.xml || [ "$(cat x.xml)" = old ]' ;;
    *) fail "out of memory $back before $count: status $status" ;;
    esac
done
check "out of memory, and files are left: $(ls)" test "$(echo x.xml*)" = x.xml

# ---- a limit for the process ----

{
    printf '<domain type="kvm"><name>x</name>'
    i=0
    while [ $((i += 1)) -le 20 ]; do
        printf '<metadata>'
        printf '<a b="c"/>%.0s' $(seq 4000)
        printf '</metadata>'
    done
    printf '</domain>'
} >large.xml
# The program itself takes about 48 MB of address space on x86-64, nearly all of it libraries.
for limit in 52000 56000 60000 64000; do
    status=0 run_line="lint large.xml in $limit kB"
    (ulimit -v "$limit" && exec "$command" lint large.xml) >"$work/out" 2>"$work/err" </dev/null || status=$?
    case $status in
    0 | 1) check "$run_line: it is not told of its findings" grep -q CVM "$work/out" ;;
    2 | 127) check "$run_line: status $status without a message" test -s "$work/err" ;;
    133 | 134 | 139) pass ;;
    *) fail "$run_line: status $status: $(cat "$work/err")" ;;
    esac
done

# What claims to be huge is refused for its claim.
truncate -s 1T huge.xml huge.yaml huge
for arguments in 'lint huge.xml' 'lint huge.yaml' 'render huge.yaml' 'harden huge.xml' "render $snp --host huge.xml" \
    "fleet huge.yaml --host $host" "fleet $snp --host huge.xml" 'measure huge.yaml' 'host check huge.xml' 'host show huge.xml' 'explain --log huge' \
    'measure snp.yaml --firmware huge' 'idblock snp.yaml --id-key huge' "lint $snp --config huge"; do
    status=0 run_line=$arguments
    # shellcheck disable=SC2086
    (ulimit -v 80000 && exec timeout 20 "$command" $arguments) >"$work/out" 2>"$work/err" </dev/null || status=$?
    expect_status 2
    expect_err 'is larger than [0-9]+ bytes'
done
finish
