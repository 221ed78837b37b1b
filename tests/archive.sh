#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The release archive holds every file that git does, and every test script is run by a target: one that no Makefile names
# would never fail.
. "${srcdir:?}/tests/harness.sh"
need git make
git -C "$srcdir" ls-files --error-unmatch configure.ac >"$work/log" 2>&1 || skip 'not the clone of a repository'

# Automake takes the name of a folder below the build's only.
packed=archive.$$
trap 'rm -rf "$work" "$builddir/$packed"' EXIT
git -C "$srcdir" ls-files | grep -v '^\.gitignore$' | LC_ALL=C sort >"$work/kept"
MAKEFLAGS='' make -C "$builddir" --silent distdir distdir="$packed" >"$work/log" 2>&1 || {
    cat "$work/log"
    fail 'no archive can be made'
}
(cd "$builddir/$packed" && find . ! -type d | sed 's|^\./||' | LC_ALL=C sort) >"$work/packed"
missing=$(LC_ALL=C comm -23 "$work/kept" "$work/packed")
check "the archive lacks: $missing" test -z "$missing"

# By its name alone: it may be in a list that a rule or the list of tests takes.
for script in $(git -C "$srcdir" ls-files ':(glob)tests/*.sh'); do
    check "$script is named in no Makefile" grep -qF "$script" "$builddir/Makefile"
done
finish
