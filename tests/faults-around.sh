#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What is around a command: streams that are closed or full, no home, no such locale, no working directory any more, outputs
# that are no files, a clock that jumps. Results are the same bytes, or there is an error with its status.
. "${srcdir:?}/tests/harness.sh"
. "$srcdir/tests/fault.sh"
need mkfifo timeout cmp
mkdir "$work/here" && cd "$work/here" || exit 99
unset LANGUAGE LC_MESSAGES
host=$srcdir/profiles/hosts/epyc-genoa-snp.xml
snp=$srcdir/profiles/snp-minimal.yaml
domain=$srcdir/tests/domains/defined.xml

printf '%s\0' "$snp" "$snp" >list
cp "$srcdir/tests/any.rng" .

# NAME|ARGUMENTS of what only prints
cat >printers <<TABLE
render|render $snp --host $host
render of a list|render --null --files-from $PWD/list --host $host
lint|lint $domain --host $host
lint beside a schema|lint $domain --host $host --schema-file $PWD/any.rng
lint as JSON|lint $domain --host $host -f json
harden|harden $domain --type sev-snp
fleet|fleet $snp --host $host -f html
host check|host check $host
rules|rules
explain|explain CVM207
schema|schema
completion|completion bash
completion for zsh|completion zsh
completion for fish|completion fish
TABLE
# The connection of libvirt's own pretended host.
if [ -x "$builddir/tests/virt-user" ]; then
    printf 'name: tiny\nvirtType: qemu\nlaunchSecurity: {type: none}\nmemory: 64MiB\nvcpu: 1\n' >tiny.yaml
    echo "define|define $PWD/tiny.yaml --connect test:///default --dry-run" >>printers
fi

not()
{
    ! "$@"
}

# ---- surroundings that make no difference ----

# same TEXT COMMAND…: prints what it prints without
same()
{
    same_text=$1
    shift
    status=0
    "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
    check "$name, $same_text: status $status, not $usual: $(cat "$work/err")" test "$status" -eq "$usual"
    check "$name, $same_text: another output" cmp -s "$work/out" expected
}

mkdir sealed
chmod 500 sealed
while IFS='|' read -r name arguments; do
    usual=0
    # shellcheck disable=SC2086 # words are wanted
    LC_ALL=C "$command" $arguments >expected 2>err </dev/null || usual=$?
    check "$name: status $usual: $(cat err)" test "$usual" -le 1 -a -s expected
    # shellcheck disable=SC2086
    {
        same 'without home and folder for temporary files' env -u HOME -u XDG_CACHE_HOME TMPDIR=/nonexistent LC_ALL=C "$command" $arguments
        same 'with a home that is read only' env HOME="$PWD/sealed" LC_ALL=C "$command" $arguments
        same 'in a locale that is not there' env LC_ALL=xx_YY.UTF-8 "$command" $arguments
        same 'in the C locale, with LANGUAGE=de' env LANGUAGE=de LC_ALL=C "$command" $arguments
        same 'without any variable but its data' env -i LD_LIBRARY_PATH="${LD_LIBRARY_PATH:-}" CVMDOM_DATA_DIR="$CVMDOM_DATA_DIR" "$command" $arguments
        mkdir gone
        same 'in a folder that was removed' sh -c 'cd gone && rmdir ../gone && exec "$@"' sh env LC_ALL=C "$command" $arguments
        LC_ALL=C with_fault clock:1+:jump $arguments
        check "$name, a year later: status $status" test "$status" -eq "$usual"
        check "$name, a year later: another output" cmp -s "$work/out" expected

        # a reader that goes away: by SIGPIPE, or where that is ignored with status 2, without a word
        { LC_ALL=C "$command" $arguments 2>err; } | :
        check "$name: a reader that goes away is told of: $(cat err)" not grep -q 'cannot write' err
        (trap '' PIPE && LC_ALL=C "$command" $arguments 2>err) | :
        check "$name: a reader that goes away without SIGPIPE is told of: $(cat err)" not grep -q 'cannot write' err

        # nowhere to complain
        status=0
        LC_ALL=C "$command" $arguments >"$work/out" 2>&- </dev/null || status=$?
        check "$name, standard error closed: status $status" test "$status" -eq "$usual"
        check "$name, standard error closed: another output" cmp -s "$work/out" expected
        if [ -c /dev/full ]; then
            status=0 run_line="$arguments, standard error full"
            LC_ALL=C "$command" $arguments >"$work/out" 2>/dev/full </dev/null || status=$?
            check "$run_line: status $status" test "$status" -eq "$usual"
            status=0 run_line="$arguments, standard output full"
            LC_ALL=C "$command" $arguments >/dev/full 2>"$work/err" </dev/null || status=$?
            expect_status 2
            expect_err 'cannot write to standard output'
        fi
    }
