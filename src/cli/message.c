/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words with the user, all on standard error. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cmd.h"
#include "util/visible.h"

void
cli_make_plain(char *text)
{
    for (const char *end = text + strlen(text); text < end;) {
        gunichar c = g_utf8_get_char_validated(text, end - text);
        size_t size = c < (gunichar)-2 ? (size_t)(g_utf8_next_char(text) - text) : 1;

        if (c >= (gunichar)-2 || cvm_char_is_hidden(c)) {
            memset(text, '?', size);
        }
        text += size;
    }
}

/* ---- to standard error, or kept ---- */

static _Thread_local GArray *kept; /* where this thread's messages go; NULL: they are printed */

static void
clear_message(gpointer data)
{
    g_free(((struct cli_message *)data)->text);
}

GArray *
cli_messages_new(void)
{
    GArray *messages = g_array_new(FALSE, FALSE, sizeof(struct cli_message));

    g_array_set_clear_func(messages, clear_message);
    return messages;
}

GArray *
cli_messages_keep(GArray *messages)
{
    GArray *before = kept;

    kept = messages;
    return before;
}

gboolean
cli_messages_are_kept(void)
{
    return kept != NULL;
}

/* What was printed before comes before on a terminal, too. */
static void
print_lines(const char *lines)
{
    cli_progress_end();
    fflush(stdout);
    fputs(lines, stderr);
}

void
cli_say_again(const char *text, const void *once)
{
    struct cli_message message = { (char *)text, once };

    if (!kept) {
        print_lines(text);
        return;
    }
    message.text = g_strdup(text);
    g_array_append_val(kept, message);
    /* cppcheck-suppress memleak ; the array has it */
}

void
cli_messages_print(GArray *messages, GHashTable *known)
{
    for (guint i = 0; i < messages->len; i++) {
        const struct cli_message *message = &g_array_index(messages, struct cli_message, i);

        if (!message->once || g_hash_table_add(known, (gpointer)message->once)) {
            print_lines(message->text);
        }
    }
    g_array_set_size(messages, 0);
}

char *
cli_messages_join(const GArray *messages)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < messages->len; i++) {
        g_string_append(text, g_array_index(messages, struct cli_message, i).text);
    }
    return g_string_free(text, FALSE);
}

/* ---- messages ---- */

/* Messages quote the input: a control character of it must not reach the terminal. */
static void
print_message(char *text)
{
    g_autofree char *line = NULL;

    cli_make_plain(text);
    line = g_strconcat(text, "\n", NULL);
    cli_say_again(line, NULL);
}

void
cli_print(const char *text)
{
    g_autofree char *copy = g_strdup(text);

    print_message(copy);
}

static void
say(const char *format, va_list args)
{
    g_autofree char *message = g_strdup_vprintf(format, args);
    g_autofree char *text = g_strconcat(PACKAGE ": ", message, NULL);

    print_message(text);
}

void
cli_say(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(format, args);
    va_end(args);
}

int
cli_usage(const struct cli_command *command, const char *format, ...)
{
    g_autofree char *path = cli_command_path(command);
    va_list args;

    va_start(args, format);
    say(format, args);
    va_end(args);
    fprintf(stderr, _("Try '%1$s --help'.\n"), path);
    return CLI_USAGE;
}

int
cli_fail(cvmdom_error *error)
{
    int status = cvmdom_error_code(error) == CVMDOM_ERROR_USAGE ? CLI_USAGE : CLI_UNREADABLE;

    if (cvmdom_error_line(error)) {
        const char *file = cvmdom_error_file(error);
        g_autofree char *text = g_strdup_printf(
            "%s%s:%u:%u: error: %s", cvm_path_prefix(file), file, cvmdom_error_line(error),
            cvmdom_error_column(error), cvmdom_error_message(error));

        print_message(text);
    } else {
        cli_say("%s", cvmdom_error_message(error));
    }
    cvmdom_error_free(error);
    return status;
}

void
cli_worsen(int *status, int other)
{
    *status = MAX(*status, other);
}

static const char *const severity_names[] = {
    [CVMDOM_NOTE] = "note",
    [CVMDOM_WARNING] = "warning",
    [CVMDOM_SEVERE] = "error",
};

const char *
cli_severity_name(int severity)
{
    return severity_names[severity];
}

int
cli_severity_parse(const char *name)
{
    int severity = CVMDOM_SEVERE;

    while (severity > CVMDOM_NOTE && !g_str_equal(severity_names[severity], name)) {
        severity--;
    }
    return severity;
}

void
cli_print_default(const char *path, const char *value, const char *reason, void *payload)
{
    g_autofree char *text = g_strdup_printf("  %s: %s  (%s)", path, value, reason);

    (void)payload;
    print_message(text);
}

gboolean
cli_colour(const char *when, int fd)
{
    const char *no_color = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");

    if (when && !g_str_equal(when, "auto")) {
        return g_str_equal(when, "always");
    }
    return isatty(fd) && !(no_color && *no_color) && g_strcmp0(terminal, "dumb") != 0;
}
