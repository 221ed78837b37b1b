/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the libvirt renderer share: values of the model as attributes and elements, in
 * libvirt's notation. A value that is not set writes nothing. */
#ifndef CVM_RENDER_LIBVIRT_XML_H
#define CVM_RENDER_LIBVIRT_XML_H

#include "model/domain.h"
#include "util/xml_out.h"

static inline void
cvm_attribute_text(struct cvm_xml *xml, const char *name, const struct cvm_text *value)
{
    if (cvm_is_set(*value)) {
        cvm_xml_attribute(xml, name, value->value);
    }
}

static inline void
cvm_attribute_uint(struct cvm_xml *xml, const char *name, const struct cvm_uint *value)
{
    if (cvm_is_set(*value)) {
        cvm_xml_attribute_uint(xml, name, value->value);
    }
}

static inline void
cvm_attribute_yes(struct cvm_xml *xml, const char *name, const struct cvm_flag *value)
{
    if (cvm_is_set(*value)) {
        cvm_xml_attribute(xml, name, value->value ? "yes" : "no");
    }
}

static inline void
cvm_attribute_on(struct cvm_xml *xml, const char *name, const struct cvm_flag *value)
{
    if (cvm_is_set(*value)) {
        cvm_xml_attribute(xml, name, value->value ? "on" : "off");
    }
}

static inline void
cvm_element_text(struct cvm_xml *xml, const char *name, const struct cvm_text *value)
{
    if (cvm_is_set(*value)) {
        cvm_xml_element(xml, name, value->value);
    }
}

/* libvirt_devices.c */
void
cvm_libvirt_devices(struct cvm_xml *xml, const struct cvm_devices *devices);

/* libvirt_disk.c, libvirt_interface.c, libvirt_chardev.c: the devices with most to say. */
void
cvm_libvirt_disk(struct cvm_xml *xml, const struct cvm_disk *disk);
void
cvm_libvirt_interface(struct cvm_xml *xml, const struct cvm_interface *interface);
enum cvm_chardev_kind { CVM_SERIAL, CVM_CONSOLE, CVM_CHANNEL };
void
cvm_libvirt_chardev(struct cvm_xml *xml, const struct cvm_chardev *chardev,
                    enum cvm_chardev_kind kind);

/* What most devices end with: <boot>, <alias>, <rom> (rom may be NULL) and <address>. */
void
cvm_libvirt_device_end(struct cvm_xml *xml, const struct cvm_device *device,
                       const struct cvm_flag *rom);
/* <address …> of "0000:c1:00.0" or "c1:00.0", with or without type='pci'; nothing when it is none.
 */
void
cvm_libvirt_pci_address(struct cvm_xml *xml, const char *address, gboolean typed);

#endif
