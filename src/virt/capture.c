/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libvirt tells of a host, into a record. All of it is gathered before any of it is recorded:
 * a connection that is lost in the middle leaves the record as it was. */
#include <stdlib.h>
#include <string.h>

#include "util/i18n.h"
#include "util/number.h"
#include "virt/virt.h"

/* Linux has no more NUMA nodes than that, on any architecture (CONFIG_NODES_SHIFT is at most 10);
 * x86 has two sizes of huge pages. */
#define MOST_NODES 1024
#define MOST_SIZES 8

/* Free pages of one size on a node. */
struct free_pages {
    unsigned node;
    uint64_t size, count; /* size in bytes */
};

struct capture {
    cvmdom_connection *connection;
    cvmdom_error **error;
    char *domain_capabilities,
        *capabilities; /* NULL when libvirt does not tell; libvirt's to free() */
    unsigned long libvirt, qemu;
    GArray *free_pages; /* of struct free_pages */
    virTypedParameterPtr sev;
    int n_sev;
    gboolean has_guests;
    GPtrArray *guests; /* of cvmdom_domains */
};

static void
clear_capture(struct capture *capture)
{
    free(capture->domain_capabilities);
    free(capture->capabilities);
    g_array_unref(capture->free_pages);
    virTypedParamsFree(capture->sev, capture->n_sev);
    g_ptr_array_unref(capture->guests);
}

/* After libvirt said no: 0 when it cannot or may not tell, -1 when nobody answers any more. */
static int
pass_over(struct capture *capture)
{
    return virt_fail_if_lost(
        capture->connection, capture->error,
        _("the connection to '%1$s' was lost, and nothing of its host is recorded"),
        capture->connection->uri);
}

/* ---- capabilities ---- */

/* Guests are what they are about, so that a record without them, because the connection may not ask
 * (libvirt tells them to none that is read-only: it runs the emulator for that), is a failure. */
static int
pass_over_domain_capabilities(struct capture *capture)
{
    int code = virGetLastErrorCode();

    return code == VIR_ERR_OPERATION_DENIED || code == VIR_ERR_ACCESS_DENIED
               ? virt_fail(capture->connection, capture->error,
                           _("this connection to '%1$s' may not ask for domain capabilities"),
                           capture->connection->uri)
               : pass_over(capture);
}

static int
ask_domain_capabilities(struct capture *capture)
{
    static const char *const kinds[] = { "kvm", "qemu" };
    int status = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(kinds) && !capture->domain_capabilities && status == 0;
         i++) {
        capture->domain_capabilities = virConnectGetDomainCapabilities(
            capture->connection->libvirt, NULL, "x86_64", "q35", kinds[i], 0);
        status = capture->domain_capabilities ? 0 : pass_over_domain_capabilities(capture);
    }
    return status;
}

static int
ask_capabilities(struct capture *capture)
{
    capture->capabilities = virConnectGetCapabilities(capture->connection->libvirt);
    if (!capture->capabilities && !capture->domain_capabilities) {
        return virt_fail(capture->connection, capture->error, _("'%1$s' tells nothing of its host"),
                         capture->connection->uri);
    }
    return capture->capabilities ? 0 : pass_over(capture);
}

/* The daemon's, and its emulator's. */
static int
ask_versions(struct capture *capture)
{
    virConnectPtr libvirt = capture->connection->libvirt;

    if (virConnectGetLibVersion(libvirt, &capture->libvirt) < 0 && pass_over(capture) < 0) {
        return -1;
    }
    /* Of another hypervisor it would be that one's, which means nothing here. */
    if (g_strcmp0(virConnectGetType(libvirt), "QEMU") != 0) {
        return 0;
    }
    return virConnectGetVersion(libvirt, &capture->qemu) < 0 ? pass_over(capture) : 0;
}

static int
ask_sev_info(struct capture *capture)
{
    return virNodeGetSEVInfo(capture->connection->libvirt, &capture->sev, &capture->n_sev, 0) < 0
               ? pass_over(capture)
               : 0;
}

/* ---- free pages ---- */

/* A NUMA node and its page sizes, out of <capabilities>. */
struct node_pages {
    gboolean has_id;
    unsigned id;
    unsigned sizes[MOST_SIZES]; /* KiB */
    unsigned n_sizes;
};

