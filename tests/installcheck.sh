#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# make installcheck: what was installed works for a user who has pkg-config and nothing of this source tree.
# bindir, libdir, datadir, mandir and DESTDIR come from the Makefile.
. "${srcdir:?}/tests/harness.sh"
unset CVMDOM_DATA_DIR

: "${CC:=cc}" "${CXX:=c++}" "${DESTDIR:=}"
PKG_CONFIG_PATH=$DESTDIR${libdir:?}/pkgconfig
LD_LIBRARY_PATH=$DESTDIR$libdir
export PKG_CONFIG_PATH LD_LIBRARY_PATH
[ -z "$DESTDIR" ] || { PKG_CONFIG_SYSROOT_DIR=$DESTDIR; export PKG_CONFIG_SYSROOT_DIR; }
cvmdom=$DESTDIR${bindir:?}/cvmdom
hosts=$DESTDIR${datadir:?}/cvmdom/hosts

if command -v readelf >/dev/null; then
    for file in "$cvmdom" "$DESTDIR$libdir"/libcvmdom*.so; do
        rpath=$(readelf -d "$file" | sed -n 's/.*(R\(UN\)\{0,1\}PATH).*\[\(.*\)\]$/\2/p')
        check "$file looks for libraries in '$rpath'" test -z "$rpath" -o "$rpath" = "$libdir"
    done
fi

cat >"$work/good.yaml" <<'EOF'
name: good
launchSecurity: {type: sev-snp}
memory: 4GiB
vcpu: 2
EOF
sed '2s/}/, policy: 0xb0000}/' "$work/good.yaml" >"$work/bad.yaml"

flags=$(pkg-config --cflags --libs libcvmdom) || fail "pkg-config knows libcvmdom"
# shellcheck disable=SC2086
check "a C program builds" $CC -Wall -Werror -o "$work/render" "$srcdir/tests/installed/render.c" $flags
run "$work/render" "$work/good.yaml" "$hosts/epyc-genoa-snp.xml"
expect_status 0
expect_out '<name>good</name>'
cp "$work/out" "$work/by-library"
run "$work/render" "$work/none.yaml" "$hosts/epyc-genoa-snp.xml"
expect_status 1
expect_err 'none.yaml'

if command -v "${CXX%% *}" >/dev/null; then
    # shellcheck disable=SC2086
    check "a C++ program builds" $CXX -std=c++17 -Wall -Werror -o "$work/check" "$srcdir/tests/installed/check.cc" $flags
    run "$work/check" "$work/good.yaml" "$hosts/epyc-genoa-snp.xml"
    expect_status 0
    run "$work/check" "$work/bad.yaml" "$hosts/epyc-genoa-snp.xml"
    expect_status 1
    expect_out '^CVM207 2$'
fi

flags=$(pkg-config --cflags --libs libcvmdom-attest) || fail "pkg-config knows libcvmdom-attest"
# shellcheck disable=SC2086
check "a C program with libcvmdom-attest builds" $CC -Wall -Werror -o "$work/measure" "$srcdir/tests/installed/measure.c" $flags
python3 "$srcdir/tests/tools/make_ovmf.py" "$work/ovmf.fd" --like amdsev
run "$work/measure" "$work/good.yaml" "$hosts/epyc-genoa-snp.xml" "$work/ovmf.fd"
expect_status 0
cp "$work/out" "$work/measured"
run "$cvmdom" measure --host "$hosts/epyc-genoa-snp.xml" --firmware "$work/ovmf.fd" "$work/good.yaml"
expect_status 0
check "command and library measure alike" cmp "$work/out" "$work/measured"
run "$work/measure" "$work/good.yaml" "$hosts/epyc-genoa-snp.xml" "$work/good.yaml"
expect_status 1

flags=$(pkg-config --cflags --libs libcvmdom-place) || fail "pkg-config knows libcvmdom-place"
# shellcheck disable=SC2086
check "a C program with libcvmdom-place builds" $CC -Wall -Werror -o "$work/place" "$srcdir/tests/installed/place.c" $flags
run "$work/place"
expect_status 0
expect_out '^6$'

# Where it was built with libvirt.
if [ -e "$PKG_CONFIG_PATH/libcvmdom-virt.pc" ]; then
    flags=$(pkg-config --cflags --libs libcvmdom-virt) || fail "pkg-config knows libcvmdom-virt"
    # shellcheck disable=SC2086
    check "a C program that connects builds" $CC -Wall -Werror -o "$work/capture" "$srcdir/tests/installed/capture.c" $flags
    run "$work/capture" test:///default
    expect_status 0
    expect_out '<cvmdomHost'
    run "$work/capture" "qemu+unix:///system?socket=$work/none"
    expect_status 1
    expect_err 'libvirt says'
    # the command finds the library that is installed beside it
    run "$cvmdom" lint --host test:///default "$work/good.yaml"
    check "the command connects" test "$status" -le 1
fi

run "$cvmdom" --version
expect_status 0
run "$cvmdom" explain CVM207
expect_status 0
if [ -z "$DESTDIR" ]; then # the bundled hosts are looked for where they will be
    run "$cvmdom" render --host epyc-genoa-snp "$work/good.yaml"
    expect_status 0
    check "command and library agree" cmp "$work/out" "$work/by-library"
fi
for file in "$datadir/bash-completion/completions/cvmdom" "$datadir/zsh/site-functions/_cvmdom" \
    "$datadir/fish/vendor_completions.d/cvmdom.fish" "${mandir:?}/man1/cvmdom.1"; do
    check "$file is installed" test -s "$DESTDIR$file"
done
finish
