#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a SEV guest makes of injected secrets, computed beside cvmdom: from AMD publication 55766, LAUNCH_SECRET, FIPS 197
(AES) and drivers/virt/coco/efi_secret/efi_secret.c (the table). Needs nothing but Python.

open TEK TIK MEASUREMENT HEADER PAYLOAD   the packet of two base64 files is checked and decrypted: a line "GUID HEX" a
                                          secret, and "padding N". MEASUREMENT is base64 of the HMAC, a nonce may follow.
seal TEK TIK MEASUREMENT IV GUID:HEX...   prints header and payload, base64 a line; keys and IV in hexadecimal

Exit status 1, and a reason, when a packet is none.
"""
import base64
import hmac
import struct
import sys
import uuid

TABLE = uuid.UUID("1e74f542-71dd-4d66-963e-ef4287ff173b")


def times(a, b):
    """Multiplies in AES' field."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a = a << 1 ^ (0x11b if a & 0x80 else 0)
        b >>= 1
    return product


def make_sbox():
    box = []
    for value in range(256):
        inverse = next((x for x in range(256) if times(value, x) == 1), 0)
        box.append(0x63 ^ inverse)
        for turn in range(1, 5):
            box[value] ^= (inverse << turn | inverse >> 8 - turn) & 0xff
    return box


SBOX = make_sbox()


def expand(key):
    """The 11 round keys."""
    words = [key[at:at + 4] for at in range(0, 16, 4)]
    constant = 1
    while len(words) < 44:
        word = words[-1]
        if len(words) % 4 == 0:
            word = bytes(SBOX[byte] for byte in word[1:] + word[:1])
            word = bytes((word[0] ^ constant,)) + word[1:]
            constant = times(constant, 2)
        words.append(bytes(a ^ b for a, b in zip(word, words[-4])))
    return [b"".join(words[at:at + 4]) for at in range(0, 44, 4)]


def mix(column):
    return [times(2, column[i]) ^ times(3, column[(i + 1) % 4]) ^ column[(i + 2) % 4] ^ column[(i + 3) % 4] for i in range(4)]


def encrypt(keys, block):
    """AES-128 of a block."""
    state = [a ^ b for a, b in zip(block, keys[0])]
    for number, key in enumerate(keys[1:], 1):
        state = [SBOX[state[(at + 4 * (at % 4)) % 16]] for at in range(16)]
        if number < 10:
            state = [byte for at in range(0, 16, 4) for byte in mix(state[at:at + 4])]
        state = [a ^ b for a, b in zip(state, key)]
    return bytes(state)


def ctr(key, iv, data):
    keys = expand(key)
    counter = int.from_bytes(iv, "big")
    out = b""
    for at in range(0, len(data), 16):
        stream = encrypt(keys, ((counter + at // 16) % (1 << 128)).to_bytes(16, "big"))
        out += bytes(a ^ b for a, b in zip(data[at:at + 16], stream))
    return out


def mac(tik, start, payload, measurement):
    message = b"\1" + start + struct.pack("<II", len(payload), len(payload)) + payload + measurement[:32]
    return hmac.digest(tik, message, "sha256")


def entries(table):
    """The secrets, and how many bytes pad the table."""
    length = struct.unpack_from("<I", table, 16)[0]
    if uuid.UUID(bytes_le=table[:16]) != TABLE or not 20 <= length <= len(table):
        sys.exit("no table of secrets")
    if any(table[length:]):
        sys.exit("padding that is not zeros")
    at = 20
    while at < length:
        size = struct.unpack_from("<I", table, at + 16)[0]
        if not 20 <= size <= length - at:
            sys.exit("an entry that is larger than its table")
        yield uuid.UUID(bytes_le=table[at:at + 16]), table[at + 20:at + size]
        at += size


def read(path):
    with open(path, "rb") as file:
        return file.read()


def open_packet(tek, tik, measurement, header, payload):
    header, payload = (base64.b64decode(read(path), validate=True) for path in (header, payload))
    if len(header) != 52 or header[:4] != bytes(4) or not payload or len(payload) % 16 or len(payload) > 16384:
        sys.exit("no packet: header of %d bytes, payload of %d" % (len(header), len(payload)))
    if mac(read(tik), header[:20], payload, base64.b64decode(measurement)) != header[20:]:
        sys.exit("the MAC does not hold")
    table = ctr(read(tek), header[4:20], payload)
    for guid, secret in entries(table):
        print(guid, secret.hex())
    print("padding", len(table) - struct.unpack_from("<I", table, 16)[0])


def seal_packet(tek, tik, measurement, iv, *secrets):
    tek, tik, iv = (bytes.fromhex(text) for text in (tek, tik, iv))
    table = b""
    for text in secrets:
        guid, _, secret = text.partition(":")
        table += uuid.UUID(guid).bytes_le + struct.pack("<I", 20 + len(secret) // 2) + bytes.fromhex(secret)
    table = TABLE.bytes_le + struct.pack("<I", 20 + len(table)) + table
    payload = ctr(tek, iv, table + bytes(-len(table) % 16))
    start = bytes(4) + iv
    for data in (start + mac(tik, start, payload, base64.b64decode(measurement)), payload):
        print(base64.b64encode(data).decode())


def main():
    verbs = {"open": (open_packet, 5, 5), "seal": (seal_packet, 5, 1000)}
    verb, least, most = verbs.get(sys.argv[1] if len(sys.argv) > 1 else "", (None, 0, 0))
    if not verb or not least <= len(sys.argv) - 2 <= most:
        sys.exit(__doc__)
    verb(*sys.argv[2:])


main()
