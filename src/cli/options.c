/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"
#include "util/closest.h"

enum {
    VALUE_HELP = 0x1000, /* of getopt_long(): beyond any letter */
    VALUE_FIRST,         /* row 0 of the command's table, and so on */
    HELP_COLUMN = 30,
    HELP_WIDTH = 80,
};

const struct cli_option cli_common_options[] = {
    { .name = "help", .letter = 'h', .help = N_("show this help and exit") },
    { 0 },
};

static const struct cli_option no_options[] = { { 0 } };

static const struct cli_option *
rows(const struct cli_command *command)
{
    return command->options ? command->options : no_options;
}

/* ---- getopt_long's two descriptions of the table ---- */

static void
add_long(GArray *longs, const struct cli_option *option, int value)
{
    struct option row = {
        .name = option->name,
        .has_arg = option->argument ? required_argument : no_argument,
        .val = value,
    };

    g_array_append_val(longs, row);
}

static GArray *
make_longs(const struct cli_command *command)
{
    GArray *longs = g_array_new(TRUE, TRUE, sizeof(struct option));
    const struct cli_option *options = rows(command);

    add_long(longs, &cli_common_options[0], VALUE_HELP);
    for (int i = 0; options[i].name; i++) {
        add_long(longs, &options[i], VALUE_FIRST + i);
    }
    return longs;
}

static char *
make_letters(const struct cli_command *command)
{
    GString *letters = g_string_new(command->commands ? "+:h" : ":h");

    for (const struct cli_option *option = rows(command); option->name; option++) {
        if (option->letter) {
            g_string_append_c(letters, option->letter);
            g_string_append(letters, option->argument ? ":" : "");
        }
    }
    return g_string_free(letters, FALSE);
}

/* The row that getopt_long()'s result stands for, NULL for --help. */
static const struct cli_option *
find_row(const struct cli_command *command, int result)
{
    const struct cli_option *options = rows(command);

    if (result >= VALUE_FIRST) {
        return &options[result - VALUE_FIRST];
    }
    for (const struct cli_option *option = options; option->name; option++) {
        if (option->letter && option->letter == result) {
            return option;
        }
    }
    return NULL;
}

/* ---- wrong usage ---- */

static int
explain_unknown(const struct cli_command *command, const char *word)
{
    g_autofree char *name = g_strndup(word + 2, strcspn(word + 2, "="));
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    const char *near;

    g_ptr_array_add(names, (char *)cli_common_options[0].name);
    for (const struct cli_option *option = rows(command); option->name; option++) {
        g_ptr_array_add(names, (char *)option->name);
    }
    g_ptr_array_add(names, NULL);
    near = cvm_closest(name, (const char *const *)names->pdata);
    if (near) {
        return cli_usage(command, _("there is no option '--%1$s'; did you mean '--%2$s'?"), name,
                         near);
    }
    return cli_usage(command, _("there is no option '--%1$s'"), name);
}

static int
explain_mistake(const struct cli_command *command, int result, const char *word)
{
    if (result == ':') {
        return cli_usage(command, _("option '%1$s' needs an argument"), word);
    }
    if (optopt >= VALUE_HELP) {
        return cli_usage(command, _("option '%1$.*2$s' takes no argument"), word,
                         (int)strcspn(word, "="));
    }
    if (optopt) {
        return cli_usage(command, _("there is no option '-%1$c'"), optopt);
    }
    return explain_unknown(command, word);
}

static int
check_count(const struct cli_command *command, int count, char **operands)
{
    if (count < (int)command->least) {
        return cli_usage(command, _("'%1$s' needs %2$s"), command->name, command->operands);
    }
    if ((unsigned)count > command->most) {
        return cli_usage(command, _("'%1$s' is one argument too many"), operands[command->most]);
    }
    return CLI_CLEAN;
}

/* ---- parsing ---- */

/* Keeps the list ended by NULL. */
static void
append_word(GPtrArray **list, char *word)
{
    if (!*list) {
        *list = g_ptr_array_new();
        g_ptr_array_add(*list, NULL);
    }
    g_ptr_array_index(*list, (*list)->len - 1) = word;
    g_ptr_array_add(*list, NULL);
}

const char *const *
cli_list(const GPtrArray *words)
{
    return words ? (const char *const *)words->pdata : NULL;
}

static gboolean
store(const struct cli_option *option, void *options)
{
    void *member = (char *)options + option->offset;

    if (!option->argument) {
        *(gboolean *)member = TRUE;
        return TRUE;
    }
    if (!cli_word_check(option->values, option->name, optarg)) {
        return FALSE;
    }
    if (!option->many) {
        *(const char **)member = optarg;
        return TRUE;
    }
    append_word(member, optarg);
    return TRUE;
}

