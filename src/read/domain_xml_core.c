/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rows of a domain but for its devices: libvirt's src/conf/schemas/domaincommon.rng. */
#include "read/domain_xml.h"

static const struct cvm_xml_row launch_rows[] = {
    XML_TEXT("@type", cvm_launch, type),
    XML_ROW(POLICY, "policy", cvm_launch, policy),
    XML_FLAG("@kernelHashes", cvm_launch, kernel_hashes),
    XML_FLAG("@authorKey", cvm_launch, author_key),
    XML_FLAG("@vcek", cvm_launch, vcek),
    XML_UINT("cbitpos", cvm_launch, cbitpos),
    XML_UINT("reducedPhysBits", cvm_launch, reduced_phys_bits),
    XML_BLOB("dhCert", cvm_launch, dh_cert),
    XML_BLOB("session", cvm_launch, session),
    XML_BLOB("guestVisibleWorkarounds", cvm_launch, guest_visible_workarounds),
    XML_BLOB("idBlock", cvm_launch, id_block),
    XML_BLOB("idAuth", cvm_launch, id_auth),
    XML_BLOB("hostData", cvm_launch, host_data),
    XML_END,
};
static const struct cvm_xml_table launch_table = { sizeof(struct cvm_launch), launch_rows };

static const struct cvm_xml_row domain_rows[] = {
    XML_TEXT("name", cvm_domain, name),
    XML_TEXT("@type", cvm_domain, virt_type),
    XML_SIZE("memory", cvm_domain, memory.size),
    XML_STRUCT("launchSecurity", cvm_domain, launch, launch_table),
    XML_STRUCT("devices", cvm_domain, devices, cvm_xml_devices_table),
    XML_END,
};
const struct cvm_xml_table cvm_xml_domain_table = { sizeof(struct cvm_domain), domain_rows };