static gboolean
parse_unsigned(const char *text, unsigned *value)
{
    uint64_t number;
    gboolean valid = text && cvm_number_parse_decimal(text, &number) && number <= G_MAXINT;

    *value = valid ? (unsigned)number : 0;
    return valid;
}

static const char *
find_attribute(const gchar **names, const gchar **values, const char *name)
{
    for (size_t i = 0; names[i]; i++) {
        if (g_str_equal(names[i], name)) {
            return values[i];
        }
    }
    return NULL;
}

/* <cells><cell id='0'><pages unit='KiB' size='2048'>…: nodes of the array. */
static void
read_element(GMarkupParseContext *context, const gchar *element, const gchar **names,
             const gchar **values, gpointer data, GError **error G_GNUC_UNUSED)
{
    GArray *nodes = data;
    const GSList *parents = g_markup_parse_context_get_element_stack(context)->next;
    const char *parent = parents ? parents->data : "";
    struct node_pages *last =
        nodes->len ? &g_array_index(nodes, struct node_pages, nodes->len - 1) : NULL;
    unsigned size;

    if (g_str_equal(element, "cell") && g_str_equal(parent, "cells") && nodes->len < MOST_NODES) {
        struct node_pages node = { 0 };

        node.has_id = parse_unsigned(find_attribute(names, values, "id"), &node.id);
        g_array_append_val(nodes, node);
    } else if (g_str_equal(element, "pages") && g_str_equal(parent, "cell") && last &&
               last->n_sizes < MOST_SIZES &&
               g_strcmp0(find_attribute(names, values, "unit"), "KiB") == 0 &&
               parse_unsigned(find_attribute(names, values, "size"), &size) && size > 4) {
        last->sizes[last->n_sizes++] = size;
    }
}

/* The caller's to g_array_unref(). */
static GArray *
list_nodes(const char *capabilities)
{
    static const GMarkupParser parser = { .start_element = read_element };
    GArray *nodes = g_array_new(FALSE, FALSE, sizeof(struct node_pages));
    GMarkupParseContext *context = g_markup_parse_context_new(&parser, 0, nodes, NULL);

    if (!g_markup_parse_context_parse(context, capabilities, (gssize)strlen(capabilities), NULL)) {
        g_array_set_size(nodes, 0);
    }
    g_markup_parse_context_free(context);
    return nodes;
}

static int
ask_free_pages_of(struct capture *capture, struct node_pages *node)
{
    unsigned long long counts[MOST_SIZES];

    if (!node->has_id || node->n_sizes == 0) {
        return 0;
    }
    if (virNodeGetFreePages(capture->connection->libvirt, node->n_sizes, node->sizes, (int)node->id,
                            1, counts, 0) < 0) {
        return pass_over(capture);
    }
    for (unsigned i = 0; i < node->n_sizes; i++) {
        struct free_pages pages = { node->id, (uint64_t)node->sizes[i] * 1024, counts[i] };

        g_array_append_val(capture->free_pages, pages);
    }
    return 0;
}

static int
ask_free_pages(struct capture *capture)
{
    g_autoptr(GArray) nodes = NULL;
    int status = 0;

    if (!capture->capabilities) {
        return 0;
    }
    nodes = list_nodes(capture->capabilities);
    for (guint i = 0; i < nodes->len && status == 0; i++) {
        status = ask_free_pages_of(capture, &g_array_index(nodes, struct node_pages, i));
    }
    return status;
}

/* ---- running guests ---- */

/* 1 when it was noted or ended meanwhile, 0 when it cannot be told what it is, -1 on failure. */
static int
note_guest(struct capture *capture, virDomainPtr domain)
{
    g_autofree char *xml = virDomainGetXMLDesc(domain, 0);
    cvmdom_domains *guest;

    if (!xml) {
        int gone = virGetLastErrorCode() == VIR_ERR_NO_DOMAIN;

        return pass_over(capture) < 0 ? -1 : gone;
    }
    guest = cvmdom_domains_parse(virDomainGetName(domain), xml, strlen(xml), NULL, NULL);
    if (!guest) {
        return 0;
    }
    g_ptr_array_add(capture->guests, guest);
    return 1;
}

