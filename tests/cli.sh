#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The command's exit status and streams, in every way a run can end.
# shellcheck source=tests/harness.sh
. "${srcdir:?}/tests/harness.sh"
cd "$work" || exit 99

host=$srcdir/profiles/hosts/epyc-genoa-snp.xml

cat >good.yaml <<'EOF'
name: good
launchSecurity: {type: sev-snp}
memory: 4GiB
vcpu: 2
EOF
cp good.yaml kept-good.yaml
sed 's/good/other/' good.yaml >other.yaml
{ cat good.yaml; echo ---; cat other.yaml; } >two.yaml
cat >five.yaml <<'EOF'
name: five
bogus: 1
launchSecurity:
  type: sev-snp
  policy: 0xb0000
memory: 4
vcpu: two
devices:
  disk:
    - {source: /a.qcow2, target: vda, readonly: yes}
EOF
printf 'name: x\n  memory: [4GiB\n' >broken.yaml

# ---- the program ----

run "$CVMDOM" --version
expect_status 0
expect_out '^cvmdom [0-9]+\.[0-9]+'
run "$CVMDOM" --help
expect_status 0
expect_out '^  render  '
expect_silent err
run "$CVMDOM"
expect_status 3
expect_err "Try 'cvmdom --help'"
expect_silent out
run "$CVMDOM" rendr
expect_status 3
expect_err "did you mean 'render'"
run "$CVMDOM" --verison
expect_status 3
expect_err "did you mean '--version'"
run "$CVMDOM" -x
expect_status 3
expect_err "no option '-x'"
for command in render lint policy explain rules schema completion help; do
    run "$CVMDOM" $command --help
    expect_status 0
    expect_out "^Usage: cvmdom $command "
    cp out usage
    run "$CVMDOM" help $command
    check "'help $command' is '$command --help'" cmp -s usage out
    run "$CVMDOM" $command --no-such-option
    expect_status 3
done
run "$CVMDOM" render
expect_status 3
expect_err 'needs PROFILE'
run "$CVMDOM" rules one
expect_status 3
expect_err "'one' is one argument too many"
run "$CVMDOM" render --host
expect_status 3
expect_err "needs an argument"
run "$CVMDOM" render --force=yes good.yaml
expect_status 3
expect_err "'--force' takes no argument"
run "$CVMDOM" render --to libvrt good.yaml
expect_status 3
expect_err "did you mean 'libvirt'"

# ---- lint ----

run "$CVMDOM" lint --host "$host" good.yaml
expect_status 0
expect_out '^no findings in 1 document$|^1? ?[0-9]* (warning|note)s?.* in 1 document$'
expect_silent err
run "$CVMDOM" lint good.yaml
expect_status 0
expect_out '; [0-9]+ host rules not run \(no host given\): CVM[0-9]{3}[-, CVM0-9]*$'

run "$CVMDOM" lint --host "$host" five.yaml
expect_status 1
expect_out '^five.yaml:2:1: error: .*\[CVM101\]$'
expect_out '^five.yaml:5:11: error: .*\[CVM207\]$'
expect_out '^five.yaml:6:9: error: .*\[CVM102\]$'
expect_out '^five.yaml:7:7: error: .*\[CVM102\]$'
expect_out '^five.yaml:10:49: error: .*\[CVM102\]$'
expect_out '^5 errors in 1 document(;|$)'
expect_out '^    5 \|   policy: 0xb0000$'
expect_out '^      \|           \^$'
expect_silent err

run "$CVMDOM" lint broken.yaml
expect_status 2
expect_err '^broken.yaml:[0-9]+:[0-9]+: error: '
expect_silent out
run "$CVMDOM" lint no-such.yaml
expect_status 2
expect_err "cannot read 'no-such.yaml'"
run "$CVMDOM" lint broken.yaml five.yaml no-such.yaml
expect_status 2
expect_out '^5 errors in 1 document(;|$)'
run "$CVMDOM" lint --host no-such-host good.yaml
expect_status 2
expect_err "no bundled host 'no-such-host'"
run env CVMDOM_DATA_DIR="$PWD/no-data" "$CVMDOM" lint --host no-such-host good.yaml
expect_status 2
expect_err "no-such-host"
run "$CVMDOM" lint --host epyc-genoa-snq good.yaml
expect_status 2
expect_err "did you mean 'epyc-genoa-snp'"
run "$CVMDOM" lint --host broken.yaml good.yaml
expect_status 2
run "$CVMDOM" lint --set launchSecurity.policy=0x2 --set launchSecurity.type=sev good.yaml
expect_status 1
expect_out 'CVM207'
run "$CVMDOM" lint --set nonsense good.yaml
expect_status 3

