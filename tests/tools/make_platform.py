#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes up the certificates of a SEV platform, as the platform and AMD would give them out.

    make_platform.py DIR NAME [--bits 2048|4096] [--unsigned-cek]

writes DIR/NAME.chain (PDH, PEK, OCA, CEK), DIR/NAME.ca (ASK, ARK) and DIR/NAME.pdh.pem, the private half of the PDH. Its
signatures are those of the command openssl, so that what verifies them is held against something that was not written
beside it. tests/platform/ was made with it.
"""
import argparse
import os
import re
import struct
import subprocess
import tempfile

ARK, ASK, NOBODY, OCA, PEK, PDH, CEK = 0, 0x13, 0x1000, 0x1001, 0x1002, 0x1003, 0x1004
RSA_SHA256, ECDSA_SHA256, ECDH_SHA256, RSA_SHA384 = 1, 2, 3, 0x101
KEY_IDS = {ASK: bytes(range(0x40, 0x50)), ARK: bytes(range(0x50, 0x60))}


def openssl(*words, data=None):
    return subprocess.run(("openssl",) + words, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=True).stdout


class Key:
    """A key pair in a PEM file."""

    def __init__(self, folder, name, bits=None):
        self.path = os.path.join(folder, name + ".pem")
        self.bits = bits
        kind = ("RSA", "-pkeyopt", "rsa_keygen_bits:%d" % bits) if bits else ("EC", "-pkeyopt", "ec_paramgen_curve:P-384")
        openssl("genpkey", "-algorithm", *kind, "-out", self.path)

    def number(self, field):
        """A number of what 'openssl pkey -text' prints in hexadecimal."""
        text = openssl("pkey", "-in", self.path, "-noout", "-text").decode()
        found = re.search(field + r":\s*\n((?:\s+[0-9a-f:]+\n)+)", text)
        return int(re.sub(r"[\s:]", "", found.group(1)), 16)

    def point(self):
        point = self.number("pub").to_bytes(97, "big")
        assert point[0] == 4
        return point[1:49], point[49:]

    def sign(self, data):
        """The signature as it stands in a certificate."""
        if self.bits:
            digest = "-sha256" if self.bits == 2048 else "-sha384"
            made = openssl("dgst", digest, "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest",
                           "-sign", self.path, data=data)
            return made[::-1]
        made = openssl("dgst", "-sha256", "-sign", self.path, data=data)
        # SEQUENCE { INTEGER r, INTEGER s }, all shorter than 128 bytes
        size_r = made[3]
        r, s = made[4:4 + size_r], made[6 + size_r:]
        return b"".join(int.from_bytes(number, "big").to_bytes(72, "little") for number in (r, s))


def algorithm_of(key):
    return {None: ECDSA_SHA256, 2048: RSA_SHA256, 4096: RSA_SHA384}[key.bits]


def sev_cert(usage, algorithm, key, signers):
    """signers: pairs of usage and key, at most two."""
    x, y = key.point()
    public = struct.pack("<I", 2) + x[::-1].ljust(72, b"\0") + y[::-1].ljust(72, b"\0")
    body = struct.pack("<IBBHII", 1, 1, 55, 0, usage, algorithm) + public.ljust(1028, b"\0")
    slots = [struct.pack("<II", who, algorithm_of(by)) + by.sign(body).ljust(512, b"\0") for who, by in signers]
    empty = struct.pack("<II", NOBODY, 0) + bytes(512)
    cert = body + b"".join(slots + [empty] * (2 - len(slots)))
    assert len(cert) == 2084
    return cert


def amd_cert(usage, key, signer):
    size = key.bits // 8
    body = struct.pack("<I16s16sI16xII", 1, KEY_IDS[usage], KEY_IDS[ARK], usage, key.bits, key.bits)
    body += (65537).to_bytes(size, "little") + key.number("(?:Modulus|modulus)").to_bytes(size, "little")
    return body + signer.sign(body)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("name")
    parser.add_argument("--bits", type=int, default=2048, choices=(2048, 4096))
    parser.add_argument("--unsigned-cek", action="store_true")
    args = parser.parse_args()
    out = os.path.join(args.folder, args.name)
    with tempfile.TemporaryDirectory() as folder:
        pdh, pek, oca, cek = (Key(folder, name) for name in ("pdh", "pek", "oca", "cek"))
        ask, ark = (Key(folder, name, args.bits) for name in ("ask", "ark"))
        with open(out + ".chain", "wb") as file:
            file.write(sev_cert(PDH, ECDH_SHA256, pdh, [(PEK, pek)]))
            file.write(sev_cert(PEK, ECDSA_SHA256, pek, [(OCA, oca), (CEK, cek)]))
            file.write(sev_cert(OCA, ECDSA_SHA256, oca, [(OCA, oca)]))
            file.write(sev_cert(CEK, ECDSA_SHA256, cek, [] if args.unsigned_cek else [(ASK, ask)]))
        with open(out + ".ca", "wb") as file:
            file.write(amd_cert(ASK, ask, ark) + amd_cert(ARK, ark, ark))
        os.replace(pdh.path, out + ".pdh.pem")


main()
