/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libvirt adds to a domain by itself: one table, with the value where that is fixed. Whatever
 * is not in it is a difference. Nothing that decides over a guest's protection is here with any
 * value: launchSecurity, memoryBacking, dumpCore, devices that share memory or are passed through,
 * what is given to QEMU directly.
 *
 * The rows are what libvirt 9.0.0 and 11.3.0 were seen to add (tests/compare has their words), and
 * where that could not be tried, what their sources say. */
#include <string.h>

#include "compare/tree.h"
#include "util/number.h"

enum {
    LIVE = 1,  /* only into what a running domain runs as */
    ALONE = 2, /* only where nothing of that name was asked for */
    WHOLE = 4, /* with all that is in it */
};

/* What a row cannot say; filling and found as cvm_fill_extra() gets them. */
typedef gboolean (*check_fn)(const struct cvm_filling *filling, const struct cvm_spot *found);

struct row {
    const char *path;  /* cvm_spot_is() */
    const char *value; /* cvm_words_match(); NULL for an element, and where check decides */
    unsigned flags;
    unsigned since; /* version of libvirt; 0 any */
    check_fn check;
    const char *wanted; /* that is replaced; NULL: nothing was asked for */
};

/* ---- values that depend on others ---- */

static gboolean
is_text(const struct cvm_spot *found, const char *text)
{
    return text && g_strcmp0(found->node->text, text) == 0;
}

static gboolean
is_number(const struct cvm_spot *found, gboolean known, unsigned number)
{
    g_autofree char *text = g_strdup_printf("%u", number);

    return known && is_text(found, text);
}

static gboolean
is_cbitpos(const struct cvm_filling *filling, const struct cvm_spot *found)
{
    const struct cvm_host *host = filling->comparison->host;

    return is_number(found, host && host->domcaps.sev == CVM_YES, host ? host->domcaps.cbitpos : 0);
}

static gboolean
is_reduced_phys_bits(const struct cvm_filling *filling, const struct cvm_spot *found)
{
    const struct cvm_host *host = filling->comparison->host;

    return is_number(found, host && host->domcaps.sev == CVM_YES,
                     host ? host->domcaps.reduced_phys_bits : 0);
}

static gboolean
is_emulator(const struct cvm_filling *filling, const struct cvm_spot *found)
{
    const struct cvm_host *host = filling->comparison->host;

    return host && is_text(found, host->domcaps.emulator);
}

