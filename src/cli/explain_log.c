/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a guest did not start: first the cause, then what to change, then how that is known. */
#include <stdio.h>
#include <string.h>

#include "cli/explain.h"
#include "util/visible.h"

static const char *const speakers[] = {
    [CVMDOM_SAYS_LIBVIRT] = N_("libvirt"),
    [CVMDOM_SAYS_QEMU] = N_("QEMU"),
    [CVMDOM_SAYS_HOST_KERNEL] = N_("the host's kernel"),
    [CVMDOM_SAYS_GUEST] = N_("the guest, on its console"),
};

static void
print_label(const char *label, const char *text, gboolean colour)
{
    printf("%s%s%s ", colour ? "\033[1m" : "", label, colour ? "\033[0m" : "");
    cli_print_wrapped(text, (int)g_utf8_strlen(label, -1) + 1);
}

static void
print_item(const char *text)
{
    printf("- ");
    cli_print_wrapped(text, 2);
}

/* "  CVM204  policy-reserved-bits" */
static void
print_rules(const char *ids)
{
    g_auto(GStrv) words = g_strsplit(ids, " ", 0);
    struct cvmdom_rule rule;

    for (size_t i = 0; cvmdom_rule_at(i, &rule) == 0; i++) {
        if (g_strv_contains((const char *const *)words, rule.id)) {
            printf("  %s  %s\n", rule.id, rule.name);
        }
    }
}

static void
print_found_by(const struct cvmdom_message *message)
{
    if (message->rules) {
        print_item(_("'cvmdom lint' can find it before the start:"));
        print_rules(message->rules);
    }
}

static void
print_speaker(const struct cvmdom_message *message)
{
    g_autofree char *text = NULL;

    text = message->versions ? g_strdup_printf(_("Said by %1$s (%2$s)."),
                                               _(speakers[message->speaker]), message->versions)
                             : g_strdup_printf(_("Said by %1$s."), _(speakers[message->speaker]));
    print_item(text);
}

/* A row's text without a line to take values from. The caller's to g_free(). */
static char *
without_values(const char *text)
{
    GString *out = g_string_new(NULL);
    const char *open, *close;

    while ((open = strchr(text, '{')) && (close = strchr(open, '}'))) {
        g_string_append_len(out, text, open - text);
        if (strncmp(open, "{do}", 4) == 0) {
            g_string_append(out, _("Explain the number behind fw_error= or ret= with 'cvmdom "
                                   "explain'."));
        } else if (strncmp(open, "{meaning}", 9) != 0) {
            g_string_append(out, "…");
        }
        text = close + 1;
    }
    g_string_append(out, text);
    return g_strchomp(g_string_free(out, FALSE));
}

gboolean
cli_explain_message(const char *id)
{
    struct cvmdom_message message;
    g_autofree char *cause = NULL;
    g_autofree char *remedy = NULL;

    if (cvmdom_message_find(id, &message) < 0) {
        return FALSE;
    }
    cause = without_values(message.cause);
    remedy = without_values(message.remedy);
    print_label(_("Cause:"), cause, FALSE);
    print_label(_("Change:"), remedy, FALSE);
    printf("\n");
    for (size_t i = 0; message.patterns[i]; i++) {
        printf("    %s\n", message.patterns[i]);
    }
    printf("\n");
    print_speaker(&message);
    print_found_by(&message);
    return TRUE;
}

/* What else of the log is known, so that nobody looks for its cause. */
static void
print_others(const cvmdom_diagnosis *diagnosis)
{
    unsigned chosen = cvmdom_diagnosis_line(diagnosis);
    struct cvmdom_log_line line;

    for (size_t i = 0; cvmdom_diagnosis_known(diagnosis, i, &line) == 0; i++) {
        struct cvmdom_message message;
        g_autofree char *text = NULL;

        if (line.number == chosen || cvmdom_message_find(line.message, &message) < 0) {
            continue;
        }
        text = message.rank == CVMDOM_MESSAGE_FOLLOWS
                   ? g_strdup_printf(_("Line %1$u only passes it on: %2$s"), line.number, line.text)
                   : g_strdup_printf(_("Line %1$u is known, too: %2$s"), line.number, line.text);
        print_item(text);
    }
}

static void
print_quote(const cvmdom_diagnosis *diagnosis, const char *name)
{
    unsigned chosen = cvmdom_diagnosis_line(diagnosis);
    struct cvmdom_log_line line;

    for (size_t i = 0; cvmdom_diagnosis_known(diagnosis, i, &line) == 0; i++) {
        if (line.number == chosen) {
            printf("\n%s:%u: %s\n", name, line.number, line.text);
            return;
        }
    }
}

/* The log says that something failed, and not what. */
static int
print_follow_up(const cvmdom_diagnosis *diagnosis, const char *name, gboolean colour)
{
    print_label(_("No cause found:"), cvmdom_diagnosis_cause(diagnosis), colour);
    cli_print_wrapped(cvmdom_diagnosis_remedy(diagnosis), 0);
    if (name) {
        print_quote(diagnosis, name);
    }
    return CLI_FINDINGS;
}

static int
print_nothing(const cvmdom_diagnosis *diagnosis, const char *name)
{
    unsigned earlier = cvmdom_diagnosis_earlier_line(diagnosis);
    const char *note;

    if (!name) {
        cli_say(_("no known message in it: 'cvmdom explain --list' lists those that are"));
    } else if (cvmdom_diagnosis_starts(diagnosis) > 1) {
        printf(_("%1$s: no known failure in its last start, which begins in line %2$u.\n"), name,
               cvmdom_diagnosis_start_line(diagnosis));
    } else {
        printf(_("%1$s: no known failure.\n"), name);
    }
    if (earlier) {
        printf(_("An earlier start failed: see line %1$u.\n"), earlier);
    }
    for (size_t i = 0; (note = cvmdom_diagnosis_note(diagnosis, i)); i++) {
        print_item(note);
    }
    return CLI_FINDINGS;
}

int
cli_explain_diagnosis(const cvmdom_diagnosis *diagnosis, const char *file, gboolean colour)
{
    const char *id = cvmdom_diagnosis_message(diagnosis);
    g_autofree char *name = file ? g_strconcat(cvm_path_prefix(file), file, NULL) : NULL;
    struct cvmdom_message message;
    const char *note;

    if (name) {
        cli_make_plain(name);
    }
    if (!id || cvmdom_message_find(id, &message) < 0) {
        return print_nothing(diagnosis, name);
    }
    if (message.rank == CVMDOM_MESSAGE_FOLLOWS) {
        return print_follow_up(diagnosis, name, colour);
    }
    print_label(_("Cause:"), cvmdom_diagnosis_cause(diagnosis), colour);
    print_label(_("Change:"), cvmdom_diagnosis_remedy(diagnosis), colour);
    if (name) {
        print_quote(diagnosis, name);
    }
    printf("\n");
    for (size_t i = 0; (note = cvmdom_diagnosis_note(diagnosis, i)); i++) {
        print_item(note);
    }
    print_found_by(&message);
    if (name) {
        print_others(diagnosis);
    }
    return CLI_CLEAN;
}
