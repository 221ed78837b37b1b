/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options of lint that say which findings count, and the configuration files. */
#ifndef CVM_CLI_CONTROL_H
#define CVM_CLI_CONTROL_H

#include "cli/cmd.h"

struct cli_control_options {
    GPtrArray *select, *ignore, *set_severity;
    const char *fail_on;
    const char *config;
    gboolean no_config;
    gboolean no_suppressions;
};

/* The rows of a command's table, for the member of its options that is a struct
 * cli_control_options; fail_on_help says from where on it fails by default. */
#define CLI_CONTROL_ROWS(type, member, fail_on_help)                                               \
    { .name = "select",                                                                            \
      .argument = "RULES",                                                                         \
      .many = TRUE,                                                                                \
      .offset = offsetof(type, member.select),                                                     \
      .help =                                                                                      \
          N_("run these rules only: ids, names or beginnings of ids, like CVM2,CVM505; may be "    \
             "repeated") },                                                                        \
        { .name = "ignore",                                                                        \
          .argument = "RULES",                                                                     \
          .many = TRUE,                                                                            \
          .offset = offsetof(type, member.ignore),                                                 \
          .help = N_("do not run these rules; may be repeated") },                                 \
        { .name = "set-severity",                                                                  \
          .argument = "RULE=SEVERITY",                                                             \
          .many = TRUE,                                                                            \
          .offset = offsetof(type, member.set_severity),                                           \
          .help = N_("give the findings of a rule another severity: error, warning or note; may "  \
                     "be repeated") },                                                             \
        { .name = "fail-on",                                                                       \
          .argument = "SEVERITY",                                                                  \
          .values = CLI_SEVERITY,                                                                  \
          .offset = offsetof(type, member.fail_on),                                                \
          .help = (fail_on_help) },                                                                \
        { .name = "config",                                                                        \
          .argument = "FILE",                                                                      \
          .values = CLI_FILE,                                                                      \
          .offset = offsetof(type, member.config),                                                 \
          .help = N_("read FILE instead of the .cvmdom.yaml nearest to each input") },             \
        { .name = "no-config",                                                                     \
          .offset = offsetof(type, member.no_config),                                              \
          .help = N_("read no .cvmdom.yaml") },                                                    \
    {                                                                                              \
        .name = "no-suppressions", .offset = offsetof(type, member.no_suppressions),               \
        .help = N_("let no comment of an input suppress a finding")                                \
    }

/* What they come to. */
struct cli_control {
    const struct cli_control_options *options;
    cvmdom_config *config;
    GHashTable *said; /* errors in configuration files, each told once */
};

/* The struct is to be cleared in any case. Returns an enum cli_status; what is wrong is told. */
int
cli_control_init(struct cli_control *control, const struct cli_command *command,
                 const struct cli_control_options *options);
void
cli_control_clear(struct cli_control *control);
/* The same for another thread; of says outlives it, and is not changed before it is cleared. */
void
cli_control_copy(struct cli_control *control, const struct cli_control *of);
/* Takes the configuration for an input. Returns -1 with the error where that fails: the input is
 * not to be checked then. */
int
cli_control_find(struct cli_control *control, const char *input, cvmdom_error **error);
/* Tells such an error, which it frees, once for each file; findings learn of it. Returns an enum
 * cli_status. */
int
cli_control_fail(struct cli_control *control, cvmdom_error *error, cvmdom_findings *findings);
/* Takes the configuration for an input. What it fails with is told once for each file: the input is
 * not to be checked then. findings learn of it. */
int
cli_control_enter(struct cli_control *control, const char *input, cvmdom_findings *findings);

#endif
