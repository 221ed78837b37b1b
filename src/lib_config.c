/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exported functions of <cvmdom/config.h>. The handle brings together what read/ finds, what
 * the caller says, and what rules/ makes of both. */
#include "lib.h"

#include <string.h>

#include "read/config.h"
#include "rules/control.h"
#include "util/closest.h"
#include "util/error.h"
#include "util/i18n.h"

struct cvmdom_config {
    gboolean is_copy;                   /* words and named are another one's */
    struct cvm_config *words;           /* the caller's */
    struct cvm_config *named;           /* the file of cvmdom_config_read(); NULL */
    struct cvm_config_folders *folders; /* what cvmdom_config_find() has seen; NULL before */
    const struct cvm_config *file;      /* in use: named, or one of folders'; NULL */
    gboolean no_suppressions;
    struct cvm_control *control;           /* what these come to; NULL when they have changed */
    const struct cvm_config *control_file; /* of which it was made */
};

cvmdom_config *
cvmdom_config_new(void)
{
    cvmdom_config *config = g_new0(cvmdom_config, 1);

    config->words = cvm_config_new(NULL, NULL);
    return config;
}

static void
forget_control(cvmdom_config *config)
{
    cvm_control_free(config->control);
    config->control = NULL;
}

cvmdom_config *
cvmdom_config_copy(const cvmdom_config *config)
{
    cvmdom_config *copy = g_new0(cvmdom_config, 1);

    copy->is_copy = TRUE;
    copy->words = config->words;
    copy->file = copy->named = config->named;
    copy->no_suppressions = config->no_suppressions;
    return copy;
}

void
cvmdom_config_free(cvmdom_config *config)
{
    if (config) {
        forget_control(config);
        cvm_config_folders_free(config->folders);
        if (!config->is_copy) {
            cvm_config_free(config->named);
            cvm_config_free(config->words);
        }
        g_free(config);
    }
}

/* ---- the caller's words ---- */

/* All or nothing: patterns that are not known are taken back. */
static int
add_words(cvmdom_config *config, struct cvm_config_entry entry, const char *patterns,
          GError **error)
{
    GArray *entries = config->words->entries;
    guint before = entries->len;

    if (!cvm_config_add(config->words, entry, patterns)) {
        return cvm_error_set(error, CVM_ERROR_USAGE,
                             _("'%s' names no rule: write an id like CVM207, a name, or the "
                               "beginning of ids like CVM2"),
                             patterns);
    }
    if (cvm_config_check(config->words, error) < 0) {
        g_array_set_size(entries, before);
        return -1;
    }
    forget_control(config);
    return 0;
}

static int
give_result(int result, GError *cause, cvmdom_error **error)
{
    if (result < 0) {
        give_error(error, cause);
    }
    return result;
}

int
cvmdom_config_select(cvmdom_config *config, const char *patterns, cvmdom_error **error)
{
    struct cvm_config_entry entry = { .verb = CVM_CONFIG_SELECT };
    GError *cause = NULL;
    int result = add_words(config, entry, patterns, &cause);

    return give_result(result, cause, error);
}

int
cvmdom_config_ignore(cvmdom_config *config, const char *patterns, cvmdom_error **error)
{
    struct cvm_config_entry entry = { .verb = CVM_CONFIG_IGNORE };
    GError *cause = NULL;
    int result = add_words(config, entry, patterns, &cause);

    return give_result(result, cause, error);
}

static int
parse_severity(const char *assignment, const char *word, enum cvm_severity *severity,
               GError **error)
{
    static const char *const names[] = { "note", "warning", "error", NULL };
    const char *near = cvm_closest(word, names);

    for (*severity = CVM_NOTE; *severity <= CVM_SEVERE; ++*severity) {
        if (g_str_equal(word, cvm_severity_name(*severity))) {
            return 0;
        }
    }
    if (near) {
        return cvm_error_set(error, CVM_ERROR_USAGE,
                             _("'%1$s': there is no severity '%2$s'; did you mean '%3$s'?"),
                             assignment, word, near);
    }
    return cvm_error_set(error, CVM_ERROR_USAGE,
                         _("'%1$s': there is no severity '%2$s', but error, warning and note; to "
                           "switch a rule off, ignore it"),
                         assignment, word);
}

static int
add_assignment(cvmdom_config *config, const char *assignment, GError **error)
{
    struct cvm_config_entry entry = { .verb = CVM_CONFIG_SEVERITY };
    const char *equals = strchr(assignment, '=');
    g_autofree char *pattern = equals ? g_strndup(assignment, (gsize)(equals - assignment)) : NULL;
    g_autofree char *word = equals ? g_strstrip(g_strdup(equals + 1)) : NULL;

    if (!equals) {
        return cvm_error_set(error, CVM_ERROR_USAGE,
                             _("'%s' is not of the form RULE=SEVERITY, like CVM207=warning"),
                             assignment);
    }
    if (parse_severity(assignment, word, &entry.severity, error) < 0) {
        return -1;
    }
    return add_words(config, entry, pattern, error);
}

