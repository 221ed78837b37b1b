#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the examples for pipelines run, run: the commands are read out of those files, and executed in a repository that
# has a sound domain, then one that the host could read.
# shellcheck source=tests/harness.sh
. "${srcdir:?}/tests/harness.sh"
need python3
python3 -c 'import yaml' 2>/dev/null || skip "no python3-yaml"

# The command by its usual name, as in a pipeline.
mkdir "$work/bin" "$work/repository" "$work/repository/domains"
printf '#!/bin/sh\nexec "%s" "$@"\n' "$CVMDOM" >"$work/bin/cvmdom"
chmod +x "$work/bin/cvmdom"
PATH=$work/bin:$PATH
cd "$work/repository" || exit 99
sound=domains/db.xml
"$CVMDOM" render "$srcdir/profiles/snp-minimal.yaml" --host epyc-genoa-snp -o $sound 2>/dev/null
cp "$srcdir/profiles/snp-minimal.yaml" domains/
printf 'services: {db: {image: postgres}}\n' >compose.yaml
printf '<network><name>default</name></network>\n' >domains/network.xml

# take FILE EXPRESSION: what a YAML file says, by a Python expression about the document "d", one line an item.
take()
{
    python3 -c "
import sys, yaml
d = yaml.safe_load(open(sys.argv[1]))
for line in $2:
    print(line)
" "$1"
}

# runs FILE EXPRESSION: the commands succeed on the sound repository, and fail with 1 on the other.
runs()
{
    example=$1
    commands=$(take "$srcdir/$1" "$2")
    check "$1: holds commands" test -n "$commands"
    run sh -ec "$commands"
    expect_status 0
    sed -i 's/0x00030000/0x000b0000/' $sound
    run sh -ec "$commands"
    expect_status 1
}

restore()
{
    sed -i 's/0x000b0000/0x00030000/' $sound
}

runs docs/ci/github.yml "[s['run'] for s in d['jobs']['lint']['steps'] if 'run' in s]"
expect_out '^::error file=domains/db\.xml,line=[0-9]+,col=[0-9]+,title=CVM207'
sarif=$(take "$srcdir/docs/ci/github.yml" "[s['with']['sarif_file'] for s in d['jobs']['lint']['steps'] if 'sarif' in s.get('uses', '')]")
check "$example: uploads what the command wrote" python3 -c "
import json, sys
run = json.load(open(sys.argv[1]))['runs'][0]
sys.exit(run['results'][0]['ruleId'] != 'CVM207')" "$sarif"
restore

runs docs/ci/gitlab.yml "d['cvmdom']['script']"
junit=$(take "$srcdir/docs/ci/gitlab.yml" "[d['cvmdom']['artifacts']['reports']['junit']]")
check "$example: keeps what the command wrote" grep -q '<failure .*CVM207' "$junit"
restore

# pre-commit calls a hook's entry with the names of changed files of its types.
for id in $(take "$srcdir/.pre-commit-hooks.yaml" "[h['id'] for h in d]"); do
    entry=$(take "$srcdir/.pre-commit-hooks.yaml" "[h['entry'] for h in d if h['id'] == '$id']")
    run sh -c "$entry compose.yaml domains/*"
    expect_status 0
    sed -i 's/0x00030000/0x000b0000/' $sound
    run sh -c "$entry compose.yaml domains/*"
    expect_status 1
    restore
done
finish
