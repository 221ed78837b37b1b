#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What can go wrong between the command and libvirt, with a real daemon: each ends in an error that says so, with the right
# exit status, in bounded time, and with the stored domain as it was, byte for byte.
if [ -z "${SEVHOST_DAEMON-}" ]; then
    exec "${srcdir:?run this by make check}/tests/sevhost/run" --daemon "${SHELL:-/bin/sh}" "$0"
fi
. "$srcdir/tests/harness.sh"

need timeout setpriv xmllint
user=$builddir/tests/virt-user
[ -x "$user" ] || skip 'built without libvirt'
daemon=$SEVHOST_DAEMON_PID
uri=qemu:///system

# Three domains of one name, and what is meant by "old" and "new" below.
for size in 1 2 3; do
    sed -e 's/^name: .*/name: guest/' -e "s/^memory: .*/memory: ${size}GiB/" "$srcdir/profiles/sev-minimal.yaml" >"$work/$size.yaml"
done
old=$work/1.yaml
new=$work/2.yaml

# define PROFILE [OPTION…]: an end within a minute, whatever happens. Only where nobody answers it waits but 2 seconds: a busy
# machine may take as long for an answer.
patience=20
define()
{
    run timeout --kill-after 5 60 "$CVMDOM" define "$@" --connect "$uri" --timeout "$patience"
}

# What libvirt keeps, and tells.
stored()
{
    cat /etc/libvirt/qemu/guest.xml && virsh dumpxml --inactive guest
}

keep()
{
    stored >"$work/kept" || fail 'the domain to be kept is not there'
}

expect_kept()
{
    stored >"$work/now" 2>&1
    check "$1: the stored domain changed: $(diff "$work/kept" "$work/now")" cmp -s "$work/kept" "$work/now"
}

# An error of the connection: its status, and a message like that (grep -E).
expect_fault()
{
    expect_status 2
    expect_err "^cvmdom: .*$1"
    expect_silent out
}

start_daemon()
{
    "$SEVHOST_DAEMON" --daemon || fail 'the daemon does not start again'
    daemon=$(cat "/run/$SEVHOST_DAEMON.pid")
}

# in_state T: the daemon is stopped (the kernel still accepts connections to it).
in_state()
{
    until grep -q "^State:.$1" "/proc/$daemon/status"; do sleep 0.05; done
}

memory()
{
    virsh dumpxml --inactive guest | xmllint --xpath 'string(/domain/memory)' -
}

define "$old"
expect_status 0
[ "$failed" -eq 0 ] || finish
keep

# --- libvirt says no ---

define "$new" --replace --force --set os.machine=pc-q35-99.0
expect_status 1
expect_err "^cvmdom: .*libvirt says: .*does not support machine type 'pc-q35-99.0'"
expect_silent out
expect_kept 'a machine that QEMU does not have'

# --- nobody there ---

for fault in \
    'qemu:///nowhere|/nowhere' \
    "qemu+unix:///system?socket=$work/none|No such file or directory" \
    "qemu+unix:///system?socket=$old|(Connection refused|not a socket)" \
    'vbux:///system|vbux:///system' \
    ':|:' \
    'qemu+tcp://127.0.0.1:1/system|127.0.0.1:1' \
    'qemu+ssh://127.0.0.1:1/system|127.0.0.1:1'; do
    uri=${fault%%|*}
    define "$new" --replace
    expect_fault "${fault#*|}"
done
uri=qemu:///system

# --- silence ---

patience=2
kill -STOP "$daemon"
in_state T
define "$new" --replace
expect_fault 'no answer in 2 s'
kill -CONT "$daemon"
expect_kept 'a daemon that is stopped'

# through_cut CALL HOW COMMAND…: over a connection that tests/sevhost/cut ends at that call; $calls are all it made.
through_cut()
{
    rm -f "$work/socket" "$work/calls"
    "$srcdir/tests/sevhost/cut" "$work/socket" "$SEVHOST_SOCKET" "$1" "$2" "$work/calls" &
    cut=$!
    until [ -S "$work/socket" ]; do sleep 0.02; done
    shift 2
    uri="qemu+unix:///system?socket=$work/socket"
    "$@"
    uri=qemu:///system
    wait "$cut" || fail 'tests/sevhost/cut failed'
    calls=$(cat "$work/calls")
}

through_cut 1 silent define "$new" --replace
expect_fault 'no answer in 2 s'
expect_kept 'a socket that is silent from the beginning'
patience=20

