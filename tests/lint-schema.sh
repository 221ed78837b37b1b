#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# `cvmdom lint --schema`: libvirt's schema says of the corpus what xmllint says with it, at a place, by any number of threads.
# shellcheck source=tests/harness.sh
. "${srcdir:?}/tests/harness.sh"
srcdir=$(realpath "$srcdir")
cd "$work" || exit 99
schema=/usr/share/libvirt/schemas/domain.rng
need xmllint
[ -r "$schema" ] || skip "no $schema"

mkdir all
for kind in right wrong; do
    for file in "$srcdir"/tests/corpus/$kind/*.xml; do
        cp "$file" "all/$kind-${file##*/}"
    done
done
# Its encodings are not the schema's business, nor are other documents than domains.
grep -L '^<domain[ >]\|^<domain$' all/*.xml | xargs -r rm
xmllint --noout --relaxng "$schema" all/*.xml 2>&1 | sed -n 's/ fails to validate$//p' | sort >expected
run "$CVMDOM" lint --schema --select CVM113 --no-suppressions all
sed -n 's/^\([^: ]*\):[0-9]*:[0-9]*: error: .*/\1/p' out | sort >found
check 'the same documents are refused, each once and at a place' diff expected found
check 'some are' [ "$(wc -l <found)" -ge 10 ]
mv out one
run "$CVMDOM" lint --schema -j4 --select CVM113 --no-suppressions all
check 'threads say the same' cmp one out

# ---- places ----

cat >guest.xml <<'EOD'
<domain type='kvm'>
  <name>db</name>
  <memory unit='GiB'>4</memory>
  <vcpu>2</vcpu>
  <os><type machine='q35'>hvm</type></os>
  <devices>
    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
    <memballoon model='none'/>
  </devices>
</domain>
EOD
# place EDIT LINE:COLUMN
place()
{
    sed "$1" guest.xml >edited.xml
    run "$CVMDOM" lint --schema --select CVM113 edited.xml
    expect_status 1
    expect_out "^edited.xml:$2: error: .*\[CVM113\]"
}
run "$CVMDOM" lint --schema --select CVM113 guest.xml
expect_status 0
place 's/<vcpu>2/<vcpus>2<\/vcpus><vcpu>2/' 4:10
place "s/'none'/'nome'/" 8:5
place "s/'none'/'none' color='red'/" 8:37
place "s/'random'/'chance'/" 7:5
place "s/'kvm'/'kwm'/" 1:1
sed "s/'none'/'none' color='red'/; s/<vcpu>2/<vcpus>2<\/vcpus><vcpu>2/" guest.xml >edited.xml
run "$CVMDOM" lint --schema --select CVM113 edited.xml
expect_out 'schema refuses the domain: .*\[CVM113\]'
run "$CVMDOM" lint --select CVM113 edited.xml
expect_status 0
sed '4s/$/ <!-- cvmdom: ignore=CVM113: newer -->/; 4s/<vcpu>2/<vcpus>2<\/vcpus><vcpu>2/' guest.xml >edited.xml
run "$CVMDOM" lint --schema --select CVM113 edited.xml
expect_status 0
expect_out '1 suppressed'

# ---- schemas ----

run "$CVMDOM" lint --schema-file none.rng guest.xml
expect_status 2
expect_err 'none.rng'
cp guest.xml broken.rng
run "$CVMDOM" lint --schema-file broken.rng guest.xml
expect_status 2
expect_err "'broken.rng' is no RELAX NG schema"
cat >narrow.rng <<'EOD'
<element name="domain" xmlns="http://relaxng.org/ns/structure/1.0"><empty/></element>
EOD
run "$CVMDOM" lint --schema-file narrow.rng --select CVM113 guest.xml
expect_status 1

finish
