#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Nothing of what is read drives a terminal, hides on it, or becomes a command of the pipeline: escapes.py.
. "${srcdir:?run this by make check}/tests/harness.sh"

need python3
check "something reaches the output as it is" python3 "$srcdir/tests/escapes.py" "$CVMDOM" "$srcdir" "$work"
finish
