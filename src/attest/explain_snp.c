/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why the MEASUREMENT of a report differs: the same search as explain.c, for the chain of SEV-SNP.
 * What is measured before the vCPUs is measured once for each thing that may be otherwise there;
 * each way the vCPUs may be goes on from that, and every number of them is passed on the way. */
#include <openssl/crypto.h>
#include <string.h>

#include "attest/explain.h"
#include "attest/report.h"
#include "util/i18n.h"

enum {
    MOST_VCPUS = 512,
    MOST_CHANGES = 2,
    SNP_ACTIVE = 1 << 0, /* SEV_FEATURES, publication 24593, table B-4 */
    DEBUG_SWAP = 1 << 5,
};

/* One half of a launch, with at most one change. */
struct half {
    gboolean changed;
    struct attest_change change;
    struct cvmdom_launch launch;
    size_t image;                /* of the first half … */
    struct cvmdom_digest digest; /* … and the digest before the vCPUs */
};

struct search {
    const unsigned char *reported;
    struct attest_expected expected;
    GPtrArray *images; /* of const cvmdom_firmware: the expected one, and others */
    GPtrArray *texts;  /* of other command lines */
    GArray *before;    /* of struct half: what is measured before the vCPUs */
    GArray *states;    /* of struct half: how the vCPUs are */
    struct attest_page_chain chain;
    cvmdom_explanation_fn visit;
    void *payload;
    unsigned depth; /* how many changes are tried */
    int found;
    gboolean failed; /* libcrypto could not */
};

/* ---- halves ---- */

static struct half
make_half(const struct search *search, enum attest_change_kind kind, uint64_t value)
{
    return (struct half){ .changed = TRUE,
                          .change = { kind, value },
                          .launch = *search->expected.launch };
}

static void
keep_digest(const struct cvmdom_measure_step *step, void *payload)
{
    struct cvmdom_digest *digest = payload;

    if (step->digest.size > 0 && strcmp(step->kind, "vmsa") != 0) {
        *digest = step->digest;
    }
}

/* Something that was written otherwise, and is the same: an image at another path. */
static gboolean
is_same(const struct search *search, const struct half *half)
{
    const struct half *first = &g_array_index(search->before, struct half, 0);

    return search->before->len > 0 &&
           memcmp(first->digest.bytes, half->digest.bytes, half->digest.size) == 0;
}

/* Measures a first half, unless the platform would not start it. */
static void
add_before(struct search *search, struct half half)
{
    struct cvmdom_launch launch = half.launch;
    struct cvmdom_digest whole;

    launch.vcpus = 1;
    if (cvmdom_launch_digest(&launch, g_ptr_array_index(search->images, half.image), keep_digest,
                             &half.digest, &whole, NULL) == 0 &&
        half.digest.size > 0 && !is_same(search, &half)) {
        g_array_append_val(search->before, half);
    }
}

static void
add_cmdline(struct search *search, enum attest_cmdline kind, char *cmdline)
{
    struct half half = make_half(search, ATTEST_CHANGE_CMDLINE, kind);

    g_ptr_array_add(search->texts, cmdline);
    half.launch.cmdline = cmdline;
    if (g_strcmp0(cmdline, search->expected.launch->cmdline) != 0) {
        add_before(search, half);
    }
}

static void
add_kernel(struct search *search)
{
    const struct cvmdom_launch *launch = search->expected.launch;
    const char *cmdline = launch->cmdline ? launch->cmdline : "";
    struct half half = make_half(search, ATTEST_CHANGE_KERNEL_HASHES, !launch->kernel_hashes);

    if (!launch->kernel) {
        return;
    }
    half.launch.kernel_hashes = !launch->kernel_hashes;
    add_before(search, half);
    if (!launch->kernel_hashes) {
        return;
    }
    add_cmdline(search, ATTEST_CMDLINE_EMPTY, g_strdup(""));
    add_cmdline(search, ATTEST_CMDLINE_STRIPPED, g_strstrip(g_strdup(cmdline)));
    add_cmdline(search, ATTEST_CMDLINE_NEWLINE, g_strconcat(cmdline, "\n", NULL));
    if (launch->initrd) {
        half = make_half(search, ATTEST_CHANGE_INITRD, 1);
        half.launch.initrd = NULL;
        add_before(search, half);
    }
}

static void
add_states(struct search *search)
{
    const struct cvmdom_launch *launch = search->expected.launch;
    const gboolean legacy = launch->vmsa == CVMDOM_VMSA_LEGACY;
    struct half half = { .launch = *launch };
    struct cvmdom_cpu cpu;

    g_array_append_val(search->states, half);
    half = make_half(search, ATTEST_CHANGE_VMSA, legacy ? CVMDOM_VMSA_FPU : CVMDOM_VMSA_LEGACY);
    half.launch.vmsa = (int)half.change.value;
    g_array_append_val(search->states, half);
    half = make_half(search, ATTEST_CHANGE_FEATURES,
                     launch->features == SNP_ACTIVE ? SNP_ACTIVE | DEBUG_SWAP : SNP_ACTIVE);
    half.launch.features = half.change.value;
    g_array_append_val(search->states, half);
    for (size_t i = 0; cvmdom_cpu_at(i, &cpu) == 0; i++) {
        half = make_half(search, ATTEST_CHANGE_SIGNATURE, i);
        half.launch.signature = cpu.signature;
        if (cpu.signature != launch->signature) {
            g_array_append_val(search->states, half);
        }
    }
}

