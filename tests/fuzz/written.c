/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is written, from whatever was read: hardened, rendered, compared. */
#include <string.h>

#include "../unit/xml_lines.h"
#include "compare/compare.h"
#include "fuzz.h"
#include "harden/harden.h"
#include "read/read.h"
#include "render/render.h"
#include "resolve/resolve.h"
#include "rules/control.h"

#define HOST "epyc-genoa-snp"

/* ---- hardened ---- */

/* What a policy forbids: the bits of SEV's that restrict, and not to debug or migrate of SNP's. */
static uint64_t
find_restrictions(const struct cvm_domain *domain)
{
    uint64_t policy = domain->launch.policy.value;

    if (domain->launch.policy.from.origin != CVM_GIVEN) {
        return 0;
    }
    return cvm_domain_guest(domain) == CVM_GUEST_SEV_SNP ? ~policy & (UINT64_C(3) << 18)
                                                         : policy & 0x3f;
}

/* Nothing that protects the guest is lost. */
static void
compare(const struct cvm_domain *before, const struct cvm_domain *after)
{
    enum cvm_guest guest = cvm_domain_guest(before);

    if (guest & (CVM_GUEST_SEV | CVM_GUEST_SEV_ES | CVM_GUEST_SEV_SNP)) {
        g_assert_true(cvm_domain_guest(after) != CVM_GUEST_NONE);
    }
    if (guest == cvm_domain_guest(after)) {
        g_assert_true((find_restrictions(before) & ~find_restrictions(after)) == 0);
    }
}

static void
check_hardened(const struct cvm_hardening *once, const GPtrArray *before, enum cvm_guest type)
{
    g_autoptr(GPtrArray) after = cvm_domain_xml_parse_all("x", once->data, once->size, NULL);
    CVM_AUTO(hardening) *twice = NULL;
    size_t size;

    g_free(cvm_hardening_diff(once, &size));
    g_assert_true(after && after->len == before->len);
    for (guint i = 0; i < before->len; i++) {
        compare(g_ptr_array_index(before, i), g_ptr_array_index(after, i));
    }
    twice = cvm_harden("x", once->data, once->size, type, NULL, NULL, NULL);
    g_assert_nonnull(twice);
    g_assert_cmpmem(twice->data, twice->size, once->data, once->size);
}

/* What was hardened is XML, keeps what it had, and is left alone the next time. */
gboolean
fuzz_harden(const uint8_t *data, size_t size)
{
    static const enum cvm_guest types[] = { 0, CVM_GUEST_SEV, CVM_GUEST_SEV_ES, CVM_GUEST_SEV_SNP };
    enum cvm_guest type = types[size % G_N_ELEMENTS(types)];
    const char *text = (const char *)data;
    g_autoptr(GPtrArray) before = cvm_domain_xml_parse_all("x", text, size, NULL);
    CVM_AUTO(hardening) *once = before ? cvm_harden("x", text, size, type, NULL, NULL, NULL) : NULL;

    if (!once) {
        return FALSE;
    }
    check_hardened(once, before, type);
    return TRUE;
}

/* ---- rendered for libvirt, and read again ---- */

/* What is misspelt, has no effect or contradicts itself (1xx), or is no launch at all (2xx), need
 * not come back. */
static gboolean
is_clean(const struct cvm_domain *domain, const struct cvm_host *host)
{
    CVM_AUTO(findings) *findings = cvm_findings_new();

    cvm_check_run(domain, host, NULL, findings);
    for (guint i = 0; i < findings->items->len; i++) {
        const struct cvm_finding *finding = g_ptr_array_index(findings->items, i);

        if (g_str_has_prefix(finding->rule, "CVM1") ||
            (finding->severity == CVM_SEVERE && g_str_has_prefix(finding->rule, "CVM2"))) {
            return FALSE;
        }
    }
    return domain->problem_count == 0;
}

static GPtrArray *
read_again(const GString *text)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *domains = cvm_domain_xml_parse_all("rendered", text->str, text->len, &error);

    if (!domains) {
        g_error("%s in %s", error->message, text->str);
    }
    g_assert_cmpuint(domains->len, ==, 1);
    return domains;
}

