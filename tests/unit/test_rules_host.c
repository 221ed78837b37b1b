/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "check_rule.h"
#include "host_fixture.h"
#include "read/read.h"
#include "util/number.h"

static struct cvm_domain *
make_domain(enum cvm_guest guest)
{
    struct cvm_domain *domain = cvm_domain_new(CVM_FORM_PROFILE);

    domain->launch.guest = guest;
    GIVE(domain->memory.size, GIB(4));
    GIVE(domain->vcpu.count, 4);
    return domain;
}

static void
list_sectypes(struct cvm_host *host, const char *first, const char *second)
{
    const char **items = cvm_arena_array(host->arena, const char *, 3);

    items[0] = first;
    items[1] = first ? second : NULL;
    host->domcaps.has_sectypes = TRUE;
    host->domcaps.sectypes.items = items;
    host->domcaps.sectypes.count = (first != NULL) + (first && second);
}

/* A host that runs guests of all kinds. */
static struct cvm_host *
make_host(void)
{
    struct cvm_host *host = cvm_host_new();

    host->name = "milan";
    host->has_domcaps = TRUE;
    host->domcaps.virt_type = "kvm";
    host->domcaps.host_vendor = "AMD";
    host->domcaps.machine = "pc-q35-10.0";
    host->domcaps.vcpu_max = 1024;
    host->domcaps.sev = CVM_YES;
    host->domcaps.has_max_guests = TRUE;
    host->domcaps.max_guests = 410;
    host->domcaps.max_es_guests = 99;
    list_sectypes(host, "sev", "sev-snp");
    host->kvm_amd_sev = host->kvm_amd_sev_es = host->kvm_amd_sev_snp = CVM_YES;
    host->libvirt_version = CVM_VERSION(11, 3, 0);
    host->qemu_version = CVM_VERSION(10, 0, 0);
    host->kernel_version = CVM_VERSION(6, 12, 0);
    host->has_sev_firmware = TRUE;
    host->sev_api_major = 1;
    host->sev_api_minor = 55;
    host->capacity = (struct cvm_asids){ TRUE, 410, 99 };
    host->in_use = (struct cvm_asids){ TRUE, 0, 0 };
    host->dev_sev.present = CVM_YES;
    host->dev_sev.mode = 0600;
    host->cpu_family = 25;
    host->cpu_model = 1;
    return host;
}

static const char *const all_rules[] = { "CVM701", "CVM702", "CVM703", "CVM704", "CVM705", "CVM706",
                                         "CVM707", "CVM708", "CVM709", "CVM710", "CVM711" };

/* The only finding of all host rules is this rule's. */
static void
check_only(const char *id, const struct cvm_domain *domain, const struct cvm_host *host,
           const char *severities, int line)
{
    for (size_t i = 0; i < G_N_ELEMENTS(all_rules); i++) {
        if (!g_str_equal(all_rules[i], id)) {
            check_rule(all_rules[i], domain, host, "", __FILE__, line);
        }
    }
    check_rule(id, domain, host, severities, __FILE__, line);
}
#define CHECK_ONLY(id, domain, host, severities)                                                   \
    check_only((id), (domain), (host), (severities), __LINE__)

START_TEST(test_good_and_unknown_hosts)
{
    static const enum cvm_guest guests[] = { CVM_GUEST_NONE, CVM_GUEST_SEV, CVM_GUEST_SEV_ES,
                                             CVM_GUEST_SEV_SNP };
    CVM_AUTO(host) *good = make_host();
    CVM_AUTO(host) *unknown = cvm_host_new();

    for (size_t i = 0; i < G_N_ELEMENTS(guests); i++) {
        CVM_AUTO(domain) *domain = make_domain(guests[i]);

        for (size_t j = 0; j < G_N_ELEMENTS(all_rules); j++) {
            CHECK_RULE(all_rules[j], domain, good, "");
            CHECK_RULE(all_rules[j], domain, unknown, "");
        }
    }
}
END_TEST

