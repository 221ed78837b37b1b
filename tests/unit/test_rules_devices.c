/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the pages CVM601 to CVM617 cannot show: domain XML, which leaves more unsaid than a resolved
 * profile, and hosts that are not bundled. */
#include <string.h>

#include "check_rule.h"
#include "util/number.h"

static struct cvm_domain *
make_domain(enum cvm_form form, enum cvm_guest guest)
{
    struct cvm_domain *domain = cvm_domain_new(form);

    domain->launch.guest = guest;
    GIVE(domain->memory.size, GIB(4));
    GIVE(domain->vcpu.count, 4);
    GIVE(domain->virt_type, "kvm");
    GIVE(domain->os.machine, "pc-q35-7.2");
    return domain;
}

/* Domain capabilities with one list of a device's values. */
static void
offer(struct cvm_host *host, const char *device, const char *name, const char **values)
{
    struct cvm_domcaps *caps = &host->domcaps;

    host->has_domcaps = TRUE;
    caps->device_enums = cvm_arena_array(host->arena, struct cvm_device_enum, 1);
    caps->n_device_enums = 1;
    caps->device_enums[0].device = device;
    caps->device_enums[0].name = name;
    caps->device_enums[0].values.items = values;
    caps->device_enums[0].values.count = g_strv_length((char **)values);
}

START_TEST(test_ide)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_FORM_XML, CVM_GUEST_NONE);
    struct cvm_disk disks[3] = { 0 };

    GIVE_LIST(domain->devices.disk, disks);
    GIVE(disks[0].target, "hda");
    GIVE(disks[1].target, "hdb");
    GIVE(disks[1].bus, "sata");
    GIVE(disks[2].target, "vda");
    CHECK_RULE("CVM601", domain, NULL, "E");
    CHECK_SAYS("'disk'");
    disks[0].bus.from.origin = CVM_INVALID;
    CHECK_RULE("CVM601", domain, NULL, "");
    disks[0].bus.from.origin = CVM_UNSET;
    GIVE(domain->os.machine, "pc");
    CHECK_RULE("CVM601", domain, NULL, "");
    domain->os.machine.from.origin = CVM_UNSET;
    CHECK_RULE("CVM601", domain, NULL, "");
}
END_TEST

START_TEST(test_option_rom)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_FORM_XML, CVM_GUEST_SEV);
    CVM_AUTO(host) *host = cvm_host_new();
    struct cvm_interface cards[2] = { 0 };
    struct cvm_boot boot[1] = { 0 };
    struct cvm_ovmf_section section = { .type = CVM_OVMF_SVSM_CAA };
    struct cvm_ovmf image = { .path = "/ovmf.fd", .sections = &section, .n_sections = 1 };

    GIVE_LIST(domain->devices.interface, cards);
    GIVE(cards[0].common.model, "virtio");
    GIVE(cards[1].common.model, "e1000e");
    CHECK_RULE("CVM602", domain, NULL, "W");
    CHECK_FIX("<rom enabled='no'/>");
    GIVE_LIST(domain->os.boot, boot);
    GIVE(boot[0].dev, "network");
    CHECK_RULE("CVM602", domain, NULL, "E");

    host->images = &image;
    host->n_images = 1;
    GIVE(domain->os.loader, "/ovmf.fd");
    CHECK_RULE("CVM602", domain, host, "W");
    section.type = CVM_OVMF_SEC_MEM;
    CHECK_RULE("CVM602", domain, host, "E");

    GIVE(cards[0].rom, FALSE);
    CHECK_RULE("CVM602", domain, host, "");
    cards[0].rom.from.origin = CVM_INVALID;
    CHECK_RULE("CVM602", domain, host, "");
}
END_TEST