# --fail-on: a warning counts when it is asked to.
printf 'onReboot: restart\n' | cat good.yaml - >reboots.yaml
run "$CVMDOM" lint --host "$host" reboots.yaml
expect_status 0
expect_out ':5:11: warning: .*\[CVM412\]'
run "$CVMDOM" lint --host "$host" --fail-on warning reboots.yaml
expect_status 1
run "$CVMDOM" lint --host "$host" --fail-on eror reboots.yaml
expect_status 3
expect_err "did you mean 'error'"

# Standard input.
"$CVMDOM" lint --host "$host" - <five.yaml >out 2>err
status=$? run_line='lint - <five.yaml'
expect_status 1
expect_out '^-:2:1: error: '

# ---- formats (tests/reports.sh holds them against their schemas) ----

# The exit status is the same in every format, and with every report beside it.
for format in text json sarif junit github; do
    run "$CVMDOM" lint --host "$host" --format $format good.yaml
    expect_status 0
    run "$CVMDOM" lint --host "$host" --format $format reboots.yaml
    expect_status 0
    run "$CVMDOM" lint --host "$host" --format $format --fail-on warning reboots.yaml
    expect_status 1
    run "$CVMDOM" lint --host "$host" --format $format five.yaml
    expect_status 1
    expect_silent err
    run "$CVMDOM" lint --host "$host" --format $format five.yaml no-such.yaml
    expect_status 2
    run "$CVMDOM" lint --host "$host" --output $format=report.$format five.yaml
    expect_status 1
    expect_out '^5 errors in 1 document$'
    "$CVMDOM" lint --host "$host" --format $format five.yaml >out
    check "--output $format writes what --format $format prints" cmp -s out report.$format
done
run "$CVMDOM" lint --host "$host" --format github -o sarif=two.sarif --output=json=two.json two.yaml five.yaml
expect_status 1
expect_out '^::error file=five.yaml,line=5,col=11,title=CVM207 policy-debug-allowed::'
check "both files are written" grep -q CVM207 two.sarif two.json
run "$CVMDOM" lint --format sarif broken.yaml no-such.yaml
expect_status 2
expect_out '"version": "2.1.0"'
expect_out '"executionSuccessful": false'
run "$CVMDOM" lint --format json --host no-such-host good.yaml
expect_status 2
expect_out '"documents": 0'
run "$CVMDOM" lint --format junit broken.yaml
expect_status 2
expect_out "<error type='error' message="
run "$CVMDOM" lint --format srif good.yaml
expect_status 3
expect_err "did you mean 'sarif'"
for word in sarif sarif= =x.sarif srif=x.sarif sarif=-; do
    run "$CVMDOM" lint --output $word good.yaml
    expect_status 3
    expect_silent out
done
run "$CVMDOM" lint --output sarif=x.sarif --output json=x.sarif good.yaml
expect_status 3
expect_err "same file 'x.sarif'"
check "wrong usage writes nothing" test ! -e x.sarif
run "$CVMDOM" lint --output sarif=no/such/folder/x.sarif --output json=x.json good.yaml
expect_status 2
expect_err "cannot write 'no/such/folder/x.sarif'"
expect_out '^no findings in 1 document'
check "the other reports are written" test -s x.json
# The library and the command both make errors, of one domain.
run "$CVMDOM" lint --output sarif=no/such/folder/x.sarif no-such.yaml
expect_status 2
check "GLib has nothing to say" test "$(grep -c -v '^cvmdom: ' "$work/err")" -eq 0
ln -s good.yaml linked.json
run "$CVMDOM" lint --output json=linked.json good.yaml
expect_status 2
expect_err "'linked.json' is one of the inputs"
check "an input is not overwritten" cmp -s good.yaml kept-good.yaml
run "$CVMDOM" schema findings
expect_status 0
expect_out '"title": "cvmdom findings"'
run "$CVMDOM" schema config
expect_status 0
expect_out '"title": "cvmdom configuration"'
run "$CVMDOM" schema finding
expect_status 3
expect_err "did you mean 'findings'"

