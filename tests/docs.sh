#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Documents agree with the tree: no dead relative link, every command that they show exists, manual pages lint clean.
set -eu
cd "${srcdir:-$(dirname "$0")/..}"
cvmdom=${CVMDOM-$PWD/build/src/cvmdom}
export CVMDOM_DATA_DIR="$PWD/profiles"
failed=0

fail()
{
    printf '%s\n' "$*"
    failed=1
}

# Relative links of Markdown, [text](path), without their #anchor. Names have no white space.
for page in README docs/*.md docs/rules/*.md src/README.md; do
    [ -e "$page" ] || continue
    for link in $(grep -o ']([^)# ]*' "$page" | cut -c3-); do
        case $link in
        http://* | https://* | mailto:*) ;;
        *) [ -e "${page%/*}/$link" ] || [ -e "$link" ] || fail "$page: links to '$link', which does not exist" ;;
        esac
    done
done

# A command in a code block: "$ cvmdom NAME …" or "cvmdom NAME …" at the head of a line.
for page in README docs/HACKING.md; do
    for name in $(awk '/^```/ { code = !code } code' "$page" |
        sed -n 's/^\(\$ \)\{0,1\}\([^ ]*\/\)\{0,1\}cvmdom \([a-z][a-z]*\)\( .*\)\{0,1\}$/\3/p' | sort -u); do
        "$cvmdom" "$name" --help >/dev/null 2>&1 || fail "$page: shows 'cvmdom $name', which is no command"
    done
    for target in $(awk '/^```/ { code = !code } code' "$page" | sed -n 's/^\(\$ \)\{0,1\}make \([a-z][a-z-]*\).*/\2/p' | sort -u); do
        grep -qE "^$target:" "${builddir:-build}/Makefile" || fail "$page: shows 'make $target', which is no target"
    done
done
for file in $(grep -hoE '`(src|tests|docs|po|build-aux|profiles|schemas)/[A-Za-z0-9_./-]*`' README docs/HACKING.md |
    tr -d '`' | grep -v -e NAME -e nnn -e '[*]' | sort -u); do
    [ -e "$file" ] || fail "README or docs/HACKING.md: names '$file', which does not exist"
done

# README's examples show what the command prints.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sed -n '/^\$ cvmdom render profiles/,/^```/p' README | sed '1d;$d' >"$work/shown.xml"
"$cvmdom" render profiles/snp-minimal.yaml --host epyc-genoa-snp >"$work/now.xml" || fail 'snp-minimal does not render'
diff -u "$work/shown.xml" "$work/now.xml" || fail "README: the domain XML is not what 'render' prints now"
sed -n '/^\$ cvmdom render --to qemu --args0/,/^```/p' README | sed '1d;$d' >"$work/shown.txt"
"$cvmdom" render --to qemu --args0 profiles/sev-minimal.yaml --host epyc-rome-sev | tr '\0' '\n' |
    grep -A 1 -e '^-cpu' -e '^-smp' >"$work/now.txt"
diff -u "$work/shown.txt" "$work/now.txt" || fail "README: QEMU's arguments are not what 'render --args0' prints now"
sed -n '/^\$ cvmdom fleet profiles/,/^```/p' README | sed '1d;$d' >"$work/shown.txt"
"$cvmdom" fleet profiles/sev-database.yaml profiles/snp-minimal.yaml --hosts profiles/hosts --count 3 |
    sed -n -e '/^payments-db/,/^$/p' -e '/^snp-minimal/,/^$/p' -e '/^A placement/,$p' >"$work/now.txt"
diff -u "$work/shown.txt" "$work/now.txt" || fail "README: the fleet is not what 'fleet' prints now"
# linted FILE OPTION…: "$ cat FILE" is what the next "$ cvmdom lint FILE" speaks of.
linted()
{
    file=$1
    shift
    sed -n "/^\$ cat $file/,/^\$ cvmdom lint $file/p" README | grep -v '^\$ ' >"$work/$file"
    sed -n "/^\$ cvmdom lint $file/,/^\`\`\`/p" README | sed '1d;$d' >"$work/shown.txt"
    (cd "$work" && "$cvmdom" lint "$file" "$@" >now.txt) && fail "$file has no error"
    diff -u "$work/shown.txt" "$work/now.txt" || fail "README: the findings are not what 'lint' prints now"
}
linted web.yaml --host epyc-genoa-snp
linted db.xml

# The host with a slip: the bundled one, but with iommu=pt.
sed -e 's/name="epyc-genoa-snp"/name="web1"/' -e '/name="sev_snp"/s/Y/N/' -e 's/passthrough="no"/passthrough="yes"/' \
    profiles/hosts/epyc-genoa-snp.xml >"$work/web1.xml"
sed -n '/^\$ cvmdom host check/,/^```/p' README | sed '1d;$d' >"$work/shown.txt"
(cd "$work" && "$cvmdom" host check --type sev-snp web1.xml >now.txt) && fail "web1.xml can run SEV-SNP"
diff -u "$work/shown.txt" "$work/now.txt" || fail "README: the checks are not what 'host check' prints now"

# README's figures of the corpus are those of its page.
wrong=$(sed -n 's/^| | \([0-9]*\) wrong ones.*/\1/p' docs/corpus.md)
right=$(sed -n 's/^| | .* | \([0-9]*\) right ones.*/\1/p' docs/corpus.md)
refused=$(sed -n 's/^| virsh define --validate | \([0-9]*\) .*/\1/p' docs/corpus.md)
tr '\n' ' ' <README | grep -qF "Of [$wrong domain definitions with one mistake each](docs/corpus.md)" || fail "README: there are $wrong wrong documents"
tr '\n' ' ' <README | grep -qF "validate\` refuses $refused;" || fail "README: libvirt refuses $refused of them"
tr '\n' ' ' <README | grep -qF "about $right right ones" || fail "README: there are $right right ones"

if command -v mandoc >/dev/null; then
    for page in docs/*.[1-8]; do
        [ -e "$page" ] || continue
        mandoc -Tlint -Wwarning "$page" || fail "$page: mandoc has objections"
    done
    [ "$failed" -eq 0 ] || exit 1
else
    [ "$failed" -eq 0 ] || exit 1
    echo 'the links and commands hold; skipped the manual pages: no mandoc'
    exit 77
fi