START_TEST(test_other_vendor)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV);
    CVM_AUTO(host) *host = make_host();

    host->domcaps.host_vendor = "Intel";
    host->domcaps.sev = CVM_NO;
    host->dev_sev.present = CVM_NO;
    host->kvm_amd_sev = host->kvm_amd_sev_es = host->kvm_amd_sev_snp = CVM_UNKNOWN;
    host->libvirt_version = CVM_VERSION(9, 0, 0);
    host->capacity.known = FALSE;
    host->domcaps.max_guests = host->domcaps.max_es_guests = 0;
    CHECK_ONLY("CVM701", domain, host, "E");
    CHECK_SAYS("Host 'milan' cannot run a guest with SEV: its CPU is no AMD EPYC, but 'Intel");
    CHECK_SAYS("is not supported with this QEMU binary");
    domain->launch.guest = CVM_GUEST_SEV_ES;
    CHECK_ONLY("CVM702", domain, host, "E");
    domain->launch.guest = CVM_GUEST_SEV_SNP;
    CHECK_ONLY("CVM703", domain, host, "E");
    CHECK_SAYS("no AMD EPYC");
    host->domcaps.host_vendor = "AMD";
    host->cpu_family = 6;
    CHECK_ONLY("CVM703", domain, host, "E");
    CHECK_SAYS("no AMD EPYC");
}
END_TEST

START_TEST(test_no_sev)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV);
    CVM_AUTO(host) *host = make_host();

    host->capacity.sev = 0;
    CHECK_ONLY("CVM701", domain, host, "E");
    CHECK_SAYS("misc.capacity has no 'sev'");
    CHECK_SAYS("ret=-25");
    host->capacity.known = FALSE;
    CHECK_RULE("CVM701", domain, host, "");
    host->domcaps.max_guests = 0;
    CHECK_ONLY("CVM701", domain, host, "E");
    CHECK_SAYS("maxGuests 0");
    host->domcaps.max_es_guests = 0; /* libvirt could not tell */
    CHECK_RULE("CVM701", domain, host, "");
    host->domcaps.sev = CVM_NO;
    CHECK_ONLY("CVM701", domain, host, "E");
    CHECK_SAYS("sev supported='no'.");
    host->dev_sev.present = CVM_NO;
    CHECK_ONLY("CVM701", domain, host, "E");
    CHECK_SAYS("/dev/sev is missing");
    host->kvm_amd_sev = CVM_NO;
    CHECK_ONLY("CVM701", domain, host, "E");
    CHECK_SAYS("parameter 'sev' is N");
    CHECK_FIX("'sev=1'");
    host->kvm_amd_sev = CVM_UNKNOWN;
    host->domcaps.virt_type = "qemu";
    CHECK_ONLY("CVM701", domain, host, "E");
    CHECK_SAYS("without KVM");
    CHECK_FIX("--virttype kvm");
}
END_TEST

START_TEST(test_no_es)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV_ES);
    CVM_AUTO(host) *host = make_host();

    host->capacity.sev_es = 0;
    CHECK_ONLY("CVM702", domain, host, "E");
    CHECK_SAYS("misc.capacity has no 'sev_es'");
    CHECK_SAYS("host SEV-ES support unavailable");
    CHECK_FIX("above 1");
    host->kvm_amd_sev_es = CVM_NO;
    CHECK_ONLY("CVM702", domain, host, "E");
    CHECK_SAYS("parameter 'sev_es' is N");
    domain->launch.guest = CVM_GUEST_SEV_SNP;
    CHECK_ONLY("CVM703", domain, host, "E");
    CHECK_SAYS("misc.capacity has no 'sev_es'");
    domain->launch.guest = CVM_GUEST_SEV;
    CHECK_ONLY("CVM701", domain, host, "");
}
END_TEST

START_TEST(test_no_snp)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV_SNP);
    CVM_AUTO(host) *host = make_host();

    host->kvm_amd_sev_snp = CVM_NO;
    CHECK_ONLY("CVM703", domain, host, "E");
    CHECK_SAYS("parameter 'sev_snp' is N.");
    CHECK_SAYS("vm-type SEV-SNP not supported by KVM");
    host->iommu_passthrough = CVM_YES;
    CHECK_ONLY("CVM703", domain, host, "E");
    CHECK_SAYS("IOMMU");
    CHECK_FIX("iommu=pt");
    host->kvm_amd_sev_snp = CVM_UNKNOWN;
    CHECK_ONLY("CVM703", domain, host, "E");
    CHECK_SAYS("IOMMU");
    host->kvm_amd_sev_snp = CVM_YES; /* the kernel knows better */
    CHECK_RULE("CVM703", domain, host, "");

    list_sectypes(host, "sev", NULL);
    CHECK_ONLY("CVM703", domain, host, "E");
    CHECK_SAYS("list no launch security type 'sev-snp'");
    host->qemu_version = CVM_VERSION(8, 2, 0);
    CHECK_ONLY("CVM706", domain, host, "E");
    CHECK_SAYS("QEMU is '8.2.0' and must be '9.1.0'");

    /* a bare file of an old libvirt */
    host->qemu_version = host->libvirt_version = 0;
    host->domcaps.has_sectypes = FALSE;
    host->domcaps.sectypes.items = NULL;
    CHECK_ONLY("CVM703", domain, host, "E");
    CHECK_SAYS("before 10.5");
    CHECK_SAYS("Invalid value for attribute 'type'");
    host->cpu_family = 23;
    host->cpu_model = 49;
    CHECK_ONLY("CVM703", domain, host, "E");
    CHECK_SAYS("older than SEV-SNP");
}
END_TEST

