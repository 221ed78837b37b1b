/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domains that libvirt knows: found, started, ended. define.c defines them. */
#include "virt/domains.h"

#include <stdlib.h>
#include <string.h>

#include "util/i18n.h"

/* ---- finding ---- */

int
virt_domain_lookup(cvmdom_connection *connection, const char *name, virDomainPtr *domain,
                   cvmdom_error **error)
{
    *domain = virDomainLookupByName(connection->libvirt, name);
    if (*domain) {
        return 1;
    }
    return virGetLastErrorCode() == VIR_ERR_NO_DOMAIN
               ? 0
               : virt_fail(connection, error, _("'%1$s' does not tell whether there is '%2$s'"),
                           connection->uri, name);
}

/* The domain, which is to be there. */
static virDomainPtr
get_domain(cvmdom_connection *connection, const char *name, cvmdom_error **error)
{
    virDomainPtr domain = virDomainLookupByName(connection->libvirt, name);

    if (!domain) {
        virt_fail(connection, error, _("'%1$s' has no '%2$s'"), connection->uri, name);
    }
    return domain;
}

/* Passwords, session blobs and the like are for connections that may change something. */
static char *
get_xml(virDomainPtr domain, unsigned flags)
{
    char *xml = virDomainGetXMLDesc(domain, flags | VIR_DOMAIN_XML_SECURE);

    if (!xml && virGetLastErrorCode() == VIR_ERR_OPERATION_DENIED) {
        xml = virDomainGetXMLDesc(domain, flags);
    }
    return xml;
}

/* Asking for a domain's name, too, resets what libvirt last said: that comes before what may fail.
 *
 * A domain that ends while it is looked at is described as it was a moment ago. */
int
virt_domain_describe(cvmdom_connection *connection, virDomainPtr domain,
                     struct cvmdom_known_domain *known, cvmdom_error **error)
{
    const char *name = virDomainGetName(domain);
    int state = VIR_DOMAIN_NOSTATE;
    int persistent =
        virDomainGetState(domain, &state, NULL, 0) < 0 ? -1 : virDomainIsPersistent(domain);
    char *xml = persistent < 0 ? NULL : get_xml(domain, VIR_DOMAIN_XML_INACTIVE);
    char *live = xml && state != VIR_DOMAIN_SHUTOFF ? get_xml(domain, 0) : NULL;

    if (!xml || (state != VIR_DOMAIN_SHUTOFF && !live)) {
        virt_fail(connection, error, _("'%1$s' does not describe '%2$s'"), connection->uri, name);
        free(xml);
        return -1;
    }
    *known = (struct cvmdom_known_domain){
        .active = state != VIR_DOMAIN_SHUTOFF,
        .paused = state == VIR_DOMAIN_PAUSED,
        .persistent = persistent,
        .xml = xml,
        .live_xml = live,
    };
    return 0;
}

void
virt_domain_clear(struct cvmdom_known_domain *known)
{
    free(known->xml);
    free(known->live_xml);
}

int
cvmdom_connection_find(cvmdom_connection *connection, const char *name,
                       struct cvmdom_known_domain *domain, cvmdom_error **error)
{
    g_autoptr(virDomain) found = NULL;
    int there = virt_domain_lookup(connection, name, &found, error);

    if (there == 1 && virt_domain_describe(connection, found, domain, error) < 0) {
        return -1;
    }
    return there;
}

/* ---- starting and ending ---- */

int
virt_domain_is_saved(cvmdom_connection *connection, virDomainPtr domain, cvmdom_error **error)
{
    const char *name = virDomainGetName(domain);
    int saved = virDomainHasManagedSaveImage(domain, 0);

    if (saved < 0 && virGetLastErrorCode() == VIR_ERR_NO_SUPPORT) {
        return 0;
    }
    return saved < 0 ? virt_fail(connection, error,
                                 _("'%1$s' does not tell whether '%2$s' has a saved state"),
                                 connection->uri, name)
                     : saved;
}

/* libvirt's start restores a saved state, whatever the definition has become since. */
static int
check_saved_state(cvmdom_connection *connection, virDomainPtr domain, cvmdom_error **error)
{
    int saved = virt_domain_is_saved(connection, domain, error);
    const char *name = virDomainGetName(domain);
    char *xml;
    gboolean confidential;

    if (saved <= 0) {
        return saved;
    }
    xml = virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE);
    if (!xml) {
        return virt_fail(connection, error, _("'%1$s' does not describe '%2$s'"), connection->uri,
                         name);
    }
    confidential = strstr(xml, "<launchSecurity") != NULL;
    free(xml);
    if (confidential) {
        return cvmdom_error_set(error, CVMDOM_ERROR_REFUSED,
                                _("'%1$s' has a saved state, which cannot be a confidential "
                                  "guest's, and a start would bring it back: drop it with 'virsh "
                                  "managedsave-remove %1$s'"),
                                name);
    }
    return 0;
}