# ---- what counts ----

mkdir -p control/.git control/folder
printf 'name: db\nlaunchSecurity: {type: sev-snp, policy: 0xb0000}\nmemory: 4GiB\nvcpu: 2\nonReboot: restart\n' \
    >control/open.yaml
run "$CVMDOM" lint control/open.yaml
expect_status 1
expect_out '^1 error, 1 warning in 1 document;'
run "$CVMDOM" lint --ignore CVM207 control/open.yaml
expect_status 0
expect_out '^1 warning in 1 document;'
run "$CVMDOM" lint --select CVM4,CVM5 --select CVM207 --ignore CVM41 --ignore CVM5 control/open.yaml
expect_status 1
expect_out '^1 error in 1 document;'
run "$CVMDOM" lint --set-severity CVM207=note --set-severity CVM412=error control/open.yaml
expect_status 1
expect_out 'note: .*\[CVM207\]$'
expect_out 'error: .*\[CVM412\]$'
for slip in '--select=CVM999' '--ignore=policy-debug-alowed' '--ignore=' '--set-severity=CVM207' '--set-severity=CVM207=off' \
    '--config=x --no-config'; do
    # shellcheck disable=SC2086
    run "$CVMDOM" lint $slip control/open.yaml
    expect_status 3
    expect_silent out
done
run "$CVMDOM" lint --ignore policy-debug-alowed control/open.yaml
expect_err "did you mean 'policy-debug-allowed'"

echo 'ignore: [CVM207]' >control/.cvmdom.yaml
cp control/open.yaml control/folder/
run "$CVMDOM" lint control
expect_status 0
expect_out "^2 warnings in 2 documents;.*; 'control/.cvmdom.yaml' switches off 1 rule$"
run "$CVMDOM" lint --no-config control
expect_status 1
expect_out '^2 errors, 2 warnings in 2 documents;'
printf 'failOn: warning\nhost: epyc-genoa-snp\n' >control/folder/.cvmdom.yaml
run "$CVMDOM" lint --ignore CVM2 control
expect_status 1
expect_err "using 'epyc-genoa-snp', which 'control/folder/.cvmdom.yaml' names"
run "$CVMDOM" lint --ignore CVM2 --fail-on error control
expect_status 0
run "$CVMDOM" lint --config control/.cvmdom.yaml control/folder
expect_status 0
(cd control/folder && "$CVMDOM" lint - <open.yaml >../../out 2>../../err)
status=$? run_line='lint - in a folder with a configuration'
expect_status 1
expect_err "'.cvmdom.yaml' names"

# A configuration that is not understood is never passed over; it is told of once.
echo 'ignor: [CVM207]' >control/folder/.cvmdom.yaml
run "$CVMDOM" lint control/folder control/folder/open.yaml control/open.yaml
expect_status 2
expect_err "^control/folder/.cvmdom.yaml:1:1: error: .*did you mean 'ignore'"
check "one message" test "$(wc -l <err)" -eq 1
expect_out '^1 warning in 1 document;'
run "$CVMDOM" lint --config control/folder/.cvmdom.yaml good.yaml
expect_status 2
run "$CVMDOM" lint --config no-such-file good.yaml
expect_status 2
run "$CVMDOM" lint --no-config control/folder
expect_status 1

# Suppression comments.
sed '2s/$/ # cvmdom: ignore=CVM207: a test bed/; 5s/$/ # cvmdom: ignore=CVM412 -- never by itself/' \
    control/open.yaml >suppressed.yaml