/* A count that leaves some out would promise room that there is not: then there is none. */
static int
ask_guests(struct capture *capture)
{
    virDomainPtr *domains = NULL;
    int count = virConnectListAllDomains(capture->connection->libvirt, &domains,
                                         VIR_CONNECT_LIST_DOMAINS_ACTIVE);
    int noted = 1;

    if (count < 0) {
        return pass_over(capture);
    }
    for (int i = 0; i < count; i++) {
        noted = noted == 1 ? note_guest(capture, domains[i]) : noted;
        virDomainFree(domains[i]);
    }
    free(domains);
    capture->has_guests = noted == 1;
    return MIN(noted, 0);
}

/* ---- all of it ---- */

static int
ask(struct capture *capture)
{
    int (*const questions[])(struct capture *) = {
        ask_domain_capabilities, ask_capabilities, ask_versions,
        ask_free_pages,          ask_sev_info,     ask_guests,
    };

    for (size_t i = 0; i < G_N_ELEMENTS(questions); i++) {
        if (questions[i](capture) < 0) {
            return -1;
        }
    }
    return 0;
}

static int
record_capabilities(const struct capture *capture, cvmdom_record *record)
{
    const char *const texts[] = { capture->domain_capabilities, capture->capabilities };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (texts[i] && cvmdom_record_add_capabilities(record, texts[i], strlen(texts[i]),
                                                       capture->error) < 0) {
            return -1;
        }
    }
    return 0;
}

static void
record_sev_info(const struct capture *capture, cvmdom_record *record)
{
    struct cvmdom_sev_info info = { 0 };

    if (capture->sev) {
        virTypedParamsGetString(capture->sev, capture->n_sev, VIR_NODE_SEV_PDH, &info.pdh);
        virTypedParamsGetString(capture->sev, capture->n_sev, VIR_NODE_SEV_CERT_CHAIN,
                                &info.cert_chain);
        virTypedParamsGetString(capture->sev, capture->n_sev, VIR_NODE_SEV_CPU0_ID, &info.cpu0_id);
        cvmdom_record_set_sev_info(record, &info);
    }
}

static void
record_guests(const struct capture *capture, cvmdom_record *record)
{
    if (!capture->has_guests) {
        return;
    }
    cvmdom_record_count_guest(record, NULL);
    for (guint i = 0; i < capture->guests->len; i++) {
        cvmdom_record_count_guest(record, cvmdom_domains_get(capture->guests->pdata[i], 0));
    }
}

/* Only the capabilities can be refused, which a trial shows. */
static int
record_all(const struct capture *capture, cvmdom_record *record)
{
    cvmdom_record *trial = cvmdom_record_new(NULL);
    int status = record_capabilities(capture, trial);

    cvmdom_record_free(trial);
    if (status < 0 || record_capabilities(capture, record) < 0) {
        return -1;
    }
    cvmdom_record_set_versions(record, capture->libvirt, capture->qemu);
    for (guint i = 0; i < capture->free_pages->len; i++) {
        const struct free_pages *pages = &g_array_index(capture->free_pages, struct free_pages, i);

        cvmdom_record_set_free_pages(record, pages->node, pages->size, pages->count);
    }
    record_sev_info(capture, record);
    record_guests(capture, record);
    return 0;
}

int
cvmdom_connection_capture(cvmdom_connection *connection, cvmdom_record *record,
                          cvmdom_error **error)
{
    struct capture capture = {
        .connection = connection,
        .error = error,
        .free_pages = g_array_new(FALSE, FALSE, sizeof(struct free_pages)),
        .guests = g_ptr_array_new_with_free_func((GDestroyNotify)cvmdom_domains_free),
    };
    int status = ask(&capture) < 0 ? -1 : record_all(&capture, record);

    clear_capture(&capture);
    return status;
}

cvmdom_host *
cvmdom_connection_host(cvmdom_connection *connection, cvmdom_error **error)
{
    cvmdom_record *record = cvmdom_record_new(connection->uri);
    cvmdom_host *host = NULL;

    if ((!connection->local || cvmdom_record_add_files(record, "/", error) == 0) &&
        cvmdom_connection_capture(connection, record, error) == 0) {
        host = cvmdom_record_host(record, error);
    }
    cvmdom_record_free(record);
    return host;
}
