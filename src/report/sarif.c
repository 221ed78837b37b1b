/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings as SARIF 2.1.0 (OASIS standard, "§" below), for code scanning. The catalogue and its
 * help are English (driver.language), messages are in the language of the findings (run.language).
 */
#include <libintl.h>
#include <string.h>

#include "config.h"
#include "report/parts.h"
#include "rules/rule.h"
#include "util/i18n.h"

#define SCHEMA                                                                                     \
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
#define ROOT "%SRCROOT%" /* the name that GitHub and viewers know for the top of a checkout */

/* What is looked up often while a run is described. */
struct run {
    const struct cvm_findings *findings;
    const struct cvm_report_options *options;
    GHashTable *rules;     /* id -> index in the catalogue, + 1 */
    GHashTable *artifacts; /* file -> index in all, + 1 */
    GPtrArray *files;      /* of const char *, in the order of artifacts */
    GHashTable *seen;      /* contributions to fingerprints -> how often so far */
};

static json_t *
describe_text(const char *text)
{
    return json_pack("{s:o}", "text", cvm_json_text(text));
}

/* ---- the catalogue ---- */

/* Topics as tags, by the hundreds of the ids. */
static const char *const topics[] = {
    [1] = "profile", [2] = "launch-security", [4] = "firmware", [5] = "memory", [6] = "devices",
    [7] = "host",    [8] = "measurement",     [9] = "drift",
};

static json_t *
describe_tags(const struct cvm_rule *rule)
{
    unsigned block = (unsigned)g_ascii_digit_value(rule->id[3]);
    json_t *tags = json_array();

    if (block < G_N_ELEMENTS(topics) && topics[block]) {
        json_array_append_new(tags, json_string(topics[block]));
    }
    if (rule->needs_host) {
        json_array_append_new(tags, json_string("needs-host"));
    }
    return tags;
}

static json_t *
describe_rule(const struct cvm_rule *rule)
{
    const char *page = cvm_rule_page(rule->id);
    g_autofree char *intro = page ? cvm_page_intro(page) : NULL;
    g_autofree char *plain = page ? cvm_page_plain(page) : NULL;
    g_autofree char *markdown = page ? cvm_page_markdown(page) : NULL;
    json_t *object = json_pack("{s:s, s:s, s:o}", "id", rule->id, "name", rule->name,
                               "shortDescription", describe_text(rule->summary));

    if (page) {
        json_object_set_new(object, "fullDescription", describe_text(intro));
        json_object_set_new(object, "help",
                            json_pack("{s:o, s:o}", "text", cvm_json_text(plain), "markdown",
                                      cvm_json_text(markdown)));
    }
    json_object_set_new(object, "defaultConfiguration",
                        json_pack("{s:s}", "level", cvm_severity_name(rule->severity)));
    json_object_set_new(object, "properties", json_pack("{s:o}", "tags", describe_tags(rule)));
    return object;
}

static json_t *
describe_tool(struct run *run)
{
    json_t *rules = json_array();
    const struct cvm_rule *rule;
    json_t *driver =
        json_pack("{s:s, s:s, s:s, s:s}", "name", PACKAGE_NAME, "version", PACKAGE_VERSION,
                  "semanticVersion", PACKAGE_VERSION, "language", "en");

    for (unsigned i = 0; (rule = cvm_rule_at(i)); i++) {
        g_hash_table_insert(run->rules, (gpointer)rule->id, GUINT_TO_POINTER(i + 1));
        json_array_append_new(rules, describe_rule(rule));
    }
    if (*PACKAGE_URL) {
        json_object_set_new(driver, "informationUri", json_string(PACKAGE_URL));
    }
    json_object_set_new(driver, "rules", rules);
    return json_pack("{s:o}", "driver", driver);
}

/* ---- places ---- */

/* §3.4.3: relative to the folder of the run where the file is below it, else absolute. Only "/"
 * stays as it is, so a colon of a name is no scheme. */