START_TEST(test_es_on_snp_host)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV_ES);
    CVM_AUTO(host) *host = make_host();

    host->sev_api_minor = 57;
    CHECK_RULE("CVM704", domain, host, "");
    host->sev_api_minor = 58;
    CHECK_ONLY("CVM704", domain, host, "E");
    CHECK_SAYS("firmware 1.58");
    host->sev_api_major = 2;
    host->sev_api_minor = 0;
    CHECK_RULE("CVM704", domain, host, "E");
    host->has_sev_firmware = FALSE;
    CHECK_ONLY("CVM704", domain, host, "W");
    host->kvm_amd_sev_snp = CVM_UNKNOWN;
    CHECK_RULE("CVM704", domain, host, "");
    host->kvm_amd_sev_snp = CVM_YES;
    host->kvm_amd_sev_es = CVM_NO;
    CHECK_ONLY("CVM702", domain, host, "E");
}
END_TEST

START_TEST(test_asids)
{
    static const struct {
        enum cvm_guest guest;
        unsigned hidden;
        struct cvm_asids in_use;
        const char *found;
    } cases[] = {
        { CVM_GUEST_SEV, 0, { TRUE, 408, 99 }, "" },
        { CVM_GUEST_SEV, 0, { TRUE, 409, 0 }, "W" },
        { CVM_GUEST_SEV, 0, { TRUE, 410, 0 }, "E" },
        { CVM_GUEST_SEV, 0, { TRUE, 411, 0 }, "E" },
        { CVM_GUEST_SEV, 99, { TRUE, 3, 99 }, "" },
        { CVM_GUEST_SEV_ES, 0, { TRUE, 410, 97 }, "" },
        { CVM_GUEST_SEV_ES, 0, { TRUE, 0, 98 }, "W" },
        { CVM_GUEST_SEV_ES, 0, { TRUE, 0, 99 }, "E" },
        { CVM_GUEST_SEV_SNP, 0, { TRUE, 0, 99 }, "E" },
        { CVM_GUEST_SEV_SNP, 0, { FALSE, 0, 99 }, "" },
        /* 1 to 50 for SEV-SNP, 51 to 99 for SEV-ES */
        { CVM_GUEST_SEV_SNP, 50, { TRUE, 0, 49 }, "" },
        { CVM_GUEST_SEV_SNP, 50, { TRUE, 0, 50 }, "W" },
        { CVM_GUEST_SEV_ES, 50, { TRUE, 0, 48 }, "" },
        { CVM_GUEST_SEV_ES, 50, { TRUE, 0, 49 }, "W" },
        { CVM_GUEST_SEV_ES, 50, { TRUE, 0, 99 }, "E" },
        { CVM_GUEST_SEV_ES, 99, { TRUE, 0, 0 }, "E" },
        { CVM_GUEST_SEV_SNP, 99, { TRUE, 0, 0 }, "" },
        { CVM_GUEST_SEV_SNP, 500, { TRUE, 0, 99 }, "E" },
    };
    CVM_AUTO(host) *host = make_host();

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        CVM_AUTO(domain) *domain = make_domain(cases[i].guest);

        host->has_ciphertext_hiding = TRUE;
        host->ciphertext_hiding_asids = cases[i].hidden;
        host->in_use = cases[i].in_use;
        CHECK_ONLY("CVM705", domain, host, cases[i].found);
    }
}
END_TEST

