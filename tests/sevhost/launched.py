# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the pretended SEV firmware answers about a guest that was launched: a monitor between libvirt and the installed QEMU.

Everything is passed on but query-sev, query-sev-launch-measure and sev-inject-launch-secret. The answers are computed as
the firmware does it (AMD publication 55766, LAUNCH_MEASURE and LAUNCH_SECRET), from files that a test may put into
$SEVHOST_WORK/launch; they are read anew for each question:

NAME.digest       the launch digest, hexadecimal; without it SHA-256 of the firmware file, which is what plain SEV without
                  kernel hashes measures
NAME.nonce        16 bytes that are reported with it; without it random ones, other ones for each launch
NAME.tik          the guest owner's integrity key, 16 bytes; without it 00 01 … 0f
NAME.measurement  what is reported, base64 of HMAC and nonce, whatever it should be; the MAC of secrets goes with it

NAME.injected     is written: a line of JSON a packet that arrived ("packet-header", "secret", "gpa", all as they came, and
                  "accepted"). One whose MAC does not hold is refused, as the firmware refuses it. Nothing is decrypted here.
"""
import base64
import ctypes
import hashlib
import hmac
import json
import os
import re
import signal
import socket
import struct
import threading
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
LAUNCH = os.path.join(HERE, "../launch")
PR_SET_PDEATHSIG = 1  # linux/prctl.h
MOST_FDS = 16

# The firmware of an EPYC that has all three kinds of guests.
API_MAJOR, API_MINOR, BUILD_ID = 1, 55, 21
BAD_MEASUREMENT = 11  # SEV_RET_BAD_MEASUREMENT, linux/psp-sev.h
# OvmfPkg/ResetVector/Ia16/ResetVectorVtf0.asm: the area's base and size stand before the entry's length and GUID.
SECRET_AREA_ENTRY = struct.pack("<H", 26) + uuid.UUID("4c2eb361-7d9b-4cc3-8081-127c90d3d294").bytes_le


class Launch:
    """A guest's launch as it was asked for, and what the firmware knows of it."""

    def __init__(self, name, sev, firmware):
        self.name = name
        self.snp = sev["qom-type"] == "sev-snp-guest"
        self.policy = int(sev.get("policy", 0x30000 if self.snp else 1))  # QEMU's target/i386/sev.c
        self.firmware = firmware
        self.nonce = os.urandom(16)
        self.running = False
        self.version = (0, 0)

    def file(self, kind):
        try:
            with open(os.path.join(LAUNCH, "%s.%s" % (self.name, kind)), "rb") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def image(self):
        with open(self.firmware, "rb") as file:
            return file.read()

    def tik(self):
        return self.file("tik") or bytes(range(16))

    def measurement(self):
        """HMAC and nonce."""
        chosen = self.file("measurement")
        if chosen:
            return base64.b64decode(chosen)
        digest, nonce = self.file("digest"), self.file("nonce") or self.nonce
        digest = bytes.fromhex(digest.decode()) if digest else hashlib.sha256(self.image()).digest()
        message = struct.pack("<BBBBI", 4, API_MAJOR, API_MINOR, BUILD_ID, self.policy) + digest + nonce
        return hmac.digest(self.tik(), message, "sha256") + nonce

    def query_sev(self, _arguments):
        state = "running" if self.running else "launch-update" if self.snp else "launch-secret"
        answer = {"enabled": True, "api-major": API_MAJOR, "api-minor": API_MINOR, "build-id": BUILD_ID, "state": state}
        if self.version >= (9, 1):
            answer["sev-type"] = "sev-snp" if self.snp else "sev"
        if self.snp:
            answer["snp-policy"] = self.policy
        else:
            answer.update({"policy": self.policy, "handle": 1})
        return answer

    def query_sev_launch_measure(self, _arguments):
        if self.snp:
            raise ValueError("SEV launch measurement is not available")
        return {"data": base64.b64encode(self.measurement()).decode()}

    def secret_area(self):
        image = self.image()
        at = image.rfind(SECRET_AREA_ENTRY)
        if at < 8:
            raise ValueError("SEV: no secret area found in OVMF, gpa must be specified.")
        return struct.unpack_from("<I", image, at - 8)[0]  # QEMU takes a 0, too

    def sev_inject_launch_secret(self, arguments):
        if self.snp or self.running:
            raise ValueError("SEV: Not in correct state. (LSECRET) %x" % (3 if self.running else 1))
        gpa = arguments["gpa"] if "gpa" in arguments else self.secret_area()
        header = base64.b64decode(arguments["packet-header"], validate=True)
        secret = base64.b64decode(arguments["secret"], validate=True)
        accepted = self.accepts(header, secret)
        with open(os.path.join(LAUNCH, self.name + ".injected"), "a", encoding="ascii") as file:
            file.write(json.dumps(dict(arguments, gpa=gpa, accepted=accepted)) + "\n")
        if not accepted:
            raise ValueError("SEV: failed to inject secret ret=-5 fw_error=%d 'Bad measurement'" % BAD_MEASUREMENT)
        return {}

    def accepts(self, header, secret):
        if len(header) != 52 or not secret or len(secret) % 16 or len(secret) > 16384:
            return False
        message = b"\1" + header[:20] + struct.pack("<II", len(secret), len(secret)) + secret + self.measurement()[:32]
        return hmac.compare_digest(header[20:], hmac.digest(self.tik(), message, "sha256"))

    def answer(self, command):
        """The answer to a command; None: that is for QEMU to give."""
        questions = {
            "query-sev": self.query_sev,
            "query-sev-launch-measure": self.query_sev_launch_measure,
            "sev-inject-launch-secret": self.sev_inject_launch_secret,
        }
        if command.get("execute") == "cont":
            self.running = True
        question = questions.get(command.get("execute"))
        if not question:
            return None
        try:
            answer = {"return": question(command.get("arguments", {}))}
        except ValueError as error:
            answer = {"error": {"class": "GenericError", "desc": str(error)}}
        return dict(answer, id=command.get("id"))