START_TEST(test_iommu_needed)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_FORM_XML, CVM_GUEST_SEV);
    CVM_AUTO(host) *host = cvm_host_new();
    struct cvm_disk disks[2] = { 0 };
    struct cvm_controller controllers[3] = { 0 };

    GIVE_LIST(domain->devices.disk, disks);
    GIVE(disks[0].target, "vda");
    GIVE(disks[1].bus, "sata");
    GIVE_LIST(domain->devices.controller, controllers);
    GIVE(controllers[0].type, "virtio-serial");
    GIVE(controllers[1].type, "scsi");
    GIVE(controllers[1].common.model, "virtio-scsi");
    GIVE(controllers[2].type, "usb");
    CHECK_RULE("CVM604", domain, NULL, "N");
    CHECK_RULE("CVM604", domain, host, "N");

    host->qemu_version = CVM_VERSION(5, 2, 0);
    CHECK_RULE("CVM604", domain, host, "EEE");
    CHECK_SAYS("QEMU '5.2");
    CHECK_FIX("<driver iommu='on'/>");
    GIVE(disks[0].common.iommu, TRUE);
    GIVE(controllers[0].common.iommu, FALSE);
    CHECK_RULE("CVM604", domain, host, "E");
    CHECK_SAYS("'controller'");
    CHECK_RULE("CVM603", domain, host, "E");

    host->qemu_version = CVM_VERSION(6, 0, 0);
    CHECK_RULE("CVM604", domain, host, "");
    host->qemu_version = 0;
    host->libvirt_version = CVM_VERSION(11, 3, 0);
    CHECK_RULE("CVM604", domain, host, "");
    domain->launch.guest = CVM_GUEST_SEV_ES;
    CHECK_RULE("CVM604", domain, NULL, "");
}
END_TEST

START_TEST(test_iommu_misplaced)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_FORM_XML, CVM_GUEST_NONE);
    struct cvm_interface cards[1] = { 0 };
    struct cvm_controller controllers[2] = { 0 };
    struct cvm_other shmem[1] = { 0 };
    struct cvm_tpm tpms[1] = { 0 };

    /* seen with libvirt 9.0 and 11.3: what a card without a model becomes is no virtio device */
    GIVE_LIST(domain->devices.interface, cards);
    GIVE(cards[0].common.iommu, TRUE);
    CHECK_RULE("CVM605", domain, NULL, "E");
    GIVE(cards[0].common.model, "rtl8139");
    CHECK_RULE("CVM605", domain, NULL, "E");
    GIVE(cards[0].common.model, "virtio-non-transitional");
    CHECK_RULE("CVM605", domain, NULL, "");

    GIVE_LIST(domain->devices.controller, controllers);
    GIVE(controllers[0].type, "sata");
    GIVE(controllers[0].common.iommu, TRUE);
    GIVE(controllers[1].type, "scsi");
    GIVE(controllers[1].common.iommu, TRUE);
    CHECK_RULE("CVM605", domain, NULL, "W");
    GIVE(controllers[0].common.iommu, FALSE);
    GIVE(controllers[1].common.model, "lsilogic");
    CHECK_RULE("CVM605", domain, NULL, "W");
    CHECK_FIX("make it a virtio device");
    GIVE(controllers[1].common.iommu, FALSE);

    /* libvirt 9.0 and 11.3 take it here, and have nothing to do it with */
    GIVE_LIST(domain->devices.shmem, shmem);
    GIVE(shmem[0].common.iommu, TRUE);
    GIVE_LIST(domain->devices.tpm, tpms);
    GIVE(tpms[0].common.iommu, TRUE);
    CHECK_RULE("CVM605", domain, NULL, "WW");
    ck_assert_str_eq(check_fix, "Remove 'iommu'.");
}
END_TEST

START_TEST(test_hostdev)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_FORM_XML, CVM_GUEST_SEV_SNP);
    CVM_AUTO(host) *host = cvm_host_new();
    struct cvm_hostdev devices[3] = { 0 };
    struct cvm_interface cards[1] = { 0 };

    GIVE_LIST(domain->devices.hostdev, devices);
    GIVE(devices[0].type, "pci");
    GIVE(devices[1].type, "mdev");
    GIVE(devices[2].type, "usb");
    GIVE_LIST(domain->devices.interface, cards);
    GIVE(cards[0].type, "hostdev");
    CHECK_RULE("CVM607", domain, NULL, "WWW");
    host->qemu_version = CVM_VERSION(10, 0, 9);
    CHECK_RULE("CVM607", domain, host, "EEE");
    host->qemu_version = CVM_VERSION(10, 1, 0);
    CHECK_RULE("CVM607", domain, host, "");
    CHECK_RULE("CVM608", domain, host, "N"); /* the same advice for all of them */
    domain->devices.hostdev = (struct cvm_list){ 0 };
    CHECK_RULE("CVM608", domain, host, "N");
    GIVE(cards[0].type, "network");
    CHECK_RULE("CVM608", domain, host, "");
}
END_TEST

