/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "domain_fixture.h"
#include "host_fixture.h"
#include "model/need.h"
#include "model/policy.h"
#include "resolve/resolve.h"
#include "unit.h"

#define ck_text(text, expected)                                                                    \
    do {                                                                                           \
        ck_assert_msg(cvm_is_set(text), #text " is unset");                                        \
        ck_assert_str_eq((text).value, (expected));                                                \
    } while (0)
#define ck_unset(value) ck_assert_msg(cvm_is_unset(value), #value " is set")

static const char *
default_value(const struct cvm_domain *domain, const char *path)
{
    for (const struct cvm_default *d = domain->defaults; d; d = d->next) {
        g_autofree char *of = cvm_default_path(d);

        if (g_str_equal(of, path)) {
            return d->value;
        }
    }
    return NULL;
}

START_TEST(test_bare_sev)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV);
    CVM_AUTO(host) *host = new_host();

    cvm_resolve(domain, host);
    ck_assert_uint_eq(domain->launch.policy.value, 3);
    ck_assert_uint_eq(domain->launch.cbitpos.value, 51);
    ck_assert_uint_eq(domain->launch.reduced_phys_bits.value, 1);
    ck_text(domain->virt_type, "kvm");
    ck_text(domain->os.machine, "pc-q35-7.2");
    ck_text(domain->os.arch, "x86_64");
    ck_text(domain->os.loader, "/CODE_4M.fd");
    ck_text(domain->os.type, "pflash");
    ck_text(domain->os.nvram_template, "/VARS_4M.fd");
    ck_assert(cvm_is_on(domain->os.readonly));
    ck_unset(domain->os.stateless);
    ck_text(domain->cpu.mode, "custom");
    ck_text(domain->cpu.model, "EPYC-Rome");
    ck_assert(cvm_is_on(domain->memory.locked));
    ck_unset(domain->memory.hard_limit);
    ck_assert(cvm_is_off(domain->memory.dump_core));
    ck_assert(cvm_is_off(domain->features.smm));
    ck_assert(cvm_is_off(domain->features.vmcoreinfo));
    ck_assert(cvm_is_on(domain->features.acpi) && cvm_is_on(domain->features.apic));
    ck_assert(cvm_is_off(domain->pm.suspend_to_mem) && cvm_is_off(domain->pm.suspend_to_disk));
    ck_unset(domain->on_reboot);
    ck_text(domain->clock.offset, "utc");
    ck_text(domain->devices.emulator, "/usr/bin/qemu-system-x86_64");
    ck_unset(domain->uuid);
    ck_unset(domain->numatune.nodeset);
}
END_TEST

START_TEST(test_bare_sev_es)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV_ES);
    CVM_AUTO(host) *host = new_host();

    cvm_resolve(domain, host);
    ck_assert_uint_eq(domain->launch.policy.value, 7);
    ck_text(domain->os.loader, "/OVMF.fd");
    ck_text(domain->os.type, "pflash");
    ck_assert(cvm_is_on(domain->os.stateless));
    ck_unset(domain->os.nvram_template);
    ck_assert(cvm_is_on(domain->memory.locked));
    ck_text(domain->on_reboot, "destroy");
}
END_TEST

START_TEST(test_bare_snp)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV_SNP);
    CVM_AUTO(host) *host = new_host();

    cvm_resolve(domain, host);
    ck_assert_uint_eq(domain->launch.policy.value, 0x30000);
    ck_text(domain->os.loader, "/OVMF.fd");
    ck_text(domain->os.type, "rom");
    ck_assert(cvm_is_on(domain->os.stateless));
    ck_unset(domain->os.readonly);
    ck_unset(domain->memory.locked);
    ck_unset(domain->memory.hard_limit);
    ck_text(domain->on_reboot, "destroy");
    ck_assert(cvm_is_off(domain->features.smm));
}
END_TEST

START_TEST(test_unencrypted_under_tcg)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_NONE);
    CVM_AUTO(host) *host = new_host();

    TEXT(domain->virt_type, "qemu");
    cvm_resolve(domain, host);
    ck_text(domain->cpu.mode, "maximum");
    ck_unset(domain->cpu.model);
    ck_text(domain->os.loader, "/CODE_4M.fd");
    ck_unset(domain->memory.locked);
    ck_unset(domain->launch.policy);
    ck_unset(domain->launch.cbitpos);
    ck_assert_uint_eq(domain->devices.serial.count, 1);
}
END_TEST

