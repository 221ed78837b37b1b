#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The script of `render --to virt-install`, run by the installed virt-install beside a real libvirt, makes the domain that
# `render` makes for libvirt, element by element: of every shipped profile, of one with every key, and of texts that end
# nothing. A virt-install that writes its arguments down gets them as they were meant.
. "${srcdir:?run this by make check}/tests/harness.sh"

need python3 shellcheck
# A host on which nothing of a profile is impossible but what --force lets pass; libvirt's own QEMU has other machines.
host=epyc-rome-sev

# render_both PROFILE: $work/made/NAME.sh and NAME.xml
render_both()
{
    name=$(basename "$1" .yaml)
    "$CVMDOM" render --force --host $host --to virt-install "$1" >"$work/made/$name.sh" 2>"$work/stderr"
    "$CVMDOM" render --force --host $host "$1" >"$work/made/$name.xml" 2>"$work/stderr"
    check "$name: nothing is rendered: $(cat "$work/stderr")" test -s "$work/made/$name.sh" -a -s "$work/made/$name.xml"
    check "$name: shellcheck" shellcheck "$work/made/$name.sh"
}

chmod 755 "$work"
mkdir "$work/made" "$work/bin"
for profile in "$srcdir"/profiles/*.yaml "$srcdir"/tests/virt-install/*.yaml "$srcdir/tests/compare/all-devices.yaml"; do
    render_both "$profile"
done

# Arguments arrive as they were meant: the shell ends nothing, and virt-install's own quotes are a backslash a character.
cat >"$work/bin/virt-install" <<'FAKE'
#!/bin/sh
printf '%s\0' "$@"
FAKE
chmod +x "$work/bin/virt-install"
# argument NAME OPTION: its first value, with a '.' behind it
argument()
{
    PATH=$work/bin:$PATH sh "$work/made/$1.sh" | python3 -c '
import sys
words = sys.stdin.buffer.read().decode().split("\0")
print(words[words.index(sys.argv[1]) + 1], end=".")' "$2"
}
# shellcheck disable=SC1003,SC2016 # not the shell's to expand
check "the texts of all-keys" test "$(argument all-keys --metadata)" = 'uuid=8f0a4c9e-6d2b-4a53-9c57-1c0c3ad1f0e2,title=Zeit\, \"Geld\" & Öl: it\'\''s 100 % \\o/ $HOME `id` ==,description=Two lines\, with a \'\''quote\'\''\, a \"quote\"\, a comma\,
and = signs; -- none of which end anything.
.'
check "a name with a dash is no option" grep -q -- '--name=-snp ' "$work/made/snp.sh"
PATH=$work/bin:$PATH sh "$work/made/snp.sh" --noreboot --connect 'a b' | tr '\0' '\n' | tail -n 3 >"$work/last"
check "further arguments come last" test "$(cat "$work/last")" = '--noreboot
--connect
a b'
[ "$failed" -eq 0 ] || finish

command -v virt-install >/dev/null || skip 'no virt-install (Debian: virtinst)'
case $(virt-install --version) in
[0-3].* | 4.0.*) skip 'virt-install is older than 4.1' ;;
esac
# Its words are all there: what virt-install has no sub-option for would be refused, but only where a profile uses it.
"$builddir/tests/tools/print_virt_install_words" >"$work/words" || fail 'no words'
while read -r option word; do
    [ -e "$work/help$option" ] || virt-install "$option" help >"$work/help$option"
    check "$option has no '$word'" grep -qxF "  $word" "$work/help$option"
done <"$work/words"

cp "$srcdir/tests/virt-install/print-xml" "$work"
# by the Python of virt-install, which has the modules that it needs
printf '#!/bin/sh\nexec %s %s "$@"\n' "$(sed -n '1s/^#! *//p' "$(command -v virt-install)")" \
    "$(realpath "$srcdir/tests/tools/virt_install.py")" >"$work/bin/virt-install"
status=0
"$srcdir/tests/sevhost/run" "$work/print-xml" "$work" || status=$?
[ "$status" -ne 77 ] || skip 'see above'
[ "$status" -eq 0 ] || fail "tests/sevhost/run exits $status"
check "the domains differ" python3 "$srcdir/tests/tools/compare_domains.py" "$work/made"
finish