START_TEST(test_viommu)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_FORM_XML, CVM_GUEST_SEV);
    CVM_AUTO(host) *host = cvm_host_new();
    struct cvm_viommu viommus[1] = { 0 };

    GIVE(domain->vcpu.count, 256);
    CHECK_RULE("CVM613", domain, NULL, "");
    GIVE_LIST(domain->devices.viommu, viommus);
    GIVE(viommus[0].common.model, "intel");
    CHECK_RULE("CVM613", domain, NULL, "W");
    CHECK_FIX("'<iommu>'");
    CHECK_RULE("CVM613", domain, host, "W");
    host->libvirt_version = CVM_VERSION(11, 4, 0);
    CHECK_RULE("CVM613", domain, host, "E");
    CHECK_SAYS("for '256' vCPUs");
    CHECK_RULE("CVM710", domain, host, "");
    host->libvirt_version = CVM_VERSION(11, 5, 0);
    CHECK_RULE("CVM613", domain, host, "W");
    host->libvirt_version = CVM_VERSION(11, 4, 0);
    GIVE(domain->vcpu.count, 255);
    CHECK_RULE("CVM613", domain, host, "W");
    domain->launch.guest = CVM_GUEST_NONE;
    CHECK_RULE("CVM613", domain, host, "");
}
END_TEST

START_TEST(test_vhost_user)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_FORM_XML, CVM_GUEST_SEV);
    struct cvm_interface cards[1] = { 0 };
    struct cvm_cell cells[2] = { 0 };

    GIVE_LIST(domain->devices.interface, cards);
    GIVE(cards[0].type, "vhostuser");
    CHECK_RULE("CVM609", domain, NULL, "E");
    CHECK_FIX("<source type='memfd'/><access mode='shared'/>");
    GIVE(domain->memory.hugepages, MIB(2));
    CHECK_RULE("CVM609", domain, NULL, "E");
    CHECK_FIX("Write '<access mode='shared'/>'");
    GIVE(domain->memory.access, "shared");
    CHECK_RULE("CVM609", domain, NULL, "");
    GIVE_LIST(domain->cpu.numa, cells);
    CHECK_RULE("CVM609", domain, NULL, "");
    GIVE(cells[1].mem_access, "private");
    CHECK_RULE("CVM609", domain, NULL, "E");
    GIVE(cells[1].mem_access, "shared");
    domain->memory.access.from.origin = CVM_UNSET;
    CHECK_RULE("CVM609", domain, NULL, "E");
    GIVE(cells[0].mem_access, "shared");
    CHECK_RULE("CVM609", domain, NULL, "");
    domain->launch.guest = CVM_GUEST_SEV_SNP;
    CHECK_RULE("CVM609", domain, NULL, "W");
    GIVE(cells[0].mem_access, "private");
    CHECK_RULE("CVM609", domain, NULL, "E");
    domain->cpu.numa.count = 0;
    domain->memory.access.from.origin = CVM_INVALID;
    domain->launch.guest = CVM_GUEST_SEV;
    CHECK_RULE("CVM609", domain, NULL, "");
}
END_TEST

START_TEST(test_balloon)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_FORM_XML, CVM_GUEST_SEV);
    struct cvm_balloon balloon[1] = { 0 };

    CHECK_RULE("CVM610", domain, NULL, "W");
    CHECK_SAYS("libvirt adds");
    GIVE_LIST(domain->devices.memballoon, balloon);
    GIVE(balloon[0].common.model, "none");
    CHECK_RULE("CVM610", domain, NULL, "");
    GIVE(balloon[0].common.model, "virtio-non-transitional");
    CHECK_RULE("CVM610", domain, NULL, "W");
    CHECK_FIX("<memballoon model='none'/>");
    domain->launch.guest = CVM_GUEST_NONE;
    CHECK_RULE("CVM610", domain, NULL, "");
}
END_TEST