/* The firmware that libvirt chooses for os/@firmware is one of those that the host describes. */
static gboolean
is_described(const struct cvm_filling *filling, const struct cvm_spot *found, gboolean template)
{
    const struct cvm_host *host = filling->comparison->host;

    for (unsigned i = 0; host && i < host->n_firmware; i++) {
        if (is_text(found,
                    template ? host->firmware[i].nvram_template : host->firmware[i].executable)) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
is_chosen_loader(const struct cvm_filling *filling, const struct cvm_spot *found)
{
    const struct cvm_node *os = cvm_node_child(filling->comparison->root, "os");

    return cvm_node_attribute(os, "firmware") && is_described(filling, found, FALSE);
}

/* Without launch security such firmware may be one for secure boot, which needs SMM
 * (qemuFirmwareEnableFeaturesModern). */
static gboolean
is_chosen_secure(const struct cvm_filling *filling, G_GNUC_UNUSED const struct cvm_spot *found)
{
    const struct cvm_node *root = filling->comparison->root;
    const struct cvm_spot loader = {
        cvm_node_child(cvm_node_child(filling->found_root, "os"), "loader"), FALSE
    };

    return !cvm_node_child(root, "launchSecurity") && loader.node &&
           !cvm_node_child_text(cvm_node_child(root, "os"), "loader") &&
           g_strcmp0(cvm_node_attribute_text(loader.node, "secure"), "yes") == 0 &&
           is_chosen_loader(filling, &loader);
}

static gboolean
is_chosen_template(const struct cvm_filling *filling, const struct cvm_spot *found)
{
    return is_described(filling, found, TRUE);
}

/* qemuDomainNVRAMPathFormat(): a file of the domain's name. */
static gboolean
is_nvram(const struct cvm_filling *filling, const struct cvm_spot *found)
{
    const char *name = cvm_node_child_text(filling->found_root, "name");
    const char *slash = found->node->text ? strrchr(found->node->text, '/') : NULL;
    size_t length = name ? strlen(name) : 0;

    return slash && name && strncmp(slash + 1, name, length) == 0 &&
           cvm_words_match("_VARS.fd|_VARS.qcow2", slash + 1 + length);
}

/* Without a balloon it is all there is, or, after memory was added, all there was to be. */
static gboolean
is_all_memory(const struct cvm_filling *filling, const struct cvm_spot *found)
{
    const struct cvm_node *roots[] = { filling->found_root, filling->comparison->root };

    for (size_t i = 0; i < G_N_ELEMENTS(roots); i++) {
        const struct cvm_spot all = { cvm_node_child(roots[i], "memory"), TRUE };

        if (all.node && cvm_spots_agree(filling->comparison->arena, &all, found)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* The screen of that type that was asked for. */
static const struct cvm_node *
wanted_graphics(const struct cvm_filling *filling, const struct cvm_node *found)
{
    const struct cvm_node *devices = cvm_node_child(filling->comparison->root, "devices");
    const char *type = cvm_node_attribute_text(found, "type");

    for (const struct cvm_node *child = devices ? devices->children : NULL; child;
         child = child->next) {
        if (g_str_equal(child->name, "graphics") &&
            g_strcmp0(cvm_node_attribute_text(child, "type"), type) == 0) {
            return child;
        }
    }
    return NULL;
}

static gboolean
is_free_port(const struct cvm_filling *filling, const struct cvm_spot *found)
{
    const struct cvm_node *wanted = wanted_graphics(filling, found->node->parent);
    const char *port = cvm_node_attribute_text(wanted, "port");

    return wanted && (!port || g_str_equal(port, "-1") ||
                      g_strcmp0(cvm_node_attribute_text(wanted, "autoport"), "yes") == 0);
}

/* <listen> repeats what older attributes ask for. */
static gboolean
is_older_address(const struct cvm_filling *filling, const struct cvm_spot *found)
{
    const struct cvm_node *wanted = wanted_graphics(filling, found->node->parent->parent);

    return is_text(found, cvm_node_attribute_text(wanted, "listen"));
}

static gboolean
is_older_socket(const struct cvm_filling *filling, const struct cvm_spot *found)
{
    const struct cvm_node *wanted = wanted_graphics(filling, found->node->parent);
    const char *socket = cvm_node_attribute_text(wanted, "socket");

    return socket && g_strcmp0(cvm_node_attribute_text(found->node, "socket"), socket) == 0;
}

/* Under TCG, libvirt checks nothing. */
static gboolean
is_emulated(const struct cvm_filling *filling, G_GNUC_UNUSED const struct cvm_spot *found)
{
    return g_strcmp0(cvm_node_attribute_text(filling->found_root, "type"), "qemu") == 0;
}

/* The machine's own watchdog does what another one was told to do, since QEMU knows one action
 * (qemuDomainDefAddImplicitWatchdog). */
static gboolean
is_watchdog_action(const struct cvm_filling *filling, const struct cvm_spot *found)
{
    const struct cvm_node *devices = cvm_node_child(filling->comparison->root, "devices");
    const struct cvm_node *watchdog = cvm_node_child(devices, "watchdog");
    const char *action = cvm_node_attribute_text(watchdog, "action");

    return g_strcmp0(cvm_node_attribute_text(found->node, "action"), action ? action : "reset") ==
           0;
}

/* Older attributes of <graphics> repeat the first <listen>. */
static gboolean
is_listen(G_GNUC_UNUSED const struct cvm_filling *filling, const struct cvm_spot *found)
{
    const struct cvm_node *listen = cvm_node_child(found->node->parent, "listen");

    return is_text(found, cvm_node_attribute_text(listen, "address")) ||
           is_text(found, cvm_node_attribute_text(listen, "socket"));
}

static gboolean
prints_like(const struct cvm_node *one, const struct cvm_node *other)
{
    g_autofree char *first = one ? cvm_element_print(one) : NULL;
    g_autofree char *second = other ? cvm_element_print(other) : NULL;

    return g_strcmp0(first, second) == 0;
}

/* On x86 the first serial port and the first console are one device, and libvirt writes the one
 * that was not asked for beside the other (qemuDomainDefAddDefaultDevices,
 * virDomainDefAddConsoleCompat). */
static gboolean
is_twin(const struct cvm_node *element, const char *twin_name)
{
    /* asked first, since there may be very many */
    gboolean first = cvm_node_child(element->parent, element->name) == element;
    const struct cvm_node *twin = first ? cvm_node_child(element->parent, twin_name) : NULL;

    return twin &&
           g_strcmp0(cvm_node_attribute_text(element, "type"),
                     cvm_node_attribute_text(twin, "type")) == 0 &&
           prints_like(cvm_node_child(element, "source"), cvm_node_child(twin, "source")) &&
           prints_like(cvm_node_child(element, "log"), cvm_node_child(twin, "log")) &&
           prints_like(cvm_node_child(element, "protocol"), cvm_node_child(twin, "protocol"));
}

static gboolean
is_serial_console(const struct cvm_node *console)
{
    return g_strcmp0(cvm_node_attribute_text(cvm_node_child(console, "target"), "type"),
                     "serial") == 0;
}

static gboolean
is_twin_of_console(G_GNUC_UNUSED const struct cvm_filling *filling, const struct cvm_spot *found)
{
    return is_twin(found->node, "console") &&
           is_serial_console(cvm_node_child(found->node->parent, "console"));
}

/* What such a serial port holds is the console's, and compared there. */
static gboolean
is_part_of_twin(const struct cvm_filling *filling, const struct cvm_spot *found)
{
    const struct cvm_node *devices = cvm_node_child(filling->comparison->root, "devices");
    const struct cvm_spot serial = { found->node->parent, FALSE };

    return !cvm_node_child(devices, "serial") && is_twin_of_console(filling, &serial);
}

static gboolean
is_twin_of_serial(const struct cvm_filling *filling, const struct cvm_spot *found)
{
    const struct cvm_node *devices = cvm_node_child(filling->comparison->root, "devices");

    for (const struct cvm_node *child = devices ? devices->children : NULL; child;
         child = child->next) {
        if (g_str_equal(child->name, "console") && is_serial_console(child)) {
            return FALSE;
        }
    }
    return is_serial_console(found->node) && is_twin(found->node, "serial");
}

/* libvirt says what the CPU came to where it checked that (virCPUUpdateLive). */
static gboolean
is_checked_cpu(const struct cvm_filling *filling, G_GNUC_UNUSED const struct cvm_spot *found)
{
    return g_strcmp0(cvm_node_attribute_text(cvm_node_child(filling->found_root, "cpu"), "check"),
                     "full") == 0;
}

/* host-model is what the host's CPU comes to. */
static gboolean
was_host_model(const struct cvm_filling *filling, G_GNUC_UNUSED const struct cvm_spot *found)
{
    const struct cvm_node *cpu = cvm_node_child(filling->comparison->root, "cpu");

    return g_strcmp0(cvm_node_attribute_text(cpu, "mode"), "host-model") == 0;
}

/* Where libvirt was free to choose. */
static gboolean
has_graphics(const struct cvm_filling *filling, G_GNUC_UNUSED const struct cvm_spot *found)
{
    return cvm_node_child(cvm_node_child(filling->comparison->root, "devices"), "graphics") != NULL;
}

/* ---- the table ---- */

#define ELEMENT(p, ...)                                                                            \
    {                                                                                              \
        .path = (p), ##__VA_ARGS__                                                                 \
    }
#define VALUE(p, v, ...)                                                                           \
    {                                                                                              \
        .path = (p), .value = (v), ##__VA_ARGS__                                                   \
    }

static const struct row rows[] = {
    /* the domain */
    VALUE("@id", "*", .flags = LIVE),
    ELEMENT("uuid"),
    VALUE("uuid/text()", "*"),
    ELEMENT("currentMemory"),
    VALUE("currentMemory/text()", NULL, .check = is_all_memory),
    ELEMENT("resource", .flags = LIVE),
    ELEMENT("resource/partition", .flags = LIVE),
    VALUE("resource/partition/text()", "/machine", .flags = LIVE),
    ELEMENT("on_poweroff"),
    VALUE("on_poweroff/text()", "destroy"),
    ELEMENT("on_reboot"),
    VALUE("on_reboot/text()", "restart"),
    ELEMENT("on_crash"),
    VALUE("on_crash/text()", "destroy"),
    ELEMENT("clock[offset=utc]"),
    VALUE("vcpu/@placement", "static"),
    VALUE("features/*/@state", "on"),
    ELEMENT("seclabel[type=dynamic][model=dac|selinux|apparmor][relabel=yes|no]", .flags = LIVE),
    ELEMENT("seclabel/label", .flags = LIVE | WHOLE),
    ELEMENT("seclabel/imagelabel", .flags = LIVE | WHOLE),
    ELEMENT("seclabel/baselabel", .flags = LIVE | WHOLE),

    /* boot: libvirt 9.2 says which firmware description fits the image that is named, or names the
     * image that fits what is asked for */
    VALUE("os/type/@arch", "x86_64"),
    VALUE("os/type/@machine", "pc-i440fx-*"),
    VALUE("os/@firmware", "efi", .since = CVM_VERSION(9, 2, 0)),
    ELEMENT("os/firmware", .since = CVM_VERSION(9, 2, 0)),
    ELEMENT("os/firmware/feature[name=enrolled-keys|secure-boot][enabled=yes|no]",
            .since = CVM_VERSION(9, 2, 0)),
    ELEMENT("os/loader[type=pflash|rom]", .check = is_chosen_loader),
    VALUE("os/loader/text()", NULL, .check = is_chosen_loader),
    VALUE("os/loader/@type", "pflash"),
    VALUE("os/loader/@readonly", "yes"),
    VALUE("os/loader/@secure", "yes", .since = CVM_VERSION(9, 2, 0), .check = is_chosen_secure),
    ELEMENT("features/smm[state=on]", .since = CVM_VERSION(9, 2, 0), .check = is_chosen_secure),
    VALUE("os/loader/@format", "raw", .since = CVM_VERSION(9, 2, 0)),
    ELEMENT("os/nvram"),
    VALUE("os/nvram/text()", NULL, .check = is_nvram),
    VALUE("os/nvram/@template", NULL, .check = is_chosen_template),
    VALUE("os/nvram/@templateFormat", "raw", .since = CVM_VERSION(9, 2, 0)),
    VALUE("os/nvram/@format", "raw", .since = CVM_VERSION(9, 2, 0)),
    ELEMENT("os/boot[dev=hd]", .flags = ALONE),

    /* processor */
    ELEMENT("cpu[mode=custom][match=exact][check=none]", .flags = ALONE),
    VALUE("cpu/@match", "exact"),
    VALUE("cpu[mode=custom|host-model]/@check", "partial"),
    VALUE("cpu[mode=custom|host-model]/@check", "none", .check = is_emulated),
    VALUE("cpu[mode=host-passthrough|maximum]/@check", "none"),
    VALUE("cpu/@check", "full", .flags = LIVE),
    VALUE("cpu/@check", "full", .flags = LIVE, .wanted = "partial"),
    VALUE("cpu/@migratable", "on"),
    VALUE("cpu/model/@fallback", "forbid|allow"),
    VALUE("cpu/topology/@dies", "1"),
    VALUE("cpu/topology/@clusters", "1"),
    ELEMENT("cpu/feature[policy=require|disable][name=*]", .flags = LIVE, .check = is_checked_cpu),
    VALUE("cpu/@mode", "custom", .flags = LIVE, .wanted = "host-model"),
    ELEMENT("cpu/model[fallback=forbid|allow]", .flags = LIVE | WHOLE, .check = was_host_model),
    ELEMENT("cpu/vendor", .flags = LIVE | WHOLE, .check = was_host_model),

    /* what all devices have */
    ELEMENT("devices/*/address[type=pci|drive|usb|virtio-serial|isa|ccid|dimm]", .flags = WHOLE),
    ELEMENT("devices/*/alias[name=*]", .flags = LIVE),
    ELEMENT("devices/emulator", .check = is_emulator),
    VALUE("devices/emulator/text()", NULL, .check = is_emulator),

    /* controllers that devices sit on */
    ELEMENT("devices/controller[type=pci][index=*][model=pcie-root|pcie-root-port|"
            "pcie-to-pci-bridge|dmi-to-pci-bridge|pci-bridge|pci-root]"),
    ELEMENT("devices/controller[type=pci]/model[name=*]"),
    ELEMENT("devices/controller[type=pci]/target"),
    VALUE("devices/controller[type=pci]/target/@chassis", "*"),
    VALUE("devices/controller[type=pci]/target/@chassisNr", "*"),
    VALUE("devices/controller[type=pci]/target/@port", "*"),
    ELEMENT("devices/controller[type=usb][index=0][model=qemu-xhci|piix3-uhci]"),
    ELEMENT("devices/controller[type=sata|ide|fdc][index=0]"),
    ELEMENT("devices/controller[type=virtio-serial|ccid][index=*]"),
    ELEMENT("devices/controller[type=scsi][index=*]"),
    VALUE("devices/controller/@index", "*"),
    VALUE("devices/controller[type=scsi]/@model", "lsilogic|virtio-scsi"),

    /* disks */
    ELEMENT("devices/disk/driver[name=qemu]"),
    VALUE("devices/disk/driver/@type", "raw"),
    VALUE("devices/disk/source/@index", "*", .flags = LIVE),
    ELEMENT("devices/disk/backingStore", .flags = LIVE | WHOLE), /* what the image says of itself */
    ELEMENT("devices/disk[device=cdrom]/readonly"),

    /* network cards */
    ELEMENT("devices/interface/mac[address=*]"),
    ELEMENT("devices/interface/target[dev=vnet*|macvtap*|macvlan*]", .flags = LIVE),
    VALUE("devices/interface[type=network]/source/@portid", "*", .flags = LIVE),
    VALUE("devices/interface[type=network]/source/@bridge", "*", .flags = LIVE),

    /* character devices */
    ELEMENT("devices/serial[type=*]", .flags = ALONE, .check = is_twin_of_console),
    ELEMENT("devices/serial/source", .flags = WHOLE, .check = is_part_of_twin),
    ELEMENT("devices/serial/log", .flags = WHOLE, .check = is_part_of_twin),
    ELEMENT("devices/serial/protocol", .flags = WHOLE, .check = is_part_of_twin),
    ELEMENT("devices/console", .flags = WHOLE, .check = is_twin_of_serial),
    ELEMENT("devices/serial/target[type=isa-serial]"),
    VALUE("devices/serial/target/@port", "*"),
    ELEMENT("devices/serial/target[type=isa-serial]/model[name=isa-serial]"),
    ELEMENT("devices/console/target[type=serial]"),
    VALUE("devices/console/target/@port", "*"),
    VALUE("devices/console/target[type=virtio]/@port", "*", .wanted = "*"), /* counted behind it */
    VALUE("devices/console/@tty", "/dev/pts/*", .flags = LIVE),
    ELEMENT("devices/*[type=pty]/source[path=/dev/pts/*]", .flags = LIVE),
    ELEMENT("devices/channel[type=unix]/source[mode=bind][path=*/channel/*]", .flags = LIVE),
    VALUE("devices/channel/target/@state", "connected|disconnected", .flags = LIVE),

    /* input, screen, sound */
    ELEMENT("devices/input[type=mouse|keyboard][bus=ps2]"),
    VALUE("devices/graphics/@autoport", "yes", .check = is_free_port),
    VALUE("devices/graphics/@autoport", "no"),
    VALUE("devices/graphics[autoport=yes]/@port", "*", .check = is_free_port, .wanted = "*"),
    VALUE("devices/graphics[autoport=yes]/@port", "-1"),
    VALUE("devices/graphics[autoport=yes]/@port", "*", .flags = LIVE),
    VALUE("devices/graphics[autoport=yes]/@tlsPort", "*", .flags = LIVE),
    VALUE("devices/graphics/@listen", NULL, .check = is_listen),
    VALUE("devices/graphics/@socket", NULL, .check = is_listen),
    ELEMENT("devices/graphics/listen[type=address]", .flags = ALONE),
    ELEMENT("devices/graphics/listen[type=socket][socket=*]", .flags = ALONE,
            .check = is_older_socket),
    VALUE("devices/graphics/listen/@address", NULL, .check = is_older_address),
    VALUE("devices/graphics/listen/@address", "127.0.0.1", .flags = LIVE),
    ELEMENT("devices/audio[id=1][type=none|spice]"),
    ELEMENT("devices/video", .flags = ALONE, .check = has_graphics),
    ELEMENT("devices/video/model[type=cirrus|vga|virtio|bochs|qxl]", .flags = ALONE),
    VALUE("devices/video/model/@vram", "16384|65536"),
    VALUE("devices/video/model/@ram", "65536"),
    VALUE("devices/video/model/@vgamem", "16384"),
    VALUE("devices/video/model/@heads", "1"),
    VALUE("devices/video/model/@primary", "yes"),

    /* the rest */
    ELEMENT("devices/watchdog[model=itco][action=*]", .check = is_watchdog_action),
    ELEMENT("devices/memballoon[model=virtio]", .flags = ALONE), /* profiles always have one */
    VALUE("devices/filesystem/@accessmode", "passthrough"),
    ELEMENT("devices/filesystem/binary[path=*/virtiofsd]", .flags = LIVE),
    VALUE("devices/hostdev/@managed", "no"),
    VALUE("devices/hostdev[type=mdev]/@display", "off"),
    VALUE("devices/hostdev[type=mdev]/@ramfb", "off"),
    ELEMENT("devices/hostdev/driver[name=vfio]", .flags = LIVE),
    VALUE("devices/tpm[model=tpm-crb|tpm-tis]/backend[type=emulator]/@version", "2.0"),
    VALUE("devices/vsock/cid/@auto", "no"),
    VALUE("devices/vsock/cid[auto=yes]/@address", "*", .flags = LIVE),
    VALUE("launchSecurity/cbitpos/text()", NULL, .flags = LIVE, .check = is_cbitpos),
    VALUE("launchSecurity/reducedPhysBits/text()", NULL, .flags = LIVE,
          .check = is_reduced_phys_bits),
    ELEMENT("launchSecurity/cbitpos", .flags = LIVE, .check = is_cbitpos),
    ELEMENT("launchSecurity/reducedPhysBits", .flags = LIVE, .check = is_reduced_phys_bits),
};

/* Whether all but the place holds. */
static gboolean
holds(const struct row *row, const struct cvm_filling *filling, const struct cvm_spot *found,
      gboolean alone)
{
    const struct cvm_host *host = filling->comparison->host;
    unsigned version = host ? host->libvirt_version : 0;

    return (!(row->flags & LIVE) || filling->live) && (!(row->flags & ALONE) || alone) &&
           (version == 0 || row->since <= version) &&
           (!row->value ||
            cvm_words_match(row->value, cvm_spot_text(filling->comparison->arena, found))) &&
           (!row->check || row->check(filling, found));
}

/* "[type=usb]" of an element's row lets that attribute be added to one that was asked for without.
 */
static gboolean
asks_for(const struct row *row, const struct cvm_filling *filling, const struct cvm_spot *found,
         gboolean alone)
{
    const struct cvm_spot element = { found->node->parent, FALSE };

    return !row->value && found->node->kind == CVM_NODE_ATTRIBUTE &&
           cvm_spot_is_asked_for(found, row->path) && holds(row, filling, &element, alone);
}

enum cvm_fill
cvm_fill_extra(const struct cvm_filling *filling, const struct cvm_spot *found, gboolean alone)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const struct row *row = &rows[i];

        if (row->wanted) {
            continue;
        }
        if ((cvm_spot_is(found, row->path) && holds(row, filling, found, alone)) ||
            asks_for(row, filling, found, alone)) {
            return row->flags & WHOLE ? CVM_FILL_WHOLE : CVM_FILL_YES;
        }
    }
    return CVM_FILL_NO;
}

gboolean
cvm_fill_changed(const struct cvm_filling *filling, const char *wanted,
                 const struct cvm_spot *found)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const struct row *row = &rows[i];

        if (row->wanted && cvm_words_match(row->wanted, wanted) && cvm_spot_is(found, row->path) &&
            holds(row, filling, found, TRUE)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* A console that is the first serial port is what that is. */
gboolean
cvm_fill_repeats(const struct cvm_filling *filling, const struct cvm_spot *found)
{
    const struct cvm_node *devices = cvm_node_child(filling->comparison->root, "devices");

    return cvm_spot_is(found, "devices/console") && cvm_node_child(devices, "serial") &&
           is_serial_console(found->node) && is_twin(found->node, "serial");
}
