/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shell completion, printed from the tables of commands and options. */
#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"

/* What to put behind a word, in each shell's own terms. */
struct shell {
    const char *name;
    void (*print)(const struct shell *shell);
    const char *files, *folders, *hosts;
};

static const struct cli_option no_options[] = { { 0 } };

static const struct cli_option *
rows(const struct cli_command *command)
{
    return command->options ? command->options : no_options;
}

/* "a b c" of a closed list, NULL for an open one; the caller's to g_free(). */
static char *
join_words(enum cli_values values)
{
    g_autofree const char **words = cli_words(values);

    return words ? g_strjoinv(" ", (char **)words) : NULL;
}

/* Called for a command and its path, "host check"; of the program itself the path is empty. */
typedef void (*visit_fn)(const struct shell *shell, const struct cli_command *command,
                         const char *path);

static char *
join_path(const char *path, const struct cli_command *command)
{
    return g_strdup_printf("%s%s%s", path, *path ? " " : "", command->name);
}

/* A command, then all below it. */
static void
each_command(const struct shell *shell, const struct cli_command *command, const char *path,
             visit_fn visit)
{
    visit(shell, command, path);
    for (size_t i = 0; command->commands && command->commands[i]; i++) {
        g_autofree char *sub_path = join_path(path, command->commands[i]);

        each_command(shell, command->commands[i], sub_path, visit);
    }
}

/* The shell's word for an open kind of value, NULL when nothing can be offered. */
static const char *
open_action(const struct shell *shell, enum cli_values values)
{
    switch (values) {
    case CLI_FILE:
        return shell->files;
    case CLI_FOLDER:
        return shell->folders;
    case CLI_HOST:
        return shell->hosts;
    default:
        return NULL;
    }
}

/* Text within single quotes of a shell, with further characters behind a backslash. The caller's to
 * g_free(). */
static char *
quote(const char *text, const char *special)
{
    GString *quoted = g_string_new(NULL);

    for (; *text; text++) {
        if (*text == '\'') {
            g_string_append(quoted, "'\\''");
            continue;
        }
        if (strchr(special, *text)) {
            g_string_append_c(quoted, '\\');
        }
        g_string_append_c(quoted, *text);
    }
    return g_string_free(quoted, FALSE);
}

/* ---- bash ---- */

static void
print_bash_words(const char *words)
{
    printf("COMPREPLY=($(compgen -W '%s' -- \"$cur\"))", words);
}

static void
print_bash_action(const struct shell *shell, enum cli_values values)
{
    g_autofree char *words = join_words(values);
    const char *action = open_action(shell, values);

    if (words) {
        print_bash_words(words);
    } else {
        printf("%s", action ? action : ":");
    }
}

static void
print_bash_arguments(const struct shell *shell, const struct cli_command *command, const char *path)
{
    for (const struct cli_option *option = rows(command); option->name; option++) {
        if (!option->argument) {
            continue;
        }
        printf("    '%s --%s'", path, option->name);
        if (option->letter) {
            printf(" | '%s -%c'", path, option->letter);
        }
        printf(") ");
        print_bash_action(shell, option->values);
        printf("; return ;;\n");
    }
}

static void
print_bash_command(const struct shell *shell, const struct cli_command *command, const char *path)
{
    printf("    '%s')\n        if [[ $cur == -* ]]; then\n            COMPREPLY=($(compgen -W '",
           path);
    for (const struct cli_option *option = rows(command); option->name; option++) {
        printf("--%s ", option->name);
    }
    printf("--%s' -- \"$cur\"))\n        else\n            ", cli_common_options[0].name);
    if (command->commands) {
        g_autofree char *names = cli_command_names(command, " ");

        print_bash_words(names);
    } else {
        print_bash_action(shell, command->values);
    }
    printf("\n        fi ;;\n");
}

/* A pattern for the paths below which there are commands. */
static void
print_bash_group(const struct shell *shell G_GNUC_UNUSED, const struct cli_command *command,
                 const char *path)
{
    if (command->commands) {
        printf("%s'%s'", *path ? " | " : "", path);
    }
}