START_TEST(test_no_host)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV_SNP);

    cvm_resolve(domain, NULL);
    ck_assert_uint_eq(domain->launch.policy.value, 0x30000);
    ck_text(domain->os.machine, "q35");
    ck_text(domain->cpu.mode, "host-passthrough");
    ck_unset(domain->launch.cbitpos);
    ck_unset(domain->os.loader);
    ck_unset(domain->devices.emulator);
}
END_TEST

/* contents of two images and features of a descriptor for the first, and what each kind gets. */
START_TEST(test_firmware_choice)
{
    static const struct {
        enum cvm_guest guest;
        enum cvm_firmware_device device;
        const char *features, *described, *other;
        gboolean hashes;
        const char *loader, *type;
    } cases[] = {
        { CVM_GUEST_SEV, CVM_FIRMWARE_FLASH_SPLIT, "amd-sev", "r", "vrm", FALSE, "/a", "pflash" },
        { CVM_GUEST_SEV, CVM_FIRMWARE_FLASH_SPLIT, "amd-sev", "r", "vrmh", TRUE, "/b", "pflash" },
        { CVM_GUEST_SEV, CVM_FIRMWARE_FLASH_SPLIT, "amd-sev", "r", "vrm", TRUE, NULL, NULL },
        { CVM_GUEST_SEV, CVM_FIRMWARE_FLASH_SPLIT, "amd-sev;requires-smm", "r", "", FALSE, NULL,
          NULL },
        { CVM_GUEST_SEV, CVM_FIRMWARE_FLASH_SPLIT, "acpi-s3", "rm", "v", FALSE, NULL, NULL },
        { CVM_GUEST_SEV, CVM_FIRMWARE_FLASH_STATELESS, "amd-sev", "vrm", "", FALSE, "/a",
          "pflash" },
        { CVM_GUEST_SEV_ES, CVM_FIRMWARE_FLASH_SPLIT, "amd-sev", "rm", "vrm", FALSE, "/a",
          "pflash" },
        { CVM_GUEST_SEV_ES, CVM_FIRMWARE_FLASH_SPLIT, "amd-sev", "r", "vrm", FALSE, "/b",
          "pflash" },
        { CVM_GUEST_SEV_ES, CVM_FIRMWARE_FLASH_SPLIT, "amd-sev;amd-sev-es", "", "", FALSE, NULL,
          NULL },
        { CVM_GUEST_SEV_SNP, CVM_FIRMWARE_MEMORY, "amd-sev-snp", "vrm", "vrm", FALSE, "/a", "rom" },
        { CVM_GUEST_SEV_SNP, CVM_FIRMWARE_FLASH_STATELESS, "amd-sev-snp", "vrmh", "vrm", TRUE, "/a",
          "rom" },
        { CVM_GUEST_SEV_SNP, CVM_FIRMWARE_FLASH_SPLIT, "amd-sev-snp", "rm", "vrm", FALSE, "/b",
          "rom" },
        { CVM_GUEST_SEV_SNP, CVM_FIRMWARE_FLASH_SPLIT, "amd-sev", "rm", "vr", FALSE, NULL, NULL },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        CVM_AUTO(domain) *domain = new_domain(cases[i].guest);
        CVM_AUTO(host) *host = cvm_host_new();

        add_descriptor(host, cases[i].device, "/a", "/vars", cases[i].features);
        add_image(host, "/a", cases[i].described);
        add_image(host, "/b", cases[i].other);
        if (cases[i].hashes) {
            FLAG(domain->launch.kernel_hashes, TRUE);
            TEXT(domain->os.kernel, "/boot/vmlinuz");
        }
        cvm_resolve(domain, host);
        if (cases[i].loader) {
            ck_assert_msg(cvm_is_set(domain->os.loader), "case %zu has no loader", i);
            ck_assert_msg(g_str_equal(domain->os.loader.value, cases[i].loader), "case %zu: %s", i,
                          domain->os.loader.value);
            ck_text(domain->os.type, cases[i].type);
        } else {
            ck_assert_msg(cvm_is_unset(domain->os.loader), "case %zu has '%s'", i,
                          domain->os.loader.value);
            ck_unset(domain->os.type);
            ck_unset(domain->os.stateless);
        }
    }
}
END_TEST

