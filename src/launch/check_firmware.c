/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CVM801 to CVM806 and CVM811: the files that are measured, and what the firmware says of itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "launch/check.h"
#include "util/i18n.h"
#include "util/number.h"

enum {
    PAGE = 4096,
    BIOS_UNIT = 64 << 10, /* QEMU, hw/i386/x86-common.c, x86_bios_rom_init */
    FLASH_MAX = 8 << 20,  /* QEMU, hw/i386/pc_sysfw.c, FLASH_SIZE_LIMIT */
    /* the table of three hashes, padded: QEMU, target/i386/sev.c, PaddedSevHashTable */
    HASHES_SIZE = 176,
};

static const struct cvm_os *
os_of(const struct cvm_launch_check *check)
{
    return &check->check.domain->os;
}

/* Where the document names the firmware, or asks libvirt to choose one. */
static const struct cvm_from *
firmware_place(const struct cvm_launch_check *check)
{
    const struct cvm_os *os = os_of(check);

    if (cvm_is_set(os->loader)) {
        return &os->loader.from;
    }
    return cvm_is_set(os->firmware) ? &os->firmware.from : &os->from;
}

/* ---- 801 ---- */

/* Why a file cannot be measured, in the words of the system; NULL when it can be read. */
static const char *
say_unreadable(const char *path)
{
    struct stat status;

    if (stat(path, &status) < 0) {
        return g_strerror(errno);
    }
    if (!S_ISREG(status.st_mode)) {
        return _("not a regular file");
    }
    return access(path, R_OK) < 0 ? g_strerror(errno) : NULL;
}

/* libvirt hands the document's paths to QEMU as they are, which takes relative ones from a folder
 * that is not this one. Those of the command line are this program's own. */
static gboolean
is_relative(const struct cvm_text *named, const char *path)
{
    return cvm_is_set(*named) && path == named->value && !g_path_is_absolute(path);
}

static void
report_file(struct cvm_launch_check *check, const struct cvm_from *place,
            const struct cvm_text *named, const char *what, const char *path, const char *option)
{
    const char *why;

    g_assert(path);
    why = is_relative(named, path)
              ? _("it is relative to the folder that QEMU runs in, which is not known")
              : say_unreadable(path);
    if (why) {
        cvm_fix(cvm_report(&check->check, place,
                           _("%1$s '%2$s' is measured, but not at hand: %3$s."), what, path, why),
                _("Measure where the file is, or give a copy of it by '%s'."), option);
    }
}

void
cvm_launch_check_files(struct cvm_launch_check *check)
{
    const struct cvmdom_launch *launch = check->launch;
    const struct cvm_os *os = os_of(check);

    if (!launch->firmware && !check->firmware) {
        cvm_fix(cvm_report(&check->check, firmware_place(check),
                           _("The firmware is measured, but not named: libvirt chooses an image "
                             "when the guest is defined or started, and nobody knows which.")),
                _("Name the image, or the host that it is chosen on (--host), or measure one by "
                  "--firmware."));
    } else if (!check->firmware || is_relative(&os->loader, launch->firmware)) {
        report_file(check, firmware_place(check), &os->loader, _("Firmware image"),
                    launch->firmware, "--firmware");
    }
    if (launch->kernel_hashes && launch->kernel) {
        report_file(check, &os->kernel.from, &os->kernel, _("Kernel"), launch->kernel, "--kernel");
        if (launch->initrd) {
            report_file(check, &os->initrd.from, &os->initrd, _("Initrd"), launch->initrd,
                        "--initrd");
        }
    }
    if (launch->vmm == CVMDOM_VMM_SVSM && launch->svsm) {
        static const struct cvm_text nowhere;

        report_file(check, NULL, &nowhere, _("SVSM image"), launch->svsm, "--svsm");
    }
}

/* ---- 802, 811 ---- */

static void
report_size(struct cvm_launch_check *check, const char *format, size_t size) G_GNUC_PRINTF(2, 0);

static void
report_size(struct cvm_launch_check *check, const char *format, size_t size)
{
    cvm_fix(cvm_report(&check->check, firmware_place(check), format,
                       cvmdom_firmware_name(check->firmware), size),
            _("Take the image as it was built, neither cut nor put together with something else."));
}

