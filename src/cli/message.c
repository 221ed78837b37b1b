/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words with the user, all on standard error. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/cmd.h"

/* C1 controls, of which U+009B begins what ESC [ does, are 0xc2 and one of 0x80 to 0x9f in UTF-8.
 */
void
cli_make_plain(char *text)
{
    for (char *at = text; *at; at++) {
        if (g_ascii_iscntrl(*at)) {
            *at = '?';
        } else if ((guchar)at[0] == 0xc2 && ((guchar)at[1] & 0xe0) == 0x80) {
            *at++ = '?';
            *at = '?';
        }
    }
}

/* Messages quote the input: a control character of it must not reach the terminal. What was printed
 * before comes before on a terminal too. */
static void
print_message(char *text)
{
    cli_make_plain(text);
    cli_progress_end();
    fflush(stdout);
    fprintf(stderr, "%s\n", text);
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
        g_autofree char *text = g_strdup_printf(
            "%s:%u:%u: error: %s", cvmdom_error_file(error), cvmdom_error_line(error),
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
