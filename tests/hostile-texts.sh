#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Whatever stands in the texts of a profile, scripts, units, YAML and XML keep their shape, and no command comes out of it.
. "${srcdir:?run this by make check}/tests/harness.sh"

need python3
python3 -c 'import yaml' 2>/dev/null || skip 'no python3-yaml'
check "texts break out" python3 "$srcdir/tests/tools/hostile_texts.py" "$CVMDOM" "$work"
finish