/* Where the kernel does not count, libvirt's guests do. */
START_TEST(test_asids_by_guests)
{
    static const struct {
        enum cvm_guest guest;
        unsigned hidden;
        struct cvm_running running;
        const char *found;
    } cases[] = {
        { CVM_GUEST_SEV, 0, { TRUE, 409, 99, 99 }, "W" },
        { CVM_GUEST_SEV, 0, { TRUE, 410, 0, 0 }, "E" },
        { CVM_GUEST_SEV_ES, 0, { TRUE, 410, 40, 57 }, "" },
        { CVM_GUEST_SEV_ES, 0, { TRUE, 0, 40, 58 }, "W" },
        { CVM_GUEST_SEV_ES, 0, { TRUE, 0, 40, 59 }, "E" },
        { CVM_GUEST_SEV_SNP, 0, { TRUE, 0, 99, 0 }, "E" },
        { CVM_GUEST_SEV_SNP, 0, { FALSE, 0, 99, 0 }, "" },
        { CVM_GUEST_SEV_SNP, 50, { TRUE, 0, 49, 0 }, "" },
        { CVM_GUEST_SEV_SNP, 50, { TRUE, 0, 0, 50 }, "E" },
    };
    CVM_AUTO(host) *host = make_host();

    host->has_ciphertext_hiding = TRUE;
    host->in_use.known = FALSE;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        CVM_AUTO(domain) *domain = make_domain(cases[i].guest);

        host->ciphertext_hiding_asids = cases[i].hidden;
        host->running = cases[i].running;
        CHECK_ONLY("CVM705", domain, host, cases[i].found);
    }
    /* The kernel also counts guests that other programs run. */
    host->in_use = (struct cvm_asids){ TRUE, 410, 0 };
    host->running = (struct cvm_running){ TRUE, 0, 0, 0 };
    {
        CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV);

        CHECK_ONLY("CVM705", domain, host, "E");
    }
}
END_TEST

START_TEST(test_asids_by_capabilities)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV_ES);
    CVM_AUTO(host) *host = make_host();

    host->capacity.known = FALSE;
    host->in_use.sev_es = 99;
    CHECK_ONLY("CVM705", domain, host, "E");
    CHECK_SAYS("'99' of '99'");
    CHECK_SAYS("ret=-16");
    host->domcaps.has_max_guests = FALSE;
    CHECK_RULE("CVM705", domain, host, "");
    host->domcaps.has_max_guests = TRUE;
    host->in_use.known = FALSE; /* libvirt counts its own guests */
    CHECK_RULE("CVM705", domain, host, "");
    host->running = (struct cvm_running){ .known = TRUE, .sev_es = 9, .sev_snp = 90 };
    CHECK_ONLY("CVM705", domain, host, "E");
    CHECK_SAYS("'99' of '99'");
    host->has_ciphertext_hiding = TRUE;
    host->ciphertext_hiding_asids = 90; /* and which part they are in */
    host->running.sev_snp = 60;
    CHECK_ONLY("CVM705", domain, host, "E");
    CHECK_SAYS("no SEV-ES ASID left: '9' of '9'");
    domain->launch.guest = CVM_GUEST_SEV_SNP;
    CHECK_RULE("CVM705", domain, host, "");
    domain->launch.guest = CVM_GUEST_SEV_ES;
    host->capacity = (struct cvm_asids){ TRUE, 410, 0 }; /* CVM702's */
    CHECK_RULE("CVM705", domain, host, "");
}
END_TEST

START_TEST(test_versions)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV_SNP);
    CVM_AUTO(host) *host = make_host();

    host->sev_api_minor = 49;
    CHECK_ONLY("CVM706", domain, host, "E");
    CHECK_SAYS("the SEV firmware is '1.49' and must be '1.51'");
    host->kernel_version = CVM_VERSION(6, 1, 170);
    CHECK_ONLY("CVM706", domain, host, "E"); /* backported: the parameter is there */
    ck_assert_ptr_null(strstr(check_message, "kernel"));
    host->kvm_amd_sev_snp = CVM_UNKNOWN;
    host->libvirt_version = CVM_VERSION(9, 0, 0);
    host->qemu_version = CVM_VERSION(7, 2, 22);
    host->domcaps.has_sectypes = FALSE;
    host->domcaps.sectypes.items = NULL;
    CHECK_ONLY("CVM706", domain, host, "E");
    CHECK_SAYS("the kernel is '6.1.170' and must be '6.11.0'");
    CHECK_SAYS("QEMU is '7.2.22'");
    CHECK_SAYS("libvirt is '9.0.0' and must be '10.5.0'");
    CHECK_SAYS("Invalid value for attribute 'type'");

    domain->launch.guest = CVM_GUEST_SEV_ES;
    CHECK_RULE("CVM706", domain, host, "");
    host->qemu_version = CVM_VERSION(5, 2, 0);
    CHECK_RULE("CVM706", domain, host, "E");
    CHECK_SAYS("QEMU is '5.2.0' and must be '6.0.0'");
    host->kernel_version = CVM_VERSION(5, 10, 0);
    host->kvm_amd_sev_es = CVM_UNKNOWN;
    CHECK_RULE("CVM706", domain, host, "E");
    CHECK_SAYS("5.11.0");
    domain->launch.guest = CVM_GUEST_SEV;
    CHECK_RULE("CVM706", domain, host, "");
}
END_TEST

