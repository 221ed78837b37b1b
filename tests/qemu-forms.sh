#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# QEMU's command line in its three forms: the script, executed, and the unit, as systemd itself reads it, give QEMU exactly the
# arguments that --args0 prints, whatever stands in names and paths. And what the script does besides.
. "${srcdir:?run this by make check}/tests/harness.sh"
CVMDOM_DATA_DIR=${CVMDOM_DATA_DIR-$srcdir/profiles}
export CVMDOM_DATA_DIR

need python3
mkdir "$work/bin" "$work/run" "$work/state"
emulator=$work/bin/emulator
argv=$work/argv

# Stands for QEMU: writes down its name and arguments, and how it was started.
cat >"$emulator" <<SCRIPT
#!/bin/sh
printf '%s\0' "\$0" "\$@" >'$argv'
printf '%s\n' "\${TZ-}" >'$work/zone'
[ ! -e '$work/pids' ] || cp '$work/pids' '$work/pids-seen'
SCRIPT
# Stand for taskset, numactl and swtpm.
cat >"$work/bin/taskset" <<SCRIPT
#!/bin/sh
printf '%s ' "\$1" "\$2" >'$work/placed'
shift 2
exec "\$@"
SCRIPT
cat >"$work/bin/numactl" <<SCRIPT
#!/bin/sh
printf '%s' "\$1" >>'$work/placed'
shift
exec "\$@"
SCRIPT
cat >"$work/bin/swtpm" <<SCRIPT
#!/usr/bin/env python3
import os, socket, sys, time
control = sys.argv[sys.argv.index("--ctrl") + 1]
path = dict(word.split("=", 1) for word in control.split(",") if "=" in word)["path"]
time.sleep(0.2)
listening = socket.socket(socket.AF_UNIX)
listening.bind(path)
with open('$work/pids', 'w') as file:
    file.write(str(os.getpid()))
time.sleep(60)
SCRIPT
chmod 755 "$work"/bin/*
PATH=$work/bin:$PATH

# render TARGET FILE PROFILE [OPTION…]: the guest's own folders are below $work.
render()
{
    render_target=$1
    render_file=$2
    shift 2
    run "$CVMDOM" render --force --to "$render_target" --set "devices.emulator=$emulator" "$@"
    if [ "$status" -eq 0 ]; then pass; else
        fail "'$*' does not render to $render_target"
        show_streams
    fi
    sed "s,/run/cvmdom/,$work/run/,g; s,/var/lib/cvmdom/,$work/state/,g" "$work/out" >"$render_file"
    [ "$render_target" = systemd ] || chmod 755 "$render_file"
}

# What systemd makes of the unit: "systemd-analyze verify" of a debugging systemd shows each command, words that need it in quotes
# with C's escapes.
systemd_words()
{
    SYSTEMD_LOG_LEVEL=debug systemd-analyze verify --man=no "$1" >"$work/analyzed" 2>/dev/null || return 1
    python3 - "$work/analyzed" <<'PYTHON'
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
line = re.search(r"(?:->|→) ExecStart:\n\t*Command Line: (.*?)\n\t\t", text, re.S).group(1)
known = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
def plain(found):
    return known.get(found[1], found[1]) if len(found[1]) == 1 else chr(int(found[1][1:], 16))
for quoted, bare in re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', line, re.S):
    word = bare or re.sub(r"\\(x[0-9a-f]{2}|.)", plain, quoted, flags=re.S)
    sys.stdout.buffer.write(word.encode() + b"\0")
PYTHON
}

verify_unit()
{
    command -v systemd-analyze >/dev/null || return 0
    systemd-analyze verify --man=no "$1" >"$work/verify" 2>&1
    check "$2: systemd-analyze verify objects: $(cat "$work/verify")" test ! -s "$work/verify"
    systemd_words "$1" >"$work/words" || :
    # a shell starts programs that run beside, and becomes QEMU
    if grep -q '^ExecStart=:/bin/sh' "$1"; then
        python3 - "$work/words" <<'PYTHON'
import sys
words = open(sys.argv[1], "rb").read().split(b"\0")
assert words[:2] == [b"/bin/sh", b"-c"] and words[2].endswith(b'exec "$0" "$@"'), words[:3]
open(sys.argv[1], "wb").write(b"\0".join(words[3:]))
PYTHON
    fi
    check "$2: systemd reads other arguments" cmp "$work/args" "$work/words"
}

# forms NAME PROFILE [OPTION…]
forms()
{
    name=$1
    shift
    run "$CVMDOM" render --force --to qemu --args0 --set "devices.emulator=$emulator" "$@"
    sed -z "s,/run/cvmdom/,$work/run/,g; s,/var/lib/cvmdom/,$work/state/,g" "$work/out" >"$work/args"
    check "$name: no arguments" test -s "$work/args"
    render qemu "$work/$name.sh" "$@"
    if command -v shellcheck >/dev/null; then
        shellcheck "$work/$name.sh" >"$work/shellcheck" 2>&1
        check "$name: shellcheck objects: $(cat "$work/shellcheck")" test ! -s "$work/shellcheck"
    fi
    run env CVMDOM_CHECK=no "$work/$name.sh"
    if [ "$status" -eq 0 ]; then pass; else
        fail "$name: the script fails"
        show_streams
    fi
    check "$name: the script gives QEMU other arguments" cmp "$work/args" "$argv"
    render systemd "$work/$name.service" "$@"
    verify_unit "$work/$name.service" "$name"
}

# ---- every shipped profile ----

for profile in "$srcdir"/profiles/*.yaml; do
    for host in epyc-genoa-snp epyc-rome-sev; do
        forms "$(basename "$profile" .yaml)-$host" "$profile" --host "$host"
    done
done
check 'threads and memory are where the profile has them' test "$(cat "$work/placed")" = '--cpu-list 0-3,64-67 --membind=0'

# ---- names and paths ----

odd="$work/odd \"it's\" 100% \$HOME, \`id\` \\\\ ;&|#~{ü}"
mkdir -p "$odd"
printf 'template\n' >"$odd/VARS.fd"
cat >"$work/odd.yaml" <<'YAML'
name: odd "it's" 100% $HOME `id` \ ü
virtType: qemu
launchSecurity: {type: none}
memory: 64MiB
vcpu: 1
clock: {timezone: Europe/Berlin}
os:
  cmdline: "console=ttyS0 it's \"100%\" %h $HOME ${HOME} `id` \\ \\n \\x41, ;\n next\tline; # ü"
YAML
forms odd "$work/odd.yaml" --set "os.kernel='$(printf '%s' "$odd/kernel" | sed "s/'/''/g")'" \
    --set "os.firmware={type: pflash, loader: '$(printf '%s' "$odd/CODE.fd" | sed "s/'/''/g")', nvramTemplate: '$(printf '%s' "$odd/VARS.fd" | sed "s/'/''/g")'}"
run "$CVMDOM" render --force --to qemu --args0 --set "cpu.model='EPYC,svm=on'" "$work/odd.yaml"
tr '\0' '\n' <"$work/out" >"$work/lines"
check 'a CPU model sets no property: QEMU ends a word at any comma' grep -qxF 'EPYC?svm=on' "$work/lines"
run "$CVMDOM" render --force --to qemu --args0 --set 'devices.channel={target: monitor.sock}' "$work/odd.yaml"
check 'a channel takes no place of the monitor' test "$(grep -aoF '/monitor.sock' "$work/out" | wc -l)" -eq 1
check 'the odd words are there' grep -aqF "\$HOME \${HOME} \`id\` \\ \\n \\x41, ;" "$work/args"
check 'the clock has its time zone' test "$(cat "$work/zone")" = Europe/Berlin
store=$(find "$work/state" -name VARS.fd -path '*odd*')
check 'the variable store is copied' cmp "$odd/VARS.fd" "$store"
printf 'changed\n' >"$store"
run env CVMDOM_CHECK=no "$work/odd.sh" -S -monitor "it's"
check 'a variable store that is there is kept' test "$(cat "$store")" = changed
printf '%s\0' -S -monitor "it's" >>"$work/args" # of the case before
check "the script's own arguments follow" cmp "$work/args" "$argv"

# ---- what is looked at ----

run "$work/odd.sh"
expect_status 1
expect_err "odd.sh: '.*/CODE.fd' does not exist: the guest needs it"
: >"$odd/CODE.fd"
: >"$odd/kernel"
run "$work/odd.sh"
expect_status 0

