#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What `cvmdom lint` takes in: files, folders, lists and standard input, and what it passes over.
# shellcheck source=tests/harness.sh
. "${srcdir:?}/tests/harness.sh"
cd "$work" || exit 99

mkdir -p in/sub in/.hidden in/zempty empty other
cat >in/b.yaml <<'EOD'
name: good
launchSecurity: {type: sev-snp}
memory: 4GiB
vcpu: 2
EOD
printf '<domain><name>x</name></domain>\n' >in/a.xml
sed 's/good/third/' in/b.yaml >in/sub/c.yml
cp in/a.xml in/.hidden/h.xml
cp in/a.xml in/.h.xml
cp in/a.xml in/a.txt
printf 'launchSecurity: {type: sev}\nmemory: 1GiB\nvcpu: 1\n' >in/base.yaml
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n' >in/pod.yaml
printf '<network><name>x</name></network>\n' >in/net.xml
printf '<domainCapabilities/>\n' >in/sub/caps.xml
ln -s .. in/sub/loop
ln -s ../a.xml in/sub/link.xml
cp in/net.xml in/pod.yaml other/

# ---- folders ----

run "$CVMDOM" lint --list-files in
expect_status 0
printf '%s\n' in/a.xml in/b.yaml in/sub/c.yml in/sub/link.xml >expected
check 'a folder is read in order, without what is hidden or something else' cmp expected out
expect_err '^cvmdom: 4 of 8 files are neither profile nor domain'
run "$CVMDOM" lint in
expect_out ' in 4 documents'
expect_err '4 of 8 files'
run "$CVMDOM" lint --list-files in/ in/a.xml in
expect_status 0
check 'a file is looked at once' cmp -s <(sort expected) <(sort out)
(cd in && run "$CVMDOM" lint --list-files .)
check 'names in this folder are bare' grep -qx 'a.xml' out
ln -s in link
run "$CVMDOM" lint --list-files link
expect_out '^link/a\.xml$'

run "$CVMDOM" lint empty
expect_status 2
expect_err "no \*\.xml, \*\.yaml or \*\.yml in folder 'empty'"
expect_silent out
run "$CVMDOM" lint other
expect_status 2
expect_err 'nothing was checked'
run "$CVMDOM" lint no-such-folder/
expect_status 2
expect_err "cannot read 'no-such-folder/'"
printf '<domain>\n' >other/broken.xml
run "$CVMDOM" lint other in
expect_status 2
expect_err '^other/broken\.xml:[0-9]+:[0-9]+: error: this is no well-formed XML'
expect_out ' in 4 documents'
rm other/broken.xml
# Root without the right to pass over permissions is as good as another user, and can read the build folder.
mortal()
{
    if [ "$(id -u)" -eq 0 ]; then
        run setpriv --bounding-set -dac_override,-dac_read_search --inh-caps -all "$@"
    else
        run "$@"
    fi
}
if [ "$(id -u)" -ne 0 ] || command -v setpriv >/dev/null; then
    mkdir locked
    cp in/net.xml locked/a.xml
    cp in/net.xml locked/b.xml
    chmod 0 locked
    mortal "$CVMDOM" lint locked in
    expect_status 2
    expect_err "cannot read folder 'locked': Permission denied"
    expect_out ' documents'
    chmod 400 locked
    mortal "$CVMDOM" lint locked in
    expect_status 2
    expect_err "cannot read 'locked/a.xml': Permission denied"
    expect_out ' documents'
    check "it is told once" test "$(grep -c locked/ "$work/err")" -eq 1
    chmod 700 locked
    rm -r locked
fi
mkfifo other/fifo.xml
run timeout 10 "$CVMDOM" lint other in
expect_status 2
expect_err "cannot read 'other/fifo.xml': it is no regular file"
rm other/fifo.xml

# Named, a file is checked, whatever it is.
run "$CVMDOM" lint in/pod.yaml
expect_status 1
expect_out '^in/pod.yaml:1:1: error: .*\[CVM101\]'
run "$CVMDOM" lint in/base.yaml
expect_status 1
expect_out "Key 'name' is missing"
run "$CVMDOM" lint in/net.xml
expect_status 2
expect_err '^in/net.xml:1:1: error: the document is a <network>: a libvirt network'
run "$CVMDOM" lint in/sub/caps.xml
expect_status 2
expect_err 'give it to --host'
run "$CVMDOM" lint --skip-others in/net.xml in/pod.yaml in/b.yaml
expect_status 0
expect_out ' in 1 document'
expect_err '2 of 3 files'

