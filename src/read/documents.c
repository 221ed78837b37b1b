/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Profiles and domain XML alike. */
#include "read/read.h"
#include "util/error.h"
#include "util/file.h"
#include "util/i18n.h"

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

/* A base lacks a name; whatever else it lacks comes from there as well. */
static gboolean
is_base(const struct cvm_domain *domain)
{
    if (domain->form != CVM_FORM_PROFILE || domain->name.from.origin != CVM_UNSET) {
        return FALSE;
    }
    for (const struct cvm_problem *problem = domain->problems; problem; problem = problem->next) {
        if (problem->kind != CVM_PROBLEM_MISSING_KEY || problem->node != domain->root) {
            return FALSE;
        }
    }
    return TRUE;
}

GPtrArray *
cvm_documents_read_found(const char *name, const char *const *sets, GError **error)
{
    g_autofree char *data = NULL;
    g_autoptr(GPtrArray) domains = NULL;
    gboolean bases = TRUE;
    size_t size;

    if (cvm_file_read_regular(name, CVM_LIMIT_XML, &data, &size, error) < 0) {
        return NULL;
    }
    if (!cvm_xml_is_likely(data, size) && !cvm_profile_is_likely(data, size)) {
        cvm_error_set_at(error, CVM_ERROR_UNSUPPORTED, name, 0, 0,
                         _("'%s' is no profile and no domain"), name);
        return NULL;
    }
    domains = cvm_documents_parse(name, data, size, sets, error);
    for (guint i = 0; domains && i < domains->len; i++) {
        bases &= is_base(g_ptr_array_index(domains, i));
    }
    if (domains && bases) {
        cvm_error_set_at(error, CVM_ERROR_UNSUPPORTED, name, 0, 0,
                         _("'%s' is a part of profiles: it has no name"), name);
        return NULL;
    }
    return g_steal_pointer(&domains);
}
