/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One table of options a command: it drives getopt_long, --help and shell completion. */
#ifndef CVM_CLI_OPTIONS_H
#define CVM_CLI_OPTIONS_H

#include <glib.h>

/* What a word of the command line may be. Closed lists are checked, and all are completed. */
enum cli_values {
    CLI_ANY,
    CLI_FILE,
    CLI_FOLDER,
    CLI_HOST, /* a file, the name of a bundled host, or a connection */
    CLI_TARGET,
    CLI_FORMAT,
    CLI_SEVERITY,
    CLI_GUEST,
    CLI_COLOUR,
    CLI_TOPIC, /* what can be explained */
    CLI_COMMAND,
    CLI_SHELL,
    CLI_SCHEMA,
    CLI_DESCRIPTION, /* a form to describe a host in */
    CLI_YES_NO,
    CLI_VMSA,
    CLI_VMM,
    CLI_DIGEST, /* a form to print a launch digest in */
    CLI_FLEET,  /* a form to report a fleet in */
};

struct cli_option {
    const char *name;       /* long, without dashes */
    char letter;            /* 0 for none */
    const char *argument;   /* "HOST" in the help; NULL: a flag */
    enum cli_values values; /* what the argument may be */
    gboolean many;          /* may be repeated: the member is a GPtrArray * */
    size_t offset;          /* of the member of the command's struct: gboolean, const char *, or
                               GPtrArray * */
    const char *help;       /* N_("…") */
};

/* Rows that several commands have. */
#define CLI_SET_ROW(type, member)                                                                  \
    {                                                                                              \
        .name = "set", .letter = 's', .argument = "KEY=VALUE", .many = TRUE,                       \
        .offset = offsetof(type, member),                                                          \
        .help = N_("override a key of the profiles: launchSecurity.type=sev-es; may be repeated")  \
    }
#define CLI_FIRMWARE_ROOT_ROW(type, member)                                                        \
    {                                                                                              \
        .name = "firmware-root", .argument = "DIR", .values = CLI_FOLDER,                          \
        .offset = offsetof(type, member),                                                          \
        .help = N_("read firmware descriptors and images below DIR: / for this machine")           \
    }

struct cli_command {
    const char *name;
    const struct cli_command *parent; /* whose sub-command it is; NULL: the program's */
    const struct cli_command *const
        *commands;                    /* its sub-commands, ended by NULL: the first operand
                                         names one, and the rest is that one's; NULL: none */
    const char *operands;             /* of the usage line: "PROFILE…"; NULL: none */
    enum cli_values values;           /* what an operand may be */
    unsigned least, most;             /* number of operands */
    const char *summary;              /* N_("…"): one sentence */
    const char *description;          /* N_("…"): more for --help; NULL */
    const struct cli_option *options; /* ended by a row of zeros; NULL: none but --help */
    size_t size;                      /* of the struct that the options fill; 0: none */
    const int *statuses;              /* its exit statuses in the places of enum cli_status, where
                                         it has others; NULL */
    /* operands end in NULL; an enum cli_status is returned. NULL with sub-commands. */
    int (*run)(const void *options, const char *const *operands);
};

/* Options of every command: --help. Ended by a row of zeros. */
extern const struct cli_option cli_common_options[];

/* Fills options from argv (argv[0] is the command's name). Returns the index of the first operand,
 * or -1 when the run ends here with *status: after --help, or wrong usage that was explained. */
int
cli_options_parse(const struct cli_command *command, int argc, char **argv, void *options,
                  int *status);
/* The words of a repeatable option, NULL-terminated; NULL when it was not given. Borrowed. */
const char *const *
cli_list(const GPtrArray *words);
/* Frees the lists that cli_options_parse() allocated, and the struct itself. */
void
cli_options_free(const struct cli_command *command, void *options);

/* "cvmdom host check": how a command is called; the caller's to g_free(). */
char *
cli_command_path(const struct cli_command *command);
/* The usage line, description, options and sub-commands to standard output. */
void
cli_options_help(const struct cli_command *command);
/* Text with its lines broken at 80 columns, the further ones indented to the column where it
 * starts. Columns are characters, which is right for the languages there are translations to. */
void
cli_print_wrapped(const char *text, int column);
/* "  name            help", wrapped to 80 columns. */
void
cli_print_row(const char *name, const char *help);

/* The words of a closed list, NULL-terminated, the caller's to g_free() (the words are not); NULL
 * when any word will do. */
const char **
cli_words(enum cli_values values);
/* FALSE, and the mistake explained, when word is not on the closed list. option is the one that it
 * is the argument of; NULL for an operand. */
gboolean
cli_word_check(enum cli_values values, const char *option, const char *word);

#endif