# ---- lists ----

printf 'in/b.yaml\n\nin/net.xml\nin/sub' >list
run "$CVMDOM" lint --list-files --files-from list
expect_status 0
printf '%s\n' in/b.yaml in/sub/c.yml in/sub/link.xml >expected
check 'a list names files and folders' cmp expected out
tr '\n' '\0' <list >list0
status=0
"$CVMDOM" lint --list-files -0 --files-from - <list0 >out 2>err || status=$?
check 'names end in NUL, in and out' cmp out <(tr '\n' '\0' <expected)
run "$CVMDOM" lint --files-from list0
expect_status 2
expect_err 'end in NUL characters'
echo in/gone.xml >list
run "$CVMDOM" lint --files-from list in/b.yaml
expect_status 2
expect_err "cannot read 'in/gone.xml'"
expect_out ' in 1 document'
run "$CVMDOM" lint --files-from /dev/null
expect_status 0
expect_err '^cvmdom: nothing was checked$'
run "$CVMDOM" lint --files-from no-such-list
expect_status 2
expect_err "cannot read 'no-such-list'"
printf 'in/b.yaml' >'new
line.list'
cp in/b.yaml 'new
line.yaml'
status=0
find . -maxdepth 1 -name 'new*.yaml' -print0 | "$CVMDOM" lint -0 --files-from - >out 2>err || status=$?
check 'a name with a line break' grep -q ' in 1 document' out

# ---- standard input ----

status=0
"$CVMDOM" lint - <in/a.xml >out 2>err || status=$?
check 'XML on standard input' grep -q '^-:1:' out
iconv -f UTF-8 -t UTF-16 in/a.xml >utf16.xml
run "$CVMDOM" lint utf16.xml
expect_out '^utf16.xml:1:1: '

# ---- wrong usage ----

run "$CVMDOM" lint
expect_status 3
expect_err "'lint' needs FILE"
run "$CVMDOM" lint --files-from - -
expect_status 3
expect_err 'both a file and a list'
run "$CVMDOM" lint -0 in
expect_status 3
expect_err "'--null' needs"

# ---- progress: a line on a terminal, gone at the end and after Ctrl-C; nothing elsewhere ----

run "$CVMDOM" lint in/a.xml in/b.yaml
expect_silent err
mkdir many
for i in $(seq 1 400); do cp in/a.xml "many/$i.xml"; done
mkfifo many.fifo
if command -v script >/dev/null; then
    # The first file keeps it waiting until the line is due; the last one is waited for without end.
    { sleep 1; cat in/a.xml; } >many.fifo &
    TERM=xterm script -qfec "'$CVMDOM' lint many.fifo many >/dev/null" terminal </dev/null >/dev/null
    check 'progress is counted' grep -q ' of 401 files' terminal
    check 'the line is erased' grep -q "$(printf '\r\033')\[K[^f]*\$" <(grep -v '^Script' terminal | tail -n 1)
    mkfifo late.fifo
    { sleep 1; cat in/a.xml; } >many.fifo &
    # What runs in the background ignores Ctrl-C, so this is what 'kill' sends; the line is taken away alike.
    TERM=xterm timeout -s KILL 20 script -qfec "echo \$\$ >pid; exec '$CVMDOM' lint many.fifo in/b.yaml late.fifo >/dev/null" terminal \
        </dev/null >/dev/null &
    waited=0
    while ! grep -q ' of 3 files' terminal && [ $waited -lt 100 ]; do
        sleep 0.1
        waited=$((waited + 1))
    done
    kill -TERM "$(cat pid)"
    wait
    check 'a signal leaves a clean line' grep -q "of 3 files$(printf '\r\033')\[K" terminal
    run env TERM=dumb script -qec "'$CVMDOM' lint many >/dev/null" terminal
    check 'none for a dumb terminal' sh -c '! grep -q " of 400 files" terminal'
fi

finish