run "$CVMDOM" lint suppressed.yaml
expect_status 0
expect_out '^no findings in 1 document; 2 suppressed;'
run "$CVMDOM" lint --no-suppressions suppressed.yaml
expect_status 1
expect_out '^1 error, 1 warning in 1 document;'
run "$CVMDOM" lint --ignore CVM412 suppressed.yaml
expect_status 0
expect_out '^no findings in 1 document; 1 suppressed;'
sed 's/: a test bed//' suppressed.yaml >unreasoned.yaml
run "$CVMDOM" lint unreasoned.yaml
expect_status 1
expect_out '\[CVM207\]$'
expect_out 'error: .*\[CVM110\]$'
sed 's/0xb0000/0x30000/' suppressed.yaml >unused.yaml
run "$CVMDOM" lint --fail-on warning unused.yaml
expect_status 1
expect_out 'warning: .*\[CVM109\]$'
cat >suppressed.xml <<'EOF'
<domain type='kvm'>
  <name>db</name>
  <memory unit='GiB'>4</memory>
  <!-- cvmdom: ignore=CVM207: a test bed -->
  <launchSecurity type='sev'>
    <!-- cvmdom: ignore=CVM207: a test bed -->
    <policy>0x2</policy>
  </launchSecurity>
</domain>
EOF
run "$CVMDOM" lint --select CVM207,CVM109 suppressed.xml
expect_status 0
expect_out '^suppressed.xml:4:3: warning: .*\[CVM109\]$'
expect_out '^1 warning in 1 document; 1 suppressed'
# XML has no "--" in comments.
sed 's/CVM207: a/CVM207 -- a/' suppressed.xml >hyphens.xml
run "$CVMDOM" lint hyphens.xml
expect_status 2
expect_err '^hyphens.xml:4:[0-9]*: error: .*after a colon$'

# What lint is told to ignore keeps no error from render; what the profile gives a reason for is told.
cp control/.cvmdom.yaml control/folder/
run "$CVMDOM" render --host "$host" control/folder/open.yaml
expect_status 1
expect_silent out
run "$CVMDOM" render --host "$host" suppressed.yaml
expect_status 0
expect_out '0x000b0000'
expect_err '^cvmdom: suppressed.yaml:2: a comment suppresses the error CVM207: a test bed$'

# ---- render ----

run "$CVMDOM" render --host "$host" good.yaml
expect_status 0
expect_out '^<domain type='
expect_out '<name>good</name>'
expect_silent err
cp out good.xml
run "$CVMDOM" render --host epyc-genoa-snp good.yaml
check "a bundled host's name is its file" cmp -s out good.xml
run "$CVMDOM" render good.yaml
expect_status 0
expect_err "using the bundled 'epyc-genoa-snp'"
run "$CVMDOM" render --host "$host" -o written.xml good.yaml
expect_status 0
expect_silent out
check "-o writes what would be printed" cmp -s written.xml good.xml
run "$CVMDOM" render --host "$host" --explain good.yaml
expect_status 0
expect_err '^  launchSecurity\.policy: '

run "$CVMDOM" render --host "$host" five.yaml
expect_status 1
expect_silent out
expect_err '\[CVM207\]$'
expect_err "'five' is not rendered"
run "$CVMDOM" render --host "$host" -o five.xml five.yaml
expect_status 1
check "a refused domain leaves no file" test ! -e five.xml
run "$CVMDOM" render --host "$host" --set launchSecurity.policy=0xb0000 --force good.yaml
expect_status 0
expect_out '0x000b0000'
expect_err 'CVM207'
for slip in '{}' '[]' none '{type: SEV}' '{type: "none "}'; do
    run "$CVMDOM" render --host "$host" --set "launchSecurity=$slip" --force good.yaml
    expect_out '<launchSecurity type='
done
run "$CVMDOM" render --host "$host" --set launchSecurity= --force good.yaml
expect_status 3
expect_silent out
expect_err 'launchSecurity.type=none'
mkfifo waits
run "$CVMDOM" render --host "$host" --set 'launchSecurity.session={file: waits}' good.yaml
expect_status 1
expect_err "'waits': it is no regular file"
printf 'extends: waits\nname: a\n' >extends-waits.yaml
run "$CVMDOM" lint extends-waits.yaml
expect_status 1
expect_out "it is no regular file"
run "$CVMDOM" render --host "$host" broken.yaml
expect_status 2
expect_silent out