done <printers

# ---- inputs that are no files ----

for arguments in 'lint -' 'render -' 'measure -' 'harden -' 'explain --log -'; do
    status=0 run_line="$arguments, standard input closed"
    # shellcheck disable=SC2086
    "$command" $arguments >"$work/out" 2>"$work/err" <&- || status=$?
    expect_status 2
    expect_err "cannot read '-': Bad file descriptor|^cvmdom: .*'-'"
done
ln -s loop loop
ln -s nowhere dangling
mkdir folder.d
for thing in loop dangling missing folder.d; do
    for arguments in "render $thing" "lint $thing.xml" "harden $thing" "measure $thing" "host check ./$thing" "fleet $thing --host $host" \
        "render $snp --host ./$thing" "explain --log $thing" "lint $domain --config $thing" "lint --files-from $thing" "lint $domain --host ./$thing" \
        "render --files-from $thing --null --host $host" "lint $domain --schema-file $thing"; do
        # shellcheck disable=SC2086
        run timeout 20 "$command" $arguments
        expect_status 2
        expect_err "^cvmdom: .*'(\./)?$thing(\.xml)?'"
    done
done

# A pipe is as good as a file, a device without end is refused, and of an empty list nothing comes.
for arguments in "render --null --files-from pipe --host $host" "lint $domain --host $host --schema-file pipe"; do
    source=list
    case $arguments in lint*) source=any.rng ;; esac
    # shellcheck disable=SC2086
    "$command" $(echo "$arguments" | sed "s/ pipe/ $source/") >expected 2>err
    mkfifo pipe
    timeout 20 sh -c 'cat "$1" >pipe' sh $source &
    # shellcheck disable=SC2086
    run timeout 20 "$command" $arguments
    wait $!
    check "$arguments: another output than from a file: $(cat "$work/err")" cmp -s "$work/out" expected
    rm pipe
    # shellcheck disable=SC2086
    run timeout 20 "$command" $(echo "$arguments" | sed 's| pipe| /dev/zero|')
    expect_status 2
    expect_err "^cvmdom: .*'/dev/zero'.* (larger than|no RELAX NG schema)"
    check "$arguments, /dev/zero: libxml2 prints on its own: $(cat "$work/err")" not grep -qv '^cvmdom: ' "$work/err"
done
: >empty
for arguments in "render --null --files-from empty --host $host" "render --files-from empty --host $host -o new.d/" 'lint --files-from empty'; do
    # shellcheck disable=SC2086
    run timeout 20 "$command" $arguments
    expect_status 0
    expect_err '^cvmdom: nothing was (rendered|checked)$'
done
check 'a folder is made for nothing' test ! -e new.d

# ---- outputs that are no files ----

"$command" render "$snp" --host "$host" >expected 2>err
mkfifo fifo
timeout 20 cat fifo >seen &
reader=$!
run timeout 20 "$command" render "$snp" --host "$host" -o fifo
wait "$reader"
expect_status 0
check 'a FIFO does not get it all' cmp -s seen expected
check 'a FIFO is replaced' test -p fifo
echo old >kept
ln -s kept linked
run "$command" render "$snp" --host "$host" -o linked
expect_status 0
check 'what a link leads to is not written' cmp -s kept expected
check 'a link is replaced' test -L linked
run "$command" lint "$domain" -o json=folder.d
expect_status 2
expect_err "^cvmdom: .*'folder.d'"
for link in loop dangling; do
    run "$command" render "$snp" --host "$host" -o $link
    expect_status 2
    expect_err "^cvmdom: cannot write '$link'"
    check "'$link' is replaced" test -L $link
done
check "something is left: $(echo ./*.??????)" test "$(echo ./*.??????)" = './*.??????'
finish
