/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The checks of a host: each fails (or does what is its worst), passes and stays unknown. */
#include <string.h>

#include "messages/messages.h"
#include "read/read.h"
#include "readiness/readiness.h"
#include "unit.h"
#include "util/number.h"

/* ---- pieces of records ---- */

#define CPU(flags) "<processor family='25' model='17' flags='" flags "'>AMD EPYC 9654</processor>"
#define CPUID(eax, ecx, edx)                                                                       \
    "<cpuid leaf='0x8000001f' eax='" eax "' ebx='0x173' ecx='" ecx "' edx='" edx "'/>"
#define MSR(name, value) "<msr name='" name "' value='" value "'/>"
#define PARAMETER(name, value)                                                                     \
    "<module name='kvm_amd'><parameter name='" name "'>" value "</parameter></module>"
#define SAID(line) "<kernel><message>" line "</message></kernel>"
#define OPTION(option) "<kernel><option>" option "</option></kernel>"
#define VERSION(of, number) "<versions><" of ">" number "</" of "></versions>"
#define FIRMWARE(api) "<versions><sevFirmware api='" api "'/></versions>"
#define MISC(capacity, current) "<misc><capacity " capacity "/><current " current "/></misc>"
#define DEVICE(path, rest) "<device path='" path "' " rest "/>"
#define SEV_WITH(sev, es)                                                                          \
    "<sev supported='yes'><cbitpos>51</cbitpos><reducedPhysBits>1</reducedPhysBits>"               \
    "<maxGuests>" sev "</maxGuests><maxESGuests>" es "</maxESGuests></sev>"
#define SEV_YES SEV_WITH("410", "99")
#define SEV_NO "<sev supported='no'/>"
#define SECTYPES(values)                                                                           \
    "<launchSecurity supported='yes'><enum name='sectype'>" values "</enum></launchSecurity>"
#define DOMCAPS(domain, features)                                                                  \
    "<domainCapabilities><path>/usr/bin/qemu-system-x86_64</path><domain>" domain                  \
    "</domain><machine>pc-q35-10.0</machine><arch>x86_64</arch><features>" features                \
    "</features></domainCapabilities>"
#define IMAGE(sections)                                                                            \
    "<firmware><image path='/OVMF.fd' size='4194304' guidTable='yes' variableStore='yes'>"         \
    "<resetBlock address='0x80b004'/>" sections "</image></firmware>"
#define METADATA "<metadata><section type='1' address='0x800000' size='0x9000'/></metadata>"
#define POOLS                                                                                      \
    "<capabilities><host><topology><cells num='1'><cell id='0'><memory unit='KiB'>1048576"         \
    "</memory><pages unit='KiB' size='1048576'>4</pages><cpus num='1'><cpu id='0' "                \
    "socket_id='0' die_id='0' core_id='0' siblings='0'/></cpus></cell></cells></topology></host>"  \
    "</capabilities>"

static struct cvm_host *
make_host(const char *pieces)
{
    g_autofree char *text = g_strdup_printf(
        "<?xml version='1.0'?><cvmdomHost version='1' name='test'>%s</cvmdomHost>", pieces);
    g_autoptr(GError) error = NULL;
    struct cvm_host *host = cvm_host_parse("test.xml", text, strlen(text), &error);

    ck_assert_msg(host, "%s: %s", pieces, error ? error->message : "?");
    return host;
}

static const struct cvm_host_check *
find_check(const char *id)
{
    const struct cvm_host_check *check;

    for (unsigned i = 0; (check = cvm_host_check_at(i)); i++) {
        if (g_str_equal(check->id, id)) {
            return check;
        }
    }
    ck_abort_msg("there is no check '%s'", id);
}

/* ---- each check ---- */

#define U CVM_CHECK_UNKNOWN
#define P CVM_CHECK_PASSED
#define N CVM_CHECK_NOTED
#define W CVM_CHECK_WARNED
#define F CVM_CHECK_FAILED

