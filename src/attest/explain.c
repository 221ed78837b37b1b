/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tries launches that differ from the expected one in one thing, and if none of them would be
 * measured as reported, in two. An HMAC can only be guessed, not taken apart, so what this finds is
 * certain, and what it does not find remains unknown.
 *
 * The cost: each image is hashed once; per change of the digest a page (12 us) and an HMAC (1 us) a
 * vCPU up to MOST_VCPUS; some 100 policies beside each number of vCPUs; 131072 firmware versions.
 * With one image that is less than half a second. */
#include "attest/explain.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <string.h>

#include "util/i18n.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_MAC, EVP_MAC_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_MAC_CTX, EVP_MAC_CTX_free)

enum {
    SHA256_SIZE = 32,
    MOST_VCPUS = 512,
    /* With more vCPUs than this two changes of the digest are not tried together. */
    FEW_VCPUS = 64,
    MOST_CHANGES = 2,
    SEV_ES = 1 << 2, /* bit of the policy (publication 55766, "Guest Policy Structure") */
    /* In the table of kernel hashes (QEMU, target/i386/sev.c: PaddedSevHashTable). */
    CMDLINE_HASH = 0x24,
    INITRD_HASH = 0x56,
};

/* A launch that differs. */
struct guess {
    struct attest_change changes[MOST_CHANGES];
    unsigned n;
    struct cvmdom_launch launch;
    size_t image;
    gboolean es;
    gboolean hashes;
    int cmdline; /* enum attest_cmdline; ATTEST_CMDLINES: the expected one */
    gboolean no_initrd;
    uint8_t digest[SHA256_SIZE];
};

struct search {
    struct attest_expected expected;
    struct attest_tries tries;
    GPtrArray *measured;   /* of EVP_MD_CTX, of each image; NULL: not yet */
    EVP_MAC_CTX *keyed[2]; /* by TIK and by TEK */
    EVP_MD_CTX *context;   /* the digest that is tried */
    EVP_MD_CTX *ended;     /* its copy, to end it */
    unsigned depth;        /* how many changes are tried */
    cvmdom_explanation_fn visit;
    void *payload;
    int found;
    gboolean failed;          /* libcrypto could not */
    struct guess as_expected; /* with its digest */
    gboolean matches;         /* there is nothing to explain */
};

/* Other launches that are measured alike need not be found: one explanation will do. */
static gboolean
is_over(const struct search *search)
{
    return search->failed || search->matches || search->found > 0;
}

/* ---- what is found ---- */

static void
tell(struct search *search, const struct guess *guess)
{
    search->found++;
    attest_changes_tell(&search->expected, guess->changes, guess->n, search->visit,
                        search->payload);
}

/* ---- beside the digest: policy, keys, version of the firmware ---- */

/* What the firmware authenticates is laid out in measurement.c. */
static gboolean
is_reported(struct search *search, const struct guess *guess, uint32_t policy, unsigned key,
            const struct cvmdom_measurement *measurement)
{
    unsigned char message[ATTEST_MEASURED_SIZE], hmac[SHA256_SIZE];
    EVP_MAC_CTX *keyed = search->keyed[key];
    gboolean same;

    attest_measured_write(measurement, policy, guess->digest, message);
    if (EVP_MAC_init(keyed, NULL, 0, NULL) != 1 ||
        EVP_MAC_update(keyed, message, sizeof(message)) != 1 ||
        EVP_MAC_final(keyed, hmac, NULL, sizeof(hmac)) != 1) {
        search->failed = TRUE;
        return FALSE;
    }
    same = CRYPTO_memcmp(hmac, measurement->hmac, sizeof(hmac)) == 0;
    OPENSSL_cleanse(hmac, sizeof(hmac));
    return same;
}

static void
change(struct guess *guess, enum attest_change_kind kind, uint64_t value)
{
    guess->changes[guess->n++] = (struct attest_change){ kind, value };
}

static void
try_header(struct search *search, struct guess guess, uint32_t policy, unsigned key)
{
    if (is_reported(search, &guess, policy, key, search->expected.measurement)) {
        if (policy != (uint32_t)guess.launch.policy) {
            change(&guess, ATTEST_CHANGE_POLICY, policy);
        }
        if (key) {
            change(&guess, ATTEST_CHANGE_KEYS, 0);
        }
        tell(search, &guess);
    }
}

