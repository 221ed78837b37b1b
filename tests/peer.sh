# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# virt-qemu-sev-validate for tests; sourced after harness.sh.

# It asks the environment for python3, which need not be the one that Debian's packages are for.
peer_python=python3
[ ! -x /usr/bin/python3 ] || peer_python=/usr/bin/python3
peer_path=

peer()
{
    PYTHONPATH=$peer_path "$peer_python" "$peer_program" "$@"
}

# Where it is missing, or something that it needs, the test is skipped. It loads lxml, which Debian 12 does not install
# along, in any case, and uses it only to look at a domain of libvirt's: elsewhere an empty module will do.
find_peer()
{
    peer_program=$(command -v virt-qemu-sev-validate) || skip 'no virt-qemu-sev-validate (Debian: libvirt-clients-qemu)'
    peer_path=${PYTHONPATH-}
    has_lxml=yes
    "$peer_python" -c 'import lxml.etree' 2>"$work/peer.err" || {
        has_lxml=no
        mkdir -p "$work/stub/lxml"
        : >"$work/stub/lxml/__init__.py"
        : >"$work/stub/lxml/etree.py"
        peer_path=$work/stub${PYTHONPATH:+:$PYTHONPATH}
    }
    peer --help >/dev/null 2>"$work/peer.err" || skip "virt-qemu-sev-validate does not run: $(tail -n 1 "$work/peer.err")"
}