run "$CVMDOM" render --host "$host" two.yaml
expect_status 3
expect_silent out
expect_err '\-o DIR/'
cp good.yaml kept.yaml
run "$CVMDOM" render --host "$host" -o good.yaml good.yaml
expect_status 3
check "a profile is not overwritten by its domain" cmp -s good.yaml kept.yaml
run "$CVMDOM" render --host "$host" -o one.xml good.yaml other.yaml
expect_status 3
check "nothing is written" test ! -e one.xml
run "$CVMDOM" render --host "$host" -o new/ two.yaml
expect_status 0
check "a file each" test -s new/good.xml -a -s new/other.xml
check "the same bytes" cmp -s new/good.xml good.xml
run "$CVMDOM" render --host "$host" -o mixed/ good.yaml five.yaml broken.yaml other.yaml
expect_status 2
check "the good ones are written, the bad ones are not" \
    test -s mixed/good.xml -a -s mixed/other.xml -a ! -e mixed/five.xml
run "$CVMDOM" render --host "$host" -o none/ five.yaml
expect_status 1
check "no folder for nothing" test ! -e none
run "$CVMDOM" render --host "$host" -o same/ good.yaml good.yaml
expect_status 2
expect_err 'another domain has the same name'
run "$CVMDOM" render --host "$host" --force --set name=../escaped -o new/ good.yaml
check "a name does not lead out of the folder" test ! -e escaped.xml

# ---- policy ----

policy()
{
    run "$CVMDOM" policy "$@"
    expect_status 0
}
policy 0x0033
expect_out '^nodbg,noks,domain,sev$'
expect_out 'plain SEV guest'
policy 0x3
expect_out 'plain SEV guest, neither SEV-ES nor SEV-SNP'
policy 0x5
expect_out 'SEV-ES guest, not SEV-SNP'
policy 0x30000
expect_out 'As a SEV-SNP policy it would be smt,reserved'
policy 0x30000 --type sev-snp
expect_out '^smt,reserved$'
policy nodbg,noks,es
expect_out '^0x0007$'
expect_out 'of type sev-es'
policy -q nodbg,noks,domain,sev
check "only the number" test "$(cat out)" = 0x0033
policy -q smt,reserved
check "SNP names are known as such" test "$(cat out)" = 0x00030000
policy 0x41
expect_err 'reserved bits'
policy 0x10000 -t sev-snp
expect_err 'bit 17'
policy 0x3 -t sev-es
expect_err 'plain SEV'
for mistake in 0x100000000:sev 017:sev 0xg:sev nodgb:sev debug:sev smt,x:sev-snp 1e3:sev ,:sev; do
    run "$CVMDOM" policy "${mistake%:*}" --type "${mistake#*:}"
    expect_status 3
    expect_silent out
done
run "$CVMDOM" policy nodgb
expect_err "did you mean 'nodbg'"

# ---- schema ----

run "$CVMDOM" schema
expect_status 0
# shellcheck disable=SC2016
expect_out '"\$schema": *"https://json-schema.org/draft/2020-12/schema"'

# ---- colour ----

# shellcheck disable=SC2317
has_colour()
{
    grep -q "$(printf '\033')" out
}
run "$CVMDOM" lint five.yaml
check "a file gets no colour" eval '! has_colour'
run "$CVMDOM" lint --color=always five.yaml
check "unless asked for" has_colour
if command -v script >/dev/null; then
    TERM=xterm script -qec "'$CVMDOM' lint five.yaml" /dev/null >out 2>err </dev/null
    check "a terminal gets colour" has_colour
    TERM=xterm NO_COLOR=1 script -qec "'$CVMDOM' lint five.yaml" /dev/null >out 2>err </dev/null
    check "not with NO_COLOR" eval '! has_colour'
fi

# What a file holds does not drive the terminal.
printf 'name: "a\\e[2Jb"\nmemory: 4GiB\nvcpu: 1\nbogus\\e: 1\n' >escape.yaml
"$CVMDOM" lint escape.yaml >out 2>&1
check "no escape sequence of an input" eval '! has_colour'
run_line='lint escape.yaml'
expect_out 'error: '
"$CVMDOM" render --explain --force --host "$host" escape.yaml 2>out >/dev/null
check "nor in messages" eval '! has_colour'

