#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# 'measure': digests beside a calculation of their own (measure.py), how they are printed, what is refused, and wrong
# usage.
. "${srcdir:?}/tests/harness.sh"
need python3
cd "$work" || exit 99

make_ovmf()
{
    python3 "$srcdir/tests/tools/make_ovmf.py" "$@" || exit 99
}

mkdir grid
python3 "$srcdir/tests/measure.py" grid >grid.out 2>&1 || cat grid.out
check "digests are those of the calculation" grep -q ' 0 failed$' grid.out

make_ovmf amdsev.fd --like amdsev
make_ovmf ovmf.fd --like ovmf
make_ovmf 4m.fd --like 4m
make_ovmf broken.fd --like amdsev --patch asev+4=ffffffff
cat >db.yaml <<YAML
name: db
launchSecurity: {type: sev-snp}
os: {firmware: {loader: $work/ovmf.fd, stateless: true}}
cpu: {model: EPYC-Milan}
memory: 2GiB
vcpu: 2
YAML
sed 's/name: db/name: web/; s/vcpu: 2/vcpu: 4/' db.yaml >web.yaml
sed 's/sev-snp/none/' db.yaml >none.yaml
host=$srcdir/profiles/hosts/epyc-genoa-snp.xml
measure()
{
    run "$CVMDOM" measure --host "$host" --firmware ovmf.fd "$@"
}

# ---- how it is printed ----

measure db.yaml
expect_status 0
expect_out '^[0-9a-f]{96}$'
check "nothing else is printed" test "$(wc -l <out)" -eq 1
hex=$(cat out)
measure db.yaml --format base64
expect_status 0
check "base64 is the same digest" test "$(base64 -d out | od -An -v -tx1 | tr -d ' \n')" = "$hex"
measure db.yaml --explain
expect_status 0
check "--explain leaves the output as it is" test "$(cat out)" = "$hex"
expect_err "^'db': sev-snp, policy 0x00030000, 2 vCPUs, CPU signature 0x00a00f11, SEV_FEATURES 0x1"
expect_err "^  0x0000ffff0000 firmware 'ovmf.fd', 65536 bytes$"
check "the last step's digest is the digest" test "$(tail -n 1 err | tr -d ' ')" = "$hex"
sed -n "/^'db':/,\$p" err >steps
check "there are steps" test "$(wc -l <steps)" -gt 10
check "lines fit a wide terminal" sh -c '! grep -qE "^.{121}" "$1"' sh steps
measure db.yaml web.yaml
expect_status 0
check "several have their names" test "$(head -n 1 out)" = "$hex  db"
expect_out '^[0-9a-f]{96}  web$'
measure - </dev/null
expect_status 2

# One that is refused does not keep the others, and does not look like them.
measure db.yaml none.yaml
expect_status 1
check "the other one is measured" test "$(cat out)" = "$hex  db"
expect_err '\[CVM813\]$'
expect_err "'db' is not measured while there are errors$"

# ---- what is refused, with nothing on standard output ----

refuses()
{
    expect_status 1
    expect_silent out
    expect_err "error: .*\\[$1\\]\$"
}
measure none.yaml
refuses CVM813
run "$CVMDOM" measure --host "$host" --set os.firmware.loader=/nonexistent/a.fd db.yaml
refuses CVM801
measure db.yaml --firmware 4m.fd
refuses CVM803
measure db.yaml --kernel-hashes yes --kernel db.yaml
refuses CVM806
measure db.yaml --kernel-hashes yes
refuses CVM806
measure db.yaml --set launchSecurity.type=sev --kernel-hashes yes --kernel=
refuses CVM806
measure db.yaml --vcpus 5000
refuses CVM807
measure db.yaml --set cpu='{mode: host-passthrough}'
refuses CVM808
measure db.yaml --set launchSecurity.type=sev-es --vmm ec2
refuses CVM814
measure db.yaml --features 0x20
refuses CVM815
measure db.yaml --firmware broken.fd
expect_status 2
expect_silent out
expect_err "'broken.fd'"
measure db.yaml --firmware "$work"
refuses CVM801
# What comments suppress is measured only where it is no error.
printf '# cvmdom: ignore-file=CVM808: because\n' | cat - db.yaml >suppressed.yaml
measure suppressed.yaml --set cpu='{mode: host-passthrough}'
refuses CVM808

# ---- documents and their values ----

cat >db.xml <<XML
<domain type='kvm'>
  <name>db</name>
  <memory unit='GiB'>2</memory>
  <vcpu>2</vcpu>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <loader type='rom' stateless='yes'>$work/ovmf.fd</loader>
  </os>
  <features><acpi/></features>
  <cpu mode='custom'><model>EPYC-Milan</model></cpu>
  <launchSecurity type='sev-snp'><policy>0x00030000</policy></launchSecurity>
