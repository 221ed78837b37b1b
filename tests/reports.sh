#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The reports of lint against schemas and each other; see reports.py.
command -v python3 >/dev/null || {
    echo 'skipped: no python3'
    exit 77
}
exec python3 "${srcdir:-$(dirname "$0")/..}/tests/reports.py"