# --- a connection that is lost at every single call ---

# How many there are, and that nothing is wrong with this way to define.
through_cut 100000 lost define "$new" --replace
expect_status 0
check 'a domain is not replaced' test "$(memory)" -eq $((2 << 20))
all=$calls
printf '%s calls of libvirt replace a domain\n' "$all"
check 'a definition takes no calls' test "$all" -gt 10

# lose_at CALL HOW: what is stored afterwards is the old domain or the new one, whole.
lose_at()
{
    virsh --quiet define "$work/old.xml" || fail 'the old domain cannot be put back'
    keep
    through_cut "$1" "$2" define "$new" --replace
    case $status in
    0) after=$((after + 1)) ;; # only the good-bye was lost
    *) expect_fault '(lost|cannot connect)' ;;
    esac
    case $(memory) in
    $((1 << 20))) expect_kept "call $1 $2" ;;
    $((2 << 20))) replaced=$((replaced + 1)) ;;
    *) fail "call $1 $2: neither the old nor the new domain is stored" ;;
    esac
}

define "$old" --replace
expect_status 0
virsh dumpxml --inactive guest >"$work/old.xml"
after=0 replaced=0
for at_call in $(seq "$all"); do
    lose_at "$at_call" lost
done
# Of the first calls, by which the host is captured, it makes no difference whether the daemon got them.
for at_call in $(seq $((all - 7)) "$all"); do
    lose_at "$at_call" unanswered
done
printf '%s losses of %s came after the definition, %s of them when all was done\n' "$replaced" $((all + 8)) "$after"
check 'the domain was not replaced by a definition without an answer' test "$replaced" -ge 1
check 'most losses come before the definition' test "$replaced" -lt "$all"

# --- and one that is silent in the middle ---

virsh --quiet define "$work/old.xml"
keep
patience=2
for at_call in 3 $((all / 2)) $((all - 2)); do
    virsh --quiet define "$work/old.xml"
    through_cut "$at_call" silent define "$new" --replace
    expect_fault '(lost|cannot connect|no answer in 2 s)'
done
patience=20

# --- a signal while the command waits for an answer ---

# interrupted SIGNAL: a definition that is sent it when the connection has fallen silent
interrupted()
{
    (
        until [ -s "$work/calls" ]; do sleep 0.02; done
        kill -s "$1" "$(cat "$work/pid")"
    ) &
    # What runs in the background, as all of this may, is started with SIGINT ignored.
    # shellcheck disable=SC2016 # that shell's
    run env --default-signal=INT sh -c 'echo $$ >"$0"; exec "$@"' "$work/pid" "$CVMDOM" define "$new" --replace --connect "$uri"
}

# interrupt_at CALL HOW SIGNAL STATUS: it ends by the signal, and what is stored is the old domain or the new one, whole.
interrupt_at()
{
    virsh --quiet define "$work/old.xml" || fail 'the old domain cannot be put back'
    keep
    through_cut "$1" "$2" interrupted "$3"
    expect_status "$4"
    expect_silent out
    case $(memory) in
    $((1 << 20))) expect_kept "SIG$3 at call $1, $2" ;;
    $((2 << 20))) replaced=$((replaced + 1)) ;;
    *) fail "SIG$3 at call $1, $2: neither the old nor the new domain is stored" ;;
    esac
}

# interrupt_everywhere HOW: at ten calls, the definition among them
interrupt_everywhere()
{
    replaced=0
    set -- "$1" INT 130 TERM 143 KILL 137
    for at_call in 1 3 $((all / 2)) $(seq $((all - 7)) $((all - 1))); do
        interrupt_at "$at_call" "$1" "$2" "$3"
        set -- "$1" "$4" "$5" "$6" "$7" "$2" "$3"
    done
    printf '%s of 10 signals came after the definition, %s\n' "$replaced" "$1"
}

interrupt_everywhere silent
unasked=$replaced
interrupt_everywhere withheld
check 'no signal came after the definition' test "$unasked" -ge 1
check 'most signals come before the definition' test "$replaced" -le 5
# The definition itself is the one call that makes the difference.
check 'the definition whose answer was withheld is not the one more' test "$replaced" -eq $((unasked + 1))

# Who waits at a terminal sees that, and for how long.
if command -v script >/dev/null; then
    virsh --quiet define "$work/old.xml"
    through_cut $((all / 2)) silent env TERM=xterm timeout -s KILL 60 script -qefc \
        "'$CVMDOM' define '$new' --replace --connect 'qemu+unix:///system?socket=$work/socket' --timeout 3" "$work/shown" \
        >"$work/out" </dev/null
    check "waiting is not shown: $(cat "$work/shown")" grep -q "asking libvirt: 1 s$(printf '\r\033')\[K" "$work/shown"