int
cli_options_parse(const struct cli_command *command, int argc, char **argv, void *options,
                  int *status)
{
    g_autoptr(GArray) longs = make_longs(command);
    g_autofree char *letters = make_letters(command);
    int result;

    opterr = 0;
    optind = 0; /* starts glibc's and musl's getopt over */
    while ((result = getopt_long(argc, argv, letters, (struct option *)(void *)longs->data,
                                 NULL)) != -1) {
        if (result == 'h' || result == VALUE_HELP) {
            cli_options_help(command);
            *status = CLI_CLEAN;
            return -1;
        }
        if (result == '?' || result == ':') {
            *status = explain_mistake(command, result, argv[optind - 1]);
            return -1;
        }
        if (!store(find_row(command, result), options)) {
            *status = CLI_USAGE;
            return -1;
        }
    }
    *status = check_count(command, argc - optind, argv + optind);
    return *status == CLI_CLEAN ? optind : -1;
}

void
cli_options_free(const struct cli_command *command, void *options)
{
    for (const struct cli_option *option = rows(command); option->name; option++) {
        GPtrArray **list = (GPtrArray **)(void *)((char *)options + option->offset);

        if (option->many && *list) {
            g_ptr_array_unref(*list);
        }
    }
    g_free(options);
}

/* ---- help ---- */

/* Bytes up to the next blank at which a line may be broken: not within a tag, which is to be copied
 * in one piece. */
static size_t
unbroken_length(const char *text)
{
    const char *at = text;

    while (*at && *at != ' ') {
        const char *end =
            at[0] == '<' && (g_ascii_isalpha(at[1]) || at[1] == '/') ? strchr(at, '>') : NULL;

        at = end ? end + 1 : at + 1;
    }
    return (size_t)(at - text);
}

void
cli_print_wrapped(const char *text, int column)
{
    int at = column;

    while (TRUE) {
        size_t length = unbroken_length(text);
        int width = (int)g_utf8_strlen(text, (gssize)length);

        if (at > column && at + 1 + width > HELP_WIDTH) {
            printf("\n%*s", column, "");
            at = column;
        }
        at += width + printf("%s", at > column ? " " : "");
        printf("%.*s", (int)length, text);
        if (!text[length]) {
            break;
        }
        text += length + 1;
    }
    putchar('\n');
}

void
cli_print_row(const char *name, const char *help)
{
    int width = (int)g_utf8_strlen(name, -1) + 2;

    printf("  %s", name);
    if (width + 2 > HELP_COLUMN) {
        printf("\n%*s", HELP_COLUMN, "");
    } else {
        printf("%*s", HELP_COLUMN - width, "");
    }
    cli_print_wrapped(help, HELP_COLUMN);
}

static void
print_option(const struct cli_option *option)
{
    g_autoptr(GString) left = g_string_new(NULL);
    g_autoptr(GString) right = g_string_new(NULL);
    g_autofree const char **words = cli_words(option->values);
    g_autofree char *list = NULL;

    if (option->letter) {
        g_string_append_printf(left, "-%c, ", option->letter);
    } else {
        g_string_append(left, "    ");
    }
    g_string_append_printf(left, "--%s", option->name);
    if (option->argument) {
        g_string_append_printf(left, "=%s", option->argument);
    }
    g_string_assign(right, _(option->help));
    if (words) {
        list = g_strjoinv(", ", (char **)words);
        g_string_append_printf(right, " (%s)", list);
    }
    cli_print_row(left->str, right->str);
}

char *
cli_command_path(const struct cli_command *command)
{
    g_autofree char *parent = NULL;

    if (command == &cli_program) {
        return g_strdup(PACKAGE);
    }
    parent = cli_command_path(command->parent ? command->parent : &cli_program);
    return g_strdup_printf("%s %s", parent, command->name);
}

void
cli_options_help(const struct cli_command *command)
{
    g_autofree char *path = cli_command_path(command);

    printf("%s %s [OPTION]…%s%s\n\n", _("Usage:"), path, command->operands ? " " : "",
           command->operands ? command->operands : "");
    cli_print_wrapped(_(command->summary), 0);
    if (command->description) {
        putchar('\n');
        cli_print_wrapped(_(command->description), 0);
    }
    printf("\n%s\n", _("Options:"));
    for (const struct cli_option *option = rows(command); option->name; option++) {
        print_option(option);
    }
    print_option(&cli_common_options[0]);
    if (command->commands) {
        printf("\n%s\n", _("Commands:"));
    }
    for (size_t i = 0; command->commands && command->commands[i]; i++) {
        cli_print_row(command->commands[i]->name, _(command->commands[i]->summary));
    }
    if (command == &cli_program) {
        printf("\n");
        cli_print_wrapped(_("Exit status: 0 clean, 1 findings, 2 an input could not be read or an "
                            "output written, 3 wrong usage."),
                          0);
    }
}
