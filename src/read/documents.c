/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Profiles and domain XML alike. */
#include <string.h>

#include "read/read.h"
#include "util/file.h"

static gboolean
is_xml(const char *data, size_t size)
{
    static const char byte_order_mark[] = "\xef\xbb\xbf";
    const char *end = data + size;

    if (size >= 3 && memcmp(data, byte_order_mark, 3) == 0) {
        data += 3;
    }
    while (data < end && g_ascii_isspace(*data)) {
        data++;
    }
    return data < end && *data == '<';
}

GPtrArray *
cvm_documents_parse(const char *name, const char *data, size_t size, const char *const *sets,
                    GError **error)
{
    struct cvm_domain *domain;
    GPtrArray *domains;

    if (!is_xml(data, size)) {
        return cvm_profile_parse(name, data, size, sets, error);
    }
    domain = cvm_domain_xml_parse(name, data, size, error);
    if (!domain) {
        return NULL;
    }
    domains = g_ptr_array_new_with_free_func((GDestroyNotify)cvm_domain_free);
    g_ptr_array_add(domains, domain);
    return domains;
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