/* Without a domain nothing tells how QEMU loads it: then pages are what counts. */
void
cvm_launch_check_size(struct cvm_launch_check *check)
{
    gboolean flash = cvm_text_is(os_of(check)->type, "pflash");
    gboolean by_qemu = check->has_domain && check->launch->vmm == CVMDOM_VMM_QEMU;
    size_t size;

    if (!check->firmware) {
        return;
    }
    cvmdom_firmware_data(check->firmware, &size);
    if (size == 0 || size % PAGE != 0) {
        if (check->guest == CVM_GUEST_SEV_SNP || by_qemu || size == 0) {
            report_size(check,
                        _("Firmware image '%1$s' has %2$zu bytes, which is no multiple of 4096: "
                          "it is measured, and loaded, by pages."),
                        size);
        }
    } else if (by_qemu && flash && size > FLASH_MAX) {
        report_size(check,
                    _("Firmware image '%1$s' has %2$zu bytes: QEMU has at most 8 MiB of flash "
                      "memory for firmware."),
                    size);
    } else if (by_qemu && !flash && size % BIOS_UNIT != 0) {
        report_size(check,
                    _("Firmware image '%1$s' has %2$zu bytes, which is no multiple of 65536: QEMU "
                      "ends with 'could not load PC BIOS'."),
                    size);
    }
}

void
cvm_launch_check_format(struct cvm_launch_check *check)
{
    static const char qcow2[] = "QFI\xfb"; /* QEMU, docs/interop/qcow2.txt: magic */
    const struct cvm_text *format = &os_of(check)->format;
    const unsigned char *data;
    size_t size;

    if (!check->firmware) {
        return;
    }
    data = cvmdom_firmware_data(check->firmware, &size);
    if (size >= strlen(qcow2) && memcmp(data, qcow2, strlen(qcow2)) == 0) {
        cvm_fix(cvm_report(&check->check,
                           cvm_is_set(*format) ? &format->from : firmware_place(check),
                           _("Firmware image '%s' is a qcow2 file: what is measured is what the "
                             "guest sees of it, not these bytes."),
                           cvmdom_firmware_name(check->firmware)),
                _("Measure a raw copy: 'qemu-img convert -O raw', and '--firmware'."));
    }
}

/* ---- 803, 804 ---- */

void
cvm_launch_check_metadata(struct cvm_launch_check *check)
{
    if (check->firmware && !check->facts.has_metadata && check->launch->vmm != CVMDOM_VMM_SVSM) {
        cvm_fix(cvm_report(&check->check, firmware_place(check),
                           _("Firmware image '%s' has no SEV metadata: QEMU ends with 'Failed to "
                             "locate SEV metadata header'."),
                           cvmdom_firmware_name(check->firmware)),
                _("Use a build for SEV-SNP: OVMF's X64 or AmdSev build of 2021 or later."));
    }
}

/* Of secrets and CPUID values each platform measures one page; of a longer section QEMU passes on
 * the whole length, and others one page. */
static const char *
say_unclear(const struct cvmdom_firmware_section *section)
{
    switch (section->type) {
    case CVM_OVMF_SECRETS:
    case CVM_OVMF_CPUID:
    case CVM_OVMF_KERNEL_HASHES:
        return section->size > PAGE ? _("is longer than the one page that is measured of it")
                                    : NULL;
    case CVM_OVMF_SEC_MEM:
    case CVM_OVMF_SVSM_CAA:
        return NULL;
    default:
        return _("is of a type that is not known");
    }
}

void
cvm_launch_check_sections(struct cvm_launch_check *check)
{
    struct cvmdom_firmware_section section;

    if (!check->firmware || check->launch->vmm == CVMDOM_VMM_SVSM) {
        return;
    }
    for (size_t i = 0; cvmdom_firmware_section_at(check->firmware, i, &section) == 0; i++) {
        const char *why = say_unclear(&section);

        if (why) {
            cvm_fix(cvm_report(&check->check, firmware_place(check),
                               _("Section %1$zu (type %2$u, 0x%3$x, %4$u bytes) of the SEV "
                                 "metadata of '%5$s' %6$s: programs differ in what they measure "
                                 "of it."),
                               i + 1, section.type, section.address, section.size,
                               cvmdom_firmware_name(check->firmware), why),
                    _("Use another build of the firmware."));
            return;
        }
    }
}

