#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The profile's JSON Schema against a real validator; see schema.py.
command -v python3 >/dev/null || {
    echo 'skipped: no python3'
    exit 77
}
exec python3 "${srcdir:-$(dirname "$0")/..}/tests/schema.py"