profile=$srcdir/profiles/sev-minimal.yaml
render qemu "$work/limit.sh" "$profile" --host epyc-rome-sev
sed '/^check [rw] /d' "$work/limit.sh" >"$work/limit-only.sh"
chmod 755 "$work/limit-only.sh"
# shellcheck disable=SC3045
if (ulimit -l 64 && ! ulimit -l 128) 2>/dev/null; then
    run sh -c 'ulimit -l 64; exec "$1"' sh "$work/limit-only.sh"
    expect_status 1
    expect_err 'limit-only.sh: [0-9]* KiB must be lockable, and the limit is 64: raise memlock'
fi

# ---- what runs beside ----

cat >"$work/tpm.yaml" <<'YAML'
name: tpm
virtType: qemu
launchSecurity: {type: none}
memory: 64MiB
vcpu: 1
devices: {tpm: true}
YAML
rm -f "$work/pids" "$work/pids-seen"
forms tpm "$work/tpm.yaml"
if grep -aq tpm-emulator "$work/args"; then
    check 'the TPM is there when QEMU starts' test -s "$work/pids-seen"
    check 'the TPM ends with QEMU' sh -c "! kill -0 $(cat "$work/pids-seen") 2>/dev/null"
fi

# ---- the command ----

run "$CVMDOM" render --to qemu "$profile" --host epyc-rome-sev -o "$work/new.sh"
check 'a script is executable' test -x "$work/new.sh"
run "$CVMDOM" render --to systemd "$profile" --host epyc-rome-sev -o "$work/new.service"
check 'a unit is not' test ! -x "$work/new.service"
mkdir "$work/folder"
run "$CVMDOM" render --to qemu --args0 "$profile" --host epyc-rome-sev -o "$work/folder/"
check 'arguments are in a file of their own' test -s "$work/folder/sev-minimal.args"
run "$CVMDOM" render --to libvirt --args0 "$profile"
expect_status 3
expect_err '--args0 is for --to qemu'
[ "$failed" -eq 0 ] || finish
command -v systemd-analyze >/dev/null || skip "the script is right, but the unit was not read: no systemd-analyze"
finish
