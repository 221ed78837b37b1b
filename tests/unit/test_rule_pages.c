/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rule pages are the rules' tests. A fenced block below "## Bad" or "## Good" is a complete
 * profile or domain XML; "host=NAME" behind its language names a bundled host it is to run on,
 * "against=FILE" a domain of tests/compare/ that libvirt has, where the rule is about drift, and
 * "measure=IMAGE" an image of ovmf_fixture.h that is measured ("absent": none is at hand), where it
 * is about measuring, "schema" that libvirt's schema is asked (without one the block is passed
 * over), "vmm=NAME" and "features=NUMBER" what the command line says there. The page's
 * own rule must find what the lines ending in "# expect: CVM207" (in XML
 * "<!-- expect: CVM207 -->") say, and nothing else; a severity behind the id ("# expect: CVM203
 * error") is held to as well. In XML "<!-- content of FILE -->" stands for a file's content. An
 * "xml" block that is no domain shows a piece of a host's record: it must be well-formed. All
 * failures are listed in one run. */
#include <stdlib.h>
#include <string.h>

#include "compare/compare.h"
#include "cvmdom/attest.h"
#include "launch/launch.h"
#include "ovmf_fixture.h"
#include "read/read.h"
#include "read/schema.h"
#include "resolve/resolve.h"
#include "rules/control.h"
#include "unit.h"

enum section { SECTION_HEAD, SECTION_BAD, SECTION_GOOD, SECTION_WHY, SECTION_IGNORE, SECTIONS };

static const char *const headings[SECTIONS] = {
    "", "## Bad", "## Good", "## Why", "## When it is right to ignore it",
};

struct block {
    enum section section;
    unsigned line; /* of the fence */
    gboolean xml;
    gboolean schema; /* libvirt's is asked, where it is installed */
    char *host;      /* NULL for none */
    char *against;
    char *measure;
    int vmm; /* enum cvmdom_vmm */
    gboolean has_features;
    guint64 features;
    GString *text;
};

struct page {
    const char *id;
    unsigned sections; /* bits of enum section that were seen */
    GPtrArray *blocks;
    GString *failures;
};

static void
free_block(gpointer data)
{
    struct block *block = data;

    g_free(block->host);
    g_free(block->against);
    g_free(block->measure);
    g_string_free(block->text, TRUE);
    g_free(block);
}

static void
fail_page(struct page *page, unsigned line, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void
fail_page(struct page *page, unsigned line, const char *format, ...)
{
    va_list arguments;

    g_string_append_printf(page->failures, "docs/rules/%s.md:%u: ", page->id, line);
    va_start(arguments, format);
    g_string_append_vprintf(page->failures, format, arguments);
    va_end(arguments);
    g_string_append_c(page->failures, '\n');
}

static gboolean
take_vmm(struct block *block, const char *word)
{
    static const char *const words[] = { "qemu", "ec2", "gce", "svsm" };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (g_str_equal(word, words[i])) {
            block->vmm = (int)i;
            return TRUE;
        }
    }
    return FALSE;
}

static struct block *
open_block(struct page *page, enum section section, unsigned line, const char *info)
{
    g_auto(GStrv) words = g_strsplit(info, " ", 0);
    struct block *block = g_new0(struct block, 1);

    block->section = section;
    block->line = line;
    block->text = g_string_new(NULL);
    block->xml = g_strcmp0(words[0], "xml") == 0;
    if (!block->xml && g_strcmp0(words[0], "yaml") != 0) {
        fail_page(page, line, "a block is 'yaml' or 'xml', not '%s'", info);
    }
    for (char **word = words[0] ? words + 1 : words; *word; word++) {
        if (g_str_equal(*word, "schema")) {
            block->schema = TRUE;
        } else if (g_str_has_prefix(*word, "host=") && !block->host) {
            block->host = g_strdup(*word + strlen("host="));
        } else if (g_str_has_prefix(*word, "against=") && !block->against) {
            block->against = g_strdup(*word + strlen("against="));
        } else if (g_str_has_prefix(*word, "measure=") && !block->measure) {
            block->measure = g_strdup(*word + strlen("measure="));
        } else if (g_str_has_prefix(*word, "vmm=") && take_vmm(block, *word + strlen("vmm="))) {
            continue;
        } else if (g_str_has_prefix(*word, "features=")) {
            block->features = g_ascii_strtoull(*word + strlen("features="), NULL, 0);
            block->has_features = TRUE;
        } else {
            fail_page(page, line, "'%s' is not understood", *word);
        }
    }
    g_ptr_array_add(page->blocks, block);
    return block;
}

static void
enter_section(struct page *page, enum section *section, unsigned line, const char *text)
{
    enum section next = *section + 1;

    if (next < SECTIONS && g_str_equal(text, headings[next])) {
        *section = next;
        page->sections |= 1U << next;
    } else {
        fail_page(page, line, "'%s' is not the next heading of a rule page", text);
    }
}

static void
split_page(struct page *page, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", 0);
    enum section section = SECTION_HEAD;
    struct block *block = NULL;

    for (unsigned i = 0; lines[i]; i++) {
        if (g_str_has_prefix(lines[i], "```")) {
            block = block ? NULL : open_block(page, section, i + 1, lines[i] + 3);
        } else if (block) {
            g_string_append_printf(block->text, "%s\n", lines[i]);
        } else if (g_str_has_prefix(lines[i], "## ")) {
            enter_section(page, &section, i + 1, lines[i]);
        }
    }
    if (block) {
        fail_page(page, block->line, "the block has no end");
    }
}

static struct cvm_host *
read_host(struct page *page, const struct block *block)
{
    g_autofree char *relative = g_strdup_printf("profiles/hosts/%s.xml", block->host);
    g_autofree char *path = unit_source_path(relative);
    g_autoptr(GError) error = NULL;
    struct cvm_host *host = cvm_host_read(path, &error);

    if (!host) {
        fail_page(page, block->line, "%s", error->message);
    }
    return host;
}

/* The words behind the mark of a line, NULL without one; the caller's to g_strfreev(). */
static char **
split_mark(const struct block *block, const char *line)
{
    const char *mark = block->xml ? "<!-- expect: " : "# expect: ";
    const char *at = strstr(line, mark);
    char **words = at ? g_strsplit(at + strlen(mark), " ", 0) : NULL;
    unsigned count = words ? g_strv_length(words) : 0;

    if (block->xml && count > 0 && g_str_equal(words[count - 1], "-->")) {
        g_clear_pointer(&words[count - 1], g_free);
    }
    return words;
}

/* What the lines of a block say about the page's rule: line -> severity word, "" for any. */
static GHashTable *
collect_expected(struct page *page, const struct block *block)
{
    g_auto(GStrv) lines = g_strsplit(block->text->str, "\n", 0);
    GHashTable *expected = g_hash_table_new_full(NULL, NULL, NULL, g_free);

    for (unsigned i = 0; lines[i]; i++) {
        g_auto(GStrv) words = split_mark(block, lines[i]);

        if (words && g_strcmp0(words[0], page->id) == 0) {
            g_hash_table_insert(expected, GUINT_TO_POINTER(i + 1),
                                g_strdup(words[1] ? words[1] : ""));
        } else if (words) {
            fail_page(page, block->line + i + 1, "only the page's own rule is run");
        }
    }
    return expected;
}

static void
compare(struct page *page, const struct block *block, const struct cvm_findings *findings)
{
    g_autoptr(GHashTable) expected = collect_expected(page, block);
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    GHashTableIter iter;
    gpointer line;

    for (guint i = 0; i < findings->items->len; i++) {
        const struct cvm_finding *finding = g_ptr_array_index(findings->items, i);
        const char *severity = g_hash_table_lookup(expected, GUINT_TO_POINTER(finding->line));

        g_hash_table_add(seen, GUINT_TO_POINTER(finding->line));
        if (!severity) {
            fail_page(page, block->line + finding->line, "not expected: %s", finding->message);
        } else if (*severity && !g_str_equal(severity, cvm_severity_name(finding->severity))) {
            fail_page(page, block->line + finding->line, "is of severity %s: %s",
                      cvm_severity_name(finding->severity), finding->message);
        }
    }
    g_hash_table_iter_init(&iter, expected);
    while (g_hash_table_iter_next(&iter, &line, NULL)) {
        if (!g_hash_table_contains(seen, line)) {
            fail_page(page, block->line + GPOINTER_TO_UINT(line), "expected, but not found");
        }
    }
    if ((g_hash_table_size(expected) > 0) != (block->section == SECTION_BAD)) {
        fail_page(page, block->line, "a Bad block expects findings, a Good block none");
    }
}

static void
keep_own(const struct page *page, struct cvm_findings *findings)
{
    for (guint i = findings->items->len; i > 0; i--) {
        const struct cvm_finding *finding = g_ptr_array_index(findings->items, i - 1);

        if (!g_str_equal(finding->rule, page->id)) {
            g_ptr_array_remove_index(findings->items, i - 1);
        }
    }
}

/* A rule on comments has something to say only when the others have run: these are left out. */
static void
run_rule(const struct page *page, const struct cvm_domain *domain, const struct cvm_host *host,
         struct cvm_findings *findings)
{
    const struct cvm_rule *rule = cvm_rule_find(page->id);

    if (!g_str_equal(rule->id, "CVM109") && !g_str_equal(rule->id, "CVM110")) {
        cvm_rule_run(rule, domain, host, findings);
        return;
    }
    cvm_check_run(domain, host, NULL, findings);
    g_ptr_array_set_size(findings->not_run, 0);
    keep_own(page, findings);
}

/* Rules without a check speak of a comparison. */
static void
run_comparison(struct page *page, const struct block *block, const struct cvm_domain *domain,
               const struct cvm_host *host, struct cvm_findings *findings)
{
    CVM_AUTO(comparison) *comparison = cvm_comparison_new(domain, host, "sev-minimal");
    g_autofree char *relative = g_strdup_printf("tests/compare/%s", block->against);
    g_autofree char *path = unit_source_path(relative), *xml = NULL;
    g_autoptr(GError) error = NULL;
    gsize size = 0;

    if (!g_file_get_contents(path, &xml, &size, &error) ||
        cvm_comparison_add(comparison, xml, size, &error) < 0) {
        fail_page(page, block->line, "%s", error->message);
        return;
    }
    cvm_comparison_report(comparison, NULL, findings);
    keep_own(page, findings);
}

/* Those too that speak of a launch. */
static cvmdom_firmware *
make_image(struct page *page, const struct block *block)
{
    g_autofree struct builder *image = g_new(struct builder, 1);
    size_t size = g_str_equal(block->measure, "odd") ? IMAGE_SIZE - 512 : IMAGE_SIZE;

    if (build_known(image, block->measure)) {
        return cvmdom_firmware_parse("image.fd", image->data + IMAGE_SIZE - size, size, NULL);
    }
    if (!g_str_equal(block->measure, "absent")) {
        fail_page(page, block->line, "no image '%s'", block->measure);
    }
    return NULL;
}

/* CVM809 is libcvmdom-attest's. */
static void
run_id_block(struct page *page, const struct block *block, struct cvm_domain *domain,
             const struct cvm_host *host, struct cvm_findings *findings)
{
    cvmdom_firmware *firmware = block->measure ? make_image(page, block) : NULL;
    struct cvmdom_launch launch;
    struct cvmdom_digest digest;

    cvm_launch_gather(domain, host, &launch);
    if (firmware && cvmdom_launch_digest(&launch, firmware, NULL, NULL, &digest, NULL) < 0) {
        fail_page(page, block->line, "it cannot be measured");
    }
    if (cvmdom_id_block_check(&launch, firmware ? &digest : NULL, (cvmdom_domain *)domain,
                              (cvmdom_findings *)findings, NULL) < 0) {
        fail_page(page, block->line, "it cannot be checked");
    }
    cvmdom_firmware_free(firmware);
}

static void
run_measuring(struct page *page, const struct block *block, const struct cvm_domain *domain,
              const struct cvm_host *host, struct cvm_findings *findings)
{
    cvmdom_firmware *firmware = make_image(page, block);
    struct cvmdom_launch launch;

    cvm_launch_gather(domain, host, &launch);
    launch.vmm = block->vmm;
    launch.features = block->has_features ? block->features : launch.features;
    cvm_launch_check(&launch, firmware, domain, host, findings);
    keep_own(page, findings);
    cvmdom_firmware_free(firmware);
}

/* "<!-- content of dh-cert.b64 -->" becomes what that file of tests/rule-pages/ holds: a domain has
 * no way to name a file, and nobody wants to read thousands of digits. */
static void
fill_in(struct page *page, const struct block *block)
{
    static const char mark[] = "<!-- content of ";
    char *at;

    while (block->xml && (at = strstr(block->text->str, mark))) {
        const char *name = at + strlen(mark), *end = strstr(name, " -->");
        gssize place = at - block->text->str;
        g_autofree char *relative =
            g_strdup_printf("tests/rule-pages/%.*s", (int)(end ? end - name : 0), name);
        g_autofree char *path = unit_source_path(relative);
        g_autofree char *content = NULL, *line = NULL;
        g_auto(GStrv) lines = NULL;

        if (!end || !g_file_get_contents(path, &content, NULL, NULL)) {
            fail_page(page, block->line, "no file '%s'", relative);
            return;
        }
        g_string_erase(block->text, place, end + strlen(" -->") - at);
        lines = g_strsplit(content, "\n", 0);
        line = g_strjoinv("", lines);
        g_string_insert(block->text, place, line);
    }
}

/* What a rule's domains are rendered for; NULL when it speaks of all. */
static const char *
target_of(const char *id)
{
    for (const struct cvm_topic *topic = cvm_topics; topic->rules; topic++) {
        for (const struct cvm_rule *rule = topic->rules; rule->id; rule++) {
            if (g_str_equal(rule->id, id)) {
                return topic->target;
            }
        }
    }
    return NULL;
}

static void
validate(struct page *page, const struct block *block, struct cvm_domain *domain)
{
    g_autoptr(GError) error = NULL;
    struct cvm_schema *schema = cvm_schema_read(NULL, &error);
    struct cvm_validator *validator = schema ? cvm_validator_new(schema) : NULL;

    if (validator) {
        cvm_schema_validate(validator, domain);
    } else {
        fail_page(page, block->line, "%s", error->message);
    }
    cvm_validator_free(validator);
    cvm_schema_free(schema);
}

static void
run_domain(struct page *page, const struct block *block, struct cvm_domain *domain,
           const struct cvm_host *host, struct cvm_findings *findings)
{
    domain->target = target_of(page->id);
    if (domain->form == CVM_FORM_PROFILE) {
        cvm_resolve(domain, host);
    }
    if (block->schema) {
        validate(page, block, domain);
    }
    if (g_str_equal(page->id, "CVM809")) {
        run_id_block(page, block, domain, host, findings);
    } else if (block->against) {
        run_comparison(page, block, domain, host, findings);
    } else if (block->measure) {
        run_measuring(page, block, domain, host, findings);
    } else {
        run_rule(page, domain, host, findings);
    }
}

static void
run_block(struct page *page, const struct block *block)
{
    CVM_AUTO(host) *host = block->host ? read_host(page, block) : NULL;
    CVM_AUTO(findings) *findings = cvm_findings_new();
    /* Where {file: …} of a block is looked for. */
    g_autofree char *relative = g_strdup_printf("tests/rule-pages/%s.md", page->id);
    g_autofree char *name = unit_source_path(relative);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) domains =
        cvm_documents_parse(name, block->text->str, block->text->len, NULL, &error);

    if (!domains || (block->host && !host)) {
        fail_page(page, block->line, "%s", error ? error->message : "no host");
        return;
    }
    for (guint i = 0; i < domains->len; i++) {
        struct cvm_domain *domain = g_ptr_array_index(domains, i);

        if ((domain->form == CVM_FORM_XML) != block->xml) {
            fail_page(page, block->line, "the block is not in the language it names");
        }
        run_domain(page, block, domain, host, findings);
    }
    if (findings->not_run->len > 0) {
        fail_page(page, block->line, "the rule needs a host");
    }
    compare(page, block, findings);
}