int
cvmdom_config_set_severity(cvmdom_config *config, const char *assignments, cvmdom_error **error)
{
    g_auto(GStrv) words = g_strsplit(assignments, ",", -1);
    guint before = config->words->entries->len;
    GError *cause = NULL;
    int result = *assignments ? 0 : add_assignment(config, "", &cause);

    for (char **word = words; *word && result == 0; word++) {
        result = add_assignment(config, g_strstrip(*word), &cause);
    }
    if (result < 0) {
        g_array_set_size(config->words->entries, before);
        forget_control(config);
    }
    return give_result(result, cause, error);
}

void
cvmdom_config_set_fail_on(cvmdom_config *config, int severity)
{
    config->words->has_fail_on = TRUE;
    config->words->fail_on = (enum cvm_severity)severity;
    forget_control(config);
}

void
cvmdom_config_set_suppressions(cvmdom_config *config, int honoured)
{
    config->no_suppressions = !honoured;
    forget_control(config);
}

/* ---- files ---- */

int
cvmdom_config_read(cvmdom_config *config, const char *path, cvmdom_error **error)
{
    GError *cause = NULL;
    struct cvm_config *file = cvm_config_read(path, &cause);

    if (!file || cvm_config_check(file, &cause) < 0) {
        cvm_config_free(file);
        give_error(error, cause);
        return -1;
    }
    forget_control(config);
    cvm_config_free(config->named);
    config->file = config->named = file;
    return 0;
}

int
cvmdom_config_find(cvmdom_config *config, const char *input, cvmdom_error **error)
{
    GError *cause = NULL;
    const struct cvm_config *found = NULL;

    if (config->named) {
        return 0;
    }
    if (!config->folders) {
        config->folders = cvm_config_folders_new(cvm_config_check);
    }
    config->file = NULL;
    if (cvm_config_find(config->folders, input, &found, &cause) < 0) {
        give_error(error, cause);
        return -1;
    }
    config->file = found;
    return 0;
}

const char *
cvmdom_config_file(const cvmdom_config *config)
{
    return config->file ? config->file->name : NULL;
}

const char *
cvmdom_config_host(const cvmdom_config *config)
{
    return config->file ? config->file->host : NULL;
}

char *
cvmdom_config_schema(void)
{
    return cvm_config_schema();
}

/* ---- checking ---- */

static gboolean
speaks_of_files(const struct cvm_config *file)
{
    for (guint i = 0; file && i < file->entries->len; i++) {
        if (g_array_index(file->entries, struct cvm_config_entry, i).files) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Ten thousand inputs of a folder share one, unless the file tells them apart. */
const struct cvm_control *
config_control(cvmdom_config *config, const char *input)
{
    gboolean single = speaks_of_files(config->file);

    if (single || config->control_file != config->file) {
        forget_control(config);
    }
    if (!config->control) {
        g_autofree char *path = single ? g_canonicalize_filename(input, NULL) : NULL;

        config->control = cvm_control_new(config->words, config->file, path);
        config->control->no_suppressions = config->no_suppressions;
        config->control_file = config->file;
    }
    return config->control;
}

void
cvmdom_config_check(cvmdom_config *config, const cvmdom_domain *domain, const cvmdom_host *host,
                    cvmdom_findings *findings)
{
    const struct cvm_domain *checked = domain_of(domain);

    cvm_check_run(checked, host_of(host), config_control(config, checked->from.node->source->name),
                  findings_of(findings));
}

int
cvmdom_config_runs(cvmdom_config *config, const cvmdom_domain *domain, const char *rule)
{
    const char *input = domain_of(domain)->from.node->source->name;

    return cvm_control_runs(config_control(config, input), rule);
}

/* Rules that do not run have no findings. */
static void
drop_others(const struct cvm_control *control, struct cvm_findings *found)
{
    for (guint i = found->items->len; i > 0; i--) {
        const struct cvm_finding *finding = g_ptr_array_index(found->items, i - 1);

        if (!cvm_control_runs(control, finding->rule)) {
            g_ptr_array_remove_index(found->items, i - 1);
        }
    }
}

void
cvmdom_config_apply(cvmdom_config *config, const cvmdom_domain *domain, cvmdom_findings *found,
                    cvmdom_findings *findings)
{
    const struct cvm_domain *checked = domain_of(domain);
    const struct cvm_control *control = config_control(config, checked->from.node->source->name);

    drop_others(control, findings_of(found));
    cvm_control_finish(checked, control, CVM_SEVERE, findings_of(found), findings_of(findings));
}
