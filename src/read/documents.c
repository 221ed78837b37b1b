/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Profiles and domain XML alike. */
#include "read/read.h"
#include "util/file.h"

GPtrArray *
cvm_documents_parse(const char *name, const char *data, size_t size, const char *const *sets,
                    GError **error)
{
    return cvm_xml_is_likely(data, size) ? cvm_domain_xml_parse_all(name, data, size, error)
                                         : cvm_profile_parse(name, data, size, sets, error);
}

GPtrArray *
cvm_documents_read(const char *name, const char *const *sets, GError **error)
{
    g_autofree char *data = NULL;
    size_t size;

    if (cvm_file_read(name, CVM_LIMIT_XML, &data, &size, error) < 0) {
        return NULL;
    }
    return cvm_documents_parse(name, data, size, sets, error);
}
