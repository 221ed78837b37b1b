/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exported functions of <cvmdom/domain.h>. */
#include "lib.h"

#include "read/read.h"
#include "render/qemu.h"
#include "render/render.h"
#include "resolve/resolve.h"
#include "rules/control.h"
#include "util/error.h"
#include "util/i18n.h"

enum { RENDERED_SIZE = 4096 /* of most domains, so that the text need not grow */ };

cvmdom_domains *
cvmdom_domains_read(const char *path, const char *const *sets, cvmdom_error **error)
{
    GError *cause = NULL;
    GPtrArray *domains = cvm_documents_read(path, sets, &cause);

    if (!domains) {
        give_error(error, cause);
    }
    return domains_handle(domains);
}

cvmdom_domains *
cvmdom_domains_read_found(const char *path, const char *const *sets, cvmdom_error **error)
{
    GError *cause = NULL;
    GPtrArray *domains = cvm_documents_read_found(path, sets, &cause);

    if (!domains) {
        give_error(error, cause);
    }
    return domains_handle(domains);
}

cvmdom_domains *
cvmdom_domains_parse(const char *name, const char *data, size_t size, const char *const *sets,
                     cvmdom_error **error)
{
    GError *cause = NULL;
    GPtrArray *domains = cvm_documents_parse(name, data ? data : "", size, sets, &cause);

    if (!domains) {
        give_error(error, cause);
    }
    return domains_handle(domains);
}

void
cvmdom_domains_free(cvmdom_domains *domains)
{
    if (domains) {
        g_ptr_array_unref(domains_of(domains));
    }
}

size_t
cvmdom_domains_count(const cvmdom_domains *domains)
{
    return domains_of(domains)->len;
}

cvmdom_domain *
cvmdom_domains_get(cvmdom_domains *domains, size_t i)
{
    GPtrArray *list = domains_of(domains);

    return i < list->len ? domain_handle(g_ptr_array_index(list, i)) : NULL;
}

const char *
cvmdom_domain_name(const cvmdom_domain *domain)
{
    return domain_of(domain)->name.value;
}

const char *
cvmdom_domain_guest(const cvmdom_domain *domain)
{
    enum cvm_guest guest = cvm_domain_guest(domain_of(domain));

    return guest == CVM_GUEST_OTHER ? "other" : cvm_guest_info(guest)->name;
}

const char *
cvmdom_domain_host(const cvmdom_domain *domain)
{
    return domain_of(domain)->host.value;
}

int
cvmdom_domain_is_profile(const cvmdom_domain *domain)
{
    return domain_of(domain)->form == CVM_FORM_PROFILE;
}

void
cvmdom_domain_resolve(cvmdom_domain *domain, const cvmdom_host *host)
{
    cvm_resolve(domain_of(domain), host_of(host));
}

int
cvmdom_domain_adopt(cvmdom_domain *domain, const char *name, const char *xml, size_t size,
                    cvmdom_error **error)
{
    GError *cause = NULL;
    g_autoptr(GPtrArray) known = cvm_domain_xml_parse_all(name, xml, size, &cause);

    if (!known || cvm_resolve_adopt(domain_of(domain), g_ptr_array_index(known, 0), &cause) < 0) {
        give_error(error, cause);
        return -1;
    }
    return 0;
}

void
cvmdom_domain_each_default(const cvmdom_domain *domain, cvmdom_default_fn visit, void *payload)
{
    for (const struct cvm_default *chosen = domain_of(domain)->defaults; chosen;
         chosen = chosen->next) {
        g_autofree char *path = cvm_default_path(chosen);

        visit(path, chosen->value, chosen->reason, payload);
    }
}

void
cvmdom_domain_check(const cvmdom_domain *domain, const cvmdom_host *host, cvmdom_findings *findings)
{
    cvm_check_run(domain_of(domain), host_of(host), NULL, findings_of(findings));
}

/* NULL, with an error, when there is none of that name. */
static const struct cvm_renderer *
find_renderer(const char *target, cvmdom_error **error)
{
    const struct cvm_renderer *renderer = cvm_renderer_find(target);

    if (!renderer) {
        GError *cause = NULL;

        cvm_error_set(&cause, CVM_ERROR_USAGE, _("there is no target '%1$s'"), target);
        give_error(error, cause);
    }
    return renderer;
}

int
cvmdom_domain_set_target(cvmdom_domain *domain, const char *target, cvmdom_error **error)
{
    const struct cvm_renderer *renderer = find_renderer(target, error);

    if (!renderer) {
        return -1;
    }
    domain_of(domain)->target = renderer->rules;
    return 0;
}

int
cvmdom_domain_render(const cvmdom_domain *domain, const cvmdom_host *host, const char *target,
                     char **text, cvmdom_error **error)
{
    const struct cvm_renderer *renderer = find_renderer(target, error);
    GString *out;

    if (!renderer) {
        return -1;
    }
    out = g_string_sized_new(RENDERED_SIZE);
    renderer->render(domain_of(domain), host_of(host), out);
    *text = g_string_free(out, FALSE);
    return 0;
}

int
cvmdom_domain_qemu_args(const cvmdom_domain *domain, const cvmdom_host *host, char ***args,
                        cvmdom_error **error)
{
    if (domain_of(domain)->form == CVM_FORM_XML && !cvm_domain_is_qemu(domain_of(domain))) {
        GError *cause = NULL;

        cvm_error_set(&cause, CVM_ERROR_UNSUPPORTED, _("the domain is not one of QEMU's"));
        give_error(error, cause);
        return -1;
    }
    *args = cvm_qemu_arguments(domain_of(domain), host_of(host));
    return 0;
}

const char *
cvmdom_target_name(size_t i, const char **suffix, const char **summary)
{
    const struct cvm_renderer *renderer = i < G_MAXUINT ? cvm_renderer_at((unsigned)i) : NULL;

    if (!renderer) {
        return NULL;
    }
    if (suffix) {
        *suffix = renderer->suffix;
    }
    if (summary) {
        *summary = _(renderer->summary);
    }
    return renderer->name;
}

char *
cvmdom_profile_schema(void)
{
    return cvm_profile_schema();
}
