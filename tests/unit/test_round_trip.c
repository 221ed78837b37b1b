/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the renderer writes, the reader of domain XML understands: read and rendered once more it is
 * the same, line by line. Whatever either of them leaves out shows. */
#include "read/read.h"
#include "render/render.h"
#include "resolve/resolve.h"
#include "rules/control.h"
#include "unit.h"
#include "xml_fixture.h"
#include "xml_lines.h"

static void
assert_same_lines(const char *name, const char *first, const char *second)
{
    g_autoptr(GPtrArray) before = list_lines(first);
    g_autoptr(GPtrArray) after = list_lines(second);

    for (guint i = 0; i < before->len; i++) {
        const char *line = g_ptr_array_index(before, i);
        const char *again = i < after->len ? g_ptr_array_index(after, i) : "(the end)";

        ck_assert_msg(g_str_equal(line, again), "%s: '%s' is after reading '%s'", name, line,
                      again);
    }
    ck_assert_uint_eq(before->len, after->len);
}

static void
check_domain(struct cvm_domain *domain, const struct cvm_host *host)
{
    g_autoptr(GString) first = g_string_new(NULL), second = g_string_new(NULL);
    CVM_AUTO(domain) *again = NULL;
    g_autoptr(GError) error = NULL;

    cvm_resolve(domain, host);
    cvm_renderer_libvirt.render(domain, host, first);
    again = parse_xml("x.xml", first->str, first->len, &error);
    ck_assert_msg(again != NULL, "%s: %s", domain->name.value, error ? error->message : "");
    ck_assert_msg(again->problem_count == 0, "%s: %s", domain->name.value,
                  again->problems ? again->problems->message : "");
    ck_assert_int_eq(cvm_domain_guest(domain), cvm_domain_guest(again));
    cvm_renderer_libvirt.render(again, host, second);
    assert_same_lines(domain->name.value, first->str, second->str);
}

static struct cvm_host *
read_host(const char *relative)
{
    g_autofree char *path = unit_source_path(relative);
    g_autoptr(GError) error = NULL;
    struct cvm_host *host = cvm_host_read(path, &error);

    ck_assert_msg(host != NULL, "%s", error ? error->message : "");
    return host;
}

static void
check_profiles(const char *relative, const struct cvm_host *host)
{
    g_autofree char *path = unit_source_path(relative);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) domains = cvm_documents_read(path, NULL, &error);

    ck_assert_msg(domains && domains->len > 0, "%s", error ? error->message : "");
    for (guint i = 0; i < domains->len; i++) {
        struct cvm_domain *domain = g_ptr_array_index(domains, i);

        /* of keys that have no effect, as the path of a pty */
        if (!cvm_text_is(domain->name, "does-not")) {
            check_domain(domain, host);
        }
    }
}

START_TEST(test_profiles)
{
    static const char *const hosts[] = {
        "profiles/hosts/epyc-genoa-snp.xml",
        "profiles/hosts/epyc-rome-sev.xml",
        "profiles/hosts/xeon-nosev.xml",
    };
    g_autofree char *folder = unit_source_path("profiles");

    for (size_t i = 0; i < G_N_ELEMENTS(hosts); i++) {
        CVM_AUTO(host) *host = read_host(hosts[i]);
        g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
        unsigned count = 0;

        ck_assert(dir);
        for (const char *name = g_dir_read_name(dir); name; name = g_dir_read_name(dir)) {
            if (g_str_has_suffix(name, ".yaml")) {
                g_autofree char *relative = g_build_filename("profiles", name, NULL);

                check_profiles(relative, host);
                count++;
            }
        }
        ck_assert_uint_gt(count, 0);
    }
}
END_TEST

START_TEST(test_every_key)
{
    CVM_AUTO(host) *host = read_host("profiles/hosts/epyc-genoa-snp.xml");

    check_profiles("tests/profiles/everything.yaml", host);
    check_profiles("tests/profiles/variants.yaml", host);
}
END_TEST

/* What the rules find, one a line, without places; as if the guest were of this type and policy. */
static char *
list_findings(const char *relative, const char *type, const char *policy)
{
    g_autofree char *path = unit_source_path(relative);
    g_autofree char *text = NULL;
    g_autoptr(GString) xml = NULL, list = g_string_new(NULL);
    CVM_AUTO(findings) *findings = cvm_findings_new();
    CVM_AUTO(host) *host = read_host("profiles/hosts/epyc-genoa-snp.xml");
    CVM_AUTO(domain) *domain = NULL;
    g_autoptr(GError) error = NULL;

    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    xml = g_string_new(text);
    ck_assert_uint_eq(g_string_replace(xml, "type='sev'", type, 0), 1);
    ck_assert_uint_eq(g_string_replace(xml, "0x0003", policy, 0), 1);
    domain = parse_xml(relative, xml->str, xml->len, &error);
    ck_assert_msg(domain != NULL, "%s", error ? error->message : "");
    cvm_check_run(domain, host, NULL, findings);
    cvm_check_run(domain, NULL, NULL, findings);
    for (guint i = 0; i < findings->items->len; i++) {
        const struct cvm_finding *finding = g_ptr_array_index(findings->items, i);

        g_string_append_printf(list, "%s %s\n", finding->rule, finding->message);
    }
    return g_string_free(g_steal_pointer(&list), FALSE);
}

/* `virsh dumpxml` of one guest by libvirt 9.0 while it ran, and `virsh dumpxml --inactive`: what
 * libvirt adds of a running guest (paths of ptys, aliases, backing files, CPU features) changes
 * nothing. */
START_TEST(test_running_guest)
{
    static const struct {
        const char *type, *policy;
    } guests[] = {
        { "type='sev'", "0x0003" },
        { "type='sev'", "0x0007" },
        { "type='sev-snp'", "0x30000" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(guests); i++) {
        g_autofree char *running =
            list_findings("tests/domains/running.xml", guests[i].type, guests[i].policy);
        g_autofree char *defined =
            list_findings("tests/domains/defined.xml", guests[i].type, guests[i].policy);

        ck_assert_str_ne(defined, "");
        ck_assert_str_eq(running, defined);
    }
}
END_TEST

UNIT_MAIN("round_trip", test_profiles, test_every_key, test_running_guest)
