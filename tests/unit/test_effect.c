/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Nothing that the user gave is dropped without a word: the rendered document is another one
 * without it, or a finding stands at it or names its key. Goes by the field table, so that a new
 * key is asked for here. */
#include "profile_fixture.h"
#include "read/profile_fields.h"
#include "render/render.h"
#include "resolve/resolve.h"
#include "rules/control.h"
#include "rules/target_kubevirt.h"

/* The domain under test, its document, its findings, and over all domains "TABLE.KEY" of the
 * keys met and of those dropped. */
static struct {
    const struct cvm_renderer *renderer;
    struct cvm_domain *domain;
    char *document;
    struct cvm_findings *findings;
    GHashTable *met, *shown; /* the second of paths */
    GString *dropped;
} test;

static char *
render(void)
{
    GString *text = g_string_new(NULL);

    test.renderer->render(test.domain, NULL, text);
    return g_string_free(text, FALSE);
}

/* Lists are turned into empty ones, flags into their opposite, anything else into nothing. */
static gboolean
shows(const struct cvm_field *field, char *value)
{
    struct cvm_from *from = (struct cvm_from *)value;
    enum cvm_origin origin = from->origin;
    gboolean is_list = field->kind == CVM_FIELD_LIST || field->kind == CVM_FIELD_PINS;
    struct cvm_list list = is_list ? *(struct cvm_list *)value : (struct cvm_list){ 0 };
    g_autofree char *without = NULL;

    from->origin = CVM_UNSET;
    if (is_list) {
        ((struct cvm_list *)value)->count = 0;
    } else if (field->kind == CVM_FIELD_FLAG) {
        from->origin = CVM_GIVEN;
        ((struct cvm_flag *)value)->value ^= TRUE;
    }
    without = render();
    if (is_list) {
        *(struct cvm_list *)value = list;
    } else if (field->kind == CVM_FIELD_FLAG) {
        ((struct cvm_flag *)value)->value ^= TRUE;
    }
    from->origin = origin;
    return !g_str_equal(without, test.document);
}

static gboolean
is_for_kubevirt(void)
{
    return test.renderer == &cvm_renderer_kubevirt;
}