static void
print_bash(const struct shell *shell)
{
    printf("# bash completion of " PACKAGE ": printed by '" PACKAGE " completion bash'\n"
           "_" PACKAGE "()\n{\n"
           "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}"
           " command='' i\n"
           "    # readline takes --host=NAME for three words\n"
           "    if [[ $cur == '=' ]]; then cur=''\n"
           "    elif [[ $prev == '=' ]]; then prev=${COMP_WORDS[COMP_CWORD - 2]}; fi\n"
           "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
           "        if [[ ${COMP_WORDS[i]} == -* ]]; then continue; fi\n"
           "        case $command in\n        ");
    each_command(shell, &cli_program, "", print_bash_group);
    printf(") command=${command:+$command }${COMP_WORDS[i]} ;;\n"
           "        *) break ;;\n        esac\n    done\n"
           "    COMPREPLY=()\n"
           "    case \"$command $prev\" in\n");
    each_command(shell, &cli_program, "", print_bash_arguments);
    printf("    esac\n    case $command in\n");
    each_command(shell, &cli_program, "", print_bash_command);
    printf("    esac\n}\ncomplete -F _" PACKAGE " " PACKAGE "\n");
}

/* ---- zsh ---- */

static void
print_zsh_action(const struct shell *shell, const char *label, enum cli_values values)
{
    g_autofree char *quoted = quote(label, ":[]");
    g_autofree char *words = join_words(values);
    const char *action = open_action(shell, values);

    printf(":%s:", quoted);
    if (words) {
        printf("(%s)", words);
    } else {
        printf("%s", action ? action : " ");
    }
}

static void
print_zsh_option(const struct shell *shell, const struct cli_option *option)
{
    g_autofree char *help = quote(_(option->help), ":[]");

    /* What may be repeated does not exclude itself. */
    if (option->letter && option->many) {
        printf("        '*'");
    } else if (option->letter) {
        printf("        '(-%c --%s)'", option->letter, option->name);
    }
    if (option->letter) {
        printf("{-%c%s,--%s%s}'[%s]", option->letter, option->argument ? "+" : "", option->name,
               option->argument ? "=" : "", help);
    } else {
        printf("        '%s--%s%s[%s]", option->many ? "*" : "", option->name,
               option->argument ? "=" : "", help);
    }
    if (option->argument) {
        print_zsh_action(shell, option->argument, option->values);
    }
    printf("' \\\n");
}

static void
print_zsh_leaf(const struct shell *shell, const struct cli_command *command)
{
    printf("    _arguments \\\n");
    for (const struct cli_option *option = rows(command); option->name; option++) {
        print_zsh_option(shell, option);
    }
    print_zsh_option(shell, &cli_common_options[0]);
    if (command->operands) {
        printf("        '*");
        print_zsh_action(shell, command->operands, command->values);
        printf("' \\\n");
    }
    printf("        && return\n");
}

static void
print_zsh_group(const struct shell *shell, const struct cli_command *command);

static void
print_zsh_command(const struct shell *shell, const struct cli_command *command)
{
    if (command->commands) {
        print_zsh_group(shell, command);
    } else {
        print_zsh_leaf(shell, command);
    }
}

static void
print_zsh_group(const struct shell *shell, const struct cli_command *command)
{
    printf("    commands=(\n");
    for (size_t i = 0; command->commands[i]; i++) {
        g_autofree char *summary = quote(_(command->commands[i]->summary), ":");

        printf("        '%s:%s'\n", command->commands[i]->name, summary);
    }
    printf("    )\n    _arguments -C \\\n");
    for (const struct cli_option *option = rows(command); option->name; option++) {
        print_zsh_option(shell, option);
    }
    print_zsh_option(shell, &cli_common_options[0]);
    printf("        '1:command:->command' '*::argument:->argument' && return\n"
           "    if [[ $state == command ]]; then _describe command commands; return; fi\n"
           "    case $words[1] in\n");
    for (size_t i = 0; command->commands[i]; i++) {
        printf("    %s)\n", command->commands[i]->name);
        print_zsh_command(shell, command->commands[i]);
        printf("    ;;\n");
    }
    printf("    esac\n");
}

static void
print_zsh(const struct shell *shell)
{
    printf("#compdef " PACKAGE "\n"
           "# zsh completion of " PACKAGE ": printed by '" PACKAGE " completion zsh'\n"
           "_" PACKAGE "_hosts() {\n"
           "    local -a names=(" PKGDATADIR "/hosts/*.xml(N:t:r))\n"
           "    _alternative 'hosts:bundled host:compadd -a names' 'files:file:_files'\n}\n"
           "_" PACKAGE "() {\n"
           "    local curcontext=$curcontext state line\n"
           "    local -a commands\n");
    print_zsh_group(shell, &cli_program);
    printf("}\n_" PACKAGE " \"$@\"\n");
}

/* ---- fish ---- */