static const struct {
    const char *id;
    enum cvm_check_state state;
    const char *host; /* pieces of a record */
    const char *says; /* in the fact or the remedy */
} cases[] = {
    { "virtual-machine", F, CPU("hypervisor svm"), "itself a virtual machine" },
    { "virtual-machine", N, CPU("hypervisor") PARAMETER("sev", "Y"), "sees SEV all the same" },
    { "virtual-machine", P, CPU("sev svm"), "no virtual machine" },
    { "processor", F, "<processor family='6' model='85'>Intel(R) Xeon(R)</processor>", "Xeon" },
    { "processor", F, "<processor>Intel(R) Xeon(R)</processor>" DOMCAPS("kvm", SEV_YES), "Xeon" },
    { "processor", W, "<processor family='25' model='33'>AMD Ryzen 9 5950X</processor>", "Ryzen" },
    { "processor", P, CPU(""), "AMD EPYC 9654 (family 25, model 17)" },
    { "processor-generation", W, "<processor family='23' model='1'/>", "15 encrypted guests" },
    { "processor-generation", P, "<processor family='23' model='49'/>", "no first-generation" },
    { "cpu-sev", F, CPUID("0x1", "0", "0"), "no 'sev'" },
    { "cpu-sev", P, CPUID("0x2", "0", "0"), "has 'sev'" },
    { "cpu-sev-es", F, CPUID("0x3", "15", "1"), "no 'sev_es'" },
    { "cpu-sev-es", P, CPU("sev sev_es"), "has 'sev_es'" },
    { "cpu-sev-snp", F, CPUID("0xb", "509", "100"), "no 'sev_snp'" },
    { "cpu-sev-snp", F, "<processor family='23' model='49'/>", "older than SEV-SNP" },
    { "cpu-sev-snp", P, CPUID("0x1f", "509", "100"), "has 'sev_snp'" },
    { "cpu-sev-snp", U, "<processor family='25' model='1'/>", "not recorded" },
    { "bios-smee", F, MSR("SYSCFG", "0x740000"), "off in the BIOS" },
    { "bios-smee", F, SAID("ccp: SEV: memory encryption not enabled by BIOS"), "the kernel said" },
    { "bios-smee", F, CPU("svm") CPUID("0x1f", "509", "100"), "does not show the CPU flag 'sev'" },
    { "bios-smee", F, CPU("svm"), "does not show the CPU flag 'sev'" },
    { "bios-smee", U, CPU("svm") CPUID("0x1", "0", "0"), "not recorded" },
    { "bios-smee", U, CPU("svm") MSR("HWCR", "0x10"), "not recorded" },
    { "bios-smee", P, MSR("SYSCFG", "0xf40000"), "on in the BIOS" },
    { "bios-smee", P, CPU("sev"), "flag 'sev'" },
    { "bios-smee", P, PARAMETER("sev", "Y"), "KVM has SEV on" },
    { "bios-smm-lock", F, MSR("HWCR", "0x9000010"), "has not locked SMM" },
    { "bios-smm-lock", P, MSR("HWCR", "0x9000011"), "has locked SMM" },
    { "bios-smm-lock", P, CPU("sev"), "flag 'sev'" },
    { "bios-rmp", F, MSR("RMP_BASE", "0x0") MSR("RMP_END", "0x0"), "no memory" },
    { "bios-rmp", F, SAID("SEV-SNP: Memory for the RMP table has not been reserved by BIOS"),
      "Switch SNP memory coverage on" },
    { "bios-rmp", P, MSR("RMP_BASE", "0x3f000000") MSR("RMP_END", "0x7effffff"), "has reserved" },
    { "bios-rmp", P, MSR("RMP_BASE", "0x3f000000") MSR("RMP_END", "0x0"), "has reserved" },
    { "bios-asid-limit", F, CPUID("0x1f", "509", "1"), "begin at 1" },
    { "bios-asid-limit", F, CPUID("0x1f", "509", "510"), "beyond the last one '509'" },
    { "bios-asid-limit", P, CPUID("0x1f", "509", "100"), "from '100' to '509'" },
    { "sev-firmware", F, SAID("ccp: SEV: failed to INIT error 0x3"), "INVALID_CONFIG (3)" },
    { "sev-firmware", F, SAID("ccp: sev command 0x1 timed out, disabling PSP"), "stopped answer" },
    { "sev-firmware", F, SAID("ccp: SEV: DF_FLUSH failed 0x1, rc -5"), "refused the command" },
    { "sev-firmware", N, "<sevPlatform state='uninit' guests='0'/>", "not initialised yet" },
    { "sev-firmware", N,
      SAID("ccp: SEV: failed to INIT error 0x1") "<sevPlatform state='init' guests='0'/>",
      "failed to INIT" },
    { "sev-firmware", P, "<sevPlatform state='working' guests='2'/>", "is initialised" },
    { "sev-firmware-es-memory", F, SAID("SEV: TMR allocation failed, SEV-ES support unavailable"),
      "Reboot the host" },
    { "sev-firmware-es-memory", P, SAID("kvm_amd: SEV enabled (ASIDs 100 - 509)"), "no failure" },
    { "sev-firmware-es-beside-snp", F, PARAMETER("sev_snp", "Y") FIRMWARE("1.58"), "'1.58'" },
    { "sev-firmware-es-beside-snp", W, PARAMETER("sev_snp", "Y"), "version is not recorded" },
    { "sev-firmware-es-beside-snp", P, PARAMETER("sev_snp", "Y") FIRMWARE("1.57"), "nothing" },
    { "sev-firmware-es-beside-snp", P, PARAMETER("sev_snp", "N"), "nothing" },
    { "sev-firmware-version", F, FIRMWARE("1.49"), "wants '1.51'" },
    { "sev-firmware-version", F, SAID("ccp: SEV-SNP support requires firmware version &gt;= 1:51"),
      "must be 1:51 or newer" },
    { "sev-firmware-version", P, FIRMWARE("1.51"), "'1.51'" },
    { "sev-firmware-version", P, PARAMETER("sev_snp", "Y") SAID("SEV-SNP: ok"), "not find" },
    { "sev-firmware-snp", F, SAID("ccp: SEV-SNP: failed to INIT rc -5, error 0x3"), "EIO (-5)" },
    { "sev-firmware-snp", P, SAID("SEV-SNP: RMP table physical range"), "no failure" },
    { "snp-enabled", F, MSR("SYSCFG", "0xf40000"), "bit 24" },
    { "snp-enabled", P, MSR("SYSCFG", "0x1f40000"), "switched SEV-SNP on" },
    { "kernel-sev", F, VERSION("kernel", "4.15.0"), "wants '4.16.0'" },
    { "kernel-sev", P, VERSION("kernel", "6.1.0"), "'6.1.0'" },
    { "kernel-sev-es", F, VERSION("kernel", "5.10.0"), "wants '5.11.0'" },
    { "kernel-sev-es", P, VERSION("kernel", "6.1.0"), "'6.1.0'" },
    { "kernel-sev-snp", F, VERSION("kernel", "6.1.0"), "wants '6.11.0'" },
    { "kernel-sev-snp", P, VERSION("kernel", "6.1.0") PARAMETER("sev_snp", "Y"), "KVM has" },
    { "module-ccp", F, "<module name='ccp' loaded='no'/>", "not loaded" },
    { "module-ccp", P, "<module name='ccp'/>", "is loaded" },
    { "module-kvm-amd", F, "<module name='kvm_amd' loaded='no'/>", "modprobe kvm_amd" },
    { "module-kvm-amd", F, "<module name='kvm_amd' loaded='no'/>" DOMCAPS("kvm", SEV_YES), "not" },
    { "module-kvm-amd", P, PARAMETER("sev", "N"), "is loaded" },
    { "iommu", F, "<iommu passthrough='yes'/>", "passes everything through" },
    { "iommu", F, "<iommu enabled='no'/>", "is off" },
    { "iommu", F, OPTION("iommu=pt"), "Remove 'iommu=pt'" },
    { "iommu", F, OPTION("amd_iommu=force_isolation,pgtbl_v2"), "pgtbl_v2" },
    { "iommu", F,
      SAID("AMD-Vi: SNP: IOMMU disabled or configured in passthrough mode, SNP cannot be "
           "supported."),
      "Remove iommu=pt" },
    { "iommu", F,
      SAID("AMD-Vi: SNP: IOMMU is configured with V2 page table mode, SNP cannot be supported."),
      "pgtbl_v2" },
    { "iommu", F, SAID("AMD-Vi: SNP: IOMMU SNP feature not enabled, SNP cannot be supported."),
      "IOMMU on in the BIOS" },
    { "iommu", P, "<iommu enabled='yes' passthrough='no'/>", "translates" },
    { "iommu", P, "<iommu passthrough='yes'/>" PARAMETER("sev_snp", "Y"), "KVM has SEV-SNP on" },
    { "kvm-amd-sev", F, PARAMETER("sev", "N"), "'sev' is N" },
    { "kvm-amd-sev", F, OPTION("kvm_amd.sev=0"), "Remove 'kvm_amd.sev=0'" },
    { "kvm-amd-sev", P, PARAMETER("sev", "1"), "'sev' is Y" },
    { "kvm-amd-sev", P, DOMCAPS("kvm", SEV_YES), "capabilities say that SEV is on" },
    { "kvm-amd-sev-es", F, PARAMETER("sev_es", "N"), "ASID Space Limit" },
    { "kvm-amd-sev-es", P, PARAMETER("sev_es", "Y"), "is Y" },
    { "kvm-amd-sev-snp", F, PARAMETER("sev_snp", "N"), "RMP table" },
    { "kvm-amd-sev-snp", P, PARAMETER("sev_snp", "Y"), "is Y" },
    { "sme", N, OPTION("mem_encrypt=on"), "command line" },
    { "sme", P, OPTION("iommu=nopt"), "is not" },
    { "dev-kvm", F, DEVICE("/dev/kvm", "present='no'"), "no /dev/kvm" },
    { "dev-kvm", W,
      DEVICE("/dev/kvm",
             "mode='0660' owner='root' group='kvm'") "<qemuUser user='qemu' group='qemu'/>",
      "'root:kvm' with mode '0660', and QEMU runs as 'qemu:qemu'" },
    { "dev-kvm", P,
      DEVICE("/dev/kvm",
             "mode='0660' owner='root' group='kvm'") "<qemuUser user='libvirt-qemu' group='kvm'/>",
      "there is" },
    { "dev-sev", F, DEVICE("/dev/sev", "present='no'"), "no /dev/sev" },
    { "dev-sev", W, DEVICE("/dev/sev", "mode='0666' owner='root' group='root'"), "udev rule" },
    { "dev-sev", P, DEVICE("/dev/sev", "mode='0600' owner='root' group='root'"), "there is" },
    { "apparmor", F, "<apparmor enabled='yes' devSev='no'/>", "/dev/sev rw," },
    { "apparmor", P, "<apparmor enabled='yes' devSev='yes'/>", "lets QEMU open" },
    { "apparmor", P, "<apparmor enabled='no'/>", "not in force" },
    { "asids-sev", F, MISC("sev_es='509'", "sev_es='0'"), "misc.capacity has no 'sev'" },
    { "asids-sev", F, CPUID("0x1f", "509", "510"), "CPUID leaves not one" },
    { "asids-sev", F, DOMCAPS("kvm", SEV_WITH("0", "99")), "say maxGuests 0" },
    { "asids-sev-es", F, DOMCAPS("kvm", SEV_WITH("509", "0")), "say maxESGuests 0" },
    { "asids-sev", P, DOMCAPS("kvm", SEV_YES), "'410'" },
    { "asids-sev", P, CPUID("0x1f", "509", "100"), "'410'" },
    { "asids-sev", U, MISC("", "") PARAMETER("sev", "N"), "not recorded" },
    { "asids-sev-es", F, MISC("sev='509'", "sev='0'"), "SEV-ES ASID Space Limit" },
    { "asids-sev-es", P, MISC("sev='410' sev_es='99'", "sev='0'"), "'99'" },
    { "asids-sev-snp", F, MISC("sev='509'", "sev='0'"), "not one ASID" },
    { "asids-sev-snp", P, CPUID("0x1f", "509", "100"), "'99'" },
    { "ciphertext-hiding", F,
      MISC("sev='410' sev_es='99'", "") PARAMETER("ciphertext_hiding_asids", "99"), "all '99'" },
    { "ciphertext-hiding", N,
      MISC("sev='410' sev_es='99'", "") PARAMETER("ciphertext_hiding_asids", "50"),
      "'50' ASIDs to SEV-SNP and '49' to SEV-ES" },
    { "ciphertext-hiding", N, PARAMETER("ciphertext_hiding_asids", "50"), "keeps '50'" },
    { "ciphertext-hiding", P, PARAMETER("ciphertext_hiding_asids", "0"), "one pool" },
    { "cgroup-misc", N, "<cgroup controllers='cpuset cpu io memory'/>", "nobody counts" },
    { "cgroup-misc", P, "<cgroup controllers='cpuset cpu io memory misc'/>", "counts" },
    { "free-sev", F, MISC("sev='410' sev_es='99'", "sev='410'"), "'410' of '410'" },
    { "free-sev", W, MISC("sev='410' sev_es='99'", "sev='409'"), "one ASID is left" },
    { "free-sev", P, MISC("sev='410' sev_es='99'", "sev='408'"), "'408' of '410'" },
    { "free-sev", P, DOMCAPS("kvm", SEV_YES) "<guests sev='7'/>", "'7' of '410'" },
    { "free-sev-es", F, MISC("sev='410' sev_es='99'", "sev_es='99'"), "no ASID is left" },
    { "free-sev-es", F, DOMCAPS("kvm", SEV_YES) "<guests sev_es='90' sev_snp='9'/>", "'99'" },
    { "free-sev-es", P, MISC("sev='410' sev_es='99'", "sev_es='9'"), "'9' of '99'" },
    { "free-sev-snp", F, MISC("sev='410' sev_es='99'", "sev_es='99'"), "no ASID is left" },
    { "free-sev-snp", W,
      MISC("sev='410' sev_es='99'", "sev_es='60'") PARAMETER("ciphertext_hiding_asids", "50"),
      "may be left" },
    { "free-sev-snp", F,
      MISC("sev='410' sev_es='99'", "sev_es='60'") "<guests sev_es='10' sev_snp='50'/>" PARAMETER(
          "ciphertext_hiding_asids", "50"),
      "no ASID is left" },
    { "free-sev-snp", P,
      MISC("sev='410' sev_es='99'", "sev_es='60'") "<guests sev_es='30' sev_snp='30'/>" PARAMETER(
          "ciphertext_hiding_asids", "50"),
      "in use" },
    { "memlock", W, "<memlock limit='67108864'/>", "'64MiB'" },
    { "memlock", P, "<memlock limit='infinity'/>", "all the memory" },
    { "libvirt-sev", F, VERSION("libvirt", "4.4.0"), "wants '4.5.0'" },
    { "libvirt-sev", P, VERSION("libvirt", "9.0.0"), "'9.0.0'" },
    { "libvirt-sev-es", F, VERSION("libvirt", "4.4.0"), "wants '4.5.0'" },
    { "libvirt-sev-es", P, VERSION("libvirt", "9.0.0"), "'9.0.0'" },
    { "libvirt-sev-snp", F, VERSION("libvirt", "9.0.0"), "wants '10.5.0'" },
    { "libvirt-sev-snp", P, DOMCAPS("kvm", SEV_YES SECTYPES("<value>sev-snp</value>")), "show" },
    { "qemu-sev", F, VERSION("qemu", "2.11.0"), "wants '2.12.0'" },
    { "qemu-sev", P, VERSION("qemu", "7.2.0"), "'7.2.0'" },
    { "qemu-sev-es", F, VERSION("qemu", "5.2.0"), "wants '6.0.0'" },
    { "qemu-sev-es", P, VERSION("qemu", "7.2.0"), "'7.2.0'" },
    { "qemu-sev-snp", F, VERSION("qemu", "9.0.0"), "wants '9.1.0'" },
    { "qemu-sev-snp", P, VERSION("qemu", "10.0.0"), "'10.0.0'" },
    { "libvirt-kvm", F, DOMCAPS("qemu", SEV_NO), "--virttype kvm" },
    { "libvirt-kvm", P, DOMCAPS("kvm", SEV_NO), "speak of KVM" },
    { "libvirt-offer", F, DOMCAPS("kvm", SEV_NO), "supported='no'" },
    { "libvirt-offer", F, DOMCAPS("kvm", SEV_NO) DEVICE("/dev/sev", "present='no'"), "missing" },
    { "libvirt-offer", P, DOMCAPS("kvm", SEV_YES), "supported='yes'" },
    { "libvirt-offer-snp", F, DOMCAPS("kvm", SEV_YES SECTYPES("<value>sev</value>")), "no launch" },
    { "libvirt-offer-snp", F, DOMCAPS("kvm", SEV_YES), "before 10.5" },
    { "libvirt-offer-snp", F, DOMCAPS("kvm", SEV_YES) VERSION("libvirt", "11.3.0"), "before 10.5" },
    { "libvirt-offer-snp", U,
      DOMCAPS("kvm", SEV_YES SECTYPES("<value>sev</value>")) VERSION("qemu", "8.2.0"), "" },
    { "libvirt-offer-snp", P, DOMCAPS("kvm", SEV_YES SECTYPES("<value>sev-snp</value>")), "list" },
    { "libvirt-cache", W, "<times capabilitiesCached='1700000000' parametersChanged='1700000001'/>",
      "2023-11-14 22:13:20 UTC" },
    { "libvirt-cache", P, "<times capabilitiesCached='1700000001' parametersChanged='1700000000'/>",
      "as new as" },
    { "cbitpos", W,
      DOMCAPS("kvm", "<sev supported='yes'><cbitpos>47</cbitpos></sev>")
          CPUID("0x1f", "509", "100"),
      "'47', and CPUID says '51'" },
    { "cbitpos", P, DOMCAPS("kvm", SEV_YES) CPUID("0x1f", "509", "100"), "'51'" },
    { "ovmf-sev", F, IMAGE(""), "none of its firmware" },
    { "ovmf-sev", P, IMAGE(METADATA), "'/OVMF.fd' is fit for SEV" },
    { "ovmf-sev-es", F, IMAGE(""), "ovmf" },
    { "ovmf-sev-es", P, IMAGE(METADATA), "fit for SEV-ES" },
    { "ovmf-sev-snp", F, IMAGE(""), "/etc/qemu/firmware" },
    { "ovmf-sev-snp", P, IMAGE(METADATA), "fit for SEV-SNP" },
    { "hugepages", N, POOLS "<hugetlbfs><mount unit='KiB' size='2048'/></hugetlbfs>", "'1GiB'" },
    { "hugepages", P, POOLS "<hugetlbfs><mount unit='KiB' size='1048576'/></hugetlbfs>", "can" },
    { "smt", N, "<smt active='yes'/>", "bit 16" },
    { "smt", P, "<smt active='no'/>", "off" },
};

