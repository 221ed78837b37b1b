/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CVM108: keys that other keys of the profile leave without effect. */
#include "rules/rule.h"
#include "util/i18n.h"

enum outcome {
    IGNORED, /* by the renderer, libvirt or QEMU */
    UNSAFE,  /* ignored, too, and it would have protected the guest */
    REFUSED, /* by libvirt */
};

/* A key, and what it takes for it to count: another key's word, or that another key is given or is
 * not. Its struct begins at base + offset. */
struct need {
    enum { ONE_OF, ONE_OF_IF_ON, WITH, WITHOUT, NEVER } kind; /* …_IF_ON: of a flag */
    enum outcome outcome;
    const char *key;
    size_t offset;
    const char *other;
    size_t other_offset;
    const char *const *words;
};

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define NEED(how, what, s, k, m, o, other_m, ...)                                                  \
    {                                                                                              \
        .kind = how, .outcome = what, .key = k, .offset = offsetof(struct s, m), .other = o,       \
        .other_offset = offsetof(struct s, other_m), ##__VA_ARGS__                                 \
    }

/* What else is wrong with launchSecurity is CVM212's. */
#define LAUNCH(key, member)                                                                        \
    NEED(ONE_OF, IGNORED, cvm_domain, key, launch.member, "type", launch.type,                     \
         WORDS("sev", "sev-es", "sev-snp"))

static const struct need launch_needs[] = {
    LAUNCH("policy", policy),
    LAUNCH("kernelHashes", kernel_hashes),
    LAUNCH("authorKey", author_key),
    LAUNCH("vcek", vcek),
    LAUNCH("cbitpos", cbitpos),
    LAUNCH("reducedPhysBits", reduced_phys_bits),
    LAUNCH("dhCert", dh_cert),
    LAUNCH("session", session),
    LAUNCH("guestVisibleWorkarounds", guest_visible_workarounds),
    LAUNCH("idBlock", id_block),
    LAUNCH("idAuth", id_auth),
    LAUNCH("hostData", host_data),
    { 0 },
};

static const struct need domain_needs[] = {
    NEED(WITH, IGNORED, cvm_domain, "slots", memory.slots, "max", memory.max),
    NEED(WITHOUT, IGNORED, cvm_domain, "offset", clock.offset, "timezone", clock.timezone),
    NEED(ONE_OF, REFUSED, cvm_domain, "migratable", cpu.migratable, "mode", cpu.mode,
         WORDS("host-passthrough", "maximum")),
    NEED(ONE_OF, IGNORED, cvm_domain, "model", cpu.model, "mode", cpu.mode,
         WORDS("custom", "host-model")),
    NEED(ONE_OF_IF_ON, IGNORED, cvm_domain, "readonly", os.readonly, "type", os.type,
         WORDS("pflash")),
    NEED(ONE_OF_IF_ON, UNSAFE, cvm_domain, "secure", os.secure, "type", os.type, WORDS("pflash")),
    NEED(ONE_OF, IGNORED, cvm_domain, "format", os.format, "type", os.type, WORDS("pflash")),
    NEED(ONE_OF, IGNORED, cvm_domain, "nvram", os.nvram, "type", os.type, WORDS("pflash")),
    NEED(ONE_OF, IGNORED, cvm_domain, "nvramTemplate", os.nvram_template, "type", os.type,
         WORDS("pflash")),
    NEED(ONE_OF, IGNORED, cvm_domain, "nvramFormat", os.nvram_format, "type", os.type,
         WORDS("pflash")),
    { 0 },
};

static const struct need disk_needs[] = {
    NEED(ONE_OF, IGNORED, cvm_disk, "pool", pool, "type", type, WORDS("volume")),
    NEED(WITH, REFUSED, cvm_disk, "pool", pool, "source", source),
    NEED(ONE_OF, IGNORED, cvm_disk, "protocol", protocol, "type", type, WORDS("network")),
    NEED(ONE_OF, IGNORED, cvm_disk, "host", host, "type", type, WORDS("network")),
    NEED(ONE_OF, IGNORED, cvm_disk, "port", port, "type", type, WORDS("network")),
    NEED(ONE_OF, REFUSED, cvm_disk, "queues", queues, "bus", bus, WORDS("virtio")),
    NEED(ONE_OF, REFUSED, cvm_disk, "iothread", iothread, "bus", bus, WORDS("virtio")),
    NEED(ONE_OF, REFUSED, cvm_disk, "model", common.model, "bus", bus, WORDS("virtio")),
    { 0 },
};