static void
print_fish_action(const struct shell *shell, enum cli_values values)
{
    g_autofree char *words = join_words(values);
    const char *action = open_action(shell, values);

    /* -r alone offers files. */
    if (words) {
        printf(" -f -a '%s'", words);
    } else {
        printf(" %s", action ? action : "-f");
    }
}

static void
print_fish_option(const struct shell *shell, const char *condition, const struct cli_option *option)
{
    g_autofree char *help = quote(_(option->help), "\\");

    printf("complete -c " PACKAGE " -n '%s'", condition);
    if (option->letter) {
        printf(" -s %c", option->letter);
    }
    printf(" -l %s", option->name);
    if (option->argument) {
        printf(" -r");
        print_fish_action(shell, option->values);
    }
    printf(" -d '%s'\n", help);
}

/* When a command is typed: each word of its path was seen. */
static char *
make_fish_condition(const char *path)
{
    g_auto(GStrv) words = g_strsplit(path, " ", 0);
    GString *condition = g_string_new(NULL);

    for (size_t i = 0; words[i]; i++) {
        g_string_append_printf(condition, "%s__fish_seen_subcommand_from %s", i > 0 ? "; and " : "",
                               words[i]);
    }
    return g_string_free(condition, FALSE);
}

/* A command's sub-commands, when none of them is typed yet. */
static void
print_fish_commands(const struct cli_command *command, const char *condition)
{
    g_autofree char *names = cli_command_names(command, " ");
    g_autofree char *open =
        command == &cli_program
            ? g_strdup(condition)
            : g_strdup_printf("%s; and not __fish_seen_subcommand_from %s", condition, names);

    for (size_t i = 0; command->commands[i]; i++) {
        g_autofree char *summary = quote(_(command->commands[i]->summary), "\\");

        printf("complete -c " PACKAGE " -n '%s' -a %s -d '%s'\n", open, command->commands[i]->name,
               summary);
    }
}

static void
print_fish_command(const struct shell *shell, const struct cli_command *command, const char *path)
{
    g_autofree char *condition =
        *path ? make_fish_condition(path) : g_strdup("__fish_use_subcommand");

    for (const struct cli_option *option = rows(command); option->name; option++) {
        print_fish_option(shell, condition, option);
    }
    print_fish_option(shell, condition, &cli_common_options[0]);
    if (command->commands) {
        print_fish_commands(command, condition);
    } else if (command->operands) {
        printf("complete -c " PACKAGE " -n '%s'", condition);
        print_fish_action(shell, command->values);
        printf("\n");
    }
}

static void
print_fish(const struct shell *shell)
{
    printf("# fish completion of " PACKAGE ": printed by '" PACKAGE " completion fish'\n"
           "complete -c " PACKAGE " -f\n");
    each_command(shell, &cli_program, "", print_fish_command);
}

/* ---- the command ---- */

static const struct shell shells[] = {
    { .name = "bash",
      .print = print_bash,
      .files = "compopt -o filenames; COMPREPLY=($(compgen -f -- \"$cur\"))",
      .folders = "compopt -o filenames; COMPREPLY=($(compgen -d -- \"$cur\"))",
      .hosts = "compopt -o filenames; COMPREPLY=($(compgen -W \"$(cd '" PKGDATADIR
               "/hosts' 2>/dev/null && printf '%s\\n' *.xml | sed 's/[.]xml$//')\" -- \"$cur\")"
               " $(compgen -f -- \"$cur\"))" },
    { .name = "zsh",
      .print = print_zsh,
      .files = "_files",
      .folders = "_files -/",
      .hosts = "_" PACKAGE "_hosts" },
    { .name = "fish",
      .print = print_fish,
      .files = "-F",
      .folders = "-f -a '(__fish_complete_directories (commandline -ct))'",
      .hosts = "-F -a '(for f in " PKGDATADIR "/hosts/*.xml; basename $f .xml; end)'" },
};

static int
run(const void *options, const char *const *operands)
{
    (void)options;
    if (!cli_word_check(CLI_SHELL, NULL, operands[0])) {
        return CLI_USAGE;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(shells); i++) {
        if (g_str_equal(shells[i].name, operands[0])) {
            shells[i].print(&shells[i]);
        }
    }
    return CLI_CLEAN;
}

const struct cli_command cli_completion = {
    .name = "completion",
    .operands = "bash|zsh|fish",
    .values = CLI_SHELL,
    .least = 1,
    .most = 1,
    .summary = N_("Print the completion script of a shell."),
    .run = run,
};