static void
try_versions(struct search *search)
{
    struct guess guess = search->as_expected;
    struct cvmdom_measurement measurement = *search->expected.measurement;

    /* There never was a major version beyond 1. */
    for (unsigned version = 0; version < 2 << 16 && !is_over(search); version++) {
        measurement.api_major = version >> 16;
        measurement.api_minor = version >> 8 & 0xff;
        measurement.build_id = version & 0xff;
        if (is_reported(search, &guess, (uint32_t)guess.launch.policy, 0, &measurement)) {
            change(&guess, ATTEST_CHANGE_VERSION, version);
            tell(search, &guess);
        }
    }
}

/* Tries a digest with exactly as many more changes as are still to be made. */
static void
try_digest(struct search *search, const struct guess *guess)
{
    const uint32_t policy = (uint32_t)guess->launch.policy;
    const unsigned left = search->depth - guess->n;

    if (guess->n == 0) {
        search->as_expected = *guess;
        search->matches |= is_reported(search, guess, policy, 0, search->expected.measurement);
    }
    if (is_over(search)) {
        return;
    }
    if (left == 0) {
        try_header(search, *guess, policy, 0);
        return;
    }
    if (left == 1) {
        try_header(search, *guess, policy, 1);
    }
    for (unsigned i = 1; i < search->tries.n_policies && !is_over(search); i++) {
        /* An ES bit that went with another type is not changed back. */
        if (search->tries.policies[i] != policy) {
            try_header(search, *guess, search->tries.policies[i], left == 2);
        }
    }
}

/* ---- the digest ---- */

static gboolean
hash(struct search *search, EVP_MD_CTX *context, const void *data, size_t size)
{
    if (EVP_DigestUpdate(context, data, size) != 1) {
        search->failed = TRUE;
    }
    return !search->failed;
}

static gboolean
copy(struct search *search, EVP_MD_CTX *to, const EVP_MD_CTX *from)
{
    if (EVP_MD_CTX_copy_ex(to, from) != 1) {
        search->failed = TRUE;
    }
    return !search->failed;
}

static EVP_MD_CTX *
hash_image(struct search *search, const cvmdom_firmware *image)
{
    EVP_MD_CTX *measured = EVP_MD_CTX_new();
    size_t size;
    const void *data = cvmdom_firmware_data(image, &size);

    if (!measured || EVP_DigestInit_ex2(measured, EVP_sha256(), NULL) != 1) {
        search->failed = TRUE;
        return measured;
    }
    hash(search, measured, data, size);
    return measured;
}

static gboolean
measure_image(struct search *search, size_t i)
{
    gpointer *measured = &g_ptr_array_index(search->measured, i);

    if (!*measured) {
        *measured = hash_image(search, g_ptr_array_index(search->tries.images, i));
    }
    return !search->failed && copy(search, search->context, *measured);
}

static gboolean
measure_hashes(struct search *search, const struct guess *guess)
{
    const char *expected = guess->launch.cmdline ? guess->launch.cmdline : "";
    g_autofree char *cmdline = g_strdup(expected);
    uint8_t table[ATTEST_KERNEL_HASHES_SIZE];

    memcpy(table, search->tries.table, sizeof(table));
    if (guess->cmdline == ATTEST_CMDLINE_EMPTY) {
        cmdline[0] = '\0';
    } else if (guess->cmdline == ATTEST_CMDLINE_STRIPPED) {
        g_strstrip(cmdline);
    } else if (guess->cmdline == ATTEST_CMDLINE_NEWLINE) {
        g_free(cmdline);
        cmdline = g_strconcat(expected, "\n", NULL);
    }
    if (guess->cmdline != ATTEST_CMDLINES &&
        attest_hash(EVP_sha256(), cmdline, strlen(cmdline) + 1, table + CMDLINE_HASH, NULL) < 0) {
        search->failed = TRUE;
    }
    if (guess->no_initrd && attest_hash(EVP_sha256(), "", 0, table + INITRD_HASH, NULL) < 0) {
        search->failed = TRUE;
    }
    return !search->failed && hash(search, search->context, table, sizeof(table));
}