START_TEST(test_naples)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV);
    CVM_AUTO(host) *host = make_host();

    host->cpu_family = 23;
    CHECK_ONLY("CVM707", domain, host, "W");
    host->cpu_model = 47;
    CHECK_RULE("CVM707", domain, host, "W");
    host->cpu_model = 48;
    CHECK_RULE("CVM707", domain, host, "");
    host->cpu_model = 1;
    domain->launch.guest = CVM_GUEST_SEV_SNP;
    CHECK_ONLY("CVM703", domain, host, "E");
}
END_TEST

START_TEST(test_sev_device)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV_SNP);
    CVM_AUTO(host) *host = make_host();

    host->dev_sev.mode = 0660;
    CHECK_RULE("CVM708", domain, host, "");
    host->dev_sev.mode = 0666;
    CHECK_ONLY("CVM708", domain, host, "W");
    CHECK_SAYS("'0666'");
    host->dev_sev.mode = 0604;
    CHECK_RULE("CVM708", domain, host, "W");
    host->dev_sev.present = CVM_NO;
    CHECK_ONLY("CVM708", domain, host, "E");
    CHECK_SAYS("No such file or directory");
    host->apparmor = CVM_YES;
    host->apparmor_dev_sev = CVM_NO; /* of what is not there */
    CHECK_ONLY("CVM708", domain, host, "E");
}
END_TEST

START_TEST(test_apparmor)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV);
    CVM_AUTO(host) *host = make_host();

    host->apparmor_dev_sev = CVM_NO;
    CHECK_RULE("CVM708", domain, host, ""); /* whether it is in force is not told */
    host->apparmor = CVM_NO;
    CHECK_RULE("CVM708", domain, host, "");
    host->apparmor = CVM_YES;
    CHECK_ONLY("CVM708", domain, host, "E");
    CHECK_SAYS("Permission denied");
    host->dev_sev.mode = 0666;
    CHECK_RULE("CVM708", domain, host, "EW");
    host->apparmor_dev_sev = CVM_YES;
    CHECK_RULE("CVM708", domain, host, "W");
    domain->launch.guest = CVM_GUEST_NONE;
    CHECK_RULE("CVM708", domain, host, "");
}
END_TEST

START_TEST(test_hugetlbfs)
{
    uint64_t mounts[] = { MIB(2), GIB(1) };
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV);
    CVM_AUTO(host) *host = make_host();

    host->hugetlbfs = mounts;
    GIVE(domain->memory.hugepages, GIB(1));
    CHECK_RULE("CVM506", domain, host, ""); /* not told */
    host->has_hugetlbfs = TRUE;
    CHECK_RULE("CVM506", domain, host, "E");
    CHECK_SAYS("hugetlbfs filesystem is not mounted");
    host->n_hugetlbfs = 1;
    CHECK_RULE("CVM506", domain, host, "E");
    CHECK_SAYS("Unable to find any usable hugetlbfs mount");
    host->n_hugetlbfs = 2;
    CHECK_RULE("CVM506", domain, host, "");
    set_topology(host, 1, 4, 2, GIB(64), MIB(2), 100);
    CHECK_RULE("CVM506", domain, host, "E"); /* mounted, and nothing is in it */
    CHECK_SAYS("only of '2MiB'");
    GIVE(domain->memory.hugepages, 0); /* whatever size the host has */
    CHECK_RULE("CVM506", domain, host, "");
    host->n_hugetlbfs = 0;
    CHECK_RULE("CVM506", domain, host, "E");
    GIVE(domain->memory.hugepages, 4096);
    CHECK_RULE("CVM506", domain, host, "");
}
END_TEST

START_TEST(test_memlock)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV_ES);
    CVM_AUTO(host) *host = make_host();

    host->has_memlock = TRUE;
    host->memlock = GIB(4) - 1;
    CHECK_RULE("CVM709", domain, host, "");
    host->memlock = GIB(4);
    CHECK_ONLY("CVM709", domain, host, "W");
    CHECK_SAYS("'64MiB' for firmware");
    CHECK_RULE("CVM501", domain, host, "");
    host->memlock = GIB(4) + MIB(64);
    CHECK_RULE("CVM709", domain, host, "");
    host->memlock = GIB(4);
    GIVE(domain->memory.locked, TRUE);
    CHECK_RULE("CVM709", domain, host, "");
}
END_TEST