static void
set_uri(json_t *location, const char *file, const char *folder)
{
    g_autofree char *path = cvm_report_path(file, folder);
    g_autofree char *escaped = g_uri_escape_string(path, "/", FALSE);
    gboolean absolute = g_path_is_absolute(path);
    g_autofree char *uri = g_strconcat(absolute ? "file://" : "", escaped, NULL);

    json_object_set_new(location, "uri", json_string(uri));
    if (!absolute) {
        json_object_set_new(location, "uriBaseId", json_string(ROOT));
    }
}

static json_t *
describe_artifact_location(const struct run *run, const char *file)
{
    json_t *location = json_object();

    if (g_str_equal(file, "-")) {
        json_object_set_new(location, "uri", json_string("stdin"));
    } else if (!cvm_report_is_file(file)) {
        json_object_set_new(location, "uri", cvm_json_text(file));
    } else {
        set_uri(location, file, run->options->folder);
    }
    return location;
}

static void
add_artifact(struct run *run, const char *file)
{
    if (file && !g_hash_table_contains(run->artifacts, file)) {
        g_ptr_array_add(run->files, (gpointer)file);
        g_hash_table_insert(run->artifacts, (gpointer)file, GUINT_TO_POINTER(run->files->len));
    }
}

/* Everything that was looked at, and what else a finding is in. */
static json_t *
describe_artifacts(struct run *run)
{
    const struct cvm_findings *findings = run->findings;
    json_t *artifacts = json_array();

    for (guint i = 0; i < findings->inputs->len; i++) {
        add_artifact(run, g_ptr_array_index(findings->inputs, i));
    }
    for (guint i = 0; i < findings->items->len; i++) {
        const struct cvm_finding *finding = g_ptr_array_index(findings->items, i);

        add_artifact(run, finding->file);
    }
    for (guint i = 0; i < findings->failures->len; i++) {
        const struct cvm_failure *failure = g_ptr_array_index(findings->failures, i);

        add_artifact(run, failure->file);
    }
    for (guint i = 0; i < run->files->len; i++) {
        json_array_append_new(
            artifacts, json_pack("{s:o, s:[s]}", "location",
                                 describe_artifact_location(run, g_ptr_array_index(run->files, i)),
                                 "roles", "analysisTarget"));
    }
    return artifacts;
}

static json_t *
describe_artifact_reference(const struct run *run, const char *file)
{
    json_t *location = describe_artifact_location(run, file);
    guint index = GPOINTER_TO_UINT(g_hash_table_lookup(run->artifacts, file));

    json_object_set_new(location, "index", json_integer(index - 1));
    return location;
}

static json_t *
describe_physical(const struct run *run, const char *file, unsigned line, unsigned column)
{
    json_t *physical =
        json_pack("{s:o}", "artifactLocation", describe_artifact_reference(run, file));

    if (line) {
        json_object_set_new(
            physical, "region",
            json_pack("{s:i, s:i}", "startLine", (int)line, "startColumn", (int)MAX(column, 1)));
    }
    return physical;
}

/* A region without an end reaches to the end of its line (§3.30.5 ff.), and so does its snippet.
 * What is only part of a line is no snippet of it, and a context has to be more than the region. */
static void
add_snippets(json_t *physical, const struct cvm_finding *finding)
{
    g_autofree char *line = finding->excerpt ? g_utf8_make_valid(finding->excerpt, -1) : NULL;
    glong length = line ? g_utf8_strlen(line, -1) : 0;
    glong before = (glong)finding->column - 1;

    if (!line || finding->column == 0 || finding->excerpt_column != finding->column ||
        length > CVM_EXCERPT_MAX) {
        return;
    }
    json_object_set_new(json_object_get(physical, "region"), "snippet",
                        describe_text(g_utf8_offset_to_pointer(line, MIN(before, length))));
    if (before > 0) {
        json_object_set_new(physical, "contextRegion",
                            json_pack("{s:i, s:o}", "startLine", (int)finding->line, "snippet",
                                      describe_text(line)));
    }
}