START_TEST(test_descriptor_without_image_is_believed)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV_ES);
    CVM_AUTO(host) *host = cvm_host_new();

    add_descriptor(host, CVM_FIRMWARE_FLASH_SPLIT, "/plain", "/v", "amd-sev");
    add_descriptor(host, CVM_FIRMWARE_FLASH_SPLIT, "/es", "/v", "amd-sev;amd-sev-es")
        ->executable_format = "qcow2";
    cvm_resolve(domain, host);
    ck_text(domain->os.loader, "/es");
    ck_text(domain->os.format, "qcow2");
}
END_TEST

START_TEST(test_given_firmware_parts_are_respected)
{
    CVM_AUTO(host) *host = new_host();
    CVM_AUTO(domain) *stateless = new_domain(CVM_GUEST_SEV);
    CVM_AUTO(domain) *secure = new_domain(CVM_GUEST_SEV);
    CVM_AUTO(domain) *named = new_domain(CVM_GUEST_SEV);
    CVM_AUTO(domain) *libvirts = new_domain(CVM_GUEST_SEV);
    CVM_AUTO(domain) *own_store = new_domain(CVM_GUEST_SEV);

    FLAG(stateless->os.stateless, TRUE);
    cvm_resolve(stateless, host);
    ck_text(stateless->os.loader, "/OVMF.fd");

    FLAG(secure->os.secure, TRUE);
    cvm_resolve(secure, host);
    ck_text(secure->os.loader, "/CODE_4M.ms.fd");
    ck_assert(cvm_is_on(secure->features.smm));

    TEXT(named->os.loader, "/CODE_4M.fd");
    cvm_resolve(named, host);
    ck_text(named->os.type, "pflash");
    ck_text(named->os.nvram_template, "/VARS_4M.fd");
    ck_unset(named->os.firmware);

    TEXT(libvirts->os.firmware, "efi");
    cvm_resolve(libvirts, host);
    ck_unset(libvirts->os.loader);
    ck_unset(libvirts->os.type);
    ck_unset(libvirts->features.smm);

    TEXT(own_store->os.nvram_template, "/mine");
    cvm_resolve(own_store, host);
    ck_text(own_store->os.loader, "/CODE_4M.fd");
    ck_text(own_store->os.nvram_template, "/mine");
}
END_TEST

START_TEST(test_cpu_model)
{
    static const struct {
        enum cvm_guest guest;
        const char *host_model, *models, *model; /* NULL: host-passthrough */
    } cases[] = {
        { CVM_GUEST_SEV, "EPYC-Genoa", "EPYC EPYC-Genoa", "EPYC-Genoa" },
        { CVM_GUEST_SEV, "EPYC-Genoa", "EPYC EPYC-Rome EPYC-Milan -EPYC-Genoa", "EPYC-Milan" },
        { CVM_GUEST_SEV, "EPYC-IBPB", "EPYC EPYC-IBPB", "EPYC-IBPB" },
        { CVM_GUEST_SEV, NULL, "EPYC-v1 EPYC-v4 EPYC", "EPYC-v4" },
        { CVM_GUEST_SEV, NULL, "qemu64 Opteron_G5", NULL },
        { CVM_GUEST_SEV_SNP, "EPYC", "EPYC EPYC-v3 EPYC-IBPB", NULL },
        { CVM_GUEST_SEV_SNP, "EPYC", "EPYC EPYC-v4", "EPYC-v4" },
        { CVM_GUEST_SEV_SNP, "EPYC-IBPB", "EPYC-IBPB EPYC-Rome EPYC-Rome-v4", "EPYC-Rome-v4" },
        { CVM_GUEST_SEV_SNP, NULL, "EPYC-Turin EPYC-Genoa-v2", "EPYC-Turin" },
        { CVM_GUEST_NONE, "Skylake-Server", "Skylake-Server EPYC", "Skylake-Server" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        CVM_AUTO(domain) *domain = new_domain(cases[i].guest);
        CVM_AUTO(host) *host = cvm_host_new();

        host->has_domcaps = TRUE;
        set_models(host, cases[i].host_model, cases[i].models);
        cvm_resolve(domain, host);
        if (cases[i].model) {
            ck_text(domain->cpu.mode, "custom");
            ck_text(domain->cpu.model, cases[i].model);
        } else {
            ck_text(domain->cpu.mode, "host-passthrough");
            ck_unset(domain->cpu.model);
        }
    }
}
END_TEST

START_TEST(test_topology_is_completed)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV);
    struct cvm_vcpu *vcpu = &domain->vcpu;

    NUMBER(vcpu->count, 8);
    NUMBER(vcpu->threads, 2);
    cvm_resolve(domain, NULL);
    ck_assert_uint_eq(vcpu->sockets.value, 1);
    ck_assert_uint_eq(vcpu->dies.value, 1);
    ck_assert_uint_eq(vcpu->cores.value, 4);
    ck_assert_str_eq(default_value(domain, "vcpu.topology.cores"), "4");
}
END_TEST

