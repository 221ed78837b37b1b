#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What an ID block and its ID authentication information must be, but for the two signatures, which
are random: AMD publication 56860, "ID Block Structure", "ID Authentication Information Structure",
"Format for an ECDSA P-384 Public Key". Prints the block in base64, the SHA-384 of the ID
authentication information with zeros instead of signatures, and the digests of the public keys.

    id_block.py --digest HEX [--family HEX] [--image HEX] [--svn N] [--policy N]
                --id-secret HEX [--author-secret HEX]

The secrets are the numbers of the private keys; the arithmetic is Python's own.

    id_block.py --authenticate BLOCK.b64 --id-secret HEX [--author-secret HEX] [--algorithm N]

prints, in base64, ID authentication information for a block, with both signatures: what is in
tests/rule-pages/ and tests/corpus/. --algorithm is the author key's, in place of 1 or 0.
"""
import argparse
import base64
import hashlib
import secrets
import struct

# P-384: FIPS 186-4, D.1.2.4.
P = 2**384 - 2**128 - 2**96 + 2**32 - 1
G = (0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
     0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F)


ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973


def add(a, b):
    """Points of the curve (a = -3); None is the one at infinity."""
    if a is None or b is None:
        return b if a is None else a
    if a[0] == b[0] and (a[1] + b[1]) % P == 0:
        return None
    if a == b:
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, P)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def multiply(factor):
    point, power = None, G
    while factor:
        if factor & 1:
            point = add(point, power)
        power = add(power, power)
        factor >>= 1
    return point


def numbers(*values):
    return b"".join(value.to_bytes(72, "little") for value in values)


def public_key(secret):
    return (struct.pack("<I", 2) + numbers(*multiply(secret))).ljust(1028, b"\0")


def sign(secret, data):
    """ECDSA with SHA-384: FIPS 186-4, 6."""
    digest = int.from_bytes(hashlib.sha384(data).digest(), "big")
    nonce = secrets.randbelow(ORDER - 1) + 1
    r = multiply(nonce)[0] % ORDER
    s = pow(nonce, -1, ORDER) * (digest + r * secret) % ORDER
    return numbers(r, s).ljust(512, b"\0")


def authenticate(block, secret, author, algorithm):
    key = public_key(secret)
    auth = bytearray(4096)
    struct.pack_into("<II", auth, 0, 1, algorithm)
    auth[0x40:0x240] = sign(secret, block)
    auth[0x240:0x240 + 1028] = key
    if author:
        auth[0x680:0x880] = sign(author, key)
        auth[0x880:0x880 + 1028] = public_key(author)
    return auth


def main():
    number = lambda text: int(text, 0)
    parser = argparse.ArgumentParser()
    parser.add_argument("--digest", type=bytes.fromhex)
    parser.add_argument("--authenticate", type=argparse.FileType())
    parser.add_argument("--algorithm", type=number)
    parser.add_argument("--family", default=bytes(16), type=bytes.fromhex)
    parser.add_argument("--image", default=bytes(16), type=bytes.fromhex)
    parser.add_argument("--svn", default=0, type=number)
    parser.add_argument("--policy", default=0x30000, type=number)
    parser.add_argument("--id-secret", required=True, type=lambda text: int(text, 16))
    parser.add_argument("--author-secret", type=lambda text: int(text, 16))
    args = parser.parse_args()

    if args.authenticate:
        algorithm = (1 if args.author_secret else 0) if args.algorithm is None else args.algorithm
        block = base64.b64decode(args.authenticate.read())
        auth = authenticate(block, args.id_secret, args.author_secret, algorithm)
        print(base64.b64encode(auth).decode())
        return
    block = args.digest + args.family + args.image + struct.pack("<IIQ", 1, args.svn, args.policy)
    assert len(block) == 96
    key = public_key(args.id_secret)
    author = public_key(args.author_secret) if args.author_secret else None
    auth = bytearray(4096)
    struct.pack_into("<II", auth, 0, 1, 1 if author else 0)
    auth[0x240:0x240 + 1028] = key
    if author:
        auth[0x880:0x880 + 1028] = author
    print("block", base64.b64encode(block).decode())
    print("auth", hashlib.sha384(auth).hexdigest())
    print("id-key", hashlib.sha384(key).hexdigest())
    if author:
        print("author-key", hashlib.sha384(author).hexdigest())


main()