/* libvirt's TLS of VNC is a setting of the whole host: vnc_tls in qemu.conf. */
static const struct need graphics_needs[] = {
    NEED(ONE_OF_IF_ON, UNSAFE, cvm_graphics, "tls", tls, "type", type, WORDS("spice")),
    NEED(ONE_OF, IGNORED, cvm_graphics, "listen", listen, "type", type, WORDS("vnc", "spice")),
    NEED(ONE_OF, IGNORED, cvm_graphics, "port", port, "type", type, WORDS("vnc", "spice")),
    NEED(ONE_OF, IGNORED, cvm_graphics, "password", password, "type", type, WORDS("vnc", "spice")),
    NEED(ONE_OF, IGNORED, cvm_graphics, "socket", socket, "type", type, WORDS("vnc", "spice")),
    NEED(WITHOUT, IGNORED, cvm_graphics, "listen", listen, "socket", socket),
    NEED(WITHOUT, IGNORED, cvm_graphics, "port", port, "socket", socket),
    { 0 },
};

/* How libvirt connects a card decides what of the host's side there is to set
 * (src/conf/domain_conf.c, virDomainNetDefParseXML; src/qemu/qemu_command.c). */
static const struct need interface_needs[] = {
    NEED(WITH, REFUSED, cvm_interface, "source", source, "type", type),
    NEED(ONE_OF, IGNORED, cvm_interface, "source", source, "type", type,
         WORDS("bridge", "network", "direct", "vhostuser")),
    NEED(ONE_OF, IGNORED, cvm_interface, "mode", mode, "type", type, WORDS("direct", "vhostuser")),
    NEED(ONE_OF, IGNORED, cvm_interface, "target", target, "type", type,
         WORDS("bridge", "network", "direct", "ethernet")),
    NEED(ONE_OF, REFUSED, cvm_interface, "mtu", mtu, "type", type,
         WORDS("bridge", "network", "ethernet", "vhostuser")),
    NEED(ONE_OF, IGNORED, cvm_interface, "vlan", vlan, "type", type,
         WORDS("bridge", "network", "direct")),
    NEED(ONE_OF, IGNORED, cvm_interface, "queues", queues, "type", type,
         WORDS("bridge", "network", "direct", "ethernet", "vhostuser")),
    { 0 },
};

/* libvirt reads the path of a pty from a running guest's XML only. */
#define CHARDEV_NEEDS                                                                              \
    NEED(ONE_OF, IGNORED, cvm_chardev, "source", source, "type", type,                             \
         WORDS("file", "unix", "tcp")),                                                            \
        NEED(ONE_OF, IGNORED, cvm_chardev, "mode", mode, "type", type, WORDS("unix", "tcp"))

static const struct need serial_needs[] = { CHARDEV_NEEDS, { 0 } };
static const struct need console_needs[] = {
    CHARDEV_NEEDS,
    NEED(NEVER, IGNORED, cvm_chardev, "model", common.model, "console", from),
    { 0 },
};
static const struct need channel_needs[] = {
    CHARDEV_NEEDS,
    NEED(NEVER, IGNORED, cvm_chardev, "model", common.model, "channel", from),
    NEED(NEVER, IGNORED, cvm_chardev, "port", port, "channel", from),
    { 0 },
};

static const struct need rng_needs[] = {
    NEED(WITH, IGNORED, cvm_rng, "ratePeriod", rate_period, "rateBytes", rate_bytes),
    { 0 },
};

static const struct need tpm_needs[] = {
    NEED(ONE_OF, IGNORED, cvm_tpm, "source", source, "type", type,
         WORDS("passthrough", "external")),
    NEED(ONE_OF, IGNORED, cvm_tpm, "version", version, "type", type, WORDS("emulator")),
    { 0 },
};

/* libvirt keeps nothing of these of a device that is not there. */
static const char *const video_models[] = {
    "virtio", "vga", "bochs", "qxl", "cirrus", "ramfb", NULL
};
static const struct need video_needs[] = {
    NEED(ONE_OF, IGNORED, cvm_video, "vram", vram, "model", common.model, video_models),
    NEED(ONE_OF, IGNORED, cvm_video, "heads", heads, "model", common.model, video_models),
    { 0 },
};
static const struct need balloon_needs[] = {
    NEED(ONE_OF, IGNORED, cvm_balloon, "address", common.address, "model", common.model,
         WORDS("virtio", "virtio-transitional", "virtio-non-transitional")),
    { 0 },
};

static const struct need controller_needs[] = {
    NEED(ONE_OF, IGNORED, cvm_controller, "queues", queues, "type", type, WORDS("scsi")),
    { 0 },
};