static void
check_same(const GString *first, const GString *second)
{
    g_autoptr(GPtrArray) before = list_lines(first->str);
    g_autoptr(GPtrArray) after = list_lines(second->str);

    for (guint i = 0; i < before->len; i++) {
        g_assert_cmpstr(g_ptr_array_index(before, i), ==,
                        i < after->len ? g_ptr_array_index(after, i) : NULL);
    }
    g_assert_cmpuint(before->len, ==, after->len);
}

static gboolean
check_rendered(struct cvm_domain *domain, const struct cvm_host *host)
{
    g_autoptr(GString) first = g_string_new(NULL), second = g_string_new(NULL);
    g_autoptr(GPtrArray) domains = NULL;
    const struct cvm_domain *again;

    if (domain->form == CVM_FORM_PROFILE) {
        cvm_resolve(domain, host);
    }
    cvm_renderer_libvirt.render(domain, host, first);
    domains = read_again(first);
    if (!is_clean(domain, host)) {
        return FALSE;
    }
    again = g_ptr_array_index(domains, 0);
    g_assert_cmpuint(again->problem_count, ==, 0);
    g_assert_cmpint(cvm_domain_guest(domain), ==, cvm_domain_guest(again));
    cvm_renderer_libvirt.render(again, host, second);
    check_same(first, second);
    return TRUE;
}

/* Accepted: nothing was wrong with one of the domains, which came back as it was. */
gboolean
fuzz_render(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) domains = cvm_documents_parse("x", (const char *)data, size, NULL, &error);
    gboolean same = FALSE;

    if (!domains) {
        return fuzz_refuse_own(g_steal_pointer(&error));
    }
    for (guint i = 0; i < MIN(domains->len, 4); i++) {
        same |=
            check_rendered(g_ptr_array_index(domains, i), i % 2 ? NULL : fuzz_bundled_host(HOST));
    }
    return same;
}

/* ---- compared with what libvirt has ---- */

static GPtrArray *meant;
static struct cvm_domain *all_devices;

void
fuzz_make_drift(void)
{
    g_autofree char *path = fuzz_path("tests/compare/all-devices.yaml");

    meant = cvm_documents_read(path, NULL, NULL);
    g_assert_true(meant && meant->len > 0);
    all_devices = g_ptr_array_index(meant, 0);
    cvm_resolve(all_devices, fuzz_bundled_host(HOST));
}

void
fuzz_drop_drift(void)
{
    g_clear_pointer(&meant, g_ptr_array_unref);
}

/* What is taken over from it is in what is rendered. */
static void
adopt(const char *text, size_t size)
{
    static const char profile[] = "name: x\nlaunchSecurity: {type: sev-snp}\nmemory: 1GiB\n"
                                  "devices: {interface: [{type: user}, {type: user}]}\n";
    g_autoptr(GPtrArray) known = cvm_domain_xml_parse_all("libvirt", text, size, NULL);
    g_autoptr(GPtrArray) wanted = cvm_profile_parse("x", profile, strlen(profile), NULL, NULL);
    g_autoptr(GError) error = NULL;

    g_assert_nonnull(wanted);
    if (!known) {
        return;
    }
    if (cvm_resolve_adopt(g_ptr_array_index(wanted, 0), g_ptr_array_index(known, 0), &error) < 0) {
        fuzz_refuse_own(g_steal_pointer(&error));
    } else {
        check_rendered(g_ptr_array_index(wanted, 0), NULL);
    }
}

gboolean
fuzz_drift(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    CVM_AUTO(comparison) *comparison =
        cvm_comparison_new(all_devices, fuzz_bundled_host(HOST), "libvirt: x");
    CVM_AUTO(findings) *findings = cvm_findings_new();
    g_autofree char *diff = NULL;
    g_autoptr(GError) error = NULL;

    adopt(text, size);
    if (cvm_comparison_add(comparison, text, size, &error) < 0) {
        return fuzz_refuse_own(g_steal_pointer(&error));
    }
    cvm_comparison_report(comparison, NULL, findings);
    diff = cvm_comparison_diff(comparison);
    g_assert_true((*diff == '\0') == (comparison->differences->len == 0));
    return TRUE;
}