static gboolean
has_finding(const char *key, const struct cvm_node *node)
{
    g_autofree char *quoted = g_strdup_printf("'%s'", key);

    for (guint i = 0; i < test.findings->items->len; i++) {
        const struct cvm_finding *finding = g_ptr_array_index(test.findings->items, i);

        if ((strstr(finding->message, quoted) && !is_for_kubevirt()) ||
            (node && finding->line == node->line && finding->column == node->column)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* The row of a key's path: "memory.size", "devices.disk.pvc"; the item's own of a list's. */
static const struct cvm_kubevirt_key *
find_row(const char *path)
{
    for (const struct cvm_kubevirt_section *section = cvm_kubevirt_sections; section->path;
         section++) {
        size_t length = strlen(section->path);
        const char *rest = !*section->path                          ? path
                           : !g_str_has_prefix(path, section->path) ? NULL
                           : path[length] == '.'                    ? path + length + 1
                           : path[length] == '\0'                   ? ""
                                                                    : NULL;

        for (const struct cvm_kubevirt_key *row = section->keys; rest && row->key; row++) {
            if (g_str_equal(row->key, rest)) {
                return row;
            }
        }
    }
    return NULL;
}

/* What a table says to need neither a place in the document nor a finding: a value that KubeVirt
 * has in any case, what it is left to choose, and what another finding holds for. Of a list it is
 * the items that have one. */
static gboolean
is_quiet(const struct cvm_field *field, gboolean is_auto, const char *path)
{
    static const char *const of_kubevirt[] = {
        "devices.disk.pvc",      "devices.disk.dataVolume",  "devices.disk.containerDisk",
        "devices.interface.pod", "devices.interface.multus", NULL
    };
    const struct cvm_kubevirt_key *row = is_for_kubevirt() ? find_row(path) : NULL;

    if (!is_for_kubevirt()) {
        return g_strv_contains(of_kubevirt, path);
    }
    return field->kind == CVM_FIELD_LIST || is_auto ||
           (row && row->how != CVM_KUBEVIRT_RULE && row->how != CVM_KUBEVIRT_SAID);
}

/* Not of the document by themselves: the caller looks the host up, and the type is a kind of guest
 * from reading on. */
static gboolean
is_elsewhere(const char *value)
{
    return value == (char *)&test.domain->host || value == (char *)&test.domain->launch.type;
}

/* "serial: []" keeps a default away, and there is nothing to show. */
static gboolean
is_empty(const struct cvm_field *field, const char *value)
{
    return field->kind == CVM_FIELD_LIST && ((const struct cvm_list *)value)->count == 0;
}

static void
check_table(const struct cvm_table *table, char *base, const char *prefix)
{
    static const struct cvm_field flag = { .kind = CVM_FIELD_FLAG };

    for (const struct cvm_field *field = table->fields; field->key; field++) {
        char *value = base + field->offset;
        const struct cvm_from *from = (const struct cvm_from *)value;
        const struct cvm_flag *automatic = (const struct cvm_flag *)(base + field->auto_offset);
        gboolean is_auto = field->auto_offset && cvm_is_given(*automatic);
        g_autofree char *path = g_strconcat(prefix, field->key, NULL);
        g_autofree char *below = g_strconcat(path, ".", NULL);

        if (field->kind == CVM_FIELD_MAP) {
            check_table(field->table, field->flags & CVM_FIELD_FLAT ? base : value, below);
        } else if (field->kind != CVM_FIELD_EXTENDS && !is_elsewhere(value) &&
                   !is_empty(field, value) && (from->origin == CVM_GIVEN || is_auto)) {
            gboolean shown = shows(field, value);

            if (shown) {
                g_hash_table_add(test.shown, g_strdup(path));
            }
            if (!shown && !(is_auto && shows(&flag, base + field->auto_offset)) &&
                !has_finding(field->key, is_auto ? automatic->from.node : from->node) &&
                !is_quiet(field, is_auto, path)) {
                g_string_append_printf(test.dropped, "%s: %s: %s\n", test.renderer->name,
                                       test.domain->name.value, path);
            }
            g_hash_table_add(test.met, g_strdup_printf("%s.%s", table->name, field->key));
        }
        if (field->kind == CVM_FIELD_LIST) {
            const struct cvm_list *list = (const struct cvm_list *)value;

            for (unsigned i = 0; i < list->count; i++) {
                check_table(field->table, (char *)list->items + i * field->table->size, below);
            }
        }
    }
}

static void
check_met(const struct cvm_table *table)
{
    for (const struct cvm_field *field = table->fields; field->key; field++) {
        g_autofree char *key = g_strdup_printf("%s.%s", table->name, field->key);

        if (field->kind == CVM_FIELD_MAP || field->kind == CVM_FIELD_LIST) {
            check_met(field->table);
        } else if (field->kind != CVM_FIELD_EXTENDS) {
            ck_assert_msg(g_hash_table_contains(test.met, key),
                          "no profile in tests/profiles/ that this test reads has %s", key);
        }
    }
}

/* What is said to be written is seen to be in one domain at least. */
static void
check_written(void)
{
    for (const struct cvm_kubevirt_section *section = cvm_kubevirt_sections;
         is_for_kubevirt() && section->path; section++) {
        for (const struct cvm_kubevirt_key *row = section->keys; row->key; row++) {
            g_autofree char *path =
                g_strconcat(section->path, *section->path ? "." : "", row->key, NULL);

            ck_assert_msg(row->how != CVM_KUBEVIRT_WRITTEN ||
                              g_str_equal(path, "launchSecurity.type") ||
                              g_hash_table_contains(test.shown, path),
                          "'%s' is said to be written, but no document shows it", path);
        }
    }
}

static void
check_domain(struct cvm_domain *domain)
{
    test.domain = domain;
    check_sound(domain);
    domain->target = test.renderer->rules;
    cvm_resolve(domain, NULL);
    test.findings = cvm_findings_new();
    cvm_check_run(domain, NULL, NULL, test.findings);
    test.document = render();
    check_table(&cvm_profile_table, (char *)domain, "");
    cvm_findings_free(test.findings);
    g_free(test.document);
}

static void
check_renderer(const struct cvm_renderer *renderer)
{
    static const char *const files[] = { "tests/profiles/everything.yaml",
                                         "tests/profiles/variants.yaml" };

    test.renderer = renderer;
    test.dropped = g_string_new(NULL);
    test.met = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    test.shown = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = unit_source_path(files[i]);
        g_autoptr(GPtrArray) domains = cvm_documents_read(path, NULL, NULL);

        ck_assert_ptr_nonnull(domains);
        for (guint j = 0; j < domains->len; j++) {
            check_domain(g_ptr_array_index(domains, j));
        }
    }
    g_hash_table_add(test.met, g_strdup("profile.host"));
    g_hash_table_add(test.met, g_strdup("launchSecurity.type"));
    ck_assert_msg(test.dropped->len == 0, "given, not in the document, and no finding says so:\n%s",
                  test.dropped->str);
    check_met(&cvm_profile_table);
    check_written();
    g_hash_table_unref(test.met);
    g_hash_table_unref(test.shown);
    g_string_free(test.dropped, TRUE);
}

START_TEST(test_nothing_is_dropped)
{
    check_renderer(&cvm_renderer_libvirt);
}
END_TEST

START_TEST(test_nothing_is_dropped_for_virt_install)
{
    check_renderer(&cvm_renderer_virt_install);
}
END_TEST

START_TEST(test_nothing_is_dropped_for_kubevirt)
{
    check_renderer(&cvm_renderer_kubevirt);
}
END_TEST

UNIT_MAIN("effect", test_nothing_is_dropped, test_nothing_is_dropped_for_virt_install,
          test_nothing_is_dropped_for_kubevirt)
