#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every command that writes files, with every call failing that it writes them by, one after the other, and with a signal in
# the middle of each: there is the old file or the new one, whole, and nothing else; status and message say which.
. "${srcdir:?}/tests/harness.sh"
. "$srcdir/tests/fault.sh"
need python3 openssl cmp
mkdir "$work/here" && cd "$work/here" || exit 99

# ---- what the commands need ----

platform=$srcdir/tests/platform
host=$srcdir/profiles/hosts/epyc-genoa-snp.xml
snp=$srcdir/profiles/snp-minimal.yaml
python3 "$srcdir/tests/tools/make_ovmf.py" firmware.fd --like amdsev --size 0x20000 || exit 99

# guest TYPE POLICY
guest()
{
    cat <<YAML
name: guest
launchSecurity: {type: $1, policy: $2}
memory: 1GiB
vcpu: 2
cpu: EPYC-Milan
os: {firmware: {loader: $work/here/firmware.fd, type: rom, stateless: true}}
YAML
}
guest sev 3 >sev.yaml
guest sev-snp 0x30000 >snp.yaml
"$command" render "$snp" --host "$host" 2>err | sed 's/<policy>.*</<policy>0xb0000</' >domain.xml
printf 0123456789abcdef >key
printf secret >secret
openssl ecparam -name secp384r1 -genkey -noout -out id.pem 2>err || exit 99
digest=$("$command" measure sev.yaml)
measurement=$(python3 "$srcdir/tests/tools/measurement.py" --digest "$digest" --tik key --policy 3)
verified="--measurement $measurement --tik key --tek key --api-major 1 --api-minor 55 --build-id 21"

# NAME|FILES|ARGUMENTS. Of the files one in out/ is there before; those after a ! are not, and all of them come or none.
cat >writers <<TABLE
render|old.xml|render $snp --host $host -o out/old.xml
render to a folder|guest.xml|render snp.yaml --force --host $host -o out/
lint|old.json|lint $snp --host $host --output json=out/old.json
harden in place|domain.xml|harden -i out/domain.xml
harden|old.xml|harden domain.xml -o out/old.xml
fleet|old.html|fleet $snp --host $host --format html -o out/old.html
capture|old.xml|host capture --root $work/here -o out/old.xml
session|!out/g_godh.b64 out/g_session.b64 out/g_tek.bin out/g_tik.bin|session sev.yaml --pdh $platform/one.chain --name out/g
idblock|!out/g_id_auth.b64 out/g_id_block.b64|idblock snp.yaml --id-key id.pem -o out/g
secret|!out/header out/payload|secret sev.yaml $verified --secret luks-key:secret --header out/header --payload out/payload
TABLE

# ---- one fault ----

# The folder as it is before each run.
reset()
{
    rm -rf out
    mkdir out
    case $files in
    !*) ;;
    domain.xml) cp domain.xml out ;;
    *) echo old >"out/$files" ;;
    esac
}

# What there is afterwards: the old files, the new ones, or something that must not be.
state()
{
    there=$(echo out/*)
    case $files in
    !*)
        case $there in
        'out/*') echo old ;;
        "${files#!}") echo new ;;
        *) echo "not all: $there" ;;
        esac
        ;;
    *)
        if [ "$there" != "out/$files" ]; then
            echo "not only that: $there"
        elif cmp -s "out/$files" old; then
            echo old
        elif cmp -s "out/$files" new; then
            echo new
        else
            echo torn
        fi
        ;;
    esac
}

# judge WHAT: whether status, message and files go together.
judge()
{
    case $1 in
    SIG*) [ "$status" -eq "$(status_of_signal "$1")" ] && case $now in old | new) true ;; *) false ;; esac ;;
    *)
        case $now in
        new) [ "$status" -eq "$usual" ] ;;
        old) [ "$status" -eq 2 ] && has_message ;;
        *) false ;;
        esac
        ;;
    esac
}

# sweep CALL WHAT: at the first such call, the second, and so on, until there is none.
sweep()
{
    at=0
    while at=$((at + 1)); do
        reset
        # shellcheck disable=SC2086 # words are wanted
        with_fault "$1:$at:$2" $arguments
        has_fired || break
        # What nobody can remove has another name, and of several files those that were ready are there.
        if [ "$2" = SIGKILL ]; then
            rm -f out/*.??????
            case $files in !*) check "$name, killed: $(echo out/*)" test "$status" -eq 137 && continue ;; esac
        fi
        now=$(state)
        check "$name, $1 $at with $2: status $status, files: $now; $(cat "$work/err")" judge "$2"
        swept=$((swept + 1))
    done
}

while IFS='|' read -r name files arguments; do
    # Without a fault: what there was, and what there is to be.
    reset
    case $files in !*) ;; *) cp "out/$files" old ;; esac
    usual=0
    # shellcheck disable=SC2086
    "$command" $arguments >out.txt 2>err </dev/null || usual=$?
    check "$name exits with $usual: $(cat err)" test "$usual" -le 1
    case $files in !*) ;; *) cp "out/$files" new ;; esac
    case $files in !*) put="link" ;; *) put="rename" ;; esac # how a file gets its name
    swept=0
    for call in write fsync $put; do
        sweep $call ENOSPC
        sweep $call SIGTERM
    done
    sweep write EINTR
    sweep write short
    sweep write SIGHUP
    sweep fsync SIGINT
    sweep write SIGKILL
    sweep $put SIGKILL
    check "$name: only $swept faults" test "$swept" -ge 12
done <writers
printf '%s runs\n' "$runs"
finish
