/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What only the machine itself tells: CPUID, registers, and the SEV firmware's status. Nothing is
 * asked for that changes anything. */
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "capture/files.h"
#include "capture/files_sev.h"

#if defined(__x86_64__)

#include <cpuid.h>

static gboolean
is_amd(void)
{
    unsigned eax, ebx, ecx, edx;
    char vendor[13] = "";

    if (!__get_cpuid(0, &eax, &ebx, &ecx, &edx)) {
        return FALSE;
    }
    memcpy(vendor, &ebx, 4);
    memcpy(vendor + 4, &edx, 4);
    memcpy(vendor + 8, &ecx, 4);
    return g_str_equal(vendor, "AuthenticAMD") || g_str_equal(vendor, "HygonGenuine");
}

static void
take_cpuid(struct cvm_host *host)
{
    struct cvm_cpuid *cpuid = &host->cpuid_sev;

    cpuid->known = __get_cpuid(0x8000001f, &cpuid->eax, &cpuid->ebx, &cpuid->ecx, &cpuid->edx) != 0;
}

#else

static gboolean
is_amd(void)
{
    return FALSE;
}

static void
take_cpuid(struct cvm_host *host G_GNUC_UNUSED)
{
}

#endif

/* For root alone, and where the module msr is loaded; a register that the processor has not is
 * EIO. Numbers: AMD's manual 24593, appendix A. */
static void
take_registers(struct cvm_files *files)
{
    static const struct {
        const char *name;
        off_t number;
    } registers[] = { { "SYSCFG", 0xc0010010 },
                      { "HWCR", 0xc0010015 },
                      { "RMP_BASE", 0xc0010132 },
                      { "RMP_END", 0xc0010133 } };
    struct cvm_host *host = files->host;
    int fd = open("/dev/cpu/0/msr", O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0) {
        return;
    }
    host->msrs = cvm_arena_array(files->arena, struct cvm_msr, G_N_ELEMENTS(registers));
    for (size_t i = 0; i < G_N_ELEMENTS(registers); i++) {
        uint64_t value;

        if (pread(fd, &value, sizeof value, registers[i].number) == sizeof value) {
            host->msrs[host->n_msrs++] =
                (struct cvm_msr){ .name = registers[i].name, .value = value };
        }
    }
    close(fd);
}

/* struct sev_issue_cmd of linux/psp-sev.h, whose SNP part older headers lack; _IOWR('S', 0, …). */
struct issue_cmd {
    uint32_t command;
    uint64_t data;
    uint32_t error;
} __attribute__((packed));

enum { PLATFORM_STATUS = 1, SNP_PLATFORM_STATUS = 9 };

/* Both commands only ask (drivers/crypto/ccp/sev-dev.c). */
static gboolean
ask(int fd, uint32_t command, void *answer)
{
    struct issue_cmd request = { .command = command, .data = (uint64_t)(uintptr_t)answer };

    return ioctl(fd, _IOWR('S', 0x0, struct issue_cmd), &request) == 0;
}

static void
take_platform(struct cvm_host *host)
{
    uint8_t status[CVM_SEV_STATUS_SIZE] = { 0 }, snp_status[CVM_SNP_STATUS_SIZE] = { 0 };
    int fd = open("/dev/sev", O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0) {
        return;
    }
    if (ask(fd, PLATFORM_STATUS, status)) {
        cvm_sev_take_status(host, status);
    } else if (host->kvm_amd_sev_snp == CVM_YES && ask(fd, SNP_PLATFORM_STATUS, snp_status)) {
        /* Only then SNP is initialised: where it is not, some kernel might do it for us. */
        cvm_sev_take_snp_status(host, snp_status);
    }
    close(fd);
}

void
cvm_files_take_machine(struct cvm_files *files)
{
    if (files->here && is_amd()) {
        take_cpuid(files->host);
        take_registers(files);
        take_platform(files->host);
    }
}