START_TEST(test_memory)
{
    CVM_AUTO(domain) *limited = new_domain(CVM_GUEST_SEV);
    CVM_AUTO(domain) *snp = new_domain(CVM_GUEST_SEV_SNP);
    CVM_AUTO(domain) *shared = new_domain(CVM_GUEST_SEV);
    CVM_AUTO(domain) *huge = new_domain(CVM_GUEST_SEV);
    struct cvm_filesystem *filesystem = LIST(shared, shared->devices.filesystem, cvm_filesystem, 1);
    struct cvm_interface *nic = LIST(huge, huge->devices.interface, cvm_interface, 1);
    struct cvm_memory_need need;

    FLAG(limited->memory.hard_limit_auto, TRUE);
    cvm_resolve(limited, NULL);
    ck_assert(cvm_memory_need(limited, &need));
    ck_assert_uint_eq(limited->memory.hard_limit.value, need.total);
    ck_unset(limited->memory.locked);

    FLAG(snp->memory.hard_limit_auto, TRUE);
    cvm_resolve(snp, NULL);
    ck_unset(snp->memory.hard_limit);

    TEXT(filesystem->driver, "virtiofs");
    cvm_resolve(shared, NULL);
    ck_text(shared->memory.source, "memfd");
    ck_text(shared->memory.access, "shared");

    TEXT(nic->type, "vhostuser");
    NUMBER(huge->memory.hugepages, 2 * MIB);
    cvm_resolve(huge, NULL);
    ck_unset(huge->memory.source);
    ck_text(huge->memory.access, "shared");
    ck_text(nic->mode, "server");
}
END_TEST

START_TEST(test_disks)
{
    static const struct {
        const char *source, *device, *target, *bus;
        const char *type, *format, *got_target, *got_bus;
    } cases[] = {
        { "/a.qcow2", NULL, NULL, NULL, "file", "qcow2", "vda", "virtio" },
        { "/dev/vg/b", NULL, NULL, NULL, "block", "raw", "vdc", "virtio" },
        { "/c.img", NULL, "vdb", NULL, "file", "raw", "vdb", "virtio" },
        { "/d.iso", "cdrom", NULL, NULL, "file", "raw", "sda", "sata" },
        { "/e.raw", NULL, "sdb", NULL, "file", "raw", "sdb", "scsi" },
        { "/f", NULL, NULL, "usb", "file", "raw", "sdc", "usb" },
        { NULL, "cdrom", NULL, NULL, "file", "raw", "sdd", "sata" },
        { "/g.img", "floppy", NULL, NULL, "file", "raw", "fda", "fdc" },
        { "/h.img", NULL, "hda", NULL, "file", "raw", "hda", "sata" },
    };
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV);
    struct cvm_disk *disk =
        LIST(domain, domain->devices.disk, cvm_disk, (unsigned)G_N_ELEMENTS(cases));
    const struct cvm_controller *controller;

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        if (cases[i].source) {
            TEXT(disk[i].source, cases[i].source);
        }
        if (cases[i].device) {
            TEXT(disk[i].device, cases[i].device);
        }
        if (cases[i].target) {
            TEXT(disk[i].target, cases[i].target);
        }
        if (cases[i].bus) {
            TEXT(disk[i].bus, cases[i].bus);
        }
    }
    NUMBER(disk[0].iothread, 2);
    cvm_resolve(domain, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ck_text(disk[i].type, cases[i].type);
        ck_text(disk[i].format, cases[i].format);
        ck_text(disk[i].target, cases[i].got_target);
        ck_text(disk[i].bus, cases[i].got_bus);
    }
    ck_assert(cvm_is_on(disk[3].readonly));
    ck_assert_uint_eq(domain->vcpu.iothreads.value, 2);
    ck_assert_uint_eq(domain->devices.controller.count, 1);
    controller = domain->devices.controller.items;
    ck_text(controller->type, "scsi");
    ck_text(controller->common.model, "virtio-scsi");
    ck_assert_str_eq(default_value(domain, "devices.disk[1].target"), "vdc");
}
END_TEST