START_TEST(test_cpu_model)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_FORM_XML, CVM_GUEST_SEV_SNP);
    CVM_AUTO(host) *host = cvm_host_new();
    struct cvm_cpu_model models[] = { { .name = "EPYC-Rome", .usable = CVM_YES },
                                      { .name = "EPYC-Milan", .usable = CVM_NO },
                                      { .name = "EPYC-Genoa" },
                                      { .name = "EPYC", .usable = CVM_YES } };
    struct cvm_cpu_feature features[1] = { 0 };

    /* without <cpu> libvirt takes QEMU's default */
    CHECK_RULE("CVM614", domain, NULL, "W");
    CHECK_SAYS("'qemu64'");
    GIVE(domain->cpu.model, "EPYC-v9");
    CHECK_RULE("CVM614", domain, NULL, "");
    CHECK_RULE("CVM614", domain, host, "");

    host->has_domcaps = TRUE;
    CHECK_RULE("CVM614", domain, host, "");
    host->domcaps.models = models;
    host->domcaps.n_models = G_N_ELEMENTS(models);
    CHECK_RULE("CVM614", domain, host, "E");
    CHECK_SAYS("Unknown CPU model EPYC-v9");
    CHECK_FIX("Name a model that the host can run.");
    host->domcaps.host_model = "EPYC-Rome";
    CHECK_RULE("CVM614", domain, host, "E");
    CHECK_FIX("'EPYC-Rome'");
    GIVE(domain->cpu.model, "EPYC"); /* usable, and old */
    CHECK_RULE("CVM614", domain, host, "W");
    GIVE(domain->cpu.model, "EPYC-Genoa"); /* nothing is told */
    CHECK_RULE("CVM614", domain, host, "");

    GIVE(domain->cpu.model, "EPYC-Milan");
    CHECK_RULE("CVM614", domain, host, "E");
    CHECK_SAYS("the CPU is incompatible with host CPU");
    GIVE(domain->cpu.check, "full");
    CHECK_RULE("CVM614", domain, host, "E");
    CHECK_SAYS("guest CPU doesn't match specification");
    GIVE(domain->cpu.check, "none");
    CHECK_RULE("CVM614", domain, host, "W");
    domain->cpu.check.from.origin = CVM_UNSET;
    GIVE_LIST(domain->cpu.feature, features);
    GIVE(features[0].policy, "require");
    CHECK_RULE("CVM614", domain, host, "E");
    GIVE(features[0].policy, "disable");
    CHECK_RULE("CVM614", domain, host, "");
    GIVE(features[0].policy, "require");

    /* capabilities of another kind of guest say nothing */
    host->domcaps.virt_type = "qemu";
    CHECK_RULE("CVM614", domain, host, "");
    host->domcaps.virt_type = "kvm";
    host->domcaps.arch = "x86_64";
    GIVE(domain->os.arch, "i686");
    CHECK_RULE("CVM614", domain, host, "");
}
END_TEST

START_TEST(test_cpu_mode)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_FORM_XML, CVM_GUEST_NONE);
    CVM_AUTO(host) *host = cvm_host_new();

    host->has_domcaps = TRUE;
    host->domcaps.host_passthrough = CVM_NO;
    host->domcaps.host_model_supported = CVM_YES;
    CHECK_RULE("CVM614", domain, host, "");
    GIVE(domain->cpu.mode, "host-model");
    CHECK_RULE("CVM614", domain, host, "");
    GIVE(domain->cpu.mode, "maximum");
    CHECK_RULE("CVM614", domain, host, "");
    GIVE(domain->cpu.mode, "host-passthrough");
    CHECK_RULE("CVM614", domain, host, "E");
    CHECK_SAYS("CPU mode 'host-passthrough' …");
}
END_TEST

START_TEST(test_graphics)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_FORM_XML, CVM_GUEST_SEV);
    struct cvm_graphics graphics[1] = { 0 };

    GIVE_LIST(domain->devices.graphics, graphics);
    GIVE(graphics[0].type, "vnc");
    CHECK_RULE("CVM616", domain, NULL, ""); /* libvirt listens at 127.0.0.1 */
    GIVE(graphics[0].listen, "127.0.1.1");
    CHECK_RULE("CVM616", domain, NULL, "");
    GIVE(graphics[0].listen, "/run/vnc.sock");
    CHECK_RULE("CVM616", domain, NULL, "");
    GIVE(graphics[0].listen, "kvm1.example.org");
    CHECK_RULE("CVM616", domain, NULL, "W");
    GIVE(graphics[0].tls, FALSE);
    CHECK_RULE("CVM616", domain, NULL, "W");
    GIVE(graphics[0].type, "egl-headless");
    CHECK_RULE("CVM616", domain, NULL, "");
}
END_TEST