START_TEST(test_case)
{
    CVM_AUTO(host) *host = make_host(cases[_i].host);
    CVM_AUTO(arena) *texts = cvm_arena_new();
    const struct cvm_host_check *check = find_check(cases[_i].id);
    struct cvm_verdict verdict = cvm_host_judge(host, check, CVM_GUEST_AMD, texts);
    struct cvm_verdict quiet = cvm_host_judge(host, check, CVM_GUEST_AMD, NULL);
    g_autofree char *said = g_strdup_printf("%s / %s", verdict.fact, verdict.fix);

    ck_assert_msg(verdict.state == cases[_i].state && strstr(said, cases[_i].says),
                  "%s on %s: %s: %s", check->id, cases[_i].host,
                  cvm_check_state_name(verdict.state), said);
    ck_assert_int_eq(quiet.state, verdict.state);
    ck_assert_uint_eq(quiet.types, verdict.types);
    ck_assert_ptr_null(quiet.fact);
    /* What stands in the way says how to mend it; facts are clauses, remedies sentences. */
    ck_assert(verdict.state < CVM_CHECK_WARNED || verdict.fix);
    ck_assert(!g_str_has_suffix(verdict.fact, "."));
    ck_assert(!verdict.fix || g_str_has_suffix(verdict.fix, "."));
}
END_TEST

