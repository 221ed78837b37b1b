/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <serial>, <console> and <channel> (virDomainChrDefFormat). */
#include "render/libvirt_xml.h"

#include <string.h>

static const struct {
    const char *element;
    const char *target_attribute; /* where the model's target goes */
} kinds[] = {
    [CVM_SERIAL] = { "serial", "type" },
    [CVM_CONSOLE] = { "console", "type" },
    [CVM_CHANNEL] = { "channel", "name" },
};

/* "host:port"; the last colon divides, so that an IPv6 address needs no brackets. */
static void
write_tcp_source(struct cvm_xml *xml, const struct cvm_chardev *chardev)
{
    const char *colon = strrchr(chardev->source.value, ':');
    g_autofree char *host = colon ? g_strndup(chardev->source.value, colon - chardev->source.value)
                                  : g_strdup(chardev->source.value);

    cvm_xml_start(xml, "source");
    cvm_attribute_text(xml, "mode", &chardev->mode);
    cvm_xml_attribute(xml, "host", host);
    cvm_xml_attribute(xml, "service", colon ? colon + 1 : "");
    cvm_xml_end(xml);
    cvm_xml_start(xml, "protocol");
    cvm_xml_attribute(xml, "type", "raw");
    cvm_xml_end(xml);
}

static void
write_source(struct cvm_xml *xml, const struct cvm_chardev *chardev)
{
    if (cvm_text_is(chardev->type, "tcp") && cvm_is_set(chardev->source)) {
        write_tcp_source(xml, chardev);
        return;
    }
    cvm_xml_start(xml, "source");
    if (cvm_text_is(chardev->type, "unix")) {
        cvm_attribute_text(xml, "mode", &chardev->mode);
    }
    cvm_attribute_text(xml, "path", &chardev->source);
    cvm_xml_end_unless_empty(xml);
}

static void
write_target(struct cvm_xml *xml, const struct cvm_chardev *chardev, enum cvm_chardev_kind kind)
{
    cvm_xml_start(xml, "target");
    if (kind == CVM_CHANNEL) {
        cvm_xml_attribute(xml, "type", "virtio");
    }
    cvm_attribute_text(xml, kinds[kind].target_attribute, &chardev->target);
    if (kind != CVM_CHANNEL) {
        cvm_attribute_uint(xml, "port", &chardev->port);
    }
    if (kind == CVM_SERIAL && cvm_is_set(chardev->common.model)) {
        cvm_xml_start(xml, "model");
        cvm_attribute_text(xml, "name", &chardev->common.model);
        cvm_xml_end(xml);
    }
    cvm_xml_end_unless_empty(xml);
}

void
cvm_libvirt_chardev(struct cvm_xml *xml, const struct cvm_chardev *chardev,
                    enum cvm_chardev_kind kind)
{
    cvm_xml_start(xml, kinds[kind].element);
    cvm_attribute_text(xml, "type", &chardev->type);
    write_source(xml, chardev);
    if (cvm_is_set(chardev->log)) {
        cvm_xml_start(xml, "log");
        cvm_attribute_text(xml, "file", &chardev->log);
        cvm_xml_attribute(xml, "append", "off");
        cvm_xml_end(xml);
    }
    write_target(xml, chardev, kind);
    cvm_libvirt_device_end(xml, &chardev->common, NULL);
    cvm_xml_end(xml);
}