START_TEST(test_unsupported)
{
    static const char *buses[] = { "virtio", "sata", NULL };
    static const char *videos[] = { "vga", "none", NULL };
    static const char *channels[] = { "pty", "unix", NULL };
    CVM_AUTO(domain) *domain = make_domain(CVM_FORM_XML, CVM_GUEST_SEV);
    CVM_AUTO(host) *host = cvm_host_new();
    struct cvm_disk disks[3] = { 0 };
    struct cvm_video video[1] = { 0 };
    struct cvm_chardev channel[2] = { 0 };

    GIVE_LIST(domain->devices.disk, disks);
    GIVE(disks[0].bus, "usb");
    GIVE(disks[1].bus, "sata");
    GIVE(disks[2].bus, "ide");
    CHECK_RULE("CVM617", domain, host, "");
    offer(host, "disk", "bus", buses);
    CHECK_RULE("CVM617", domain, host, ""); /* of an unknown machine */
    host->domcaps.machine = "pc-q35-10.0";
    CHECK_RULE("CVM617", domain, host, "E");
    CHECK_SAYS("'usb' for 'disk'");
    CHECK_FIX("'virtio', 'sata'");
    host->domcaps.machine = "pc-i440fx-10.0";
    CHECK_RULE("CVM617", domain, host, "");

    GIVE_LIST(domain->devices.video, video);
    offer(host, "video", "modelType", videos);
    CHECK_RULE("CVM617", domain, host, "");
    GIVE(video[0].common.model, "qxl");
    CHECK_RULE("CVM617", domain, host, "E");
    video[0].common.model.from.origin = CVM_INVALID;
    CHECK_RULE("CVM617", domain, host, "");

    GIVE_LIST(domain->devices.channel, channel);
    offer(host, "channel", "type", channels);
    GIVE(channel[0].type, "file"); /* works, and is never listed */
    GIVE(channel[1].type, "spicevmc");
    CHECK_RULE("CVM617", domain, host, "E");
    host->domcaps.virt_type = "qemu";
    CHECK_RULE("CVM617", domain, host, "");
}
END_TEST

START_TEST(test_unsupported_tpm)
{
    static const char *backends[] = { "passthrough", NULL };
    CVM_AUTO(domain) *domain = make_domain(CVM_FORM_XML, CVM_GUEST_SEV);
    CVM_AUTO(host) *host = cvm_host_new();
    struct cvm_tpm tpm[1] = { 0 };

    GIVE_LIST(domain->devices.tpm, tpm);
    offer(host, "tpm", "backendModel", backends);
    GIVE(tpm[0].type, "external");
    CHECK_RULE("CVM617", domain, host, "");
    GIVE(tpm[0].type, "passthrough");
    CHECK_RULE("CVM617", domain, host, "");
    GIVE(tpm[0].type, "emulator");
    GIVE(tpm[0].version, "1.2");
    CHECK_RULE("CVM617", domain, host, "E");
    CHECK_SAYS("TPM version '1.2' is not supported");
}
END_TEST

/* No bundled host is so old that a page could show it. */
START_TEST(test_qemu_before_json)
{
    CVM_AUTO(domain) *domain = cvm_domain_new(CVM_FORM_PROFILE);
    CVM_AUTO(host) *host = cvm_host_new();
    struct cvm_interface interfaces[1] = { 0 };

    domain->target = "qemu";
    host->name = "bullseye";
    CHECK_RULE("CVM851", domain, host, ""); /* not known */
    host->qemu_version = CVM_VERSION(6, 1, 99);
    CHECK_RULE("CVM851", domain, host, "E");
    CHECK_SAYS("'6.1.99' of host 'bullseye'");
    CHECK_FIX("6.2.0");
    host->qemu_version = CVM_VERSION(6, 2, 0);
    CHECK_RULE("CVM851", domain, host, "");
    GIVE_LIST(domain->devices.interface, interfaces);
    CHECK_RULE("CVM851", domain, host, "E");
    CHECK_FIX("7.2.0");
    host->qemu_version = CVM_VERSION(7, 2, 0);
    CHECK_RULE("CVM851", domain, host, "");
}
END_TEST

UNIT_MAIN("rules_devices", test_ide, test_option_rom, test_iommu_needed, test_iommu_misplaced,
          test_hostdev, test_viommu, test_vhost_user, test_balloon, test_cpu_model, test_cpu_mode,
          test_graphics, test_unsupported, test_unsupported_tpm, test_qemu_before_json)
