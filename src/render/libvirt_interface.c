/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <interface> (virDomainNetDefFormat). */
#include "render/libvirt_xml.h"

static void
write_source(struct cvm_xml *xml, const struct cvm_interface *interface)
{
    cvm_xml_start(xml, "source");
    if (cvm_text_is(interface->type, "vhostuser")) {
        cvm_xml_attribute(xml, "type", "unix");
        cvm_attribute_text(xml, "path", &interface->source);
        cvm_attribute_text(xml, "mode", &interface->mode);
    } else if (cvm_text_is(interface->type, "direct")) {
        cvm_attribute_text(xml, "dev", &interface->source);
        cvm_attribute_text(xml, "mode", &interface->mode);
    } else if (cvm_text_is(interface->type, "bridge") || cvm_text_is(interface->type, "network")) {
        cvm_attribute_text(xml, interface->type.value, &interface->source);
    }
    cvm_xml_end_unless_empty(xml);
}

static void
write_one(struct cvm_xml *xml, const char *element, const char *attribute,
          const struct cvm_text *value)
{
    cvm_xml_start(xml, element);
    cvm_attribute_text(xml, attribute, value);
    cvm_xml_end_unless_empty(xml);
}

static void
write_vlan(struct cvm_xml *xml, const struct cvm_uint *vlan)
{
    if (cvm_is_set(*vlan)) {
        cvm_xml_start(xml, "vlan");
        cvm_xml_start(xml, "tag");
        cvm_attribute_uint(xml, "id", vlan);
        cvm_xml_end(xml);
        cvm_xml_end(xml);
    }
}

void
cvm_libvirt_interface(struct cvm_xml *xml, const struct cvm_interface *interface)
{
    cvm_xml_start(xml, "interface");
    cvm_attribute_text(xml, "type", &interface->type);
    write_one(xml, "mac", "address", &interface->mac);
    write_source(xml, interface);
    write_vlan(xml, &interface->vlan);
    write_one(xml, "target", "dev", &interface->target);
    write_one(xml, "model", "type", &interface->common.model);
    cvm_xml_start(xml, "driver");
    cvm_attribute_text(xml, "name", &interface->driver);
    cvm_attribute_uint(xml, "queues", &interface->queues);
    cvm_attribute_on(xml, "iommu", &interface->common.iommu);
    cvm_xml_end_unless_empty(xml);
    write_one(xml, "link", "state", &interface->link);
    cvm_xml_start(xml, "mtu");
    cvm_attribute_uint(xml, "size", &interface->mtu);
    cvm_xml_end_unless_empty(xml);
    cvm_libvirt_device_end(xml, &interface->common, &interface->rom);
    cvm_xml_end(xml);
}
