/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What devices take from the guest, or cannot do with it. */
#include <string.h>

#include "harden/repair.h"
#include "resolve/resolve.h"
#include "util/i18n.h"

/* ---- IDE ---- */

/* As libvirt numbers disks: "a" is 0, "z" 25, "aa" 26 (virIndexToDiskName, src/util/virutil.c). */
static char *
disk_name(unsigned number)
{
    GString *letters = g_string_new(NULL);

    for (int rest = (int)number; rest >= 0; rest = rest / 26 - 1) {
        g_string_prepend_c(letters, (char)('a' + rest % 26));
    }
    g_string_prepend(letters, "sd");
    return g_string_free(letters, FALSE);
}

/* The targets' names of all disks. */
static GHashTable *
collect_names(const struct cvm_node *devices)
{
    GHashTable *names = g_hash_table_new(g_str_hash, g_str_equal);

    for (const struct cvm_node *disk = devices ? devices->children : NULL; disk;
         disk = disk->next) {
        const struct cvm_node *target =
            g_str_equal(disk->name, "disk") ? cvm_node_child(disk, "target") : NULL;
        const char *name = cvm_node_attribute_text(target, "dev");

        if (name) {
            g_hash_table_add(names, (gpointer)name);
        }
    }
    return names;
}

static gboolean
is_ide(const struct cvm_node *disk)
{
    const struct cvm_node *target = cvm_node_child(disk, "target");
    const char *bus = cvm_node_attribute_text(target, "bus");
    const char *name = cvm_node_attribute_text(target, "dev");

    return g_str_equal(disk->name, "disk") &&
           (bus ? g_str_equal(bus, "ide") : name && g_str_has_prefix(name, "hd"));
}

/* The place of a disk among the IDE ones: all of them are renamed in one round. */
static unsigned
count_before(const struct cvm_node *devices, const struct cvm_node *disk)
{
    unsigned count = 0;

    for (const struct cvm_node *other = devices ? devices->children : NULL; other && other != disk;
         other = other->next) {
        count += is_ide(other);
    }
    return count;
}

static char *
free_name(const struct cvm_node *devices, unsigned rank)
{
    g_autoptr(GHashTable) taken = collect_names(devices);

    for (unsigned number = 0;; number++) {
        g_autofree char *name = disk_name(number);

        if (!g_hash_table_contains(taken, name) && rank-- == 0) {
            return g_steal_pointer(&name);
        }
    }
}

/* A snapshot names the disks of the domain that it holds. */
static void
rename_in_snapshot(struct cvm_repair *repair, const char *old, const char *new)
{
    const struct cvm_node *disks = cvm_node_child(repair->root->parent, "disks");

    for (const struct cvm_node *disk = disks ? disks->children : NULL; disk; disk = disk->next) {
        if (g_strcmp0(cvm_node_attribute_text(disk, "name"), old) == 0) {
            cvm_repair_set_attribute(repair, disk, "name", new);
        }
    }
}

/* SATA, which the guest finds under the name that it had: Linux has called both sdX for long. */
static void
repair_disk(struct cvm_repair *repair, const struct cvm_node *disk)
{
    const struct cvm_node *target = cvm_node_child(disk, "target");
    const struct cvm_node *address = cvm_node_child(disk, "address");
    const char *old = cvm_node_attribute_text(target, "dev");

    if (!target) {
        return;
    }
    if (old && g_str_has_prefix(old, "hd")) {
        g_autofree char *name = free_name(disk->parent, count_before(disk->parent, disk));

        cvm_repair_set_attribute(repair, target, "dev", name);
        rename_in_snapshot(repair, old, name);
    }
    cvm_repair_set_attribute(repair, target, "bus", "sata");
    if (g_strcmp0(cvm_node_attribute_text(address, "type"), "drive") == 0) {
        cvm_repair_remove(repair, address); /* master and slave of two channels */
    }
}

void
cvm_repair_ide(struct cvm_repair *repair)
{
    const struct cvm_node *device = repair->node;

    while (device->parent && !g_str_equal(device->parent->name, "devices")) {
        device = device->parent;
    }
    if (g_str_equal(device->name, "disk")) {
        repair_disk(repair, device);
    } else if (g_str_equal(device->name, "controller")) {
        cvm_repair_remove(repair, device);
    }
}

/* ---- virtio ---- */

/* The device that a finding is in. */
static const struct cvm_node *
device_of(const struct cvm_node *node)
{
    while (node->parent && !g_str_equal(node->parent->name, "devices")) {
        node = node->parent;
    }
    return node;
}

void
cvm_repair_option_rom(struct cvm_repair *repair)
{
    const struct cvm_node *interface = device_of(repair->node);
    const struct cvm_node *rom = cvm_node_child(interface, "rom");

    if (!rom) {
        cvm_repair_insert(repair, interface, "<rom enabled='no'/>");
        return;
    }
    /* libvirt: no other tuning of what is not there */
    cvm_repair_remove(repair, cvm_node_attribute(rom, "bar"));
    cvm_repair_remove(repair, cvm_node_attribute(rom, "file"));
    cvm_repair_remove(repair,
                      cvm_node_attribute(rom, "enable")); /* misspelt: the schema's refusal */
    cvm_repair_set_attribute(repair, rom, "enabled", "no");
}

