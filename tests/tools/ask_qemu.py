#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""ask_qemu.py SOCKET PATH PROPERTY...: what a running QEMU's object has, as JSON, one property a line."""
import json
import socket
import sys


def main():
    monitor = socket.socket(socket.AF_UNIX)
    monitor.settimeout(30)
    monitor.connect(sys.argv[1])
    stream = monitor.makefile("rw", encoding="utf-8")

    def ask(command, **arguments):
        stream.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        stream.flush()
        while True:
            answer = json.loads(stream.readline())
            if "return" in answer or "error" in answer:
                return answer.get("return", answer.get("error"))

    stream.readline()  # the greeting
    ask("qmp_capabilities")
    for name in sys.argv[3:]:
        print(name, json.dumps(ask("qom-get", path=sys.argv[2], property=name)))


main()
