#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# cvmdom explain: rules, return codes, errors, messages and logs, in every way to write them.
# shellcheck source=tests/harness.sh
. "${srcdir:?}/tests/harness.sh"
cd "$work" || exit 99

# ---- rules ----

run "$CVMDOM" rules
expect_status 0
expect_out '^CVM207  error .* policy-debug-allowed '
cut -c1-6 out >ids
while read -r id; do
    run "$CVMDOM" explain "$id"
    expect_status 0
    expect_out "^$id: "
done <ids
run "$CVMDOM" explain policy-debug-allowed
expect_status 0
expect_out '^CVM207: '
run "$CVMDOM" explain CVM999
expect_status 3
run "$CVMDOM" explain policy-debug-alowed
expect_status 3
expect_err "did you mean 'policy-debug-allowed'"

# Return codes and errors, in each way to write them.
for code in 7 0x7 0x07 POLICY_FAILURE policy_failure SEV_RET_POLICY_FAILURE fw_error=7 'error 0x7'; do
    run "$CVMDOM" explain "$code"
    expect_status 0
    expect_out '^POLICY_FAILURE: '
    expect_out "fw_error=7 'Policy is not allowed'"
    expect_silent err
done
run "$CVMDOM" explain 22
expect_out "^'22' was taken for a return code"
expect_out 'cvmdom explain 0x22'
expect_out 'cvmdom explain EINVAL'
for error in ret=-22 EINVAL einval rc=-22; do
    run "$CVMDOM" explain "$error"
    expect_status 0
    expect_out '^EINVAL: '
done
run "$CVMDOM" explain 207
expect_status 0
expect_out '^CVM207: '
expect_err "taken for the rule CVM207"
for nothing in 0x99 99 ret=-99 fw_error=99 99999999999999999999; do
    run "$CVMDOM" explain "$nothing"
    expect_status 3
    expect_silent out
done
run "$CVMDOM" explain POLICY_FAILRE
expect_status 3
expect_err "did you mean 'POLICY_FAILURE'"

# Messages: whole, in part, quoted or not, and by name.
for message in "SNP_LAUNCH_START ret=-22 fw_error=0" "qemu-system-x86_64: sev_snp_launch_start: SNP_LAUNCH_START ret=-22 fw_error=0 ''"; do
    run "$CVMDOM" explain "$message"
    expect_status 0
    check "the first line is the cause" test "$(sed -n '1s/:.*//p' out)" = Cause
    expect_out '^Change: .*0x30000'
    expect_out 'ret=-22 is EINVAL'
    expect_out '^  CVM204  policy-reserved-bits$'
done
run "$CVMDOM" explain SNP_LAUNCH_START ret=-22 fw_error=0
expect_status 0
expect_out '^Change: .*0x30000'
run "$CVMDOM" explain cbitpos
expect_status 0
expect_out "cbitpos check failed, host '%d' requested '%d'"
run "$CVMDOM" explain the cat sat on the mat
expect_status 1
expect_silent out
expect_err 'explain --list'
run "$CVMDOM" explain --list
expect_status 0
for kind in 'check     iommu  ' 'rule      CVM207  ' 'fw_error  7  POLICY_FAILURE' 'ret       -22  EINVAL' 'message   no-free-asid  '; do
    expect_out "^$kind"
done
for wrong in '' '--list 7' '--list --log x' '--log x 7'; do
    # shellcheck disable=SC2086 # words are wanted
    run "$CVMDOM" explain $wrong
    expect_status 3
    expect_silent out
done

# Checks of hosts.
for check in kvm-amd-sev IOMMU; do
    run "$CVMDOM" explain $check
    expect_status 0
    expect_out "^'host check' looks at: "
    expect_out '^Types of guests: sev'
    expect_out '^Change: '
    expect_silent err
done
run "$CVMDOM" explain kvm-amd-sew
expect_status 3
expect_err "did you mean 'kvm-amd-sev'"
run "$CVMDOM" explain cbitpos # a message and a check
expect_status 0
expect_out '^Cause: '
expect_out "^'host check' looks at: "
# Whatever a report has in brackets can be asked for.
"$CVMDOM" host check --format json epyc-genoa-snp | sed -n 's/^ *"id": "\(.*\)",$/\1/p' >ids
check "there are checks" test -s ids
while read -r id; do
    run "$CVMDOM" explain "$id"
    expect_status 0
done <ids

# Logs.
log=$srcdir/tests/logs/last-of-three-starts.txt
run "$CVMDOM" explain --log "$log"
expect_status 0
expect_out '^Cause: .*pin'
expect_out '^Change: .*<locked/>'
expect_out 'last-of-three-starts.txt:110: '
expect_out 'only passes it on'
cp out from-file
"$CVMDOM" explain --log - <"$log" >out 2>err
status=$? run_line='explain --log -'
expect_status 0
sed "s|$log|-|" from-file >expected
check "a log on standard input says the same" cmp -s expected out
run "$CVMDOM" explain --log "$srcdir/tests/logs/failed-then-runs.txt"
expect_status 1
expect_out 'no known failure in its last start, which begins in line 38'
expect_out '^An earlier start failed: see line 35'
run "$CVMDOM" explain --log "$srcdir/tests/logs/only-follow-ups.txt"
expect_status 1
expect_out '^No cause found: '
run "$CVMDOM" explain --log /dev/null
expect_status 1
run "$CVMDOM" explain --log no-such.log
expect_status 2
expect_err "cannot read 'no-such.log'"
run "$CVMDOM" explain --log .
expect_status 2
truncate -s 17M large.log
run "$CVMDOM" explain --log large.log
expect_status 2
printf 'x\033[31m: NUMA node 1 is unavailable \033]0;title\007\n' >escape.log
run "$CVMDOM" explain --log escape.log
expect_status 0
check "no control character of a log reaches the terminal" test -z "$(tr -d '\n\t[:print:]' <out | LC_ALL=C tr -d '\200-\377')"
finish