void
cvm_repair_iommu_off(struct cvm_repair *repair)
{
    const struct cvm_node *driver = cvm_node_child(device_of(repair->node), "driver");
    const struct cvm_node *iommu = cvm_node_attribute(driver, "iommu");

    if (iommu && driver->attributes == iommu && !iommu->next && !driver->children) {
        cvm_repair_remove(repair, driver);
    } else {
        cvm_repair_remove(repair, iommu);
    }
}

void
cvm_repair_iommu_needed(struct cvm_repair *repair)
{
    const struct cvm_node *device = device_of(repair->node);
    const struct cvm_node *driver = cvm_node_child(device, "driver");

    if (repair->finding->severity < CVM_WARNING) {
        return;
    }
    if (driver) {
        cvm_repair_set_attribute(repair, driver, "iommu", "on");
    } else {
        cvm_repair_insert(repair, device, "<driver iommu='on'/>");
    }
}

void
cvm_repair_transitional(struct cvm_repair *repair)
{
    if (repair->node->kind == CVM_NODE_ATTRIBUTE) {
        cvm_repair_set_attribute(repair, repair->node->parent, repair->node->name,
                                 "virtio-non-transitional");
    }
}

/* ---- the rest ---- */

static void
stop_balloon(struct cvm_repair *repair, const struct cvm_node *balloon)
{
    static const char *const names[] = { "autodeflate", "freePageReporting" };
    static const char *const parts[] = { "stats", "driver", "address", "alias", NULL };

    if (g_strcmp0(cvm_node_attribute_text(balloon, "model"), "none") == 0) {
        return;
    }
    cvm_repair_set_attribute(repair, balloon, "model", "none");
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        cvm_repair_remove(repair, cvm_node_attribute(balloon, names[i]));
    }
    cvm_edit_remove_children(repair->edits, balloon, parts);
    if (balloon->children) {
        cvm_repair_say(repair, _("What only a real balloon has is removed."));
    }
}

void
cvm_repair_balloon(struct cvm_repair *repair)
{
    const struct cvm_node *devices = cvm_node_child(repair->root, "devices");

    if (!devices) {
        cvm_repair_insert(repair, repair->root,
                          "<devices>\n  <memballoon model='none'/>\n</devices>");
        return;
    }
    if (!cvm_node_child(devices, "memballoon")) {
        cvm_repair_insert(repair, devices, "<memballoon model='none'/>");
        return;
    }
    for (const struct cvm_node *device = devices->children; device; device = device->next) {
        if (g_str_equal(device->name, "memballoon")) {
            stop_balloon(repair, device);
        }
    }
}

/* The guest starts with all that it may have. */
void
cvm_repair_vcpus(struct cvm_repair *repair)
{
    const struct cvm_node *vcpus = cvm_node_child(repair->root, "vcpus");
    const struct cvm_node *vcpu = cvm_node_child(repair->root, "vcpu");

    for (const struct cvm_node *one = vcpus ? vcpus->children : NULL; one; one = one->next) {
        if (g_str_equal(one->name, "vcpu")) {
            cvm_repair_set_attribute(repair, one, "enabled", "yes");
        }
    }
    cvm_repair_remove(repair, cvm_node_attribute(vcpu, "current"));
}

void
cvm_repair_vmcoreinfo(struct cvm_repair *repair)
{
    const struct cvm_node *features = cvm_node_child(repair->root, "features");

    cvm_repair_set_attribute(repair, cvm_node_child(features, "vmcoreinfo"), "state", "off");
}

void
cvm_repair_viommu(struct cvm_repair *repair)
{
    if (cvm_is_set(repair->domain->vcpu.count) && repair->domain->vcpu.count.value > 255) {
        cvm_repair_decline(repair, _("libvirt before 11.5 wants it for more than 255 vCPUs: how "
                                     "many the guest is to have is for you to decide."));
        return;
    }
    cvm_repair_remove(repair, device_of(repair->node));
}

/* What a profile of this guest would get on this host. */
void
cvm_repair_cpu_model(struct cvm_repair *repair)
{
    const struct cvm_node *cpu = cvm_node_child(repair->root, "cpu");
    CVM_AUTO(domain) *model = cvm_domain_new(CVM_FORM_PROFILE);
    g_autofree char *fragment = NULL;

    if (repair->finding->severity != CVM_WARNING) {
        cvm_repair_decline(repair, _("Which CPU the guest is to have is for you to decide."));
        return;
    }
    model->launch.from.origin = CVM_GIVEN;
    model->launch.guest = repair->guest;
    cvm_resolve(model, repair->host);
    if (!cvm_is_set(model->cpu.model)) {
        cvm_repair_decline(repair, _("Name the host (--host): a model that it can run is needed."));
        return;
    }
    fragment =
        g_markup_printf_escaped("<model fallback='forbid'>%s</model>", model->cpu.model.value);
    if (!cpu) {
        g_autofree char *whole =
            g_strdup_printf("<cpu mode='custom' match='exact'>\n  %s\n</cpu>", fragment);

        cvm_repair_insert(repair, repair->root, whole);
    } else if (cvm_node_child(cpu, "model")) {
        cvm_repair_set_text(repair, cvm_node_child(cpu, "model"), model->cpu.model.value);
    } else {
        cvm_repair_set_attribute(repair, cpu, "mode", "custom");
        cvm_repair_insert(repair, cpu, fragment);
    }
}