static json_t *
describe_locations(const struct run *run, const struct cvm_finding *finding)
{
    json_t *location = json_object();

    if (finding->file) {
        json_t *physical = describe_physical(run, finding->file, finding->line, finding->column);

        add_snippets(physical, finding);
        json_object_set_new(location, "physicalLocation", physical);
    }
    if (finding->path && *finding->path) {
        json_object_set_new(
            location, "logicalLocations",
            json_pack("[{s:o}]", "fullyQualifiedName", cvm_json_text(finding->path)));
    }
    return json_pack("[o]", location);
}

/* ---- results ---- */

/* What stays when lines move, a value changes, or messages are worded or translated otherwise: the
 * rule and the path in the document. Several of the same in one file are counted, in their order.
 * The file is no part of it (§3.27.17: whoever compares runs knows it anyway). */
static json_t *
describe_fingerprints(struct run *run, const struct cvm_finding *finding)
{
    const char *path = finding->path ? finding->path : "";
    g_autofree char *identity = g_strdup_printf("%s\n%s", finding->rule, path);
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, identity, -1);
    char *key = g_strdup_printf("%s\n%s", hash, finding->file ? finding->file : "");
    guint count = GPOINTER_TO_UINT(g_hash_table_lookup(run->seen, key)) + 1;
    g_autofree char *value = g_strdup_printf("%s:%u", hash, count);

    g_hash_table_insert(run->seen, key, GUINT_TO_POINTER(count));
    return json_pack("{s:s}", "ruleAndPath/v1", value);
}

/* Braces stay single (§3.11.5 doubles them for messages with arguments, which this has none of):
 * readers show them as they are. */
static json_t *
describe_message(const struct cvm_finding *finding)
{
    g_autoptr(GString) text = g_string_new(finding->message);

    if (finding->fix) {
        g_string_append_printf(text, "\n%s: %s", _("fix"), finding->fix);
    }
    return describe_text(text->str);
}

/* §3.27.23: either all results have the array, or none: an empty one says "not suppressed". */
static json_t *
describe_suppressions(const struct cvm_finding *finding)
{
    return finding->suppression ? json_pack("[{s:s, s:o}]", "kind", "inSource", "justification",
                                            cvm_json_text(finding->suppression))
                                : json_array();
}

static json_t *
describe_result(struct run *run, const struct cvm_finding *finding)
{
    guint rule = GPOINTER_TO_UINT(g_hash_table_lookup(run->rules, finding->rule));
    json_t *result = json_pack("{s:s}", "ruleId", finding->rule);

    if (rule) {
        json_object_set_new(result, "ruleIndex", json_integer(rule - 1));
    }
    json_object_set_new(result, "level", json_string(cvm_severity_name(finding->severity)));
    json_object_set_new(result, "message", describe_message(finding));
    json_object_set_new(result, "locations", describe_locations(run, finding));
    json_object_set_new(result, "partialFingerprints", describe_fingerprints(run, finding));
    json_object_set_new(result, "suppressions", describe_suppressions(finding));
    if (finding->fix) {
        json_object_set_new(result, "properties",
                            json_pack("{s:o}", "fix", cvm_json_text(finding->fix)));
    }
    return result;
}

/* ---- how the run went ---- */

static json_t *
describe_failure(const struct run *run, const struct cvm_failure *failure)
{
    json_t *notification =
        json_pack("{s:s, s:o}", "level", "error", "message", describe_text(failure->message));

    if (failure->file) {
        json_object_set_new(
            notification, "locations",
            json_pack("[{s:o}]", "physicalLocation",
                      describe_physical(run, failure->file, failure->line, failure->column)));
    }
    return notification;
}