class Monitor:
    """A connection of libvirt's, and ours to QEMU behind it."""

    def __init__(self, launch, libvirt, qemu):
        self.launch = launch
        self.libvirt = libvirt
        self.qemu = qemu
        self.writing = threading.Lock()

    def ask(self):
        """Passes on what libvirt says; file descriptors go before the line that comes with them."""
        rest = b""
        while True:
            data, fds, _, _ = socket.recv_fds(self.libvirt, 65536, MOST_FDS)
            if not data:
                break
            lines = (rest + data).splitlines(keepends=True)
            rest = lines.pop() if not lines[-1].endswith(b"\n") else b""
            for line in lines:
                self.ask_line(line, fds)
                fds = []
        self.qemu.shutdown(socket.SHUT_RDWR)

    def ask_line(self, line, fds):
        answer = self.launch.answer(json.loads(line))
        if answer:
            self.say(json.dumps(answer).encode() + b"\r\n")
        elif fds:
            socket.send_fds(self.qemu, [line], fds)
            for fd in fds:
                os.close(fd)
        else:
            self.qemu.sendall(line)

    def say(self, line):
        with self.writing:
            self.libvirt.sendall(line)

    def listen(self):
        """Passes on what QEMU says, by whole lines; returns when it says no more."""
        for line in self.qemu.makefile("rb"):
            if b'"QMP"' in line:
                version = json.loads(line)["QMP"]["version"]["qemu"]
                self.launch.version = (version["major"], version["minor"])
            try:
                self.say(line)
            except OSError:
                break


def serve(launch, listener, path):
    """libvirt may come again: after a restart of its daemon."""
    while True:
        libvirt, _ = listener.accept()
        qemu = socket.socket(socket.AF_UNIX)
        qemu.connect(path)
        monitor = Monitor(launch, libvirt, qemu)
        thread = threading.Thread(target=monitor.ask, daemon=True)
        thread.start()
        monitor.listen()
        libvirt.close()
        qemu.close()


def option(arguments, name):
    return arguments[arguments.index(name) + 1] if name in arguments else ""


def values(arguments, name):
    return [arguments[at + 1] for at, argument in enumerate(arguments[:-1]) if argument == name]


def sev_object(arguments):
    for text in values(arguments, "-object"):
        if text.startswith("{"):
            made = json.loads(text)
            if made.get("qom-type") in ("sev-guest", "sev-snp-guest"):
                return made
    return None


def firmware_of(arguments):
    """What is measured: pflash unit 0, or -bios."""
    for text in values(arguments, "-blockdev"):
        node = json.loads(text)
        if node.get("node-name") == "libvirt-pflash0-storage":
            return node["filename"]
    return option(arguments, "-bios")


def stand_between(arguments):
    """For a guest with a SEV object: a process that answers in place of the firmware, until QEMU (this process, later)
    ends. It listens where libvirt connects to, and QEMU gets another socket in that one's place."""
    sev = sev_object(arguments)
    name = re.match(r"guest=([^,]*)", option(arguments, "-name"))
    monitor = re.search(r"socket,id=charmonitor,fd=(\d+),", "\n".join(values(arguments, "-chardev")))
    if not sev or not name or not monitor:
        return
    launch = Launch(name.group(1), sev, firmware_of(arguments))
    theirs = int(monitor.group(1))
    path = os.path.join(LAUNCH, "%d.qmp" % os.getpid())
    ours = socket.socket(socket.AF_UNIX)
    ours.bind(path)
    ours.listen(1)
    parent = os.getpid()
    if os.fork():
        os.dup2(ours.fileno(), theirs)
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() == parent:
        listener = socket.socket(fileno=os.dup(theirs))
        keep = listener.fileno()
        os.closerange(3, keep)
        os.closerange(keep + 1, os.sysconf("SC_OPEN_MAX"))
        serve(launch, listener, path)
    os._exit(0)
