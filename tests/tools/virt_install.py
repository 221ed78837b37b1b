#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""virt_install.py ARGUMENT...: the installed virt-install, with the event loop that a libvirt embedded in it asks for.

VIRTINST_PATH names the folder of another one's module virtinst."""
import os
import sys
import threading

import libvirt

sys.path.insert(0, os.environ.get("VIRTINST_PATH", "/usr/share/virt-manager"))
from virtinst import virtinstall  # noqa: E402 (where it is, is known only now)


def run_events():
    while True:
        libvirt.virEventRunDefaultImpl()


libvirt.virEventRegisterDefaultImpl()
threading.Thread(target=run_events, daemon=True).start()
virtinstall.runcli()
