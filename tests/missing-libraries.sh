#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A library that is loaded late and is not there, lacks one of its own, or is none: the message says which, and what to install.
. "${srcdir:?run this by make check}/tests/harness.sh"

built=$builddir/src/.libs
[ -e "$built/libcvmdom.so.0" ] || skip 'shared libraries are not built'
mkdir "$work/libraries"
cp "$built/libcvmdom.so.0" "$work/libraries"
profile=$srcdir/profiles/sev-minimal.yaml

# expect_told PATTERN ARGUMENT…: with what is in $work/libraries
expect_told()
{
    pattern=$1
    shift
    run env LD_LIBRARY_PATH="$work/libraries" CVMDOM_DATA_DIR="$srcdir/profiles" "$CVMDOM" "$@"
    check "'$run_line' ends with 0" test "$status" -ne 0
    expect_err "$pattern"
}

# expect_faults LIBRARY ITS-OWN PACKAGE ARGUMENT…: a command that needs LIBRARY, which needs ITS-OWN of PACKAGE
expect_faults()
{
    library=lib$1.so.0 own=$2 package=$3
    shift 3
    if [ ! -e "$built/$library" ]; then
        echo "no $library was built: not looked at"
        return
    fi
    there=$work/libraries/$library
    expect_told "^cvmdom: .*'$library', which is a part of cvmdom, but is not installed here" "$@"
    # One that asks for a version that nobody has.
    LC_ALL=C sed "s/$own\\.so\\.[0-9]/$own.so.x/g" "$built/$library" >"$there"
    expect_told "^cvmdom: .*install the package $package \\(Debian\\)" "$@"
    cp "$built/libcvmdom.so.0" "$there"
    expect_told "^cvmdom: .*'$library', which cannot be loaded: .*undefined symbol" "$@"
    echo 'no library' >"$there"
    expect_told "^cvmdom: .*'$library', which cannot be loaded: .*(too short|invalid ELF header)" "$@"
    rm "$there"
}

sed 's/^name: .*/name: large/; s/^memory: .*/memory: 12GiB/' "$profile" >"$work/large.yaml"
expect_faults cvmdom-attest libcrypto libssl3 measure "$srcdir/profiles/snp-minimal.yaml" --host epyc-genoa-snp
expect_faults cvmdom-virt libvirt libvirt0 define "$profile" --connect test:///default
expect_faults cvmdom-place libglpk libglpk40 fleet "$work/large.yaml" --hosts "$srcdir/profiles" --count 100000
finish