int
cvmdom_connection_start(cvmdom_connection *connection, const char *name,
                        const struct cvmdom_start_options *options, cvmdom_error **error)
{
    g_autoptr(virDomain) domain = get_domain(connection, name, error);
    unsigned flags = 0;

    if (!domain || check_saved_state(connection, domain, error) < 0) {
        return -1;
    }
    flags |= options && options->paused ? VIR_DOMAIN_START_PAUSED : 0;
    flags |= options && options->reset_nvram ? VIR_DOMAIN_START_RESET_NVRAM : 0;
    if (virDomainCreateWithFlags(domain, flags) < 0) {
        return virt_fail(connection, error, _("'%1$s' does not start '%2$s'"), connection->uri,
                         name);
    }
    return 0;
}

int
cvmdom_connection_stop(cvmdom_connection *connection, const char *name, cvmdom_error **error)
{
    g_autoptr(virDomain) domain = get_domain(connection, name, error);

    if (!domain) {
        return -1;
    }
    if (virDomainDestroy(domain) < 0) {
        return virt_fail(connection, error, _("'%1$s' does not end '%2$s'"), connection->uri, name);
    }
    return 0;
}

int
cvmdom_connection_undefine(cvmdom_connection *connection, const char *name, cvmdom_error **error)
{
    g_autoptr(virDomain) domain = get_domain(connection, name, error);
    int active;

    if (!domain) {
        return -1;
    }
    active = virDomainIsActive(domain); /* undefined, it would go on as a transient one */
    if (active > 0) {
        return cvmdom_error_set(error, CVMDOM_ERROR_REFUSED, _("'%1$s' runs: it stays defined"),
                                name);
    }
    if (active < 0 || virDomainUndefineFlags(domain, VIR_DOMAIN_UNDEFINE_KEEP_NVRAM) < 0) {
        return virt_fail(connection, error, _("'%1$s' does not undefine '%2$s'"), connection->uri,
                         name);
    }
    return 0;
}

/* ---- launch security ---- */

static char *
format_parameter(const virTypedParameter *parameter)
{
    switch (parameter->type) {
    case VIR_TYPED_PARAM_INT:
        return g_strdup_printf("%d", parameter->value.i);
    case VIR_TYPED_PARAM_UINT:
        return g_strdup_printf("%u", parameter->value.ui);
    case VIR_TYPED_PARAM_LLONG:
        return g_strdup_printf("%lld", parameter->value.l);
    case VIR_TYPED_PARAM_ULLONG:
        return g_strdup_printf("%llu", parameter->value.ul);
    case VIR_TYPED_PARAM_DOUBLE:
        return g_strdup_printf("%g", parameter->value.d);
    case VIR_TYPED_PARAM_BOOLEAN:
        return g_strdup(parameter->value.b ? "yes" : "no");
    case VIR_TYPED_PARAM_STRING:
        return g_strdup(parameter->value.s);
    default:
        return NULL; /* of a later libvirt */
    }
}

int
cvmdom_connection_each_launch_parameter(cvmdom_connection *connection, const char *name,
                                        cvmdom_launch_fn visit, void *payload, cvmdom_error **error)
{
    g_autoptr(virDomain) domain = get_domain(connection, name, error);
    virTypedParameterPtr parameters = NULL;
    int count = 0;

    if (!domain) {
        return -1;
    }
    if (virDomainGetLaunchSecurityInfo(domain, &parameters, &count, 0) < 0) {
        return virt_fail(connection, error, _("'%1$s' tells nothing of the launch of '%2$s'"),
                         connection->uri, name);
    }
    for (int i = 0; i < count; i++) {
        g_autofree char *value = format_parameter(&parameters[i]);

        if (value) {
            visit(parameters[i].field, value, payload);
        }
    }
    virTypedParamsFree(parameters, count);
    return 0;
}

/* 0, or -1 when libvirt has no memory for it. */
static int
fill_injection(const struct cvmdom_injection *injection, virTypedParameterPtr *parameters,
               int *count)
{
    g_autofree char *header = g_base64_encode(injection->header, injection->header_size);
    g_autofree char *payload = g_base64_encode(injection->payload, injection->payload_size);
    int room = 0;

    if (virTypedParamsAddString(parameters, count, &room,
                                VIR_DOMAIN_LAUNCH_SECURITY_SEV_SECRET_HEADER, header) < 0 ||
        virTypedParamsAddString(parameters, count, &room, VIR_DOMAIN_LAUNCH_SECURITY_SEV_SECRET,
                                payload) < 0) {
        return -1;
    }
    return injection->has_address
               ? virTypedParamsAddULLong(parameters, count, &room,
                                         VIR_DOMAIN_LAUNCH_SECURITY_SEV_SECRET_SET_ADDRESS,
                                         injection->address)
               : 0;
}

int
cvmdom_connection_inject(cvmdom_connection *connection, const char *name,
                         const struct cvmdom_injection *injection, cvmdom_error **error)
{
    g_autoptr(virDomain) domain = get_domain(connection, name, error);
    virTypedParameterPtr parameters = NULL;
    int count = 0;
    int status;

    if (!domain) {
        return -1;
    }
    status = fill_injection(injection, &parameters, &count);
    if (status == 0) {
        status = virDomainSetLaunchSecurityState(domain, parameters, count, 0);
    }
    if (status < 0) {
        virt_fail(connection, error, _("'%1$s' does not give '%2$s' the secrets"), connection->uri,
                  name);
    }
    virTypedParamsFree(parameters, count);
    return status < 0 ? -1 : 0;
}
