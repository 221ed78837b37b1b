/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Defining a domain: what is there already is looked at first, and left alone unless it may be
 * replaced. */
#include <stdlib.h>
#include <string.h>

#include "util/i18n.h"
#include "virt/domains.h"

/* A definition that is asked for, and what became of it. */
struct define {
    cvmdom_connection *connection;
    cvmdom_domain *domain;
    const cvmdom_host *host;
    struct cvmdom_define_options options;
    struct cvmdom_definition made;
};

static const char *
name_of(const struct define *define)
{
    return cvmdom_domain_name(define->domain);
}

/* What to call libvirt's description in messages; the caller's to g_free(). */
static char *
title(const struct define *define)
{
    return g_strdup_printf("%s: %s", cvmdom_connection_uri(define->connection), name_of(define));
}

static char *
render(const struct define *define, cvmdom_error **error)
{
    char *xml = NULL;

    cvmdom_domain_render(define->domain, define->host, "libvirt", &xml, error);
    return xml;
}

static int
compare(const struct define *define, const char *xml, cvmdom_comparison **comparison,
        cvmdom_error **error)
{
    g_autofree char *name = title(define);

    *comparison =
        cvmdom_domain_compare(define->domain, define->host, name, xml, strlen(xml), error);
    return *comparison ? 0 : -1;
}

/* ---- what a dry run asks ---- */

/* Removes the interfaces from what the renderer wrote, an element a line: for each one libvirt
 * would make a tap device. */
static char *
drop_interfaces(const char *xml)
{
    static const char start[] = "\n    <interface ", end[] = "\n    </interface>";
    GString *text = g_string_new(NULL);
    const char *at;

    while ((at = strstr(xml, start))) {
        const char *behind = strstr(at, end);

        if (!behind) {
            break;
        }
        g_string_append_len(text, xml, at - xml);
        xml = behind + strlen(end);
    }
    g_string_append(text, xml);
    return g_string_free(text, FALSE);
}

/* virDomainDefineXMLFlags() cannot be asked without defining. Building the command line goes
 * through the same parser and driver checks, and beyond; the schema is not asked. */
static int
ask_command_line(struct define *define, const char *xml, cvmdom_error **error)
{
    g_autofree char *asked = drop_interfaces(xml);
    char *line = virConnectDomainXMLToNative(define->connection->libvirt, "qemu-argv", asked, 0);
    int code = virGetLastErrorCode();

    define->made.asked = line != NULL;
    if (!line && code != VIR_ERR_NO_SUPPORT && code != VIR_ERR_OPERATION_DENIED) {
        return virt_fail(define->connection, error, _("'%1$s' could not run '%2$s'"),
                         define->connection->uri, name_of(define));
    }
    free(line);
    return 0;
}

/* ---- defining ---- */

/* Compares what libvirt stored with what was asked. */
static int
read_back(struct define *define, virDomainPtr domain, cvmdom_error **error)
{
    struct cvmdom_known_domain known;
    cvmdom_error *cause = NULL;
    int status = virt_domain_describe(define->connection, domain, &known, &cause);

    if (status == 0) {
        status = compare(define, known.xml, &define->made.after, &cause);
        virt_domain_clear(&known);
    }
    if (status < 0) {
        cvmdom_error_set(error, CVMDOM_ERROR_CONNECTION,
                         _("'%1$s' is defined, but cannot be read back: %2$s"), name_of(define),
                         cvmdom_error_message(cause));
        cvmdom_error_free(cause);
    }
    return status;
}

/* What libvirt refuses leaves its definitions as they were. */
static int
store(struct define *define, int result, cvmdom_error **error)
{
    g_autofree char *xml = render(define, error);
    g_autoptr(virDomain) domain = NULL;

    if (!xml) {
        return -1;
    }
    define->made.result = result;
    if (define->options.dry_run) {
        return ask_command_line(define, xml, error);
    }
    domain = virDomainDefineXMLFlags(define->connection->libvirt, xml, VIR_DOMAIN_DEFINE_VALIDATE);
    if (!domain) {
        return virt_fail(define->connection, error, _("'%1$s' does not define '%2$s'"),
                         define->connection->uri, name_of(define));
    }
    return read_back(define, domain, error);
}

/* ---- a domain of that name that is there already ---- */

static gboolean
is_equal(const cvmdom_comparison *comparison)
{
    struct cvmdom_difference first;

    return cvmdom_comparison_at(comparison, 0, &first) < 0;
}