static const struct need filesystem_needs[] = {
    NEED(ONE_OF, IGNORED, cvm_filesystem, "queue", queue, "driver", driver, WORDS("virtiofs")),
    { 0 },
};

static const struct need hostdev_needs[] = {
    NEED(ONE_OF, REFUSED, cvm_hostdev, "model", common.model, "type", type, WORDS("mdev")),
    { 0 },
};

static const struct need input_needs[] = {
    NEED(ONE_OF, REFUSED, cvm_input, "model", common.model, "bus", bus, WORDS("virtio")),
    { 0 },
};

#define LIST_OF(list, type, needs)                                                                 \
    {                                                                                              \
        offsetof(struct cvm_devices, list), sizeof(struct type), needs                             \
    }
static const struct {
    size_t offset;
    size_t size;
    const struct need *needs;
} lists[] = {
    LIST_OF(disk, cvm_disk, disk_needs),
    LIST_OF(controller, cvm_controller, controller_needs),
    LIST_OF(interface, cvm_interface, interface_needs),
    LIST_OF(serial, cvm_chardev, serial_needs),
    LIST_OF(console, cvm_chardev, console_needs),
    LIST_OF(channel, cvm_chardev, channel_needs),
    LIST_OF(rng, cvm_rng, rng_needs),
    LIST_OF(tpm, cvm_tpm, tpm_needs),
    LIST_OF(graphics, cvm_graphics, graphics_needs),
    LIST_OF(video, cvm_video, video_needs),
    LIST_OF(filesystem, cvm_filesystem, filesystem_needs),
    LIST_OF(hostdev, cvm_hostdev, hostdev_needs),
    LIST_OF(input, cvm_input, input_needs),
    LIST_OF(memballoon, cvm_balloon, balloon_needs),
};

static void
report_word(struct cvm_check *check, const struct need *need, const struct cvm_from *from,
            const char *word)
{
    enum cvm_severity severity = need->outcome == IGNORED ? CVM_WARNING : CVM_SEVERE;
    g_autofree char *words = g_strjoinv("', '", (char **)need->words);
    struct cvm_finding *finding =
        need->outcome == REFUSED
            ? cvm_report_as(check, severity, from, _("libvirt refuses '%1$s' with %2$s '%3$s'."),
                            need->key, need->other, word)
            : cvm_report_as(check, severity, from, _("'%1$s' has no effect with %2$s '%3$s'."),
                            need->key, need->other, word);

    cvm_fix(finding, _("Remove '%1$s'; it is for %2$s '%3$s'."), need->key, need->other, words);
}

static void
check_need(struct cvm_check *check, const struct need *need, const void *base)
{
    const struct cvm_from *from = G_STRUCT_MEMBER_P(base, need->offset);
    const struct cvm_text *other = G_STRUCT_MEMBER_P(base, need->other_offset);
    gboolean unset = other->from.origin == CVM_UNSET;
    struct cvm_finding *finding;

    if (from->origin != CVM_GIVEN || other->from.origin == CVM_INVALID ||
        (need->kind == ONE_OF_IF_ON && !((const struct cvm_flag *)from)->value)) {
        return;
    }
    if (need->words && !unset && !g_strv_contains(need->words, other->value)) {
        report_word(check, need, from, other->value);
    } else if (need->kind == WITH && unset) {
        finding = cvm_report_as(check, need->outcome == IGNORED ? CVM_WARNING : CVM_SEVERE, from,
                                _("'%1$s' has no effect without '%2$s'."), need->key, need->other);
        cvm_fix(finding, _("Add '%2$s', or remove '%1$s'."), need->key, need->other);
    } else if (need->kind == WITHOUT && !unset) {
        finding = cvm_report(check, from, _("'%1$s' has no effect beside '%2$s'."), need->key,
                             need->other);
        cvm_fix(finding, _("Remove one of '%1$s' and '%2$s'."), need->key, need->other);
    } else if (need->kind == NEVER) {
        finding =
            cvm_report(check, from, _("'%1$s' has no effect on a '%2$s'."), need->key, need->other);
        cvm_fix(finding, _("Remove '%1$s'."), need->key);
    }
}

/* It may be for the whole guest or for its NUMA cells. */
static void
check_numatune(struct cvm_check *check)
{
    const struct cvm_numatune *numatune = &check->domain->numatune;
    struct cvm_finding *finding;

    cvm_each (struct cvm_cell, cell, &check->domain->cpu.numa) {
        if (cell->nodeset.from.origin != CVM_UNSET) {
            return;
        }
    }
    if (cvm_is_given(numatune->mode) && numatune->nodeset.from.origin == CVM_UNSET &&
        !cvm_is_on(numatune->nodeset_auto)) {
        finding = cvm_report(check, &numatune->mode.from, _("'%1$s' has no effect without '%2$s'."),
                             "mode", "nodeset");
        cvm_fix(finding, _("Add '%2$s', or remove '%1$s'."), "mode", "nodeset");
    }
}

