#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What configure asked the compiler and the linker for is in the files that came out: readelf tells.
. "${srcdir:?run this by make check}/tests/harness.sh"

need readelf
command=$builddir/src/.libs/cvmdom
[ -e "$command" ] || skip "no shared library was built"

libdir=$(sed -n "s/^libdir='\(.*\)'/\1/p" "$builddir/src/libcvmdom.la")
fortified=$(sed -n 's/^FORTIFIED = *//p' "$builddir/Makefile")
ls "$command" "$builddir"/src/.libs/*.so >"$work/files"
check "there is a command, and libraries" test "$(wc -l <"$work/files")" -ge 4

# has FILE PATTERN TEXT, lacks FILE PATTERN TEXT: what readelf prints of the file
has()
{
    check "$1: $3" grep -Eq -e "$2" "$work/elf"
}

lacks()
{
    check "$1: $3" sh -c '! grep -Eq -e "$1" "$2"' sh "$2" "$work/elf"
}

while read -r file; do
    readelf --wide --file-header --program-headers --dynamic --dyn-syms "$file" >"$work/elf"
    has "$file" '^ *Type: +DYN ' "is at an address of its own, no PIE"
    has "$file" '^ *GNU_RELRO ' "the linker's tables stay writable (no RELRO)"
    has "$file" 'BIND_NOW|Flags:.* NOW' "functions are bound late, so RELRO is only partial"
    has "$file" '^ *GNU_STACK .* RW +0x' "the stack may be executable"
    lacks "$file" '^ *LOAD .* RWE ' "a segment is writable and executable"
    lacks "$file" '\(TEXTREL\)|TEXTREL' "code is relocated, so it was writable"
    # libtool writes down where a library is until it is installed, and where it will be, if the loader does not look there
    # by itself; tests/installcheck.sh looks at what is installed.
    rpath=$(sed -n 's/.*(R\(UN\)\{0,1\}PATH).*\[\(.*\)\]$/\2/p' "$work/elf" | tr : '\n' | grep -vFx -e "$libdir" -e "$builddir/src/.libs")
    check "$file looks for libraries in '$rpath'" test -z "$rpath"
    has "$file" ' __stack_chk_fail(@|$)' "no stack protector"
    case $fortified in
    2 | 3) has "$file" ' __[a-z_]+_chk(@|$)' "no function of the C library is fortified" ;;
    esac
done <"$work/files"
readelf --wide --file-header --dynamic "$command" >"$work/elf"
has "$command" 'FLAGS_1.* PIE' "a program that is no PIE"
readelf --wide --dynamic "$builddir/src/.libs/libcvmdom.so" >"$work/elf"
has libcvmdom 'FLAGS_1.* NODELETE' "dlclose() unloads what a thread that ends later calls"

case $fortified in
2 | 3) ;;
*) echo "not asked for fortified functions ($fortified: no optimiser, a sanitizer, or the user's own choice)" ;;
esac
finish
