#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Answers as the SEV firmware does to LAUNCH_MEASURE: HMAC and nonce, in base64.

Calculated from AMD publication 55766, "LAUNCH_MEASURE", with nothing of cvmdom's.

    measurement.py --digest HEX --tik FILE|HEX [--policy N] [--firmware 1.55.21] [--nonce HEX]
"""
import argparse
import base64
import hashlib
import hmac
import os
import sys


def key(text):
    if os.path.exists(text):
        with open(text, "rb") as file:
            return file.read()
    return bytes.fromhex(text)


def answer(digest, tik, policy, version, nonce):
    message = bytes([4]) + bytes(version) + policy.to_bytes(4, "little") + digest + nonce
    return hmac.new(tik, message, hashlib.sha256).digest() + nonce


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--digest", required=True, type=bytes.fromhex)
    parser.add_argument("--tik", required=True, type=key)
    parser.add_argument("--policy", default=3, type=lambda text: int(text, 0))
    parser.add_argument("--firmware", default="1.55.21", help="API major, minor and build id")
    parser.add_argument("--nonce", default=bytes(range(16)), type=bytes.fromhex)
    args = parser.parse_args()
    version = [int(number) for number in args.firmware.split(".")]
    if len(args.digest) != 32 or len(args.tik) != 16 or len(args.nonce) != 16 or len(version) != 3:
        sys.exit("a digest of 32 bytes, a key and a nonce of 16, and a version of three numbers")
    print(base64.b64encode(answer(args.digest, args.tik, args.policy, version, args.nonce)).decode())


if __name__ == "__main__":
    main()