</domain>
XML
run "$CVMDOM" measure db.xml
expect_status 0
check "XML measures as its profile" test "$(cat out)" = "$hex"
# what is not measured
sed 's/>2</>8</; s/name>db/name>web/' db.xml | sed 's/<vcpu>8/<vcpu>2/' >other.xml
run "$CVMDOM" measure other.xml
check "memory and name are not measured" test "$(cat out)" = "$hex"
measure db.yaml --cpu EPYC-Milan-v2
check "a model's version is not measured" test "$(cat out)" = "$hex"
measure db.yaml --cpu-signature 25,1,1
check "a signature by its numbers" test "$(cat out)" = "$hex"
measure db.yaml --cpu-signature 0x00a00f11
check "a signature as a number" test "$(cat out)" = "$hex"
measure db.yaml --cpu-signature 25,1,2
check "a stepping is measured" test "$(cat out)" != "$hex"
measure db.yaml --vcpus 4
cp out four
measure web.yaml
check "--vcpus is vcpu" cmp -s four out
# libvirt's "sev" is what its policy says
measure db.yaml --set launchSecurity.type=sev-es
cp out es
measure db.yaml --set launchSecurity.type=sev --policy nodbg,noks,es
check "a policy makes a guest SEV-ES" cmp -s es out
measure db.yaml --set launchSecurity.type=sev-es --vmsa legacy
check "SEV-ES is measured in its legacy form" cmp -s es out
measure db.yaml --set launchSecurity.type=sev-es --vmsa fpu
check "the other form differs" sh -c '! cmp -s es out'
# the host's own processor
sed 's/<processor family="25" model="17"/& stepping="1"/' "$host" >host.xml
run "$CVMDOM" measure --host host.xml --firmware ovmf.fd --set cpu='{mode: host-passthrough}' db.yaml
expect_status 0
cp out through
measure db.yaml --cpu-signature 25,17,1
check "host-passthrough is the recorded host's processor" cmp -s through out
# an image below another root
mkdir -p root/fw
cp ovmf.fd root/fw/a.fd
sed "s|$work/ovmf.fd|/fw/a.fd|" db.xml >rooted.xml
run "$CVMDOM" measure rooted.xml
refuses CVM801
run "$CVMDOM" measure --firmware-root root rooted.xml
check "an image is looked for below --firmware-root" test "$(cat out)" = "$hex"
# The bundled host is nobody's: what libvirt makes of host-model elsewhere is not known.
sed 's/^cpu: .*/cpu: host-model/' db.yaml >model.yaml
run "$CVMDOM" measure --firmware ovmf.fd model.yaml
refuses CVM808
measure model.yaml
expect_status 0
# a relative path is not this program's
sed "s|$work/ovmf.fd|ovmf.fd|" db.xml >relative.xml
run "$CVMDOM" measure relative.xml
refuses CVM801
run "$CVMDOM" measure --firmware ovmf.fd relative.xml
check "one that is given is" test "$(cat out)" = "$hex"

# ---- what libvirt makes of it, which is not what it looks like ----

head -c 4096 /dev/zero >vmlinuz
sed "s|<features>|<os><kernel>vmlinuz</kernel></os>&|; s|ovmf.fd|amdsev.fd|; s|'sev-snp'|& kernelHashes='yes'|" db.xml \
    >kernel.xml
run "$CVMDOM" measure kernel.xml
refuses CVM801
run "$CVMDOM" measure kernel.xml --kernel vmlinuz
expect_status 0
sed -i "s|vmlinuz|$work/vmlinuz|" kernel.xml
run "$CVMDOM" measure kernel.xml --cmdline ' '
expect_status 0
for cmdline in ' ' 'a<b>c</b>d' 'quiet\&#13;'; do
    sed "s|</kernel>|&<cmdline>$cmdline</cmdline>|" kernel.xml >cmdline.xml
    run "$CVMDOM" measure cmdline.xml
    refuses CVM812
    run "$CVMDOM" measure cmdline.xml --cmdline ' '
    expect_status 0
done
sed "s|<cpu mode='custom'|<cpu match='minimum'|" db.xml >minimum.xml
run "$CVMDOM" measure minimum.xml
refuses CVM808
run "$CVMDOM" measure minimum.xml --cpu EPYC-Milan
check "the model that it is counts" test "$(cat out)" = "$hex"

# ---- wrong usage ----

usage()
{
    pattern=$1
    shift
    measure db.yaml "$@"
    expect_status 3
    expect_silent out
    expect_err "$pattern"
}
run "$CVMDOM" measure
expect_status 3
expect_err 'needs PROFILE'
usage "'--vcpus' takes a number from 1 on, not '0'" --vcpus 0
usage "not '-1'" --vcpus=-1
usage "not '0x4'" --vcpus 0x4
usage "did you mean 'EPYC-Milan'" --cpu EPYC-Miln
usage "but: EPYC, EPYC-IBPB" --cpu Skylake
usage "say the same thing" --cpu EPYC --cpu-signature 25,1,1
for word in 25,1 25,1,1,1 a,b,c 25,1,16 25,256,1 300,1,1 0 0x100000000 x; do
    usage "not '$word'" --cpu-signature $word
done
usage "'--features' takes a number" --features x
usage "'--vmsa' does not take 'fpuu'; did you mean 'fpu'" --vmsa fpuu
usage "'--vmm' does not take 'xen', but: qemu, ec2, gce, svsm" --vmm xen
usage "'--kernel-hashes' does not take 'maybe'" --kernel-hashes maybe
usage "'--vmm=svsm' needs '--svsm'" --vmm svsm
usage "contradict each other" --vmm gce --svsm db.yaml
usage "'--vars-size' needs '--svsm'" --vars-size 4096
usage "name of a file" --firmware=
usage "'nodgb'" --policy nodgb
usage "'--format' does not take 'hex'" --format hex
run "$CVMDOM" measure --host no-such-host db.yaml
expect_status 2
expect_silent out

run "$CVMDOM" schema measurement
check "'schema measurement' is the schema" cmp -s "$srcdir/schemas/measurement.schema.json" out
finish
