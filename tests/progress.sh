#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What a terminal shows of work that takes longer than a moment: a line that counts, gone before anything else is printed,
# at the end and when a signal ends it; and nothing of it elsewhere. Of lint this is in lint.sh, of a connection in live-faults.sh.
# shellcheck source=tests/harness.sh
. "${srcdir:?}/tests/harness.sh"
need script mkfifo timeout
slow=$builddir/tests/tools/.libs/slow_place.so
[ -e "$slow" ] || skip 'no slow_place.so: shared libraries are not built'
cd "$work" || exit 99
mkdir lib
cp "$slow" lib/libcvmdom-place.so.0
host=$srcdir/profiles/hosts/epyc-genoa-snp.xml
erased=$(printf '\r\033')'\[K'
export TERM=xterm
printf 'name: guest\nlaunchSecurity: {type: sev-snp}\nmemory: 4GiB\nvcpu: 2\n' >guest.yaml
mkfifo go slow.yaml

# on_terminal NAME COMMAND: in the background; its output is in out, what the terminal shows in NAME, its process in pid
on_terminal()
{
    shown=$1
    rm -f pid "$shown"
    timeout -s KILL 60 script -qefc "echo \$\$ >pid; exec $2 >out" "$shown" </dev/null >/dev/null 2>&1 &
    terminal=$!
}

# until_shown PATTERN: at most 20 seconds
until_shown()
{
    for _ in $(seq 200); do
        grep -q -e "$1" "$shown" 2>/dev/null && break
        sleep 0.1
    done
    check "$shown: '$1' is not shown" grep -q -e "$1" "$shown"
}

# go SECONDS: so long after it was begun the solver ends.
go()
{
    timeout 20 sh -c "{ sleep $1; echo; } >go"
}

# ended STATUS
ended()
{
    status=0
    wait "$terminal" || status=$?
    check "$shown: status $status, not $1: $(cat "$shown")" test "$status" -eq "$1"
}

# ---- guests are placed ----

fleet="env LD_LIBRARY_PATH=$work/lib:$LD_LIBRARY_PATH CVM_SLOW_PLACE=go '$CVMDOM' fleet guest.yaml --hosts '$host' --count 1000"
on_terminal placing "$fleet"
until_shown 'placing the guests: 1 s'
go 0
ended 1
check 'the line is not erased' grep -q "placing the guests: [0-9]* s$erased" placing
check 'the report is not there' grep -q guest out
check 'progress is in the report' sh -c '! grep -q placing out'

on_terminal killed "$fleet"
until_shown 'placing the guests: 1 s'
kill -TERM "$(cat pid)"
ended 143
check 'a signal leaves the line' grep -q "placing the guests: [0-9]* s$erased" killed
check 'there is a report all the same' test ! -s out

# no terminal, or one that cannot erase
go 1.2 &
run sh -c "$fleet"
wait $!
expect_status 1
expect_silent err
on_terminal dumb "env TERM=dumb${fleet#env}"
go 1.2
ended 1
check 'a dumb terminal gets a line' sh -c '! grep -q placing dumb'

# ---- many files ----

# The first one comes when it has been waited for.
write_slowly()
{
    timeout 20 sh -c '{ sleep 0.5; cat guest.yaml; } >slow.yaml'
}

for command in "render --host '$host' -o folder/ slow.yaml" "render --null --host '$host' slow.yaml" "fleet --hosts '$host' slow.yaml"; do
    for i in $(seq 3); do sed "s/guest/guest$i/" guest.yaml >"$i.yaml"; done
    on_terminal "many" "'$CVMDOM' $command 1.yaml 2.yaml 3.yaml"
    write_slowly
    ended 0
    check "$command: $(cat many)" grep -q "[0-9] of 4 files" many
    check "$command: the line is not erased: $(cat many)" grep -q "of 4 files$erased" many
    run bash -c "'$CVMDOM' $command 1.yaml 2.yaml 3.yaml & $(declare -f write_slowly); write_slowly; wait \$!"
    expect_status 0
    check "$command: progress where there is no terminal" sh -c '! grep -q "of 4 files" out err'
done
finish