START_TEST(test_pinned_iothreads_exist)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV);
    struct cvm_pin *pin = LIST(domain, domain->vcpu.iothreadpin, cvm_pin, 1);

    NUMBER(pin->id, 3);
    TEXT(pin->cpuset, "0");
    cvm_resolve(domain, NULL);
    ck_assert_uint_eq(domain->vcpu.iothreads.value, 3);
}
END_TEST

START_TEST(test_many_disks)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV);
    struct cvm_disk *disk = LIST(domain, domain->devices.disk, cvm_disk, 704);

    cvm_resolve(domain, NULL);
    ck_text(disk[25].target, "vdz");
    ck_text(disk[26].target, "vdaa");
    ck_text(disk[701].target, "vdzz");
    ck_text(disk[702].target, "vdaaa");
}
END_TEST

START_TEST(test_devices)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV_ES);
    struct cvm_devices *devices = &domain->devices;
    struct cvm_interface *nic = LIST(domain, devices->interface, cvm_interface, 2);
    struct cvm_rng *rng = LIST(domain, devices->rng, cvm_rng, 1);
    struct cvm_tpm *tpm = LIST(domain, devices->tpm, cvm_tpm, 1);
    struct cvm_vsock *vsock = LIST(domain, devices->vsock, cvm_vsock, 1);
    struct cvm_graphics *graphics = LIST(domain, devices->graphics, cvm_graphics, 1);
    struct cvm_watchdog *watchdog = LIST(domain, devices->watchdog, cvm_watchdog, 1);
    struct cvm_hostdev *hostdev = LIST(domain, devices->hostdev, cvm_hostdev, 1);
    const struct cvm_balloon *balloon;
    const struct cvm_video *video;

    TEXT(nic[0].type, "bridge");
    TEXT(nic[0].source, "br0");
    cvm_resolve(domain, NULL);
    ck_text(nic[0].common.model, "virtio");
    ck_assert(cvm_is_off(nic[0].rom));
    ck_unset(nic[0].common.iommu);
    ck_text(nic[1].type, "network");
    ck_text(nic[1].source, "default");
    ck_text(rng->backend, "/dev/urandom");
    ck_text(rng->common.model, "virtio");
    ck_text(tpm->common.model, "tpm-crb");
    ck_text(tpm->type, "emulator");
    ck_text(tpm->version, "2.0");
    ck_assert(cvm_is_on(vsock->cid_auto));
    ck_text(graphics->type, "vnc");
    ck_text(graphics->listen, "127.0.0.1");
    ck_text(watchdog->action, "poweroff");
    ck_assert(cvm_is_on(hostdev->managed));
    ck_assert_uint_eq(devices->video.count, 1);
    video = devices->video.items;
    ck_text(video->common.model, "virtio");
    ck_assert_uint_eq(devices->memballoon.count, 1);
    balloon = devices->memballoon.items;
    ck_text(balloon->common.model, "none");
    ck_assert_uint_eq(devices->serial.count, 1);
    ck_text(((struct cvm_chardev *)devices->serial.items)->type, "pty");
}
END_TEST

START_TEST(test_console_stands_for_serial)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV);
    struct cvm_chardev *console = LIST(domain, domain->devices.console, cvm_chardev, 1);

    cvm_resolve(domain, NULL);
    ck_text(console->type, "pty");
    ck_text(console->target, "serial");
    ck_assert_uint_eq(domain->devices.serial.count, 0);
}
END_TEST

START_TEST(test_iommu_only_for_old_qemu)
{
    static const unsigned versions[] = { CVM_VERSION(5, 2, 0), CVM_VERSION(6, 0, 0), 0 };

    for (size_t i = 0; i < G_N_ELEMENTS(versions); i++) {
        CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV);
        CVM_AUTO(host) *host = cvm_host_new();
        struct cvm_disk *disk = LIST(domain, domain->devices.disk, cvm_disk, 2);

        host->qemu_version = versions[i];
        TEXT(disk[1].bus, "sata");
        cvm_resolve(domain, host);
        ck_assert_int_eq(cvm_is_on(disk[0].common.iommu), i == 0);
        ck_unset(disk[1].common.iommu);
    }
}
END_TEST

