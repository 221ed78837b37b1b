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
    heavy=$(grep -E '^lib(virt|crypto|ssl|glpk|curl|gio-|gobject-)' "$work/needed" | tr '\n' ' ')
    check "$file needs $heavy" test -z "$heavy"
done
# The one that may.
virt=$builddir/src/.libs/libcvmdom-virt.so
if [ -e "$virt" ]; then
    needed_by "$virt" >"$work/needed"
    check "$virt does not need libvirt" grep -q '^libvirt\.so' "$work/needed"
    check "$virt does not need libcvmdom" grep -q '^libcvmdom\.so' "$work/needed"
fi
attest=$builddir/src/.libs/libcvmdom-attest.so
needed_by "$attest" >"$work/needed"
check "$attest does not need libcrypto" grep -q '^libcrypto\.so' "$work/needed"
check "$attest does not need libcvmdom" grep -q '^libcvmdom\.so' "$work/needed"
check "$attest needs libvirt" sh -c '! grep -q "^libvirt" "$1"' sh "$work/needed"
place=$builddir/src/.libs/libcvmdom-place.so
needed_by "$place" >"$work/needed"
check "$place does not need GLPK" grep -q '^libglpk\.so' "$work/needed"
check "$place does not need libcvmdom" grep -q '^libcvmdom\.so' "$work/needed"
check "$place needs libvirt or libcrypto" sh -c '! grep -qE "^lib(virt|crypto)" "$1"' sh "$work/needed"

# Not at run time either, but where a connection is asked for. The loader tells what it looks for.
command=$builddir/src/.libs/cvmdom
LD_LIBRARY_PATH=$builddir/src/.libs
export LD_LIBRARY_PATH
# loads ARGUMENT…: which heavy libraries a run of the command looks for
loads()
{
    LD_DEBUG=libs "$command" "$@" 2>&1 >/dev/null </dev/null | grep -oE 'find library=lib(cvmdom-attest|cvmdom-place|cvmdom-virt|virt|crypto|ssl|glpk)\.so' | sort -u
}
if LD_DEBUG=libs "$command" --version 2>&1 | grep -q 'find library=libcvmdom\.so'; then
    profile=$srcdir/profiles/sev-minimal.yaml
    for arguments in --help --version "render $profile" "lint $profile" 'policy 7' 'explain CVM207' rules \
        'host show epyc-genoa-snp' 'host check epyc-genoa-snp'; do
        # shellcheck disable=SC2086 # words
        loaded=$(loads $arguments | tr '\n' ' ')
        check "cvmdom $arguments loads $loaded" test -z "$loaded"
    done
    block="launchSecurity.idBlock={file: $srcdir/tests/rule-pages/id-block.b64}"
    loads lint "$srcdir/profiles/snp-minimal.yaml" --set "$block" >"$work/loaded"
    check "an ID block loads libcvmdom-attest" grep -q 'libcvmdom-attest' "$work/loaded"
    loads render "$srcdir/profiles/snp-minimal.yaml" --id-key /nonexistent >"$work/loaded"
    check "a key to sign with loads libcvmdom-attest" grep -q 'libcvmdom-attest' "$work/loaded"
    if [ -e "$virt" ]; then
        loads lint --host test:///default "$profile" >"$work/loaded"
        check "a connection loads libcvmdom-virt" grep -q 'libcvmdom-virt' "$work/loaded"
        check "a connection loads libvirt" grep -q 'libvirt' "$work/loaded"
    fi
fi
finish
