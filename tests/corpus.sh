#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# tests/corpus: cvmdom finds each wrong document's mistake at the line that is marked, and nothing else above a note; of a
# right document it finds nothing above a note. docs/corpus.md tells of these very documents and verdicts.
. "${srcdir:?run this by make check}/tests/harness.sh"

cd "$srcdir/tests/corpus" || exit 99

# marks FILE: "line rule" of each mark, and the severity where the mark names it
marks()
{
    awk '{
        rest = $0
        while (match(rest, /<!-- expect: CVM[0-9]+( error| warning)? -->/)) {
            split(substr(rest, RSTART, RLENGTH), word, " ")
            print NR, word[3], (word[4] == "-->" ? "any" : word[4])
            rest = substr(rest, RSTART + RLENGTH)
        }
    }' "$1"
}

# findings FILE: the same of what cvmdom says above a note
findings()
{
    host=$(sed -n '1,2s/^<!-- host: \(.*\) -->.*/\1/p' "$1")
    status=0
    "$CVMDOM" lint --color never ${host:+--host "$host"} "$1" >"$work/out" 2>"$work/err" || status=$?
    if [ "$status" -gt 1 ]; then
        fail "$1: lint exits $status"
        cat "$work/err"
    fi
    sed -nE 's/^[^:]+:([0-9]+):[0-9]+: (error|warning): .*\[(CVM[0-9]+)\]$/\1 \3 \2/p' "$work/out"
}

for xml in wrong/*.xml right/*.xml; do
    marks "$xml" | sort -u >"$work/marks"
    findings "$xml" | sort -u >"$work/findings"
    # a mark without a severity is content with any
    awk -v marks="$work/marks" 'BEGIN { while ((getline line < marks) > 0) { split(line, w, " "); any[w[1] " " w[2]] = w[3] == "any" } }
        any[$1 " " $2] { $3 = "any" } { print }' "$work/findings" | sort -u >"$work/found"
    if ! cmp -s "$work/marks" "$work/found"; then
        fail "$xml: the marks (-) and what is found (+) differ"
        diff -U0 "$work/marks" "$work/found" | grep '^[-+][0-9]' || :
        continue
    fi
    name=$(basename "$xml" .xml)
    verdict=$(awk '{ printf "%s%s %s", (NR > 1 ? "\n" : ""), $3, $2 }' "$work/findings" | sort -u | paste -s -d '|' | sed 's/|/<br>/g')
    check "docs/corpus.md: not the verdict on $name; run 'make corpus-table'" \
        grep -q "^| $name | .* | ${verdict:-nothing} | [rt]" "$srcdir/docs/corpus.md"
    case $xml in
    wrong/*) check "$xml: marks nothing" test -s "$work/marks" ;;
    right/*) check "$xml: marks something" test ! -s "$work/marks" ;;
    esac
done
rows=$(grep -c '^| [a-z0-9-]* | .* | .* | [rt]' "$srcdir/docs/corpus.md")
check "docs/corpus.md has $rows rows" test "$rows" -eq "$(find wrong right -name '*.xml' | wc -l)"
finish
