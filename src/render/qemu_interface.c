/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Network cards on QEMU's command line. libvirt opens tap devices itself and hands them over as
 * descriptors; here QEMU's own helper makes one on a bridge, or QEMU opens one that is there. */
#include <string.h>

#include "render/qemu_device.h"

static const char bridge_of_default[] = "virbr0"; /* libvirt's network/default.xml */

static gboolean
is_virtio(const struct cvm_interface *interface)
{
    return !cvm_is_set(interface->common.model) ||
           g_str_has_prefix(interface->common.model.value, "virtio");
}

/* The tap device that somebody else made, NULL for none. */
static const char *
prepared_tap(const struct cvm_interface *interface)
{
    return cvm_is_set(interface->target) && !cvm_text_is(interface->type, "user") &&
                   !cvm_text_is(interface->type, "vhostuser")
               ? interface->target.value
               : NULL;
}

/* A helper hands over one descriptor, which is one queue. */
static uint64_t
queue_count(const struct cvm_interface *interface)
{
    gboolean many = prepared_tap(interface) || cvm_text_is(interface->type, "vhostuser") ||
                    cvm_text_is(interface->type, "ethernet");

    return many && is_virtio(interface) && cvm_is_set(interface->queues) ? interface->queues.value
                                                                         : 1;
}

/* The bridge that a helper plugs the card into; NULL where it is not known (CVM855 tells). */
static const char *
find_bridge(const struct cvm_interface *interface)
{
    if (cvm_text_is(interface->type, "bridge")) {
        return cvm_is_set(interface->source) ? interface->source.value : NULL;
    }
    return cvm_text_is(interface->type, "network") && cvm_text_is(interface->source, "default")
               ? bridge_of_default
               : NULL;
}

/* As libvirt: the kernel moves the packets of a virtio card unless something speaks against it. */
static void
set_vhost(struct cvm_qemu *qemu, json_t *json, const struct cvm_interface *interface)
{
    if (!is_virtio(interface) || cvm_text_is(interface->driver, "qemu") ||
        (cvm_text_is(qemu->domain->virt_type, "qemu") && !cvm_is_set(interface->driver))) {
        return;
    }
    cvm_qemu_set_flag(json, "vhost", TRUE);
    if (cvm_text_is(interface->driver, "vhost")) {
        cvm_qemu_set_flag(json, "vhostforce", TRUE);
    }
    cvm_qemu_need_device(qemu, "/dev/vhost-net", TRUE);
}

/* QEMU knows where its distribution has the helper, which speaks for one queue and not with vhost.
 */
static json_t *
bridge_backend(struct cvm_qemu *qemu, const char *bridge)
{
    json_t *json = json_object();

    cvm_qemu_set(json, "type", "bridge");
    cvm_qemu_set(json, "br", bridge);
    qemu->starts_programs = TRUE;
    return json;
}

/* Where nobody knows what to connect to, no device of this name will be there. */
static json_t *
tap_backend(struct cvm_qemu *qemu, const struct cvm_interface *interface)
{
    json_t *json = json_object();
    const char *tap = prepared_tap(interface);
    uint64_t queues = queue_count(interface);

    cvm_qemu_set(json, "type", "tap");
    cvm_qemu_set(json, "ifname", tap ? tap : "cvmdom-none");
    cvm_qemu_set(json, "script", "no");
    cvm_qemu_set(json, "downscript", "no");
    if (queues > 1) {
        cvm_qemu_set_uint(json, "queues", queues);
    }
    set_vhost(qemu, json, interface);
    return json;
}

static json_t *
vhostuser_backend(struct cvm_qemu *qemu, const struct cvm_interface *interface, const char *id)
{
    json_t *json = json_object();
    g_autofree char *path =
        cvm_qemu_escape(cvm_is_set(interface->source) ? interface->source.value : "");

    cvm_qemu_add(qemu, "-chardev", "socket,id=char%s,path=%s%s", id, path,
                 cvm_text_is(interface->mode, "server") ? ",server=on" : "");
    cvm_qemu_set(json, "type", "vhost-user");
    cvm_qemu_set_format(json, "chardev", "char%s", id);
    if (queue_count(interface) > 1) {
        cvm_qemu_set_uint(json, "queues", queue_count(interface));
    }
    return json;
}

static void
add_backend(struct cvm_qemu *qemu, const struct cvm_interface *interface, const char *id)
{
    json_t *json;

    if (cvm_text_is(interface->type, "vhostuser")) {
        json = vhostuser_backend(qemu, interface, id);
    } else if (cvm_text_is(interface->type, "user")) {
        json = json_object();
        cvm_qemu_set(json, "type", "user");
    } else {
        const char *bridge = prepared_tap(interface) ? NULL : find_bridge(interface);

        json = bridge ? bridge_backend(qemu, bridge) : tap_backend(qemu, interface);
        cvm_qemu_need_device(qemu, "/dev/net/tun", TRUE);
    }
    cvm_qemu_set_format(json, "id", "host%s", id);
    cvm_qemu_add_json(qemu, "-netdev", json);
}

static json_t *
new_card(const struct cvm_interface *interface)
{
    json_t *json;
    uint64_t queues = queue_count(interface);

    if (!is_virtio(interface)) {
        return cvm_qemu_driver(interface->common.model.value);
    }
    json = cvm_qemu_virtio("virtio-net-pci", &interface->common);
    if (queues > 1) {
        /* a vector each way a queue, one for its configuration, one to control it */
        cvm_qemu_set_flag(json, "mq", TRUE);
        cvm_qemu_set_uint(json, "vectors", 2 * queues + 2);
    }
    cvm_qemu_set_uint_value(json, "host_mtu", &interface->mtu);
    return json;
}

void
cvm_qemu_interfaces(struct cvm_qemu *qemu)
{
    unsigned i = 0;

    cvm_each (struct cvm_interface, interface, &qemu->domain->devices.interface) {
        json_t *json = new_card(interface);
        json_t *named = json_object();
        const char *id = cvm_qemu_set_id(qemu, named, &interface->common, "net%u", i);

        i += !cvm_is_set(interface->common.alias); /* qemuAssignDeviceNetAlias: the next free */
        add_backend(qemu, interface, id);
        cvm_qemu_set_format(json, "netdev", "host%s", id);
        json_object_update(json, named);
        json_decref(named);
        cvm_qemu_set_text_value(json, "mac", &interface->mac);
        cvm_qemu_set_boot_index(qemu, json, interface, &interface->common);
        cvm_qemu_set_place(qemu, json, interface);
        cvm_qemu_set_rom(json, &interface->rom);
        cvm_qemu_add_json(qemu, "-device", json);
    }
}