START_TEST(test_vcpus)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV);
    CVM_AUTO(host) *host = make_host();

    GIVE(domain->vcpu.count, 255);
    CHECK_RULE("CVM710", domain, host, "");
    GIVE(domain->vcpu.count, 256);
    CHECK_ONLY("CVM710", domain, host, "E");
    CHECK_SAYS("libvirt '11.3.0'");
    host->libvirt_version = CVM_VERSION(11, 5, 0);
    CHECK_RULE("CVM710", domain, host, "");
    host->libvirt_version = 0;
    CHECK_RULE("CVM710", domain, host, "");
    GIVE(domain->vcpu.count, 1025);
    CHECK_RULE("CVM710", domain, host, "E");
    CHECK_SAYS("the machine 'pc-q35-10.0' offers '1024'");
    GIVE(domain->virt_type, "qemu"); /* the record speaks of KVM */
    CHECK_RULE("CVM710", domain, host, "");
    GIVE(domain->virt_type, "kvm");
    CHECK_RULE("CVM710", domain, host, "E");
    host->domcaps.vcpu_max = 4; /* KVM did not answer libvirt */
    CHECK_RULE("CVM710", domain, host, "");
    host->libvirt_version = CVM_VERSION(11, 3, 0);
    domain->launch.guest = CVM_GUEST_NONE;
    CHECK_RULE("CVM710", domain, host, "");
}
END_TEST

START_TEST(test_stale)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV_ES);
    CVM_AUTO(host) *host = make_host();

    host->caps_cached = 1700000000;
    host->parameters_changed = 1700000000;
    host->capacity.sev_es = 9;
    CHECK_RULE("CVM711", domain, host, "");
    host->parameters_changed++;
    CHECK_ONLY("CVM711", domain, host, "W");
    CHECK_SAYS("2023-11-14 22:13:20 UTC");
    host->capacity.sev_es = 99; /* the numbers agree: only rebooted */
    CHECK_RULE("CVM711", domain, host, "");
    host->capacity.known = FALSE;
    CHECK_RULE("CVM711", domain, host, "W");
    host->caps_cached = 0;
    CHECK_RULE("CVM711", domain, host, "");
}
END_TEST

/* The pages of rules that no bundled host trips show host records instead: each must read, and
 * draw what its page says. */
START_TEST(test_records_of_pages)
{
    static const struct {
        const char *id;
        enum cvm_guest guest;
        const char *found; /* one severity a block */
    } pages[] = {
        { "CVM704", CVM_GUEST_SEV_ES, "EW" },   { "CVM705", CVM_GUEST_SEV_SNP, "EWE" },
        { "CVM706", CVM_GUEST_SEV_SNP, "E" },   { "CVM707", CVM_GUEST_SEV, "W" },
        { "CVM708", CVM_GUEST_SEV_SNP, "EWE" }, { "CVM711", CVM_GUEST_SEV_ES, "W" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) {
        CVM_AUTO(domain) *domain = make_domain(pages[i].guest);
        g_auto(GStrv) blocks = g_strsplit(cvm_rule_page(pages[i].id), "```xml\n", 0);

        ck_assert_uint_eq(g_strv_length(blocks) - 1, strlen(pages[i].found));
        for (unsigned j = 1; blocks[j]; j++) {
            size_t size = (size_t)(strstr(blocks[j], "```") - blocks[j]);
            const char severity[2] = { pages[i].found[j - 1] };
            g_autoptr(GError) error = NULL;
            CVM_AUTO(host) *host = cvm_host_parse(pages[i].id, blocks[j], size, &error);

            ck_assert_msg(host, "%s: %s", pages[i].id, error ? error->message : "");
            CHECK_ONLY(pages[i].id, domain, host, severity);
        }
    }
}
END_TEST

UNIT_MAIN("rules_host", test_good_and_unknown_hosts, test_other_vendor, test_no_sev, test_no_es,
          test_no_snp, test_es_on_snp_host, test_asids, test_asids_by_guests,
          test_asids_by_capabilities, test_versions, test_naples, test_sev_device, test_apparmor,
          test_hugetlbfs, test_memlock, test_vcpus, test_stale, test_records_of_pages)
