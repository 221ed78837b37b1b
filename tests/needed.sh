#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Nothing heavy is loaded at every start: libvirt costs some 10 ms, libcrypto some 1 ms.
. "${srcdir:?}/tests/harness.sh"

command -v readelf >/dev/null || skip "no readelf"

needed_by()
{
    readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]$/\1/p'
}

for file in "${builddir:?}/src/.libs/cvmdom" "$builddir/src/.libs/libcvmdom.so"; do
    [ -e "$file" ] || skip "no shared library was built"
    needed_by "$file" >"$work/needed"
    check "$file needs something" test -s "$work/needed"
    heavy=$(grep -E '^lib(virt|crypto|ssl|curl|gio-|gobject-)' "$work/needed" | tr '\n' ' ')
    check "$file needs $heavy" test -z "$heavy"
done
# The one that may.
virt=$builddir/src/.libs/libcvmdom-virt.so
if [ -e "$virt" ]; then
    needed_by "$virt" >"$work/needed"
    check "$virt does not need libvirt" grep -q '^libvirt\.so' "$work/needed"
    check "$virt does not need libcvmdom" grep -q '^libcvmdom\.so' "$work/needed"
fi
finish
