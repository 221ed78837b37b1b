/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <disk> (virDomainDiskDefFormat). */
#include "render/libvirt_xml.h"

static void
write_driver(struct cvm_xml *xml, const struct cvm_disk *disk)
{
    cvm_xml_start(xml, "driver");
    if (cvm_is_set(disk->format)) {
        cvm_xml_attribute(xml, "name", "qemu");
    }
    cvm_attribute_text(xml, "type", &disk->format);
    cvm_attribute_text(xml, "cache", &disk->cache);
    cvm_attribute_text(xml, "io", &disk->io);
    cvm_attribute_text(xml, "discard", &disk->discard);
    cvm_attribute_uint(xml, "iothread", &disk->iothread);
    cvm_attribute_text(xml, "detect_zeroes", &disk->detect_zeroes);
    cvm_attribute_uint(xml, "queues", &disk->queues);
    cvm_attribute_on(xml, "iommu", &disk->common.iommu);
    cvm_xml_end_unless_empty(xml);
}

static void
write_source(struct cvm_xml *xml, const struct cvm_disk *disk)
{
    cvm_xml_start(xml, "source");
    if (cvm_text_is(disk->type, "block")) {
        cvm_attribute_text(xml, "dev", &disk->source);
    } else if (cvm_text_is(disk->type, "volume")) {
        cvm_attribute_text(xml, "pool", &disk->pool);
        cvm_attribute_text(xml, "volume", &disk->source);
    } else if (cvm_text_is(disk->type, "network")) {
        cvm_attribute_text(xml, "protocol", &disk->protocol);
        cvm_attribute_text(xml, "name", &disk->source);
        cvm_xml_start(xml, "host");
        cvm_attribute_text(xml, "name", &disk->host);
        cvm_attribute_text(xml, "port", &disk->port);
        cvm_xml_end_unless_empty(xml);
    } else {
        cvm_attribute_text(xml, "file", &disk->source);
    }
    cvm_xml_end_unless_empty(xml);
}

void
cvm_libvirt_disk(struct cvm_xml *xml, const struct cvm_disk *disk)
{
    cvm_xml_start(xml, "disk");
    cvm_attribute_text(xml, "type", &disk->type);
    cvm_attribute_text(xml, "device", &disk->device);
    cvm_attribute_text(xml, "model", &disk->common.model);
    write_driver(xml, disk);
    write_source(xml, disk);
    cvm_xml_start(xml, "target");
    cvm_attribute_text(xml, "dev", &disk->target);
    cvm_attribute_text(xml, "bus", &disk->bus);
    cvm_xml_end_unless_empty(xml);
    if (cvm_is_on(disk->readonly)) {
        cvm_xml_start(xml, "readonly");
        cvm_xml_end(xml);
    }
    if (cvm_is_on(disk->shareable)) {
        cvm_xml_start(xml, "shareable");
        cvm_xml_end(xml);
    }
    cvm_element_text(xml, "serial", &disk->serial);
    cvm_libvirt_device_end(xml, &disk->common, NULL);
    cvm_xml_end(xml);
}