static void
parse_xml(struct page *page, const struct block *block)
{
    CVM_AUTO(arena) *arena = cvm_arena_new();
    g_autoptr(GError) error = NULL;
    /* A piece of a document: it may have several roots. */
    g_autofree char *text = g_strdup_printf("<piece>%s</piece>", block->text->str);
    const struct cvm_source source = { page->id, text, strlen(text), NULL, FALSE };

    if (!cvm_xml_parse(arena, &source, &error)) {
        fail_page(page, block->line, "%s", error->message);
    }
}

/* Whether other tests hold a rule to both, since no bundled host is such a one as it is about. */
static gboolean
is_tested_elsewhere(const char *id)
{
    static const char *const ids[] = {
        "CVM704", "CVM705", "CVM706", "CVM707", "CVM708", "CVM711", /* test_rules_host.c */
        "CVM851",                                                   /* test_rules_devices.c */
        NULL,
    };

    return g_strv_contains(ids, id);
}

static void
test_page(const struct cvm_page *source, GString *failures)
{
    const struct cvm_rule *rule = cvm_rule_find(source->id);
    g_autofree char *heading = g_strdup_printf("# %s: %s\n\n", rule->id, rule->name);
    g_autoptr(GPtrArray) blocks = g_ptr_array_new_with_free_func(free_block);
    struct page page = { .id = source->id, .blocks = blocks, .failures = failures };
    unsigned held[SECTIONS] = { 0 }; /* blocks that the rule was run on */

    if (!g_str_has_prefix(source->text, heading)) {
        fail_page(&page, 1, "the heading must be '# %s: %s'", rule->id, rule->name);
    }
    split_page(&page, source->text);
    for (guint i = 0; i < blocks->len; i++) {
        const struct block *block = g_ptr_array_index(blocks, i);

        if (block->xml && !g_str_has_prefix(block->text->str, "<domain") &&
            !g_str_has_prefix(block->text->str, "<?xml ")) {
            parse_xml(&page, block);
        } else if (block->schema && !g_file_test(CVM_SCHEMA_INSTALLED, G_FILE_TEST_EXISTS)) {
            held[block->section]++; /* as far as this machine can tell */
        } else if (block->section == SECTION_BAD || block->section == SECTION_GOOD) {
            fill_in(&page, block);
            run_block(&page, block);
            held[block->section]++;
        }
    }
    if (page.sections >> SECTION_BAD != (1U << (SECTIONS - SECTION_BAD)) - 1) {
        fail_page(&page, 1, "a section is missing");
    }
    if (is_tested_elsewhere(rule->id) != (held[SECTION_BAD] == 0 || held[SECTION_GOOD] == 0)) {
        fail_page(&page, 1,
                  "the rule must find something in a Bad block, and nothing in a Good one");
    }
}

START_TEST(test_blocks)
{
    g_autoptr(GString) failures = g_string_new(NULL);
    unsigned pages = 0;

    for (const struct cvm_page *page = cvm_pages; page->id; page++, pages++) {
        test_page(page, failures);
    }
    for (unsigned i = 0; cvm_rule_at(i); i++) {
        if (!cvm_rule_page(cvm_rule_at(i)->id)) {
            g_string_append_printf(failures, "%s has no page\n", cvm_rule_at(i)->id);
        }
    }
    ck_assert_uint_gt(pages, 0);
    if (failures->len > 0) {
        g_printerr("%s", failures->str);
        ck_abort_msg("rule pages disagree with their rules, see above");
    }
}
END_TEST

UNIT_MAIN("rule-pages", test_blocks)
