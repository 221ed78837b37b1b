/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rows of devices: libvirt's src/conf/schemas/domaincommon.rng. */
#include "read/domain_xml.h"

static const struct cvm_xml_row disk_rows[] = {
    XML_TEXT("@device", cvm_disk, device),
    XML_TEXT("@type", cvm_disk, type),
    XML_TEXT("driver/@type", cvm_disk, format),
    XML_TEXT("driver/@cache", cvm_disk, cache),
    XML_FLAG("driver/@iommu", cvm_disk, common.iommu),
    XML_TEXT("target/@dev", cvm_disk, target),
    XML_TEXT("target/@bus", cvm_disk, bus),
    XML_PRESENT("readonly", cvm_disk, readonly),
    XML_END,
};
static const struct cvm_xml_table disk_table = { sizeof(struct cvm_disk), disk_rows };

static const struct cvm_xml_row devices_rows[] = {
    XML_TEXT("emulator", cvm_devices, emulator),
    XML_LIST("disk", cvm_devices, disk, disk_table),
    XML_END,
};
const struct cvm_xml_table cvm_xml_devices_table = { sizeof(struct cvm_devices), devices_rows };