fi

# --- the daemon is killed while the command waits for it ---

virsh --quiet define "$work/old.xml"
keep
kill -STOP "$daemon"
in_state T
timeout 20 "$CVMDOM" define "$new" --replace --connect "$uri" --timeout 10 >"$work/out" 2>"$work/err" &
waiting=$!
sleep 0.5
kill -KILL "$daemon"
status=0
wait "$waiting" || status=$?
run_line='define, with a daemon that is killed'
expect_fault 'cannot connect'
define "$new" --replace
expect_fault '(Connection refused|No such file)'
start_daemon
expect_kept 'a killed daemon'

# --- no permission ---

# Root without the right to pass over permissions is as good as another user, and can read the build folder.
chown 65534 "$SEVHOST_SOCKET"
run setpriv --bounding-set -dac_override,-dac_read_search --inh-caps -all \
    timeout 20 "$CVMDOM" define "$new" --replace --connect "$uri" --timeout 2
chown 0 "$SEVHOST_SOCKET"
expect_fault 'Permission denied'
expect_kept 'a socket without permission'

# --- a read-only connection ---

run "$user" -r "$uri" find=guest
expect_status 0
expect_out '^guest: active 0, persistent 1$'
for step in "define=$new" start=guest stop=guest undefine=guest; do
    run "$user" -r "$uri" "$step"
    expect_status 1
    expect_out "^${step%%=*}: error 5: .*read only access"
    expect_kept "$step, read-only"
done

# --- two at once ---

# race FILE FILE [OPTION…]: both are defined at the same time; $first and $second are the exit statuses.
race()
{
    one=$1 two=$2
    shift 2
    first=0 second=0
    timeout 20 "$CVMDOM" define "$one" "$@" --connect "$uri" >"$work/first" 2>&1 &
    racer=$!
    timeout 20 "$CVMDOM" define "$two" "$@" --connect "$uri" >"$work/second" 2>&1 || second=$?
    wait "$racer" || first=$?
}

# none_of_these TITLE: the exit statuses of the race are none that can be.
none_of_these()
{
    fail "$1: exit statuses $first and $second"
    sed 's/^/    first: /' "$work/first"
    sed 's/^/    second: /' "$work/second"
}

expect_one_domain()
{
    check "$1: not one domain" test "$(virsh list --all --name | grep -c .)" -eq 1
}

# Of two that differ one is defined, and the other is refused.
race_of_strangers()
{
    race "$new" "$work/3.yaml"
    expected=0
    case $first/$second in
    0/1) expected=$((2 << 20)) ;;
    1/0) expected=$((3 << 20)) ;;
    *) none_of_these "$1" ;;
    esac
    check "$1: not the winner's domain is stored" test "$(memory)" = "$expected"
    expect_one_domain "$1"
}

# Of two replacements one stands, and is the same domain still; who comes off badly is told.
race_of_replacements()
{
    uuid=$(virsh domuuid guest)
    race "$old" "$new" --replace
    case $first/$second in
    0/0) pass ;;
    1/0) check "$1: the first one says nothing" grep -q "^cvmdom: 'guest'" "$work/first" ;;
    0/1) check "$1: the second one says nothing" grep -q "^cvmdom: 'guest'" "$work/second" ;;
    *) none_of_these "$1" ;;
    esac
    check "$1: another UUID" test "$(virsh domuuid guest)" = "$uuid"
    case $(memory) in
    $((1 << 20)) | $((2 << 20))) pass ;;
    *) fail "$1: neither is stored" ;;
    esac
}

# Of two that are alike one at least has defined it.
race_of_twins()
{
    race "$new" "$new"
    case $first/$second in
    0/0 | 0/1 | 1/0) pass ;;
    *) none_of_these "$1" ;;
    esac
    expect_one_domain "$1"
}

virsh --quiet undefine --nvram guest
for round in $(seq 20); do
    race_of_strangers "strangers, round $round"
    # the other two in turn
    [ $((round % 2)) -eq 0 ] || race_of_replacements "replacements, round $round"
    virsh --quiet undefine --nvram guest
    [ $((round % 2)) -eq 0 ] || continue
    race_of_twins "twins, round $round"
    virsh --quiet undefine --nvram guest
done
finish
