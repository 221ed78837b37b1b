/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The commands, and what they share. */
#ifndef CVM_CLI_CMD_H
#define CVM_CLI_CMD_H

#include "cli/options.h"
#include "cvmdom/cvmdom.h"
#include "util/i18n.h"

/* Exit status; of several inputs the worst wins. */
enum cli_status {
    CLI_CLEAN = 0,
    CLI_FINDINGS = 1,   /* at or above --fail-on */
    CLI_UNREADABLE = 2, /* an input could not be read, or an output written */
    CLI_USAGE = 3,
};

extern const struct cli_command cli_completion;
extern const struct cli_command cli_define;
extern const struct cli_command cli_drift;
extern const struct cli_command cli_explain;
extern const struct cli_command cli_fleet;
extern const struct cli_command cli_harden;
extern const struct cli_command cli_help;
extern const struct cli_command cli_host;
extern const struct cli_command cli_idblock;
extern const struct cli_command cli_lint;
extern const struct cli_command cli_measure;
extern const struct cli_command cli_policy;
extern const struct cli_command cli_render;
extern const struct cli_command cli_rules;
extern const struct cli_command cli_schema;
extern const struct cli_command cli_secret;
extern const struct cli_command cli_session;
extern const struct cli_command cli_verify;

/* The program as a command of its own, whose sub-commands the others are. */
extern const struct cli_command cli_program;
/* "capture, show, check" with ", " between; the caller's to g_free(). */
char *
cli_command_names(const struct cli_command *parent, const char *between);
/* The sub-command of that name; NULL, and the mistake explained, when there is none. */
const struct cli_command *
cli_command_find(const struct cli_command *parent, const char *name);

/* message.c: words with the user, all on standard error. */
/* What others wrote, all of it to be seen: each byte of a character that is not (util/visible.h),
 * or that is no UTF-8, becomes '?'. */
void
cli_make_plain(char *text);

/* A line as it is. */
void
cli_print(const char *text);

/* What a thread says while others work, too: printed when its turn comes. */
struct cli_message {
    char *text;       /* lines */
    const void *once; /* of those with the same the first is printed; NULL: each is */
};

/* An empty list of struct cli_message, the caller's to g_array_unref(). */
GArray *
cli_messages_new(void);
/* What this thread says from now on goes into a list; NULL: it is printed. Returns where it went
 * before. */
GArray *
cli_messages_keep(GArray *messages);
gboolean
cli_messages_are_kept(void);
/* Says what is in a list, and leaves it empty; known has what was said once. */
void
cli_messages_print(GArray *messages, GHashTable *known);
/* What is in a list as one text, the caller's to g_free(). */
char *
cli_messages_join(const GArray *messages);
/* Says lines that were said before, which for the same once is printed once only where messages are
 * kept. */
void
cli_say_again(const char *text, const void *once);

/* "cvmdom: message" */
void
cli_say(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* The same, then where to read on; returns CLI_USAGE. */
int
cli_usage(const struct cli_command *command, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Says a library's error with its place, frees it, and returns the exit status for it. */
int
cli_fail(cvmdom_error *error);
/* Keeps the worse of two exit statuses. */
void
cli_worsen(int *status, int other);
/* "error", "warning", "note" of an enum cvmdom_severity. */
const char *
cli_severity_name(int severity);
/* The reverse, of a checked word. */
int
cli_severity_parse(const char *name);
/* A cvmdom_default_fn: a line of render --explain. */
void
cli_print_default(const char *path, const char *value, const char *reason, void *payload);
/* Whether to colour what goes to a file descriptor: when is --color's argument or NULL. */
gboolean
cli_colour(const char *when, int fd);

/* progress.c: "1234 of 10000 files" on standard error, when that is a terminal and it takes longer
 * than a moment. A message, the end and a signal erase it. */
void
cli_progress(size_t done, size_t total);
/* The same for one call that takes long: "text: 3 s", from the first second on. text is to last. */
void
cli_progress_wait(const char *text);
void
cli_progress_end(void);

#endif