/* What is to become of it: an enum cvmdom_define_result. */
static int
judge(const struct define *define, const struct cvmdom_known_domain *known)
{
    if (!known->persistent) {
        return CVMDOM_IS_TRANSIENT;
    }
    if (is_equal(define->made.before)) {
        return CVMDOM_UNCHANGED;
    }
    if (known->active) {
        return CVMDOM_IS_ACTIVE;
    }
    return define->options.replace ? CVMDOM_REPLACED : CVMDOM_DIFFERS;
}

/* The last look before the change, since libvirt has no call for both in one. */
static int
check_before_replacing(const struct define *define, virDomainPtr domain,
                       const struct cvmdom_known_domain *known, cvmdom_error **error)
{
    struct cvmdom_known_domain now;
    gboolean same;
    int saved = virt_domain_is_saved(define->connection, domain, error);

    if (saved > 0) {
        return cvmdom_error_set(error, CVMDOM_ERROR_REFUSED,
                                _("'%1$s' has a saved state, which the next start would bring "
                                  "back in place of the new definition: start and shut it down "
                                  "first, or drop it with 'virsh managedsave-remove %1$s'"),
                                name_of(define));
    }
    if (saved < 0 || virt_domain_describe(define->connection, domain, &now, error) < 0) {
        return -1;
    }
    same = !now.active && g_str_equal(now.xml, known->xml);
    virt_domain_clear(&now);
    return same ? 0
                : cvmdom_error_set(error, CVMDOM_ERROR_REFUSED,
                                   _("'%1$s' was started or changed by somebody else just now: "
                                     "it is left alone"),
                                   name_of(define));
}

static int
define_over(struct define *define, virDomainPtr domain, const struct cvmdom_known_domain *known,
            cvmdom_error **error)
{
    g_autofree char *name = title(define);

    if (cvmdom_domain_adopt(define->domain, name, known->xml, strlen(known->xml), error) < 0 ||
        compare(define, known->xml, &define->made.before, error) < 0) {
        return -1;
    }
    define->made.result = judge(define, known);
    if (define->made.result != CVMDOM_REPLACED) {
        return 0;
    }
    if (check_before_replacing(define, domain, known, error) < 0) {
        return -1;
    }
    return store(define, CVMDOM_REPLACED, error);
}

/* ---- the whole of it ---- */

/* 1 when the name belonged to somebody, and what it comes to is settled; 0 when it is free. */
static int
try_over(struct define *define, cvmdom_error **error)
{
    g_autoptr(virDomain) domain = NULL;
    struct cvmdom_known_domain known;
    int there = virt_domain_lookup(define->connection, name_of(define), &domain, error);

    if (there <= 0) {
        return there;
    }
    if (virt_domain_describe(define->connection, domain, &known, error) < 0) {
        return -1;
    }
    there = define_over(define, domain, &known, error) < 0 ? -1 : 1;
    virt_domain_clear(&known);
    return there;
}

/* Without a UUID libvirt makes one up, and then refuses a name that is taken: whoever comes second
 * to a free name finds out that way, and looks again. */
static int
define_new(struct define *define, cvmdom_error **error)
{
    cvmdom_error *refusal = NULL;

    if (store(define, CVMDOM_DEFINED, &refusal) == 0) {
        return 0;
    }
    define->options.replace = FALSE;
    if (cvmdom_error_code(refusal) == CVMDOM_ERROR_REFUSED && try_over(define, NULL) == 1) {
        cvmdom_error_free(refusal);
        return 0;
    }
    if (error) {
        *error = refusal;
    } else {
        cvmdom_error_free(refusal);
    }
    return -1;
}

static int
define_domain(struct define *define, cvmdom_error **error)
{
    int there;

    if (!cvmdom_domain_is_profile(define->domain)) {
        return cvmdom_error_set(error, CVMDOM_ERROR_UNSUPPORTED,
                                _("only a profile can be defined: of domain XML something might be "
                                  "lost"));
    }
    if (!name_of(define)) {
        return cvmdom_error_set(error, CVMDOM_ERROR_REFUSED,
                                _("a domain without a name cannot be defined"));
    }
    there = try_over(define, error);
    if (there == 0) {
        return define_new(define, error);
    }
    return there < 0 ? -1 : 0;
}

int
cvmdom_connection_define(cvmdom_connection *connection, cvmdom_domain *domain,
                         const cvmdom_host *host, const struct cvmdom_define_options *options,
                         struct cvmdom_definition *definition, cvmdom_error **error)
{
    struct define define = {
        .connection = connection,
        .domain = domain,
        .host = host,
        .options = options ? *options : (struct cvmdom_define_options){ 0 },
    };

    if (define_domain(&define, error) < 0) {
        cvmdom_comparison_free(define.made.before);
        cvmdom_comparison_free(define.made.after);
        return -1;
    }
    *definition = define.made;
    return 0;
}
