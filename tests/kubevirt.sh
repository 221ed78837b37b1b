#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What is rendered for KubeVirt, and what is said of what cannot be; see kubevirt.py.
command -v python3 >/dev/null || {
    echo 'skipped: no python3'
    exit 77
}
exec python3 "${srcdir:-$(dirname "$0")/..}/tests/kubevirt.py"