/* ---- 805 ---- */

/* QEMU wants it however many vCPUs there are (target/i386/sev.c, sev_es_find_reset_vector); others
 * need it from the second on. An SVSM starts them itself. */
void
cvm_launch_check_reset(struct cvm_launch_check *check)
{
    int vmm = check->launch->vmm;

    if (!check->firmware || check->facts.reset != 0 || vmm == CVMDOM_VMM_SVSM ||
        (vmm != CVMDOM_VMM_QEMU && check->launch->vcpus == 1)) {
        return;
    }
    cvm_fix(cvm_report(&check->check, firmware_place(check),
                       check->facts.has_reset
                           ? _("Firmware image '%1$s' gives 0 as the address at which other vCPUs "
                               "start: QEMU ends with 'SEV-ES reset address is zero' instead of "
                               "starting a %2$s guest.")
                           : _("Firmware image '%1$s' does not say where other vCPUs start (it has "
                               "no SEV-ES reset block): QEMU does not start a %2$s guest."),
                       cvmdom_firmware_name(check->firmware), cvm_guest_info(check->guest)->title),
            _("Use an OVMF build of 2020 or later."));
}

/* ---- 806 ---- */

/* The area's page is measured by a section of the metadata; elsewhere it would be filled, and not
 * measured. */
static gboolean
has_hashes_section(const struct cvm_launch_check *check)
{
    uint32_t page = check->facts.hashes & ~(uint32_t)(PAGE - 1);
    struct cvmdom_firmware_section section;

    for (size_t i = 0; cvmdom_firmware_section_at(check->firmware, i, &section) == 0; i++) {
        if (section.type == CVM_OVMF_KERNEL_HASHES && section.address == page) {
            return TRUE;
        }
    }
    return FALSE;
}

/* What keeps the hashes from being measured; NULL when nothing does. */
static const char *
say_without_room(const struct cvm_launch_check *check)
{
    const struct cvmdom_firmware_facts *facts = &check->facts;

    if (facts->hashes == 0) {
        return _("has no area for the hashes of kernel, initrd and command line, as ordinary "
                 "builds have none: QEMU ends");
    }
    if (facts->hashes_size < HASHES_SIZE) {
        return _("has an area for the hashes of kernel, initrd and command line that is shorter "
                 "than their 176 bytes: QEMU ends");
    }
    if (check->guest != CVM_GUEST_SEV_SNP) {
        return NULL;
    }
    if (facts->hashes % PAGE + HASHES_SIZE > PAGE) {
        return _("has an area for the hashes of kernel, initrd and command line that leads out of "
                 "its page: it is not measured whole");
    }
    return has_hashes_section(check)
               ? NULL
               : _("has an area for the hashes of kernel, initrd and command line that its SEV "
                   "metadata does not list: the guest would boot a kernel that nobody measured");
}

static void
report_no_kernel(struct cvm_launch_check *check)
{
    const struct cvm_flag *hashes = &check->check.domain->launch.kernel_hashes;

    cvm_fix(cvm_report(&check->check,
                       cvm_is_on(*hashes) ? &hashes->from : &check->check.domain->launch.from,
                       _("Kernel hashes are asked for, but there is no kernel: QEMU aborts at "
                         "the start of a SEV-SNP guest, and has nothing to measure for a SEV or "
                         "SEV-ES one.")),
            _("Give the kernel, or switch kernel hashes off."));
}

void
cvm_launch_check_hashes(struct cvm_launch_check *check)
{
    const char *why;

    if (!check->launch->kernel_hashes) {
        return;
    }
    if (!check->launch->kernel) {
        report_no_kernel(check);
        return;
    }
    why = check->firmware && check->launch->vmm != CVMDOM_VMM_SVSM ? say_without_room(check) : NULL;
    if (why) {
        const struct cvm_flag *hashes = &check->check.domain->launch.kernel_hashes;

        cvm_fix(cvm_report(
                    &check->check, cvm_is_on(*hashes) ? &hashes->from : firmware_place(check),
                    _("Firmware image '%1$s' %2$s."), cvmdom_firmware_name(check->firmware), why),
                _("Use a firmware image made for it (OVMF's AmdSev build)."));
    }
}