# ---- output that cannot be written ----

if [ -c /dev/full ]; then
    for command in 'rules' 'schema' '--help' 'policy 3' 'lint good.yaml' 'lint --format sarif good.yaml' "render --host $host good.yaml"; do
        # shellcheck disable=SC2086
        "$CVMDOM" $command >/dev/full 2>err
        status=$? run_line="$command >/dev/full"
        : >out
        expect_status 2
        expect_err 'cannot write to standard output(: No space left.*)?$'
    done
    run "$CVMDOM" render --host "$host" -o /dev/full good.yaml
    expect_status 2
    expect_err "cannot write '/dev/full'"
    run "$CVMDOM" lint --host "$host" --output json=/dev/full good.yaml
    expect_status 2
    expect_err "cannot write '/dev/full'"
    check "a device stays one" test -c /dev/full
fi
"$CVMDOM" rules >&- 2>err
status=$? run_line='rules >&-'
expect_status 2
expect_err 'cannot write to standard output'
"$CVMDOM" render --host "$host" -o unprinted.xml good.yaml >&- 2>&- <&-
status=$? run_line='render with all descriptors closed'
check "nothing of standard error lands in the output" cmp -s unprinted.xml good.xml
"$CVMDOM" schema 2>err | :
check "a reader that goes away needs no message" test ! -s err

mkdir closed
chmod 500 closed
if ! touch closed/probe 2>/dev/null; then
    run "$CVMDOM" render --host "$host" -o closed/x.xml good.yaml
    expect_status 2
    check "nothing is left in a read-only folder" test -z "$(ls -A closed)"
fi
run "$CVMDOM" render --host "$host" -o no/such/folder.xml good.yaml
expect_status 2
run "$CVMDOM" render --host "$host" -o no/such/folder/ good.yaml
expect_status 2
run "$CVMDOM" render --host "$host" -o good.yaml/ good.yaml
expect_status 2

# A limit on file sizes stands in for a full disk: both fail a write in the middle.
{ cat good.yaml; printf 'description: '; printf 'word %.0s' $(seq 2000); echo; } >long.yaml
mkdir small
echo old >small/kept.xml
(
    ulimit -f 1 # block of 512 or 1024 bytes
    exec "$CVMDOM" render --host "$host" -o small/kept.xml long.yaml 2>err
)
status=$? run_line='render beyond the file size limit'
expect_status 2
check "the old file is untouched" test "$(cat small/kept.xml)" = old
check "no temporary file is left" test "$(ls -A small)" = kept.xml
if [ "$(id -u)" -eq 0 ] && mkdir full && mount -t tmpfs -o size=4k tmpfs full 2>/dev/null; then
    echo old >full/kept.xml # takes the only page
    run "$CVMDOM" render --host "$host" -o full/kept.xml long.yaml
    expect_status 2
    expect_err 'No space left'
    check "a full disk keeps the old file" test "$(cat full/kept.xml)" = old
    check "and nothing else" test "$(ls -A full)" = kept.xml
    umount full
fi

# ---- killed ----

# While it waits for its input: nothing has been written.
mkfifo input
echo old >killed.xml
"$CVMDOM" render --host "$host" -o killed.xml input 2>/dev/null &
victim=$!
exec 3>input
head -c 20 good.yaml >&3
kill -KILL "$victim"
{ wait "$victim"; } 2>/dev/null
status=$? run_line='render, killed while it reads'
expect_status 137
exec 3>&-
check "killed while reading, the old file stays" test "$(cat killed.xml)" = old

# At any moment of its life: the file is the old one or the new one, whole.
torn=0
for i in $(seq 40); do
    echo old >killed.xml
    "$CVMDOM" render --host "$host" -o killed.xml good.yaml 2>/dev/null &
    victim=$!
    sleep "0.0$(printf '%02d' "$i")"
    kill -KILL "$victim" 2>/dev/null
    { wait "$victim"; } 2>/dev/null
    [ "$(cat killed.xml)" = old ] || cmp -s killed.xml good.xml || torn=$((torn + 1))
done
check "killed at any moment, the file is whole" test "$torn" -eq 0
finish
