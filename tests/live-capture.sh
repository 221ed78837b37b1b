#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Connections: to what libvirt pretends, to daemons that are not there, silent, broken, stopped or killed, and to a real
# libvirt, whose host is captured. tests/virt-user.c is the program that connects, and the command another one.
. "${srcdir:?run this by make check}/tests/harness.sh"

user=${builddir:?}/tests/virt-user
[ -x "$user" ] || skip 'built without libvirt'
need python3 timeout
virt_run=$srcdir/tests/sevhost/run
profile=$srcdir/profiles/sev-minimal.yaml
chmod 755 "$work"

# connect ARGUMENT…: a run of the library's user, which must not hang, and on whose terminal libvirt must not write.
connect()
{
    run timeout 60 "$user" "$@"
    expect_silent err
}

# ---- what libvirt pretends ----

connect test:///default capture host close host
expect_status 0
expect_out '^uri test:///default, remote$'
expect_out '^host test:///default$'
connect -t 30 test:///default threads=8 capture
expect_status 0
run "$CVMDOM" lint --host test:///default "$srcdir/profiles/uefi-shell-tcg.yaml"
check 'a pretended host is judged for' test "$status" -le 1

# ---- nobody there, or nobody who answers ----

connect "qemu+unix:///system?socket=$work/none" open
expect_status 1
expect_out "^open: error 5: cannot connect to 'qemu\+unix:///system\?socket=.*libvirt says: .*No such file"
run "$CVMDOM" render --host "qemu+unix:///system?socket=$work/none" "$profile"
expect_status 2
expect_err "^cvmdom: cannot connect to 'qemu\+unix"
expect_silent out
connect nonsense:///system open
expect_status 1
expect_out '^open: error 5: '

# A daemon that takes connections, and then is silent, hangs up, or talks of something else.
cat >"$work/daemon.py" <<'END'
import socket, sys, time
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen(8)
kept = []
while True:
    client = server.accept()[0]
    if sys.argv[2] == "silent":
        kept.append(client)
    elif sys.argv[2] == "babbles":
        client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        kept.append(client)
    else:
        client.close()
END
for kind in silent babbles leaves; do
    python3 "$work/daemon.py" "$work/$kind" $kind &
    daemons="${daemons:-} $!"
done
# shellcheck disable=SC2064,SC2086 # as it is now; a list
trap "kill $daemons; rm -rf '$work'" EXIT
for kind in silent babbles leaves; do
    tries=0
    while [ ! -S "$work/$kind" ] && [ $tries -lt 100 ]; do
        tries=$((tries + 1))
        sleep 0.1
    done
done

before=$(date +%s)
connect -t 1 "qemu+unix:///system?socket=$work/silent" open open
expect_status 1
expect_out '^open: error 5: .*no answer in 1 s;'
check 'a silent daemon is left after a second, twice' test $(($(date +%s) - before)) -lt 10
connect -t 30 "qemu+unix:///system?socket=$work/leaves" open
expect_status 1
expect_out '^open: error 5: .*libvirt says: '
connect -t 3 "qemu+unix:///system?socket=$work/babbles" open
expect_status 1
expect_out '^open: error 5: '

# ssh that waits, and that is refused
printf '#!/bin/sh\nexec sleep 5\n' >"$work/ssh-waits"
# as late as ssh: libvirt has sent its first question by then
printf '#!/bin/sh\nhead -c 4 >/dev/null\necho Permission denied. >&2\nexit 255\n' >"$work/ssh-denied"
chmod +x "$work/ssh-waits" "$work/ssh-denied"
connect -t 1 "qemu+ssh://host.invalid/system?command=$work/ssh-waits" open
expect_status 1
expect_out '^open: error 5: .*no answer in 1 s; .*ssh'
connect -t 30 "qemu+ssh://host.invalid/system?command=$work/ssh-denied" open
expect_status 1
expect_out '^open: error 5: .*Permission denied'

# ---- only the command line names a connection ----