static json_t *
describe_not_run(const struct run *run, const char *id)
{
    guint rule = GPOINTER_TO_UINT(g_hash_table_lookup(run->rules, id));
    json_t *reference = json_pack("{s:s}", "id", id);

    if (rule) {
        json_object_set_new(reference, "index", json_integer(rule - 1));
    }
    return json_pack("{s:s, s:{s:s}, s:o}", "level", "note", "message", "text",
                     cvm_report_needs_host(id)
                         ? _("The rule was not run: it needs a host, and none was given.")
                         : _("The rule was not run: it needs libcvmdom-attest, which is not "
                             "installed."),
                     "associatedRule", reference);
}

static json_t *
describe_invocation(const struct run *run)
{
    const struct cvm_findings *findings = run->findings;
    gboolean successful = cvm_report_is_complete(findings, run->options);
    json_t *failures = json_array(), *not_run = json_array();

    for (guint i = 0; i < findings->failures->len; i++) {
        json_array_append_new(failures,
                              describe_failure(run, g_ptr_array_index(findings->failures, i)));
    }
    for (guint i = 0; i < findings->not_run->len; i++) {
        json_array_append_new(not_run,
                              describe_not_run(run, g_ptr_array_index(findings->not_run, i)));
    }
    return json_pack("[{s:b, s:o, s:o}]", "executionSuccessful", successful,
                     "toolExecutionNotifications", failures, "toolConfigurationNotifications",
                     not_run);
}

/* §3.14.14: the folder that relative URIs are below; its own URI ends in a slash. */
static json_t *
describe_bases(const char *folder)
{
    json_t *root = json_object();

    if (folder) {
        g_autofree char *path = g_canonicalize_filename(folder, "/");
        g_autofree char *escaped = g_uri_escape_string(path, "/", FALSE);
        g_autofree char *uri =
            g_strdup_printf("file://%s%s", escaped, g_str_has_suffix(escaped, "/") ? "" : "/");

        json_object_set_new(root, "uri", json_string(uri));
    }
    json_object_set_new(root, "description",
                        describe_text(_("The folder that files are named from.")));
    return json_pack("{s:o}", ROOT, root);
}

/* The language of the messages: what their catalogue says of itself ("Language: de" in its header,
 * which is the translation of the empty text), English where there is none. */
static json_t *
describe_language(void)
{
    static const char field[] = "\nLanguage: ";
    const char *found = strstr(dgettext(PACKAGE, ""), field);
    g_autofree char *code = NULL;

    if (found) {
        found += strlen(field);
        code = g_strndup(found, strcspn(found, "\n@."));
        g_strdelimit(code, "_", '-');
    }
    return cvm_json_text(code && *code ? code : "en");
}

static void
report_sarif(const struct cvm_findings *findings, const struct cvm_report_options *options,
             GString *out)
{
    g_autoptr(GHashTable) rules = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) artifacts = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) files = g_ptr_array_new();
    struct run run = { findings, options, rules, artifacts, files, seen };
    json_t *object = json_pack("{s:o}", "tool", describe_tool(&run));
    json_t *results = json_array();

    json_object_set_new(object, "artifacts", describe_artifacts(&run));
    for (guint i = 0; i < findings->items->len; i++) {
        json_array_append_new(results,
                              describe_result(&run, g_ptr_array_index(findings->items, i)));
    }
    json_object_set_new(object, "invocations", describe_invocation(&run));
    json_object_set_new(object, "originalUriBaseIds", describe_bases(options->folder));
    json_object_set_new(object, "columnKind", json_string("unicodeCodePoints"));
    json_object_set_new(object, "language", describe_language());
    json_object_set_new(object, "results", results);
    cvm_json_write(
        json_pack("{s:s, s:s, s:[o]}", "$schema", SCHEMA, "version", "2.1.0", "runs", object), out);
}

const struct cvm_reporter cvm_reporter_sarif = {
    .name = "sarif",
    .summary = N_("SARIF 2.1.0 for code scanning, with every rule's help"),
    .report = report_sarif,
};