/* Whatever was given, also against all advice, stays; so does what was given and is unusable. */
START_TEST(test_given_is_never_changed)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV_SNP);
    CVM_AUTO(host) *host = new_host();
    struct cvm_interface *nic = LIST(domain, domain->devices.interface, cvm_interface, 1);

    LIST(domain, domain->devices.memballoon, cvm_balloon, 0);
    TEXT(domain->virt_type, "qemu");
    NUMBER(domain->launch.policy, 0xb0000);
    NUMBER(domain->launch.cbitpos, 47);
    NUMBER(domain->launch.reduced_phys_bits, 5);
    TEXT(domain->os.machine, "pc-i440fx-7.2");
    TEXT(domain->os.loader, "/my.fd");
    TEXT(domain->os.type, "pflash");
    FLAG(domain->os.stateless, FALSE);
    TEXT(domain->cpu.mode, "host-passthrough");
    FLAG(domain->memory.locked, TRUE);
    FLAG(domain->memory.dump_core, TRUE);
    FLAG(domain->features.smm, TRUE);
    FLAG(domain->pm.suspend_to_mem, TRUE);
    TEXT(domain->on_reboot, "restart");
    TEXT(domain->clock.offset, "localtime");
    TEXT(nic->common.model, "e1000e");
    FLAG(nic->rom, TRUE);
    domain->features.vmcoreinfo.from.origin = CVM_INVALID;
    cvm_resolve(domain, host);
    ck_text(domain->virt_type, "qemu");
    ck_assert_uint_eq(domain->launch.policy.value, 0xb0000);
    ck_assert_uint_eq(domain->launch.cbitpos.value, 47);
    ck_assert_uint_eq(domain->launch.reduced_phys_bits.value, 5);
    ck_text(domain->os.machine, "pc-i440fx-7.2");
    ck_text(domain->os.loader, "/my.fd");
    ck_text(domain->os.type, "pflash");
    ck_assert(cvm_is_off(domain->os.stateless));
    ck_text(domain->cpu.mode, "host-passthrough");
    ck_assert(cvm_is_on(domain->memory.locked));
    ck_assert(cvm_is_on(domain->memory.dump_core));
    ck_assert(cvm_is_on(domain->features.smm));
    ck_assert(cvm_is_on(domain->pm.suspend_to_mem));
    ck_text(domain->on_reboot, "restart");
    ck_text(domain->clock.offset, "localtime");
    ck_text(nic->common.model, "e1000e");
    ck_assert(cvm_is_on(nic->rom));
    ck_assert_uint_eq(domain->devices.memballoon.count, 0);
    ck_assert_int_eq(domain->features.vmcoreinfo.from.origin, CVM_INVALID);
}
END_TEST

/* An alias keeps its meaning; that it was looked up is told. */
START_TEST(test_machine_alias)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV);
    CVM_AUTO(host) *host = new_host();

    TEXT(domain->os.machine, "q35");
    cvm_resolve(domain, host);
    ck_text(domain->os.machine, "pc-q35-7.2");
    ck_assert_int_eq(domain->os.machine.from.origin, CVM_GIVEN);
    ck_assert_str_eq(default_value(domain, "os.machine"), "pc-q35-7.2");
}
END_TEST

START_TEST(test_defaults_are_told)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV_ES);
    CVM_AUTO(host) *host = new_host();

    FLAG(domain->memory.hard_limit_auto, TRUE);
    cvm_resolve(domain, host);
    ck_assert_str_eq(default_value(domain, "launchSecurity.policy"), "0x0007");
    ck_assert_str_eq(default_value(domain, "onReboot"), "destroy");
    ck_assert_str_eq(default_value(domain, "features.smm"), "false");
    ck_assert_str_eq(default_value(domain, "os.firmware.loader"), "/OVMF.fd");
    ck_assert_str_eq(default_value(domain, "devices.memballoon"), "none");
    ck_assert_str_eq(default_value(domain, "memory.hardLimit"), "4448MiB");
    for (const struct cvm_default *d = domain->defaults; d; d = d->next) {
        ck_assert_msg(d->reason && *d->reason, "%s has no reason", d->key);
    }
}
END_TEST

UNIT_MAIN("resolve", test_bare_sev, test_bare_sev_es, test_bare_snp, test_unencrypted_under_tcg,
          test_no_host, test_firmware_choice, test_descriptor_without_image_is_believed,
          test_given_firmware_parts_are_respected, test_cpu_model, test_topology_is_completed,
          test_memory, test_disks, test_pinned_iothreads_exist, test_many_disks, test_devices,
          test_console_stands_for_serial, test_iommu_only_for_old_qemu, test_given_is_never_changed,
          test_machine_alias, test_defaults_are_told)