mkdir "$work/profiles"
sed '1i host: test:///default' "$srcdir/profiles/uefi-shell-tcg.yaml" >"$work/profiles/named.yaml"
run "$CVMDOM" lint "$work/profiles/named.yaml"
expect_status 2
expect_err "^cvmdom: the host 'test:///default' is a connection to libvirt, which only the command line may ask for"
cp "$srcdir/profiles/uefi-shell-tcg.yaml" "$work/profiles/named.yaml"
echo 'host: qemu+ssh://evil.invalid/system' >"$work/profiles/.cvmdom.yaml"
run "$CVMDOM" lint "$work/profiles/named.yaml"
expect_status 2
expect_err "^cvmdom: the host 'qemu\+ssh://evil.invalid/system' is a connection"
run "$CVMDOM" lint --host test:///default "$work/profiles/named.yaml"
check 'the command line goes above the file' test "$status" -le 1

# ---- a library that is missing ----

command=$builddir/src/.libs/cvmdom
if [ -x "$command" ]; then
    mkdir "$work/lib"
    cp "$builddir"/src/.libs/libcvmdom.so.? "$work/lib"
    run env LD_LIBRARY_PATH="$work/lib" "$command" render --host test:///default "$profile"
    if [ "$status" -eq 2 ]; then # else one is installed on this machine
        expect_err '^cvmdom: a connection needs .*libcvmdom-virt\.so\.0.* not installed'
        expect_silent out
    fi
    # one that needs a libvirt there is not
    LC_ALL=C sed 's/libvirt\.so\.0/libvirt.so.9/g' "$builddir"/src/.libs/libcvmdom-virt.so.? >"$work/lib/libcvmdom-virt.so.0"
    run env LD_LIBRARY_PATH="$work/lib" "$command" render --host test:///default "$profile"
    expect_status 2
    expect_err '^cvmdom: a connection needs .*libvirt0 \(Debian\) or libvirt-libs \(Fedora\)'
fi

# ---- a real libvirt, in this process ----

cat >"$work/embedded" <<'END'
"$1" -o "$SEVHOST_WORK/record.xml" "$LIBVIRT_DEFAULT_URI" capture host >&2 || exit 9
cat "$SEVHOST_WORK/record.xml"
END
run "$virt_run" sh "$work/embedded" "$user"
if [ "$status" -eq 77 ]; then
    printf 'without a real libvirt: %s\n' "$(cat "$work/err")"
    finish
fi
expect_status 0
expect_err '^uri qemu:///embed\?root=.*, local$'
expect_out '<domainCapabilities>'
expect_out '<cbitpos>51</cbitpos>'
expect_out '<capabilities>'
expect_out '<guests sev=.0. sev_es=.0. sev_snp=.0./>'
cp "$work/out" "$work/record.xml"
expect_out '^    <libvirt>[0-9]'
expect_out '^    <qemu>[0-9]'
run "$CVMDOM" render --host "$work/record.xml" --force "$profile"
expect_status 0
expect_out '<cbitpos>51</cbitpos>'
if command -v xmllint >/dev/null; then
    check "the captured record is of its schema" \
        xmllint --noout --relaxng "$srcdir/schemas/host.rng" "$work/record.xml"
fi
# Captured, resolved, checked and defined by a program of its own.
# shellcheck disable=SC2016 # the inner shell's
run "$virt_run" sh -c '"$0" "$LIBVIRT_DEFAULT_URI" define="$1" define="$1" define="$2" undefine=uefi-shell undefine=uefi-shell' \
    "$user" "$srcdir/profiles/uefi-shell-tcg.yaml" "$profile"
expect_status 1
expect_out '^uefi-shell: result 1$'
expect_out '^uefi-shell: result 2$'
check 'libvirt stored what was meant' sh -c "! grep -E '^[1-9][0-9]* differences' '$work/out'"
expect_out '^0 differences$'
expect_out '^undefine: ok$'
expect_out "^undefine: error 6: .*has no 'uefi-shell'"
if [ -e /usr/share/OVMF/OVMF_CODE_4M.fd ]; then
    expect_out '^sev-minimal: result 1$'
fi
# shellcheck disable=SC2016
run "$virt_run" sh -c '"$0" -r "$LIBVIRT_DEFAULT_URI" capture' "$user"
expect_status 1
expect_out "^capture: error 5: .*may not ask for domain capabilities; libvirt says: .*read only"

# ---- a daemon, which stops, is slow, and goes ----

