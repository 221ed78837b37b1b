#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Computes sessions from AMD's specification with plain integers, hashlib and the command openssl (for AES only).

    make_sessions.py > tests/unit/session_vectors.h
"""
import hashlib
import hmac
import struct
import subprocess

P = 2**384 - 2**128 - 2**96 + 2**32 - 1
N = 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973
B = 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef
G = (0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7,
     0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f)


def add(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0]:
        if (a[1] + b[1]) % P == 0:
            return None
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, P)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def multiply(k, point):
    result = None
    for bit in bin(k)[2:]:
        result = add(result, result)
        if bit == "1":
            result = add(result, point)
    return result


def scalar(text):
    return int.from_bytes(hashlib.sha384(text.encode()).digest(), "big") % N


def search(point, start, step, good):
    """The first k from start on for which good(k * point)."""
    k, at, stride = start, multiply(start, point), multiply(step, point)
    while not good(at):
        k, at = k + step, add(at, stride)
    return k


def mac(key, *parts):
    return hmac.new(key, b"".join(parts), hashlib.sha256).digest()


def kdf(key, label, context):
    return mac(key, struct.pack("<I", 1), label, b"\0", context, struct.pack("<I", 128))[:16]


def ctr(key, iv, data):
    return subprocess.run(["openssl", "enc", "-aes-128-ctr", "-K", key.hex(), "-iv", iv.hex()], input=data,
                          stdout=subprocess.PIPE, check=True).stdout


def godh(point):
    body = struct.pack("<IBBHIII", 1, 0, 0, 0, 0x1003, 3, 2)
    body += point[0].to_bytes(72, "little") + point[1].to_bytes(72, "little")
    return body.ljust(0x414, b"\0") + 2 * struct.pack("<II512x", 0x1000, 0)


def session(name, platform, owner, policy):
    text = name.encode()
    nonce, iv, tek, tik = (hashlib.sha256(text + what).digest()[:16] for what in (b"nonce", b"iv", b"tek", b"tik"))
    if name == "counter-wraps":
        iv = b"\xff" * 16
    z = multiply(owner, platform)[0].to_bytes(48, "big")
    master = kdf(z, b"sev-master-secret", nonce)
    kek, kik = kdf(master, b"sev-kek", b""), kdf(master, b"sev-kik", b"")
    wrapped = ctr(kek, iv, tek + tik)
    blob = nonce + wrapped + iv + mac(kik, wrapped) + mac(tik, struct.pack("<I", policy))
    point = multiply(owner, G)
    return (("private", owner.to_bytes(48, "big")), ("public", b"\x04" + b"".join(n.to_bytes(48, "big") for n in point)),
            ("secret", z), ("nonce", nonce), ("iv", iv), ("tek", tek), ("tik", tik), ("session", blob),
            ("dh_cert_sha256", hashlib.sha256(godh(point)).digest()))


def member(name, data):
    numbers = ", ".join("0x%02x" % byte for byte in data)
    return "      .%s = { %s }," % (name, numbers)


def main():
    assert (G[1]**2 - G[0]**3 + 3 * G[0] - B) % P == 0 and multiply(N, G) is None
    private = scalar("platform")
    platform = multiply(private, G)
    owner = scalar("owner")
    short = 1 << 376
    rows = [
        ("plain", owner, 0x3),
        ("minimum-version", owner + 1, 0x37010003),
        ("all-bits", owner + 2, 0xffffffff),
        ("counter-wraps", owner + 3, 0x7),
        ("secret-with-leading-zero", search(platform, owner, 1, lambda at: at[0] < short), 0x7),
        ("secret-with-two-leading-zeros", search(platform, owner, 1, lambda at: at[0] < short >> 8), 0x7),
        ("public-key-with-short-x", search(G, owner, 1, lambda at: at[0] < short), 0x1),
        ("public-key-with-short-y", search(G, owner, 1, lambda at: at[1] < short), 0x1),
    ]
    print("/* SPDX-License-Identifier: LGPL-2.1-or-later */")
    print("/* Written by tests/tools/make_sessions.py. */")
    print("/* clang-format off */")
    print("static const struct {\n    unsigned char private[48], public[97];\n} platform = {")
    print(member("private", private.to_bytes(48, "big")))
    print(member("public", b"\x04" + b"".join(n.to_bytes(48, "big") for n in platform)))
    print("};\n")
    print("static const struct vector {\n    const char *name;\n    uint32_t policy;\n    unsigned char private[48], public[97],"
          " secret[48], nonce[16], iv[16], tek[16], tik[16];\n"
          "    unsigned char session[128], dh_cert_sha256[32];\n} vectors[] = {")
    for name, key, policy in rows:
        print('    { .name = "%s",\n      .policy = 0x%x,' % (name, policy))
        for field, data in session(name, platform, key, policy):
            print(member(field, data))
        print("    },")
    print("};\n/* clang-format on */")


main()
