/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Machine, firmware, and what a guest with encrypted state cannot do. */
#include <string.h>

#include "harden/repair.h"
#include "model/need.h"
#include "resolve/resolve.h"
#include "util/i18n.h"

static gboolean
has_attribute(const struct cvm_node *node, const char *name, const char *value)
{
    return g_strcmp0(cvm_node_attribute_text(node, name), value) == 0;
}

/* ---- i440fx -> q35 ---- */

static gboolean
is_pci_bus(const struct cvm_node *device)
{
    return g_str_equal(device->name, "controller") && has_attribute(device, "type", "pci");
}

/* Slots of the old buses, and the buses themselves: libvirt places the devices anew, below PCIe
 * root ports, where virtio has no legacy form. A hostdev's <source> has the host's address, which
 * is none of these. */
static void
drop_pci_layout(struct cvm_repair *repair, const struct cvm_node *devices)
{
    static const char *const names[] = { "address", NULL };
    unsigned buses = 0, addresses = 0;

    for (const struct cvm_node *device = devices->children; device; device = device->next) {
        const struct cvm_node *address = cvm_node_child(device, "address");

        if (is_pci_bus(device)) {
            cvm_edit_remove(repair->edits, device);
            buses++;
        } else if (address && has_attribute(address, "type", "pci")) {
            cvm_edit_remove_children(repair->edits, device, names);
            addresses++;
        }
    }
    if (buses + addresses > 0) {
        cvm_repair_say(repair,
                       _("Its PCI buses and addresses are those of the old machine: "
                         "%1$u <controller type='pci'> and %2$u <address type='pci'> are "
                         "removed, and libvirt chooses new ones."),
                       buses, addresses);
    }
}

void
cvm_repair_machine(struct cvm_repair *repair)
{
    const struct cvm_node *type = cvm_repair_at(repair->root, "os/type");
    const struct cvm_node *devices = cvm_node_child(repair->root, "devices");

    if (!type) {
        cvm_repair_decline(repair, _("There is no <os><type>: what the guest is to boot is not "
                                     "known."));
        return;
    }
    cvm_repair_set_attribute(repair, type, "machine", "q35");
    if (devices) {
        drop_pci_layout(repair, devices);
    }
}

void
cvm_repair_machine_version(struct cvm_repair *repair)
{
    const struct cvm_node *type = cvm_repair_at(repair->root, "os/type");

    if (type) {
        cvm_repair_set_attribute(repair, type, "machine", "q35");
    }
}

/* ---- firmware ---- */

/* What a profile of this guest would get on this host; to be freed. */
static struct cvm_domain *
resolve_like(const struct cvm_repair *repair)
{
    struct cvm_domain *model = cvm_domain_new(CVM_FORM_PROFILE);
    const struct cvm_domain *domain = repair->domain;

    model->launch.from.origin = CVM_GIVEN;
    model->launch.type.from.origin = CVM_GIVEN;
    model->launch.type.value = cvm_guest_info(repair->guest)->name;
    model->launch.guest = repair->guest;
    model->launch.kernel_hashes = domain->launch.kernel_hashes;
    model->os.kernel = domain->os.kernel;
    cvm_default_text(&model->os.machine, "q35", NULL, NULL);
    cvm_resolve(model, repair->host);
    return model;
}

static const struct cvm_node *
find_secure_feature(const struct cvm_node *os)
{
    const struct cvm_node *firmware = cvm_node_child(os, "firmware");

    for (const struct cvm_node *feature = firmware ? firmware->children : NULL; feature;
         feature = feature->next) {
        if (has_attribute(feature, "name", "secure-boot") &&
            has_attribute(feature, "enabled", "yes")) {
            return feature;
        }
    }
    return NULL;
}

static char *
describe_loader(const struct cvm_os *os)
{
    GString *text = g_string_new("<loader");

    if (cvm_is_on(os->readonly)) {
        g_string_append(text, " readonly='yes'");
    }
    g_string_append_printf(text, " type='%s'", os->type.value);
    if (cvm_is_on(os->stateless)) {
        g_string_append(text, " stateless='yes'");
    }
    if (cvm_is_set(os->format)) {
        g_string_append_printf(text, " format='%s'", os->format.value);
    }
    g_string_append_c(text, '>');
    {
        g_autofree char *path = g_markup_escape_text(os->loader.value, -1);

        g_string_append_printf(text, "%s</loader>", path);
    }
    return g_string_free(text, FALSE);
}

static char *
describe_nvram(const struct cvm_os *os)
{
    GString *text = g_string_new(NULL);

    if (cvm_is_set(os->nvram_template)) {
        g_autofree char *path = g_markup_escape_text(os->nvram_template.value, -1);

        g_string_append_printf(text, "\n<nvram template='%s'", path);
        if (cvm_is_set(os->nvram_format)) {
            g_string_append_printf(text, " templateFormat='%s' format='%s'", os->nvram_format.value,
                                   os->nvram_format.value);
        }
        g_string_append(text, "/>");
    }
    return g_string_free(text, FALSE);
}

/* All that names or describes an image goes, and the fragments come. The store of variables goes
 * with the image that it was made by. */
