/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a guest needs inside: the bounce buffers, computed by hand, and the tables of advice. */
#include <jansson.h>
#include <string.h>

#include "cvmdom/cvmdom.h"
#include "domain_fixture.h"
#include "guest/guest.h"
#include "unit.h"

#define KIB UINT64_C(1024)

/* ---- the pool ---- */

/* 6 % of 4 GiB are 245.76 MiB, which Linux rounds up to a power of two. */
START_TEST(test_default_is_six_percent_rounded_up)
{
    ck_assert_uint_eq(cvm_swiotlb_default(4 * GIB, 2), 256 * MIB);
    ck_assert_uint_eq(cvm_swiotlb_default(8 * GIB, 4), 512 * MIB);
    ck_assert_uint_eq(cvm_swiotlb_default(12 * GIB, 4), 1024 * MIB);  /* 737.28 */
    ck_assert_uint_eq(cvm_swiotlb_default(512 * MIB, 1), 64 * MIB);   /* 30.72: at least 64 */
    ck_assert_uint_eq(cvm_swiotlb_default(1024 * MIB, 1), 64 * MIB);  /* 61.44 */
    ck_assert_uint_eq(cvm_swiotlb_default(1100 * MIB, 1), 128 * MIB); /* 66 */
    ck_assert_uint_eq(cvm_swiotlb_default(16 * GIB, 8), 1024 * MIB);
    ck_assert_uint_eq(cvm_swiotlb_default(1024 * GIB, 8), 1024 * MIB); /* at most 1 GiB */
    ck_assert_uint_eq(cvm_swiotlb_default(UINT64_MAX, UINT64_MAX), 16 * GIB);
}
END_TEST

/* Slots of 2 KiB; each possible CPU has an area of at least 128 of them, in powers of two. */
START_TEST(test_slots_become_a_pool)
{
    ck_assert_uint_eq(cvm_swiotlb_of_slots(32768, 1), 64 * MIB);
    ck_assert_uint_eq(cvm_swiotlb_of_slots(524288, 8), 1024 * MIB);
    ck_assert_uint_eq(cvm_swiotlb_of_slots(100000, 2), 256 * MIB); /* 131072 slots */
    ck_assert_uint_eq(cvm_swiotlb_of_slots(1, 1), 256 * KIB);
    ck_assert_uint_eq(cvm_swiotlb_of_slots(1, 200), 64 * MIB); /* 256 areas of 256 KiB */
    ck_assert_uint_gt(cvm_swiotlb_of_slots(UINT64_MAX, UINT64_MAX), 0);
}
END_TEST

/* Data, a header, a status, and 16 bytes for each piece. */
START_TEST(test_requests_take_whole_slots)
{
    ck_assert_uint_eq(cvm_swiotlb_request(128 * KIB), 134 * KIB);   /* 34 x 16: one slot */
    ck_assert_uint_eq(cvm_swiotlb_request(1280 * KIB), 1288 * KIB); /* 256 x 16: two */
    ck_assert_uint_eq(cvm_swiotlb_request(1), 8 * KIB);
    ck_assert_uint_eq(cvm_swiotlb_request(500 * KIB), 506 * KIB); /* 127 x 16: one */
}
END_TEST

/* ---- devices ---- */

static struct cvm_disk *
add_disks(struct cvm_domain *domain, const char *bus, unsigned count)
{
    struct cvm_disk *disks = LIST(domain, domain->devices.disk, cvm_disk, count);

    for (unsigned i = 0; i < count; i++) {
        TEXT(disks[i].bus, bus);
        TEXT(disks[i].target, "vda");
    }
    return disks;
}

static void
expect_use(const struct cvm_domain *domain, uint64_t held, uint64_t usual, uint64_t most)
{
    struct cvm_swiotlb swiotlb;

    cvm_swiotlb_fill(&swiotlb, domain);
    ck_assert_uint_eq(swiotlb.held, held);
    ck_assert_uint_eq(swiotlb.usual, held + usual);
    ck_assert_uint_eq(swiotlb.most, held + most);
    cvm_swiotlb_clear(&swiotlb);
}

