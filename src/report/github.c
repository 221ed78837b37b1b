/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings as workflow commands of GitHub Actions, which shows them beside the changed lines:
 * "::error file=F,line=1,col=2,title=T::message". Suppressed ones are left out. The last line is no
 * command, but the summary for whoever reads the log. */
#include <string.h>

#include "report/parts.h"
#include "util/i18n.h"
#include "util/visible.h"

static const char *const commands[] = {
    [CVM_NOTE] = "notice",
    [CVM_WARNING] = "warning",
    [CVM_SEVERE] = "error",
};

/* A line feed would end the command, and let an input begin one of its own. The escapes are those
 * of GitHub's toolkit (packages/core/src/command.ts); what is hidden is U+FFFD, as elsewhere. */
static void
append_escaped(GString *out, const char *text, const char *special)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);

    for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        if (c == '\n' || c == '\r' || (c < 0x80 && strchr(special, (int)c))) {
            g_string_append_printf(out, "%%%02X", c);
        } else {
            g_string_append_unichar(out, c != '\t' && cvm_char_is_hidden(c) ? 0xfffd : c);
        }
    }
}

static void
append_property(GString *out, char separator, const char *name, const char *value)
{
    g_string_append_printf(out, "%c%s=", separator, name);
    append_escaped(out, value, "%:,");
}

/* "::error file=F,line=1,col=2,title=T::" */
static void
append_command(GString *out, const char *command, const char *file, unsigned line, unsigned column,
               const char *title, const char *folder)
{
    char separator = ' ';

    g_string_append_printf(out, "::%s", command);
    if (file && cvm_report_is_file(file)) {
        g_autofree char *path = cvm_report_path(file, folder);

        append_property(out, separator, "file", path);
        if (line) {
            g_string_append_printf(out, ",line=%u,col=%u", line, column);
        }
        separator = ',';
    }
    append_property(out, separator, "title", title);
    g_string_append(out, "::");
}

static void
append_finding(GString *out, const struct cvm_finding *finding, const char *folder)
{
    g_autofree char *title = g_strdup_printf("%s %s", finding->rule, finding->name);

    append_command(out, commands[finding->severity], finding->file, finding->line, finding->column,
                   title, folder);
    append_escaped(out, finding->message, "%");
    if (finding->fix) {
        g_string_append_printf(out, "%%0A%s: ", _("fix"));
        append_escaped(out, finding->fix, "%");
    }
    g_string_append_c(out, '\n');
}

static void
begin_github(const struct cvm_findings *findings, const struct cvm_report_options *options,
             GString *out)
{
    for (guint i = 0; i < findings->items->len; i++) {
        const struct cvm_finding *finding = g_ptr_array_index(findings->items, i);

        if (!finding->suppression) {
            append_finding(out, finding, options->folder);
        }
    }
}

static void
report_github(const struct cvm_findings *findings, const struct cvm_report_options *options,
              GString *out)
{
    gsize before;

    begin_github(findings, options, out);
    for (guint i = 0; i < findings->failures->len; i++) {
        const struct cvm_failure *failure = g_ptr_array_index(findings->failures, i);

        append_command(out, commands[CVM_SEVERE], failure->file, failure->line, failure->column,
                       PACKAGE, options->folder);
        append_escaped(out, failure->message, "%");
        g_string_append_c(out, '\n');
    }
    before = out->len;
    cvm_report_summarise(findings, options, out);
    g_string_append(out, out->len > before ? "\n" : "");
}

const struct cvm_reporter cvm_reporter_github = {
    .name = "github",
    .summary = N_("annotations of GitHub Actions"),
    .report = report_github,
    .begin = begin_github,
};
