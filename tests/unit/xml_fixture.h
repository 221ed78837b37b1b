/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CVM_TESTS_XML_FIXTURE_H
#define CVM_TESTS_XML_FIXTURE_H

#include "read/read.h"

/* The first domain of an XML text; NULL and an error. */
static inline struct cvm_domain *
parse_xml(const char *name, const char *data, size_t size, GError **error)
{
    g_autoptr(GPtrArray) domains = cvm_domain_xml_parse_all(name, data, size, error);

    return domains ? g_ptr_array_steal_index(domains, 0) : NULL;
}

#endif