/* 256 requests of 134 and of 1288 KiB a queue: 33.5 and 322 MiB. */
START_TEST(test_disks_fill_their_queues)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV); /* 2 vCPUs */
    struct cvm_disk *disk = add_disks(domain, "virtio", 1);

    expect_use(domain, 0, 67 * MIB, 644 * MIB); /* a queue for each vCPU */
    NUMBER(disk->queues, 1);
    expect_use(domain, 0, 33 * MIB + 512 * KIB, 322 * MIB);
    NUMBER(disk->queues, 16); /* Linux uses two */
    expect_use(domain, 0, 67 * MIB, 644 * MIB);
    TEXT(disk->bus, "scsi"); /* 128 requests */
    expect_use(domain, 0, 128 * 134 * KIB, 161 * MIB);
    TEXT(disk->bus, "sata"); /* 32 */
    expect_use(domain, 0, 4 * MIB, 40 * MIB);
    TEXT(disk->device, "cdrom");
    expect_use(domain, 0, 128 * KIB, 1280 * KIB);
    TEXT(disk->bus, "usb");
    expect_use(domain, 0, 128 * KIB, 1 * MIB);
}
END_TEST

/* Received: 256 pages of 4 KiB. Sent: 256 packets of 64 KiB and 19 slots. */
START_TEST(test_interfaces_hold_what_they_receive_in)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV_SNP);
    struct cvm_interface *interface = LIST(domain, domain->devices.interface, cvm_interface, 1);
    const uint64_t sent = 256 * 102 * KIB;

    TEXT(interface->common.model, "virtio");
    expect_use(domain, 1 * MIB, sent, sent);
    NUMBER(interface->queues, 2);
    expect_use(domain, 2 * MIB, 2 * sent, 2 * sent);
    NUMBER(interface->queues, 8); /* no more than vCPUs */
    expect_use(domain, 2 * MIB, 2 * sent, 2 * sent);
    TEXT(interface->common.model, "e1000e");
    expect_use(domain, 1 * MIB, sent, sent);
}
END_TEST

START_TEST(test_other_devices)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV_SNP);
    struct cvm_filesystem *filesystem;
    struct cvm_hostdev *hostdev;
    struct cvm_input *input;

    LIST(domain, domain->devices.rng, cvm_rng, 1);
    expect_use(domain, 2 * KIB, 0, 0);
    LIST(domain, domain->devices.rng, cvm_rng, 0);
    LIST(domain, domain->devices.vsock, cvm_vsock, 1); /* 128 pages, 8 events */
    expect_use(domain, 528 * KIB, 128 * 102 * KIB, 128 * 102 * KIB);
    LIST(domain, domain->devices.vsock, cvm_vsock, 0);
    LIST(domain, domain->devices.channel, cvm_chardev, 2); /* 2 x 128 + 32 pages */
    expect_use(domain, 1152 * KIB, 8 * KIB, 8 * KIB);
    LIST(domain, domain->devices.channel, cvm_chardev, 0);
    input = LIST(domain, domain->devices.input, cvm_input, 1);
    TEXT(input->bus, "virtio");
    expect_use(domain, 128 * KIB, 0, 0);
    LIST(domain, domain->devices.input, cvm_input, 0);
    filesystem = LIST(domain, domain->devices.filesystem, cvm_filesystem, 1);
    TEXT(filesystem->driver, "path");
    expect_use(domain, 0, 128 * 134 * KIB, 128 * 506 * KIB);
    TEXT(filesystem->driver, "virtiofs");
    NUMBER(filesystem->queue, 1024); /* 256 x 16: two slots */
    expect_use(domain, 0, 1024 * 134 * KIB, 1024 * 1032 * KIB);
    LIST(domain, domain->devices.filesystem, cvm_filesystem, 0);
    hostdev = LIST(domain, domain->devices.hostdev, cvm_hostdev, 1);
    TEXT(hostdev->type, "pci"); /* as a disk with a queue for each of the 2 vCPUs */
    expect_use(domain, 0, 67 * MIB, 644 * MIB);
    TEXT(hostdev->type, "usb");
    expect_use(domain, 0, 128 * KIB, 1 * MIB);
}
END_TEST

/* ---- the verdict ---- */

static void
expect_verdict(const struct cvm_domain *domain, enum cvm_swiotlb_verdict verdict, uint64_t given,
               uint64_t advised)
{
    struct cvm_swiotlb swiotlb;

    cvm_swiotlb_fill(&swiotlb, domain);
    ck_assert_int_eq(swiotlb.verdict, verdict);
    ck_assert_uint_eq(swiotlb.given, given);
    ck_assert_uint_eq(swiotlb.advised, advised);
    cvm_swiotlb_clear(&swiotlb);
}

