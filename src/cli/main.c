/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command: the library's first embedder. What it knows of domains it knows through <cvmdom/…>;
 * util/ is there for files, lists and near misses of words. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cmd.h"
#include "cli/confine.h"

static const struct cli_command *const commands[] = {
    /* clang-format off */
    &cli_render,
    &cli_lint,
    &cli_harden,
    &cli_define,
    &cli_drift,
    &cli_fleet,
    &cli_measure,
    &cli_session,
    &cli_verify,
    &cli_secret,
    &cli_idblock,
    &cli_policy,
    &cli_explain,
    &cli_host,
    &cli_rules,
    &cli_schema,
    &cli_completion,
    &cli_help,
    NULL,
    /* clang-format on */
};

struct program_options {
    gboolean version;
};

static const struct cli_option program_options[] = {
    { .name = "version",
      .letter = 'V',
      .offset = offsetof(struct program_options, version),
      .help = N_("show the version and exit") },
    { 0 },
};

const struct cli_command cli_program = {
    .name = PACKAGE,
    .operands = "COMMAND [ARGUMENT]…",
    .commands = commands,
    .most = G_MAXUINT,
    .summary = N_("Confidential VM domains for libvirt: from a profile and a recorded host to a "
                  "checked domain XML."),
    .options = program_options,
    .size = sizeof(struct program_options),
};

/* Whose exit statuses count. */
static const struct cli_command *running = &cli_program;

static int
status_of(int status)
{
    return running->statuses ? running->statuses[status] : status;
}

static int
run_sub_command(const struct cli_command *parent, int argc, char **argv);

static int
run_command(const struct cli_command *command, int argc, char **argv)
{
    void *options = g_malloc0(MAX(command->size, 1));
    int status;
    int first;

    running = command;
    first = cli_options_parse(command, argc, argv, options, &status);
    if (first < 0) {
        status = status_of(status);
    } else if (command->commands) {
        status = run_sub_command(command, argc - first, argv + first);
    } else {
        status = command->run(options, (const char *const *)argv + first);
    }
    cli_options_free(command, options);
    return status;
}

static int
run_sub_command(const struct cli_command *parent, int argc, char **argv)
{
    const struct cli_command *command;

    if (argc == 0) {
        g_autofree char *names = cli_command_names(parent, ", ");

        return cli_usage(parent, _("a command is missing; there are: %1$s"), names);
    }
    command = cli_command_find(parent, argv[0]);
    return command ? run_command(command, argc, argv) : CLI_USAGE;
}

static int
print_version(void)
{
    g_autofree char *confinement = cli_confine_describe();

    printf("%s\n", PACKAGE_STRING);
    printf(_("What the kernel confines 'lint' by: %s\n"), confinement ? confinement : _("nothing"));
    return CLI_CLEAN;
}

static int
run_program(int argc, char **argv)
{
    struct program_options options = { 0 };
    int status;
    int first = cli_options_parse(&cli_program, argc, argv, &options, &status);

    if (first < 0) {
        return status;
    }
    if (options.version) {
        return print_version();
    }
    return run_sub_command(&cli_program, argc - first, argv + first);
}

/* A file opened while a standard descriptor is closed would take its number, and what was meant for
 * the user would end up in it. The stand-ins are opened the wrong way round: using them fails. */
static void
guard_standard_descriptors(void)
{
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
            open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd) {
            _exit(CLI_UNREADABLE);
        }
    }
}

static gboolean
is_reader_gone(void)
{
    struct pollfd output = { .fd = STDOUT_FILENO };

    return poll(&output, 1, 0) == 1 && output.revents & POLLERR;
}

/* A full disk shows when the last of the output is flushed. A reader that went away needs no
 * message. */
static int
close_output(int status)
{
    gboolean failed = ferror(stdout);
    gboolean gone = failed && is_reader_gone();

    errno = 0;
    failed |= fclose(stdout) != 0;
    if (!failed) {
        return status;
    }
    if (errno == 0 && !gone) { /* an earlier write failed, and did not say why */
        cli_say(_("cannot write to standard output"));
    } else if (errno != 0 && errno != EPIPE) {
        cli_say(_("cannot write to standard output: %1$s"), strerror(errno));
    }
    return MAX(status, status_of(CLI_UNREADABLE));
}

/* Whether the environment asks for no language and no form of numbers (locale(7)). What C.UTF-8 has
 * beyond the C that a process starts with are the classes of characters, which nothing here asks
 * for, and which take 0.2 ms to load. */
static gboolean
is_locale_plain(void)
{
    static const char *const plain[] = { "C", "POSIX", "C.UTF-8", "C.utf8", NULL };
    static const char *const categories[] = { "LC_CTYPE", "LC_MESSAGES", "LC_NUMERIC" };
    const char *all = g_getenv("LC_ALL"), *language = g_getenv("LANGUAGE");

    for (size_t i = 0; i < G_N_ELEMENTS(categories); i++) {
        const char *name = all && *all ? all : g_getenv(categories[i]);

        name = name && *name ? name : g_getenv("LANG");
        if (name && *name && !g_strv_contains(plain, name)) {
            return FALSE;
        }
    }
    return !(language && *language);
}

static void
set_locale(void)
{
    if (!is_locale_plain()) {
        /* The others are of no use here, and each is a file to be looked for. */
        setlocale(LC_CTYPE, "");
        setlocale(LC_MESSAGES, "");
        setlocale(LC_NUMERIC, "");
        bindtextdomain(PACKAGE, LOCALEDIR);
        bind_textdomain_codeset(PACKAGE, "UTF-8");
    }
}

int
main(int argc, char **argv)
{
    guard_standard_descriptors();
    /* jansson leaves out of a report what it has no memory for; GLib ends the program. */
    json_set_alloc_funcs(g_malloc, g_free);
    set_locale();
    /* Beyond a file size limit writing is to fail like on a full disk, not to kill. */
    signal(SIGXFSZ, SIG_IGN);
    return close_output(run_program(argc, argv));
}