/* Whatever is left to this program to choose, and was not chosen. With KubeVirt it is the cluster
 * that chooses. */
static void
check_autos(struct cvm_check *check)
{
    const struct cvm_domain *domain = check->domain;
    const struct {
        const char *key;
        gboolean asked, chosen;
        const struct cvm_from *from;
    } autos[] = {
        { "hardLimit", cvm_is_on(domain->memory.hard_limit_auto),
          domain->memory.hard_limit.from.origin != CVM_UNSET,
          &domain->memory.hard_limit_auto.from },
        { "pin", cvm_is_on(domain->vcpu.pin_auto), domain->vcpu.pin.from.origin != CVM_UNSET,
          &domain->vcpu.pin_auto.from },
        { "nodeset", cvm_is_on(domain->numatune.nodeset_auto),
          domain->numatune.nodeset.from.origin != CVM_UNSET, &domain->numatune.nodeset_auto.from },
        { "firmware", cvm_text_is(domain->os.firmware, "auto") && cvm_is_given(domain->os.firmware),
          domain->os.loader.from.origin != CVM_UNSET, &domain->os.firmware.from },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(autos) && !cvm_domain_is_for_kubevirt(domain); i++) {
        if (autos[i].asked && !autos[i].chosen) {
            cvm_fix(cvm_report(check, autos[i].from,
                               _("'auto' of '%s' has no effect: nothing was found to choose for "
                                 "this guest and host."),
                               autos[i].key),
                    _("Write a value, or remove '%s'."), autos[i].key);
        }
    }
}

/* The reader has seen that a source is one of these. */
static void
check_hostdev_source(struct cvm_check *check, const struct cvm_hostdev *hostdev)
{
    static const struct {
        const char *type, *noun, *pattern;
    } sources[] = {
        { "pci", N_("a PCI address like '0000:c1:00.0'"), "\\.[0-7]$" },
        { "mdev", N_("a UUID like '8f0a4c9e-6d2b-4a53-9c57-1c0c3ad1f0e2'"), "-" },
        { "usb", N_("'vendor:product' or 'bus.device', like '1af4:1000' or '3.12'"),
          "^([^:]{4}:[^:]{4}|[0-9]+\\.[0-9]+)$" },
        { "scsi", N_("'adapter:bus:target:unit', like '2:0:0:1'"), "^([0-9]+:){3}[0-9]+$" },
    };
    struct cvm_finding *finding;

    for (size_t i = 0; i < G_N_ELEMENTS(sources); i++) {
        if (!cvm_is_given(hostdev->source) || !cvm_text_is(hostdev->type, sources[i].type) ||
            g_regex_match_simple(sources[i].pattern, hostdev->source.value, 0, 0)) {
            continue;
        }
        finding = cvm_report_as(check, CVM_SEVERE, &hostdev->source.from,
                                _("Source '%1$s' has no effect: a device of type '%2$s' is named "
                                  "by %3$s."),
                                hostdev->source.value, sources[i].type, _(sources[i].noun));
        cvm_fix(finding, _("Write such a source, or the 'type' that this one is of."));
    }
}

static void
check_needs(struct cvm_check *check, const struct need *needs, const void *base)
{
    for (const struct need *need = needs; need->key; need++) {
        check_need(check, need, base);
    }
}

static void
check_effect(struct cvm_check *check)
{
    const struct cvm_devices *devices = &check->domain->devices;

    if (check->domain->form != CVM_FORM_PROFILE) {
        return;
    }
    check_needs(check, launch_needs, check->domain);
    check_needs(check, domain_needs, check->domain);
    check_numatune(check);
    check_autos(check);
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        const struct cvm_list *list = G_STRUCT_MEMBER_P(devices, lists[i].offset);

        for (unsigned j = 0; j < list->count; j++) {
            check_needs(check, lists[i].needs, (const char *)list->items + j * lists[i].size);
        }
    }
    cvm_each (struct cvm_hostdev, hostdev, &devices->hostdev) {
        check_hostdev_source(check, hostdev);
    }
}

const struct cvm_rule cvm_rules_effect[] = {
    { "CVM108", "key-without-effect", CVM_WARNING, 0, FALSE,
      N_("A key has no effect together with, or without, another one."), check_effect },
    { 0 },
};