START_TEST(test_verdicts)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV);
    struct cvm_disk *disks = add_disks(domain, "virtio", 1);

    expect_verdict(domain, CVM_SWIOTLB_ORDINARY, 0, 0); /* 256 of 67 and 644 */
    TEXT(disks->bus, "sata");
    expect_verdict(domain, CVM_SWIOTLB_ENOUGH, 0, 0);
    add_disks(domain, "virtio", 4); /* 268 ordinary: 512 */
    expect_verdict(domain, CVM_SWIOTLB_SMALL, 0, 512 * MIB);
    add_disks(domain, "virtio", 20); /* 1340: a quarter of 4 GiB */
    expect_verdict(domain, CVM_SWIOTLB_SMALL, 0, 1024 * MIB);
    NUMBER(domain->memory.size, 64 * GIB); /* no more below 4 GiB, and that is there already */
    expect_verdict(domain, CVM_SWIOTLB_SMALL, 0, 0);
    domain->memory.size.from.origin = CVM_UNSET;
    expect_verdict(domain, CVM_SWIOTLB_UNKNOWN, 0, 0);
}
END_TEST

START_TEST(test_cmdline_counts)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV);

    add_disks(domain, "virtio", 4);
    TEXT(domain->os.cmdline, "ro swiotlb=262144,8,force quiet");
    expect_verdict(domain, CVM_SWIOTLB_ORDINARY, 512 * MIB, 0);
    TEXT(domain->os.cmdline, "swiotlb=0x40000");
    expect_verdict(domain, CVM_SWIOTLB_ORDINARY, 512 * MIB, 0);
    TEXT(domain->os.cmdline, "swiotlb=32768"); /* as if nothing were said */
    expect_verdict(domain, CVM_SWIOTLB_SMALL, 0, 512 * MIB);
    TEXT(domain->os.cmdline, "swiotlb=65536");
    expect_verdict(domain, CVM_SWIOTLB_SMALL, 128 * MIB, 512 * MIB);
    TEXT(domain->os.cmdline, "swiotlb=force xswiotlb=noforce");
    expect_verdict(domain, CVM_SWIOTLB_SMALL, 0, 512 * MIB);
    TEXT(domain->os.cmdline, "swiotlb=noforce");
    expect_verdict(domain, CVM_SWIOTLB_NONE, 0, 0);
    TEXT(domain->os.cmdline, "swiotlb= swiotlb=, swiotlb=99999999999999999999");
    expect_verdict(domain, CVM_SWIOTLB_SMALL, 0, 512 * MIB);
}
END_TEST

/* ---- more never needs less ---- */

static struct cvm_swiotlb
compute(unsigned vcpus, unsigned disks, unsigned disk_queues, unsigned pairs, unsigned memory)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV_SNP);
    struct cvm_disk *list = add_disks(domain, "virtio", disks);
    struct cvm_interface *interface = LIST(domain, domain->devices.interface, cvm_interface, 1);
    struct cvm_swiotlb swiotlb;

    NUMBER(domain->vcpu.count, vcpus);
    NUMBER(domain->memory.size, memory * GIB);
    for (unsigned i = 0; i < disks; i++) {
        NUMBER(list[i].queues, disk_queues);
    }
    NUMBER(interface->queues, pairs);
    cvm_swiotlb_fill(&swiotlb, domain);
    cvm_swiotlb_clear(&swiotlb);
    return swiotlb;
}

static void
expect_no_less(struct cvm_swiotlb than, struct cvm_swiotlb this)
{
    uint64_t before = MAX(than.advised, than.by_default),
             after = MAX(this.advised, this.by_default);

    ck_assert_uint_ge(this.held, than.held);
    ck_assert_uint_ge(this.usual, than.usual);
    ck_assert_uint_ge(this.most, than.most);
    ck_assert_uint_ge(after, before);
}

START_TEST(test_more_never_needs_less)
{
    static const unsigned counts[] = { 1, 2, 3, 4, 7, 8, 16, 64, 255 };

    for (size_t v = 0; v < G_N_ELEMENTS(counts); v++) {
        for (size_t q = 1; q < G_N_ELEMENTS(counts); q++) {
            for (unsigned memory = 1; memory <= 64; memory *= 2) {
                unsigned vcpus = counts[v], less = counts[q - 1], more = counts[q];

                expect_no_less(compute(vcpus, 2, less, 1, memory),
                               compute(vcpus, 2, more, 1, memory));
                expect_no_less(compute(vcpus, 2, 1, less, memory),
                               compute(vcpus, 2, 1, more, memory));
                expect_no_less(compute(vcpus, less, 1, 1, memory),
                               compute(vcpus, more, 1, 1, memory));
                expect_no_less(compute(less, 2, 8, 8, memory), compute(more, 2, 8, 8, memory));
            }
        }
    }
}
END_TEST

