#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The page of a fleet in a real browser; see fleet-html.py.
command -v python3 >/dev/null || {
    echo 'skipped: no python3'
    exit 77
}
exec python3 "${srcdir:-$(dirname "$0")/..}/tests/fleet-html.py"