/* The digest so far. */
static gboolean
end(struct search *search, struct guess *guess)
{
    if (!copy(search, search->ended, search->context)) {
        return FALSE;
    }
    if (EVP_DigestFinal_ex(search->ended, guess->digest, NULL) != 1) {
        search->failed = TRUE;
    }
    return !search->failed;
}

/* Tries each number of vCPUs on the way; others than the expected one are a change of their own. */
static void
try_vcpus(struct search *search, struct guess *guess)
{
    const uint64_t expected = guess->launch.vcpus;
    const gboolean any = guess->n < search->depth;
    struct attest_vmsa vmsa = {
        .vmm = CVMDOM_VMM_QEMU,
        .fpu = guess->launch.vmsa == CVMDOM_VMSA_FPU,
        .start = ATTEST_RESET_VECTOR,
        .signature = guess->launch.signature,
        .features = guess->launch.features,
    };
    struct cvmdom_firmware_facts facts;
    uint64_t last = any ? MAX(expected, MOST_VCPUS) : expected;
    uint8_t page[ATTEST_PAGE_SIZE];

    cvmdom_firmware_describe(g_ptr_array_index(search->tries.images, guess->image), &facts);
    last = facts.reset ? last : 1; /* there is nowhere for others to start */
    attest_vmsa_build(&vmsa, page);
    for (uint64_t vcpus = 1; vcpus <= last && !is_over(search); vcpus++) {
        struct guess other = *guess;

        if (!hash(search, search->context, page, sizeof(page))) {
            return;
        }
        if (vcpus == 1) {
            vmsa.start = facts.reset;
            attest_vmsa_build(&vmsa, page);
        }
        if (vcpus != expected) {
            if (!any || vcpus > MOST_VCPUS) {
                continue;
            }
            change(&other, ATTEST_CHANGE_VCPUS, vcpus);
        }
        if (!end(search, &other)) {
            return;
        }
        try_digest(search, &other);
    }
}

/* ---- changes of the digest ---- */

/* FALSE: it changes nothing, or cannot be. */
static gboolean
apply(struct guess *guess, const struct attest_change *what)
{
    struct cvmdom_launch *launch = &guess->launch;
    struct cvmdom_cpu cpu;

    change(guess, what->kind, what->value);
    switch (what->kind) {
    case ATTEST_CHANGE_FIRMWARE:
        guess->image = what->value;
        return TRUE;
    case ATTEST_CHANGE_KERNEL_HASHES:
        guess->hashes = what->value != 0;
        return TRUE;
    case ATTEST_CHANGE_CMDLINE:
        guess->cmdline = (int)what->value;
        return guess->hashes;
    case ATTEST_CHANGE_INITRD:
        guess->no_initrd = TRUE;
        return guess->hashes;
    case ATTEST_CHANGE_TYPE:
        guess->es = what->value != 0;
        launch->policy ^= SEV_ES;
        return TRUE;
    case ATTEST_CHANGE_VMSA:
        launch->vmsa = (int)what->value;
        return guess->es;
    case ATTEST_CHANGE_FEATURES:
        launch->features = what->value;
        return guess->es;
    case ATTEST_CHANGE_SIGNATURE:
        launch->signature = cvmdom_cpu_at(what->value, &cpu) == 0 ? cpu.signature : 0;
        return guess->es;
    default:
        return FALSE;
    }
}

static void
try_changes(struct search *search, const struct attest_change *one,
            const struct attest_change *other)
{
    const struct cvmdom_launch *launch = search->expected.launch;
    struct guess guess = {
        .launch = *launch,
        .es = g_str_equal(launch->guest, "sev-es"),
        .hashes = launch->kernel_hashes && launch->kernel,
        .cmdline = ATTEST_CMDLINES,
    };

    if ((one && !apply(&guess, one)) || (other && !apply(&guess, other))) {
        return;
    }
    if (!measure_image(search, guess.image) || (guess.hashes && !measure_hashes(search, &guess))) {
        return;
    }
    if (guess.es) {
        try_vcpus(search, &guess);
    } else if (end(search, &guess)) {
        try_digest(search, &guess);
    }
}