/* Usable as it is printed: a power of two of slots that Linux makes a pool of that very size of, in
 * low memory, and no more than a quarter of all. */
START_TEST(test_advice_can_be_followed)
{
    for (unsigned memory = 1; memory <= 64; memory *= 2) {
        for (unsigned disks = 1; disks < 40; disks++) {
            struct cvm_swiotlb swiotlb = compute(4, disks, 4, 4, memory);

            if (swiotlb.advised) {
                ck_assert_uint_eq(cvm_swiotlb_of_slots(swiotlb.advised / CVM_SWIOTLB_SLOT, 4),
                                  swiotlb.advised);
                ck_assert_uint_gt(swiotlb.advised, swiotlb.by_default);
                ck_assert_uint_le(swiotlb.advised, memory * GIB / 4);
                ck_assert_uint_le(swiotlb.advised, GIB);
            }
        }
    }
}
END_TEST

/* ---- the tables ---- */

static gboolean
has_item(const struct cvm_guest_advice *advice, const char *id)
{
    for (guint i = 0; i < advice->items->len; i++) {
        if (g_str_equal(g_array_index(advice->items, struct cvm_advice, i).id, id)) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
advises(const struct cvm_domain *domain, const char *id)
{
    CVM_AUTO(guest_advice) *advice = cvm_guest_advice_new(domain);

    return has_item(advice, id);
}

START_TEST(test_each_kind_gets_its_own)
{
    static const struct {
        const char *id;
        unsigned guests;
    } expected[] = {
        { "kernel-sev", CVM_GUEST_SEV },         { "kernel-sev-es", CVM_GUEST_SEV_ES },
        { "kernel-sev-snp", CVM_GUEST_SEV_SNP }, { "check-sev-guest", CVM_GUEST_SEV_SNP },
        { "attest-report", CVM_GUEST_SEV_SNP },  { "attest-before-start", CVM_GUEST_LEGACY },
        { "limit-reboot", CVM_GUEST_STATE },     { "limit-cpu-hotplug", CVM_GUEST_STATE },
        { "limit-migrate", CVM_GUEST_AMD },      { "cmdline-swiotlb", CVM_GUEST_AMD },
        { "check-swiotlb", CVM_GUEST_AMD },
    };
    static const unsigned kinds[] = { CVM_GUEST_NONE, CVM_GUEST_SEV, CVM_GUEST_SEV_ES,
                                      CVM_GUEST_SEV_SNP, CVM_GUEST_OTHER };

    for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++) {
        CVM_AUTO(domain) *domain = new_domain(kinds[k]);
        CVM_AUTO(guest_advice) *advice = NULL;

        NUMBER(domain->launch.policy, kinds[k] == CVM_GUEST_SEV_ES ? 7 : 3);
        advice = cvm_guest_advice_new(domain);
        for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
            ck_assert_msg(has_item(advice, expected[i].id) ==
                              ((expected[i].guests & kinds[k]) != 0),
                          "%s for kind %u", expected[i].id, kinds[k]);
        }
    }
}
END_TEST

START_TEST(test_devices_decide_what_is_said)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV_SNP);
    struct cvm_chardev *channel;
    struct cvm_balloon *balloon;

    ck_assert(!advises(domain, "attest-tpm"));
    LIST(domain, domain->devices.tpm, cvm_tpm, 1);
    ck_assert(advises(domain, "attest-tpm"));
    ck_assert(!advises(domain, "limit-passthrough"));
    LIST(domain, domain->devices.hostdev, cvm_hostdev, 1);
    ck_assert(advises(domain, "limit-passthrough"));
    channel = LIST(domain, domain->devices.channel, cvm_chardev, 1);
    TEXT(channel->target, "com.example.0");
    ck_assert(!advises(domain, "limit-agent"));
    TEXT(channel->target, "org.qemu.guest_agent.0");
    ck_assert(advises(domain, "limit-agent"));
    balloon = LIST(domain, domain->devices.memballoon, cvm_balloon, 1);
    TEXT(balloon->common.model, "none");
    ck_assert(!advises(domain, "limit-balloon"));
    TEXT(balloon->common.model, "virtio");
    ck_assert(advises(domain, "limit-balloon"));
    ck_assert(!advises(domain, "attest-host-data"));
    BLOB(domain->launch.host_data, "AAAA");
    ck_assert(advises(domain, "attest-host-data"));
}
END_TEST