cat >"$work/daemon" <<'END'
user=$1
uri=$LIBVIRT_DEFAULT_URI
mkfifo "$SEVHOST_WORK/fifo"
# Starts a user, and comes back when it waits; go_on lets it go on, and prints what it said.
start()
{
    echo "--- $1"
    shift
    : >"$SEVHOST_WORK/said"
    "$user" "$@" <"$SEVHOST_WORK/fifo" >"$SEVHOST_WORK/said" &
    exec 3>"$SEVHOST_WORK/fifo"
    tries=0
    while [ $tries -lt 600 ] && ! grep -q '^waiting$' "$SEVHOST_WORK/said"; do
        tries=$((tries + 1))
        sleep 0.1
    done
}
go_on()
{
    echo >&3
    exec 3>&-
    wait $!
    cat "$SEVHOST_WORK/said"
}

"$user" -t 30 "$uri" threads=6 >/dev/null && echo 'threads fared well'
kill -STOP "$SEVHOST_DAEMON_PID"
start 'stopped while connecting' -t 3 "$uri" open open wait open capture
kill -CONT "$SEVHOST_DAEMON_PID"
go_on
start 'stopped while connected' -t 6 "$uri" capture wait capture close
kill -STOP "$SEVHOST_DAEMON_PID"
go_on
kill -CONT "$SEVHOST_DAEMON_PID"

# two probes, each well below those six seconds, both together above
echo '--- slow'
sed -i '2i import time; time.sleep(4)' "$SEVHOST_WORK/bin/qemu-system-x86_64"
"$user" -t 6 "$uri" capture

virsh --quiet --readonly list
cat >"$SEVHOST_WORK/guest.xml" <<'XML'
<domain type='kvm'>
  <name>guest</name>
  <memory unit='MiB'>64</memory>
  <os><type machine='q35'>hvm</type></os>
  <launchSecurity type='sev'><cbitpos>51</cbitpos><reducedPhysBits>1</reducedPhysBits><policy>0x7</policy></launchSecurity>
</domain>
XML
sed -i 2d "$SEVHOST_WORK/bin/qemu-system-x86_64"
virsh --quiet create --paused "$SEVHOST_WORK/guest.xml"
"$user" -o "$SEVHOST_WORK/record.xml" "$uri" capture
grep '<guests' "$SEVHOST_WORK/record.xml"
virsh --quiet destroy guest

start 'killed while connected' -t 30 "$uri" capture wait capture host close open
kill -KILL "$SEVHOST_DAEMON_PID"
go_on
END
run timeout 400 "$virt_run" --daemon sh "$work/daemon" "$user"
if [ "$status" -eq 77 ]; then
    printf 'without a daemon: %s\n' "$(cat "$work/err")"
    finish
fi
mv "$work/out" "$work/all"
# expect_story TITLE LINE…: what was printed below the title, each line like a pattern
expect_story()
{
    sed -n "/^--- $1\$/,/^---/{/^---/d;p}" "$work/all" >"$work/out"
    run_line=$1
    shift
    check "$run_line: $# lines" test "$(wc -l <"$work/out")" -eq $#
    number=0
    for pattern in "$@"; do
        number=$((number + 1))
        check "$run_line, line $number: $(sed -n ${number}p "$work/out")" \
            sh -c "sed -n ${number}p '$work/out' | grep -Eq -e \"\$0\"" "$pattern"
    done
}
check 'threads' grep -q '^threads fared well$' "$work/all"
silence="^open: error 5: cannot connect to 'qemu:///system': no answer in 3 s"
uri='^uri qemu:///system, local$'
expect_story 'stopped while connecting' "$silence" "$silence" '^waiting$' '^wait: ok$' "$uri" '^open: ok$' '^capture: ok$'
expect_story 'stopped while connected' "$uri" '^capture: ok$' '^waiting$' '^wait: ok$' \
    "^capture: error 5: the connection to 'qemu:///system' was lost, .*keepalive timeout" '^close: ok$'
expect_story slow "$uri" '^capture: ok$' "$uri" '^capture: ok$' '<guests sev=.0. sev_es=.1. sev_snp=.0./>'
expect_story 'killed while connected' "$uri" '^capture: ok$' '^waiting$' '^wait: ok$' \
    "^capture: error 5: the connection to 'qemu:///system' was lost" \
    "^host: error 5: the connection to 'qemu:///system' was lost" '^close: ok$' \
    "^open: error 5: cannot connect to 'qemu:///system'; libvirt says: "
finish
