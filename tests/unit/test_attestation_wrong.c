/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Attestation reports that are not to be believed, with one thing wrong at a time. */
#include "attestation_files.h"

static void
leaf_by_other_key(void)
{
    fixture.leaf.signer = fixture.ark_key;
}

static void
ask_by_other_key(void)
{
    fixture.ask.signer = fixture.ask_key;
}

static void
ark_by_other_key(void)
{
    fixture.ark.signer = fixture.ask_key;
}

static void
leaf_by_ark(void)
{
    fixture.leaf.issuer = "ARK-Milan";
    fixture.leaf.signer = fixture.ark_key;
}

static void
leaf_of_other_issuer(void)
{
    fixture.leaf.issuer = "SEV-Genoa";
}

static void
ask_of_other_product(void)
{
    fixture.ask.subject = fixture.leaf.issuer = "SEV-Genoa";
}

static void
ask_of_vlek(void)
{
    fixture.ask.subject = fixture.leaf.issuer = "SEV-VLEK-Milan";
}

static void
ark_of_other_name(void)
{
    fixture.ark.subject = fixture.ark.issuer = fixture.ask.issuer = "Milan";
}

static void
leaf_of_other_name(void)
{
    fixture.leaf.subject = "SEV-VLEK";
}

static void
leaf_without_name(void)
{
    fixture.leaf.subject = NULL;
}

static void
leaf_by_itself(void)
{
    fixture.leaf.issuer = "SEV-VCEK";
    fixture.leaf.signer = fixture.leaf_key;
}

static void
ask_by_itself(void)
{
    fixture.ask.issuer = "SEV-Milan";
    fixture.ask.signer = fixture.ask_key;
}

static void
leaf_sha256(void)
{
    fixture.leaf.md = fixture.leaf.mgf1 = EVP_sha256();
    fixture.leaf.salt = 32;
}

static void
ask_sha256(void)
{
    fixture.ask.md = fixture.ask.mgf1 = EVP_sha256();
    fixture.ask.salt = 32;
}

static void
ark_sha256(void)
{
    fixture.ark.md = fixture.ark.mgf1 = EVP_sha256();
    fixture.ark.salt = 32;
}

static void
leaf_mgf1_sha256(void)
{
    fixture.leaf.mgf1 = EVP_sha256();
}

static void
leaf_salt(void)
{
    fixture.leaf.salt = 32;
}

static void
leaf_pkcs1(void)
{
    fixture.leaf.padding = RSA_PKCS1_PADDING;
}

static void
ask_no_authority(void)
{
    fixture.ask.authority = FALSE;
}

static void
ark_no_authority(void)
{
    fixture.ark.authority = FALSE;
}

static void
leaf_p256(void)
{
    EVP_PKEY_free(fixture.leaf_key);
    fixture.leaf_key = fixture.leaf.key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
}

static void
ask_small(void)
{
    EVP_PKEY_free(fixture.ask_key);
    fixture.ask_key = fixture.ask.key = fixture.leaf.signer =
        EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
}

static void
no_bootloader(void)
{
    fixture.leaf.bootloader = -1;
}

static void
no_microcode(void)
{
    fixture.leaf.microcode = -1;
}

static void
large_microcode(void)
{
    fixture.leaf.microcode = 0x173;
}

static void
older_snp(void)
{
    fixture.leaf.snp = 7;
}

static void
newer_snp(void)
{
    fixture.leaf.snp = 9;
}

static void
two_snp(void)
{
    fixture.leaf.twice = "1.3.6.1.4.1.3704.1.3.3";
}

static void
reserved_tcb(void)
{
    fixture.report[0x182] = 1;
}

static void
no_hwid(void)
{
    fixture.leaf.hwid = NULL;
}

static void
other_hwid(void)
{
    static unsigned char other[64];

    memcpy(other, fixture.report + 0x1a0, sizeof(other));
    other[63] ^= 1;
    fixture.leaf.hwid = other;
}

static void
short_hwid(void)
{
    fixture.leaf.hwid_size = 63;
}

static void
masked_chip(void)
{
    memset(fixture.report + 0x1a0, 0, 64);
}

static void
vlek_too(void)
{
    fixture.leaf.csp = "CN=made.up";
}

static void
masked_key(void)
{
    fixture.report[0x48] = 2;
}

static void
unsigned_report(void)
{
    fixture.report[0x48] = 7 << 2;
}

static void
signed_by_vlek(void)
{
    fixture.report[0x48] = 1 << 2;
}

static void
vlek_with_hwid(void)
{
    fixture_make_vlek(&fixture);
    fixture.leaf.hwid = fixture.report + 0x1a0;
}

static void
vlek_without_csp(void)
{
    fixture_make_vlek(&fixture);
    fixture.leaf.csp = NULL;
}

static void
vlek_of_other_tcb(void)
{
    fixture_make_vlek(&fixture);
    fixture.leaf.tee = 1;
}

static const struct {
    const char *name;
    void (*spoil)(void);
} wrongs[] = {
#define WRONG(function)                                                                            \
    {                                                                                              \
#function, function                                                                        \
    }
    WRONG(leaf_by_other_key),
    WRONG(ask_by_other_key),
    WRONG(ark_by_other_key),
    WRONG(leaf_by_ark),
    WRONG(leaf_of_other_issuer),
    WRONG(ask_of_other_product),
    WRONG(ask_of_vlek),
    WRONG(ark_of_other_name),
    WRONG(leaf_of_other_name),
    WRONG(leaf_without_name),
    WRONG(leaf_by_itself),
    WRONG(ask_by_itself),
    WRONG(leaf_sha256),
    WRONG(ask_sha256),
    WRONG(ark_sha256),
    WRONG(leaf_mgf1_sha256),
    WRONG(leaf_salt),
    WRONG(leaf_pkcs1),
    WRONG(ask_no_authority),
    WRONG(ark_no_authority),
    WRONG(leaf_p256),
    WRONG(ask_small),
    WRONG(no_bootloader),
    WRONG(no_microcode),
    WRONG(large_microcode),
    WRONG(older_snp),
    WRONG(newer_snp),
    WRONG(two_snp),
    WRONG(reserved_tcb),
    WRONG(no_hwid),
    WRONG(other_hwid),
    WRONG(short_hwid),
    WRONG(masked_chip),
    WRONG(vlek_too),
    WRONG(masked_key),
    WRONG(unsigned_report),
    WRONG(signed_by_vlek),
    WRONG(vlek_with_hwid),
    WRONG(vlek_without_csp),
    WRONG(vlek_of_other_tcb),
#undef WRONG
};

START_TEST(test_one_thing_wrong)
{
    for (size_t i = 0; i < G_N_ELEMENTS(wrongs); i++) {
        int code;

        wrongs[i].spoil();
        code = verify_fixture();
        ck_assert_msg(code == CVMDOM_ERROR_UNTRUSTED, "%s: %d", wrongs[i].name, code);
        teardown();
        setup();
    }
    ck_assert_int_eq(verify_fixture(), 0);
}
END_TEST

UNIT_MAIN_WITH(setup, teardown, "attestation wrong", test_one_thing_wrong)