START_TEST(test_kernels_of_the_host)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV);

    ck_assert(!advises(domain, "cmdline-in-profile"));
    ck_assert(!advises(domain, "attest-measured-kernel"));
    TEXT(domain->os.kernel, "/boot/vmlinuz");
    ck_assert(advises(domain, "cmdline-in-profile"));
    ck_assert(advises(domain, "cmdline-nohibernate"));
    TEXT(domain->os.cmdline, "ro nohibernate quiet");
    ck_assert(!advises(domain, "cmdline-nohibernate")); /* it is there */
    ck_assert(advises(domain, "attest-unmeasured-kernel"));
    FLAG(domain->launch.kernel_hashes, TRUE);
    ck_assert(advises(domain, "attest-measured-kernel"));
    ck_assert(!advises(domain, "attest-unmeasured-kernel"));
    ck_assert(advises(domain, "attest-session"));
    BLOB(domain->launch.session, "AAAA");
    ck_assert(!advises(domain, "attest-session"));
    ck_assert(advises(domain, "attest-secret"));
}
END_TEST

/* Each row has an id of its own, a text that is a sentence, and a source. */
START_TEST(test_rows_are_whole)
{
    const struct cvm_advice_table *tables[] = { &cvm_advice_kernel, &cvm_advice_boot,
                                                &cvm_advice_check, &cvm_advice_attest,
                                                &cvm_advice_limit };
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);

    for (size_t t = 0; t < G_N_ELEMENTS(tables); t++) {
        for (unsigned i = 0; i < tables[t]->count; i++) {
            const struct cvm_advice_row *row = &tables[t]->rows[i];
            size_t length = strlen(row->text);

            ck_assert_msg(g_hash_table_add(ids, (gpointer)row->id), "%s twice", row->id);
            ck_assert_msg(strchr(row->command ? ".:" : ".", row->text[length - 1]) != NULL, "%s",
                          row->id);
            ck_assert_msg(row->source && *row->source, "%s has no source", row->id);
            ck_assert_msg(row->guests & CVM_GUEST_AMD, "%s is for nobody", row->id);
            ck_assert_msg(!row->prints || row->command, "%s", row->id);
        }
    }
}
END_TEST

/* ---- the public interface ---- */

#define PROFILE "name: g\nlaunchSecurity: {type: sev-snp}\nmemory: 4GiB\nvcpu: 2\n"

START_TEST(test_embedders_get_the_same)
{
    cvmdom_domains *domains =
        cvmdom_domains_parse("test.yaml", PROFILE, strlen(PROFILE), NULL, NULL);
    cvmdom_guest_advice *advice = cvmdom_domain_guest_advice(cvmdom_domains_get(domains, 0));
    const cvmdom_guest_advice *twice[] = { advice, advice };
    struct cvmdom_advice piece;
    struct cvmdom_swiotlb swiotlb;
    cvmdom_error *error = NULL;
    g_autofree char *text = NULL;
    json_t *json;
    size_t count = 0;

    cvmdom_domains_free(domains); /* the advice outlives it */
    while (cvmdom_guest_advice_at(advice, count, &piece) == 0) {
        ck_assert(piece.id && piece.group && piece.text && piece.source);
        count++;
    }
    ck_assert_uint_gt(count, 20);
    ck_assert_int_eq(cvmdom_guest_advice_swiotlb(advice, &swiotlb), 0);
    ck_assert_uint_eq(swiotlb.by_default, 256 * MIB);
    ck_assert_int_eq(cvmdom_guest_advice_report(twice, 2, "json", 0, &text, NULL), 0);
    json = json_loads(text, 0, NULL);
    ck_assert_uint_eq(json_array_size(json_object_get(json, "guests")), 2);
    ck_assert_uint_eq(json_array_size(json_object_get(
                          json_array_get(json_object_get(json, "guests"), 1), "advice")),
                      count);
    json_decref(json);
    ck_assert_int_eq(cvmdom_guest_advice_report(twice, 2, "xml", 0, &text, &error), -1);
    ck_assert_int_eq(cvmdom_error_code(error), CVMDOM_ERROR_USAGE);
    cvmdom_error_free(error);
    cvmdom_guest_advice_free(advice);
    cvmdom_guest_advice_free(NULL);
}
END_TEST

UNIT_MAIN("guest", test_default_is_six_percent_rounded_up, test_slots_become_a_pool,
          test_requests_take_whole_slots, test_disks_fill_their_queues,
          test_interfaces_hold_what_they_receive_in, test_other_devices, test_verdicts,
          test_cmdline_counts, test_more_never_needs_less, test_advice_can_be_followed,
          test_each_kind_gets_its_own, test_devices_decide_what_is_said, test_kernels_of_the_host,
          test_rows_are_whole, test_embedders_get_the_same)