static void
replace_firmware(struct cvm_repair *repair, const struct cvm_node *os, const char *fragments)
{
    static const char *const names[] = { "firmware", "loader", "nvram" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        cvm_repair_remove(repair, cvm_node_child(os, names[i]));
    }
    if (fragments) {
        cvm_repair_remove(repair, cvm_node_attribute(os, "firmware"));
        cvm_repair_insert(repair, os, fragments);
    } else {
        cvm_repair_set_attribute(repair, os, "firmware", "efi");
    }
}

static gboolean
knows_firmware(const struct cvm_host *host)
{
    return host && (host->n_firmware > 0 || host->n_images > 0);
}

static void
name_image(struct cvm_repair *repair, const struct cvm_node *os)
{
    CVM_AUTO(domain) *model = resolve_like(repair);
    g_autofree char *loader = NULL;
    g_autofree char *nvram = NULL;
    g_autofree char *both = NULL;

    if (!cvm_is_set(model->os.loader)) {
        cvm_repair_decline(repair, _("No firmware image of host '%s' fits this guest."),
                           repair->host->name ? repair->host->name : repair->host->file);
        return;
    }
    loader = describe_loader(&model->os);
    nvram = describe_nvram(&model->os);
    both = g_strconcat(loader, nvram, NULL);
    replace_firmware(repair, os, both);
}

/* <os type='efi'>, which libvirt's own guide had. */
void
cvm_repair_os_type(struct cvm_repair *repair)
{
    const struct cvm_node *os = cvm_node_child(repair->root, "os");
    const struct cvm_node *type = cvm_node_attribute(os, "type");

    if (!type) {
        return;
    }
    if (cvm_node_attribute(os, "firmware")) {
        cvm_repair_remove(repair, type);
    } else {
        cvm_repair_rename(repair, type, "firmware");
    }
}

/* An image of the host that fits, or libvirt's choice where the host is not known. */
void
cvm_repair_firmware(struct cvm_repair *repair)
{
    const struct cvm_node *os = cvm_node_child(repair->root, "os");

    if (!os) {
        cvm_repair_decline(repair, _("There is no <os>: what the guest is to boot is not known."));
    } else if (!(repair->guest & CVM_GUEST_AMD)) {
        cvm_repair_decline(repair,
                           _("Which firmware an ordinary guest is to have is for you to decide."));
    } else if (cvm_node_attribute(os, "type")) {
        cvm_repair_os_type(repair); /* it was asked for */
    } else if (knows_firmware(repair->host)) {
        name_image(repair, os);
    } else if (has_attribute(os, "firmware", "efi") && !cvm_node_child(os, "loader")) {
        cvm_repair_decline(repair, _("No firmware image that fits is known: name a host that has "
                                     "one (--host), or an image."));
    } else {
        replace_firmware(repair, os, NULL);
    }
}

void
cvm_repair_rom(struct cvm_repair *repair)
{
    const struct cvm_node *os = cvm_node_child(repair->root, "os");
    const struct cvm_node *loader = cvm_node_child(os, "loader");

    if (loader && !cvm_is_set(repair->domain->os.loader)) {
        cvm_repair_set_attribute(repair, loader, "type", "rom");
    } else if (loader) {
        cvm_repair_set_attribute(repair, loader, "type", "rom");
        cvm_repair_set_attribute(repair, loader, "stateless", "yes");
        cvm_repair_say(
            repair,
            _("Name the host (--host) to see whether the image itself can carry a SEV-SNP guest."));
    }
    cvm_repair_remove(repair, cvm_node_child(os, "nvram"));
}

void
cvm_repair_nvram(struct cvm_repair *repair)
{
    cvm_repair_remove(repair, cvm_repair_at(repair->root, "os/nvram"));
}

/* ---- what encrypted state rules out ---- */

void
cvm_repair_smm(struct cvm_repair *repair)
{
    const struct cvm_node *smm = cvm_repair_at(repair->root, "features/smm");
    const struct cvm_node *os = cvm_node_child(repair->root, "os");
    const struct cvm_node *loader = cvm_node_child(os, "loader");
    gboolean secure = has_attribute(loader, "secure", "yes");
    const struct cvm_node *element = cvm_repair_element(repair->node);

    if (element == loader && !secure) { /* the image itself needs SMM */
        cvm_repair_firmware(repair);
        return;
    }
    if (repair->guest == CVM_GUEST_SEV && (secure || find_secure_feature(os))) {
        cvm_repair_decline(
            repair,
            _("Secure Boot, which a SEV guest can have, needs it: that is for you to decide."));
        return;
    }
    if (smm && cvm_is_on(repair->domain->features.smm)) {
        cvm_repair_set_attribute(repair, smm, "state", "off");
    }
    if (secure) {
        cvm_repair_set_attribute(repair, loader, "secure", "no");
    }
    if (element && g_str_equal(element->name, "feature")) {
        cvm_repair_set_attribute(repair, element, "enabled", "no");
    }
}

void
cvm_repair_reboot(struct cvm_repair *repair)
{
    cvm_repair_set_child(repair, repair->root, "on_reboot", "destroy");
}

void
cvm_repair_suspend(struct cvm_repair *repair)
{
    cvm_repair_set_attribute(repair, cvm_repair_element(repair->node), "enabled", "no");
}

void
cvm_repair_acpi(struct cvm_repair *repair)
{
    const struct cvm_node *acpi = cvm_repair_at(repair->root, "features/acpi");

    if (!acpi) {
        cvm_repair_insert_below(repair, repair->root, "features", "<acpi/>");
    }
}
