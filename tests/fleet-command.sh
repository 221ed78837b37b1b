#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# cvmdom fleet: a made fleet against answers found without cvmdom, and against each pair judged alone; mistakes, exit
# statuses and the text.
# shellcheck source=tests/harness.sh
. "${srcdir:?}/tests/harness.sh"
hosts=$srcdir/profiles/hosts
cd "$work" || exit 99

# ---- 200 hosts in 8 kinds ----

if command -v python3 >/dev/null; then
    python3 "$srcdir/tests/tools/make_fleet.py" "$hosts" 200 160 made || exit 99
    run "$CVMDOM" fleet made/profiles/*.yaml --hosts made/hosts --format json -o report.json
    expect_status 0
    expect_silent out
    expect_silent err
    check "verdicts and numbers of 32000 pairs" python3 "$srcdir/tests/fleet.py" report.json made/hosts made/profiles
    run "$CVMDOM" fleet made/profiles/*.yaml --hosts made/hosts
    expect_status 0
    check "the text of 200 hosts is short" test "$(wc -l <out)" -lt 1500
    check "no line of the text is wider than 80 columns" test -z "$(grep -E '^.{81}' out)"
    check "nothing is said of single hosts" test -z "$(grep -E '^  [a-z]+-[0-9]+ ' out)"
    expect_out '^  25 like milan-0002 '
    expect_out '^  CVM704  es-on-snp-host: '
    # Every twentieth profile of the regular ones, and those that rules look at more closely.
    run "$builddir/tests/tools/fleet_pairs" made/hosts/*.xml -- made/profiles/guest-0*[05].yaml "$srcdir"/tests/fleet/*.yaml
    expect_status 0
    expect_out ' 0 differences$'
    rm -rf made report.json
else
    echo 'no python3: no fleet is made'
fi

# ---- what there is ----

cat >plain.yaml <<'END'
name: plain
memory: 4GiB
vcpu: 2
devices: {disk: {source: /srv/plain.qcow2}}
END
sed 's/^name: .*/name: snp/; 1a launchSecurity: {type: sev-snp}' plain.yaml >snp.yaml
sed 's/4GiB/4000GiB/; s/^name: .*/name: large/' snp.yaml >large.yaml
mkdir -p records/deep
cp "$hosts/epyc-genoa-snp.xml" records
cp "$hosts/xeon-nosev.xml" records/deep
echo '<domain><name>x</name></domain>' >records/domain.xml
echo 'a: b' >records/notes.yaml
run "$CVMDOM" fleet plain.yaml
expect_status 3
expect_err 'which hosts[?]'
run "$CVMDOM" fleet --hosts records
expect_status 3
run "$CVMDOM" fleet plain.yaml snp.yaml --hosts records
expect_status 0
expect_err '^cvmdom: 2 of 4 files are no recorded hosts, and passed over$'
expect_out '^plain [(]not confidential, 4 GiB, 2 vCPUs[)]$'
expect_out '^  epyc-genoa-snp    .* guests, limited by '
expect_out '^  xeon-nosev        cannot run: CVM703$'
run "$CVMDOM" fleet plain.yaml --hosts records/domain.xml
expect_status 2
expect_err "'domain' is none of them"
run "$CVMDOM" fleet plain.yaml --hosts records --hosts records/deep/xeon-nosev.xml
expect_status 0
run "$CVMDOM" fleet plain.yaml --hosts records --hosts "$hosts/xeon-nosev.xml"
expect_status 3
expect_err "two hosts are called 'xeon-nosev'"
run "$CVMDOM" fleet plain.yaml plain.yaml --hosts records
expect_status 3
expect_err "two profiles are called 'plain'"
run "$CVMDOM" fleet no-such.yaml plain.yaml --hosts records
expect_status 2
expect_err 'no-such.yaml'
expect_out '^plain [(]not confidential'
echo '<cvmdomHost version="2" name="new"/>' >records/new.xml
run "$CVMDOM" fleet plain.yaml --hosts records
expect_status 2
expect_err "new.xml:1:22: error: host records of version '2' are not known"
expect_out '^  epyc-genoa-snp '
rm records/new.xml

# ---- counts ----

for count in =3 plain=x plain=-1 plain= plain=1000001 x 1.5; do
    run "$CVMDOM" fleet plain.yaml --hosts records --count "$count"
    expect_status 3
done
run "$CVMDOM" fleet plain.yaml --hosts records --count other=1
expect_status 3
expect_err "no profile is called 'other'"
for ratio in x 0 -1 1001 nan; do
    run "$CVMDOM" fleet plain.yaml --hosts records --vcpus-per-cpu=$ratio
    expect_status 3
done
run "$CVMDOM" fleet plain.yaml --hosts records/deep --vcpus-per-cpu=1.5
expect_status 0
expect_out 'vCPUs'
run "$CVMDOM" fleet plain.yaml snp.yaml --hosts records --count 2 --count snp=3
expect_status 0
expect_out '^A placement of the guests asked for:$'
expect_out '^  epyc-genoa-snp    3 × snp$'
expect_out '^  xeon-nosev        2 × plain$'
run "$CVMDOM" fleet large.yaml --hosts records
expect_status 1
expect_out '^  epyc-genoa-snp    no room: memory$'
run "$CVMDOM" fleet snp.yaml --hosts records --count 400
expect_status 1
run "$CVMDOM" fleet snp.yaml --hosts records/deep
expect_status 1

run "$CVMDOM" fleet no-such.yaml plain.yaml --hosts records --count gone=1 --count plain=1
expect_status 2
expect_err "no profile is called 'gone'"
expect_out '^A placement of the guests asked for:$'

# ---- reports ----

for format in text json html; do
    run "$CVMDOM" fleet plain.yaml --hosts records --format $format -o report
    expect_status 0
    expect_silent out
    check "$format" test -s report
done
run "$CVMDOM" fleet plain.yaml --hosts records --format sarif
expect_status 3
cp plain.yaml before.yaml
run "$CVMDOM" fleet plain.yaml --hosts records -o ./plain.yaml
expect_status 3
check "the profile is not written over" cmp -s plain.yaml before.yaml
run "$CVMDOM" fleet plain.yaml --hosts records/deep/xeon-nosev.xml -o records/deep/xeon-nosev.xml
expect_status 3
run "$CVMDOM" fleet plain.yaml --hosts records -o no/such/folder/report
expect_status 2
run "$CVMDOM" fleet plain.yaml snp.yaml --hosts records --color always
expect_out "$(printf '\033')\[1;32mepyc-genoa-snp"
run "$CVMDOM" fleet - --hosts records <plain.yaml
expect_status 2
finish