static void
add_all(struct search *search)
{
    add_before(search, (struct half){ .launch = *search->expected.launch });
    for (guint i = 1; i < search->images->len; i++) {
        struct half half = make_half(search, ATTEST_CHANGE_FIRMWARE, i);

        half.image = i;
        add_before(search, half);
    }
    add_kernel(search);
    add_states(search);
}

/* ---- the search ---- */

static void
tell(struct search *search, const struct half *before, const struct half *state, uint64_t vcpus)
{
    struct attest_change changes[MOST_CHANGES + 1];
    unsigned n = 0;

    if (before->changed) {
        changes[n++] = before->change;
    }
    if (state->changed) {
        changes[n++] = state->change;
    }
    if (vcpus != search->expected.launch->vcpus) {
        changes[n++] = (struct attest_change){ ATTEST_CHANGE_VCPUS, vcpus };
    }
    search->found++;
    attest_changes_tell(&search->expected, changes, n, search->visit, search->payload);
}

/* Adds a vCPU; TRUE when the digest is then the reported one. */
static gboolean
add_vcpu(struct search *search, const uint8_t page[ATTEST_PAGE_SIZE])
{
    struct cvmdom_digest digest;

    if (attest_page_chain_add_vmsa(&search->chain, page, 1, NULL) < 0) {
        search->failed = TRUE;
        return FALSE;
    }
    attest_page_chain_get(&search->chain, &digest);
    return CRYPTO_memcmp(digest.bytes, search->reported, digest.size) == 0;
}

static void
try_halves(struct search *search, const struct half *before, const struct half *state)
{
    const unsigned changes = (unsigned)(before->changed + state->changed);
    const uint64_t expected = search->expected.launch->vcpus;
    const gboolean any = changes < search->depth;
    struct attest_vmsa vmsa = { .vmm = CVMDOM_VMM_QEMU,
                                .fpu = state->launch.vmsa != CVMDOM_VMSA_LEGACY,
                                .start = ATTEST_RESET_VECTOR,
                                .signature = state->launch.signature,
                                .features = state->launch.features };
    struct cvmdom_firmware_facts facts;
    uint64_t last = any ? MAX(expected, MOST_VCPUS) : expected;
    uint8_t page[ATTEST_PAGE_SIZE];

    if (changes > search->depth) {
        return;
    }
    cvmdom_firmware_describe(g_ptr_array_index(search->images, before->image), &facts);
    attest_page_chain_continue(&search->chain, &before->digest);
    attest_vmsa_build(&vmsa, page);
    for (uint64_t vcpus = 1; vcpus <= last && !search->failed && !search->found; vcpus++) {
        gboolean reported = add_vcpu(search, page);
        unsigned more = vcpus != expected;

        if (reported && changes + more == search->depth) {
            tell(search, before, state, vcpus);
        }
        if (vcpus == 1) {
            vmsa.start = facts.reset;
            attest_vmsa_build(&vmsa, page);
        }
    }
}

static void
try_all(struct search *search)
{
    for (search->depth = 1; search->depth <= MOST_CHANGES; search->depth++) {
        for (guint i = 0; i < search->before->len; i++) {
            for (guint j = 0; j < search->states->len && !search->found; j++) {
                try_halves(search, &g_array_index(search->before, struct half, i),
                           &g_array_index(search->states, struct half, j));
            }
        }
    }
}

static void
init(struct search *search, const cvmdom_firmware *firmware,
     const cvmdom_firmware *const *firmwares)
{
    search->images = g_ptr_array_new();
    search->texts = g_ptr_array_new_with_free_func(g_free);
    search->before = g_array_new(FALSE, FALSE, sizeof(struct half));
    search->states = g_array_new(FALSE, FALSE, sizeof(struct half));
    search->expected.images = search->images;
    g_ptr_array_add(search->images, (gpointer)firmware);
    while (firmwares && *firmwares) {
        g_ptr_array_add(search->images, (gpointer)*firmwares++);
    }
}

static void
clear(struct search *search)
{
    g_ptr_array_unref(search->images);
    g_ptr_array_unref(search->texts);
    g_array_unref(search->before);
    g_array_unref(search->states);
    attest_page_chain_end(&search->chain);
}

int
cvmdom_report_explain(const cvmdom_report *report, const struct cvmdom_launch *launch,
                      const cvmdom_firmware *firmware, const cvmdom_firmware *const *firmwares,
                      cvmdom_explanation_fn visit, void *payload, cvmdom_error **error)
{
    struct search search = { .reported = report->bytes + REPORT_MEASUREMENT,
                             .expected = { .launch = launch },
                             .visit = visit,
                             .payload = payload };
    int result;

    if (attest_report_check_guest(launch, error) < 0) {
        return -1;
    }
    if (launch->vmm != CVMDOM_VMM_QEMU) {
        return 0; /* of the others too little is known to blame them for anything */
    }
    init(&search, firmware, firmwares);
    result = attest_page_chain_begin(&search.chain, error);
    if (result == 0) {
        add_all(&search);
        try_all(&search);
        result = search.failed ? attest_crypto_error(error) : search.found;
    }
    clear(&search);
    return result;
}