static gboolean
has_case(const char *id, gboolean passed)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        if (g_str_equal(cases[i].id, id) && (passed ? cases[i].state == P : cases[i].state > P)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* The least versions stand in the titles, too, for the page on checks. */
static void
check_title(const struct cvm_host_check *check, const char *prefix, unsigned version)
{
    g_autofree char *text = cvm_version_format(version);
    g_autofree char *end = g_strdup_printf(" (%.*s)", (int)strlen(text) - 2, text);

    if (g_str_has_prefix(check->id, prefix)) {
        ck_assert_msg(g_str_has_suffix(check->title, end), "%s: %s", check->id, end);
    }
}

START_TEST(test_titles)
{
    static const enum cvm_guest guests[] = { CVM_GUEST_SEV, CVM_GUEST_SEV_ES, CVM_GUEST_SEV_SNP };
    const struct cvm_host_check *check;

    for (unsigned i = 0; (check = cvm_host_check_at(i)); i++) {
        for (size_t g = 0; g < G_N_ELEMENTS(guests); g++) {
            const struct cvm_guest_info *info = cvm_guest_info(guests[g]);

            if (check->types == guests[g]) {
                check_title(check, "kernel-", info->min_kernel);
                check_title(check, "libvirt-sev", info->min_libvirt);
                check_title(check, "qemu-", info->min_qemu);
            }
        }
    }
}
END_TEST

/* Every check has passed and not passed above, and knows nothing of a host that tells nothing. */
START_TEST(test_table)
{
    CVM_AUTO(host) *empty = make_host("");
    CVM_AUTO(arena) *texts = cvm_arena_new();
    const struct cvm_host_check *check;

    for (unsigned i = 0; (check = cvm_host_check_at(i)); i++) {
        struct cvm_verdict verdict = cvm_host_judge(empty, check, CVM_GUEST_AMD, texts);

        ck_assert_ptr_eq(find_check(check->id), check); /* no other one has its id */
        ck_assert_msg(has_case(check->id, TRUE), "%s never passes", check->id);
        ck_assert_msg(has_case(check->id, FALSE), "%s never fails", check->id);
        ck_assert_msg(verdict.state == CVM_CHECK_UNKNOWN, "%s", check->id);
        ck_assert(strstr(verdict.fact, check->source));
        ck_assert(check->types && !(check->types & ~(unsigned)CVM_GUEST_AMD));
        ck_assert(!check->myth || g_str_has_suffix(check->myth, "."));
    }
}
END_TEST

static gboolean
is_said(const struct cvm_message *message, const struct cvm_host *host)
{
    struct cvm_match match;

    for (unsigned p = 0; p < CVM_MESSAGE_PATTERNS && message->patterns[p]; p++) {
        if (host->kernel_messages.count > 0 &&
            cvm_match(message->patterns[p], host->kernel_messages.items[0], &match)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Whatever the kernel says of a host without SEV makes some check fail. */
START_TEST(test_kernel_messages)
{
    for (const struct cvm_message *message = cvm_messages_kernel; message->id; message++) {
        gboolean found = FALSE;

        for (size_t i = 0; i < G_N_ELEMENTS(cases) && !found; i++) {
            CVM_AUTO(host) *host = make_host(cases[i].host);

            found = cases[i].state == F && is_said(message, host);
        }
        ck_assert_msg(found, "%s", message->id);
    }
}
END_TEST

START_TEST(test_types)
{
    CVM_AUTO(host) *es = make_host(CPUID("0x1f", "509", "1"));
    CVM_AUTO(host) *plain = make_host(CPUID("0x1f", "509", "510"));
    const struct cvm_host_check *check = find_check("bios-asid-limit");

    ck_assert_uint_eq(cvm_host_judge(es, check, CVM_GUEST_AMD, NULL).types, CVM_GUEST_STATE);
    ck_assert_uint_eq(cvm_host_judge(plain, check, CVM_GUEST_AMD, NULL).types, CVM_GUEST_SEV);
    ck_assert_ptr_null(cvm_host_lack(es, CVM_GUEST_SEV));
    ck_assert_str_eq(cvm_host_lack(es, CVM_GUEST_SEV_ES)->id, "bios-asid-limit");
    ck_assert_ptr_null(cvm_host_lack(plain, CVM_GUEST_SEV_SNP));
    ck_assert_str_eq(cvm_host_lack(plain, CVM_GUEST_SEV)->id, "bios-asid-limit");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("readiness");
    TCase *each = tcase_create("each");
    TCase *all = tcase_create("all");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_loop_test(each, test_case, 0, (int)G_N_ELEMENTS(cases));
    tcase_add_test(all, test_table);
    tcase_add_test(all, test_titles);
    tcase_add_test(all, test_kernel_messages);
    tcase_add_test(all, test_types);
    suite_add_tcase(suite, each);
    suite_add_tcase(suite, all);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