static void
try_pairs(struct search *search)
{
    const struct attest_change *changes = (const struct attest_change *)search->tries.changes->data;

    for (guint i = 0; i < search->tries.changes->len; i++) {
        for (guint j = i + 1; j < search->tries.changes->len && !is_over(search); j++) {
            if (changes[i].kind != changes[j].kind) {
                try_changes(search, &changes[i], &changes[j]);
            }
        }
    }
}

static void
try_depth(struct search *search, unsigned depth)
{
    search->depth = depth;
    try_changes(search, NULL, NULL);
    for (guint i = 0; i < search->tries.changes->len && !is_over(search); i++) {
        try_changes(search, &g_array_index(search->tries.changes, struct attest_change, i), NULL);
    }
}

/* ---- the search ---- */

static int
key_contexts(struct search *search, const struct cvmdom_launch_keys *keys, cvmdom_error **error)
{
    g_autoptr(EVP_MAC) mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    char name[] = "SHA256";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0), OSSL_PARAM_construct_end()
    };
    const unsigned char *const each[] = { keys->tik, keys->tek };

    for (size_t i = 0; i < G_N_ELEMENTS(each); i++) {
        search->keyed[i] = mac ? EVP_MAC_CTX_new(mac) : NULL;
        if (!search->keyed[i] ||
            EVP_MAC_init(search->keyed[i], each[i], CVMDOM_KEY_SIZE, parameters) != 1) {
            return attest_crypto_error(error);
        }
    }
    search->context = EVP_MD_CTX_new();
    search->ended = EVP_MD_CTX_new();
    return search->context && search->ended ? 0 : attest_crypto_error(error);
}

static void
init(struct search *search, const cvmdom_firmware *firmware,
     const cvmdom_firmware *const *firmwares)
{
    attest_tries_init(&search->tries, search->expected.launch, firmware, firmwares);
    search->expected.images = search->tries.images;
    search->measured = g_ptr_array_new_with_free_func((GDestroyNotify)EVP_MD_CTX_free);
    g_ptr_array_set_size(search->measured, (gint)search->tries.images->len);
}

/* libcrypto wipes the keys in its contexts. */
static void
clear(struct search *search)
{
    attest_tries_clear(&search->tries);
    g_ptr_array_unref(search->measured);
    for (size_t i = 0; i < G_N_ELEMENTS(search->keyed); i++) {
        EVP_MAC_CTX_free(search->keyed[i]);
    }
    EVP_MD_CTX_free(search->context);
    EVP_MD_CTX_free(search->ended);
}

static void
try_all(struct search *search)
{
    try_depth(search, 1);
    if (!is_over(search)) {
        try_versions(search);
    }
    if (!is_over(search)) {
        try_depth(search, 2);
    }
    if (!is_over(search) && search->expected.launch->vcpus <= FEW_VCPUS) {
        try_pairs(search);
    }
}

int
cvmdom_measurement_explain(const struct cvmdom_measurement *measurement,
                           const struct cvmdom_launch *launch, const cvmdom_firmware *firmware,
                           const cvmdom_firmware *const *firmwares,
                           const struct cvmdom_launch_keys *keys, cvmdom_explanation_fn visit,
                           void *payload, cvmdom_error **error)
{
    struct search search = {
        .expected = { .measurement = measurement, .launch = launch },
        .visit = visit,
        .payload = payload,
    };
    int result;

    if (g_strcmp0(launch->guest, "sev") != 0 && g_strcmp0(launch->guest, "sev-es") != 0) {
        return cvmdom_error_set(error, CVMDOM_ERROR_USAGE,
                                _("only the launch of a SEV or SEV-ES guest is answered by a "
                                  "measurement, and this guest is of type '%1$s'"),
                                launch->guest ? launch->guest : "");
    }
    if (cvmdom_launch_validate(launch, firmware, error) < 0) {
        return -1;
    }
    init(&search, firmware, firmwares);
    result = key_contexts(&search, keys, error);
    if (result == 0) {
        try_all(&search);
        result = search.failed ? attest_crypto_error(error) : search.found;
    }
    clear(&search);
    return result;
}
