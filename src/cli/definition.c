/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/definition.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cmd.h"

/* ---- words ---- */

/* Names and differences quote what others wrote: a control character of it must not reach the
 * terminal. */
static void
put_plain(const char *text, size_t length)
{
    g_autofree char *plain = g_strndup(text, length);

    cli_make_plain(plain);
    fputs(plain, stdout);
}

/* A line about a domain on standard output. */
static void
tell(const char *name, const char *what)
{
    putchar('\'');
    put_plain(name, strlen(name));
    printf("': %s\n", what);
}

static void
print_line(const char *line, size_t length, gboolean colour)
{
    const char *start = *line == '-' ? "\033[31m" : *line == '+' ? "\033[32m" : NULL;

    colour = colour && start;
    printf("  %s", colour ? start : "");
    put_plain(line, length);
    printf("%s\n", colour ? "\033[0m" : "");
}

static void
print_differences(const struct cli_definition *definition, const cvmdom_comparison *comparison)
{
    char *text = cvmdom_comparison_diff(comparison);

    for (const char *line = text; *line;) {
        size_t length = strcspn(line, "\n");

        print_line(line, length, definition->colour);
        line += length + (line[length] == '\n');
    }
    free(text);
}

static gboolean
has_differences(const cvmdom_comparison *comparison)
{
    struct cvmdom_difference first;

    return comparison && cvmdom_comparison_at(comparison, 0, &first) == 0;
}

/* What libvirt refuses is said of the domain, and no failure of the tool. */
static int
fail(struct cli_definition *definition, cvmdom_error *error)
{
    int code = cvmdom_error_code(error);
    int status = cli_virt_fail(error);

    definition->lost |= code == CVMDOM_ERROR_CONNECTION;
    return code == CVMDOM_ERROR_REFUSED ? CLI_FINDINGS : status;
}

/* ---- defining ---- */

static const struct {
    const char *done, *would; /* on standard output */
    const char *hint;         /* on standard error */
    int status;
} results[] = {
    [CVMDOM_DEFINED] = { N_("defined"), N_("would be defined"), NULL, CLI_CLEAN },
    [CVMDOM_UNCHANGED] = { N_("unchanged"), N_("unchanged"), NULL, CLI_CLEAN },
    [CVMDOM_REPLACED] = { N_("replaced"), N_("would be replaced"), NULL, CLI_CLEAN },
    [CVMDOM_DIFFERS] = { N_("differs"), N_("differs"),
                         N_("'%1$s' is defined already, differs (- is libvirt's, + the profile's) "
                            "and was left alone: --replace defines it anew"),
                         CLI_FINDINGS },
    [CVMDOM_IS_ACTIVE] = { N_("differs and runs"), N_("differs and runs"),
                           N_("'%1$s' runs, differs (- is libvirt's, + the profile's) and was left "
                              "alone: shut it down ('virsh shutdown %1$s'), then --replace defines "
                              "it anew"),
                           CLI_FINDINGS },
    [CVMDOM_IS_TRANSIENT] = { N_("runs without being defined"), N_("runs without being defined"),
                              N_("'%1$s' runs without being defined (it is transient) and was left "
                                 "alone: shut it down ('virsh shutdown %1$s'), then it can be "
                                 "defined"),
                              CLI_FINDINGS },
};

/* A cvmdom_default_fn: whether the domain keeps the variable store that it had. */
static void
note_store(const char *path, const char *value, const char *reason, void *payload)
{
    (void)value;
    (void)reason;
    *(gboolean *)payload |= g_str_equal(path, "os.firmware.nvram");
}

/* Whether other firmware will meet the variables that the domain's old one stored. */
static gboolean
meets_old_variables(const cvmdom_domain *domain, const cvmdom_comparison *before)
{
    struct cvmdom_difference difference;
    gboolean keeps = FALSE, image = FALSE;

    cvmdom_domain_each_default(domain, note_store, &keeps);
    for (size_t i = 0; cvmdom_comparison_at(before, i, &difference) == 0; i++) {
        image |= g_str_equal(difference.path, "/domain/os/loader");
    }
    return keeps && image;
}

/* What to know beside the result. */
static void
give_hints(const struct cli_definition *definition, const cvmdom_domain *domain,
           const struct cvmdom_definition *made)
{
    const char *name = cvmdom_domain_name(domain);
    gboolean defines = made->result == CVMDOM_DEFINED || made->result == CVMDOM_REPLACED;

    if (results[made->result].hint) {
        cli_say(_(results[made->result].hint), name);
    }
    if (definition->define.dry_run && defines) {
        cli_say(
            made->asked
                ? _("'%1$s': libvirt can make QEMU's command line of it (network interfaces left "
                    "out); whether it fits the schema, and its name and UUID are free, libvirt "
                    "checks only when it is defined")
                : _("'%1$s': libvirt was not asked whether it takes it: it checks that only "
                    "when it is defined"),
            name);
    }
    if (made->result == CVMDOM_REPLACED && !definition->start.reset_nvram &&
        meets_old_variables(domain, made->before)) {
        cli_say(_("'%1$s' gets other firmware, and keeps the variables that its old one stored: "
                  "should it not boot, --start --reset-nvram begins them anew"),
                name);
    }
}

static int
tell_result(const struct cli_definition *definition, const cvmdom_domain *domain,
            const struct cvmdom_definition *made)
{
    const char *name = cvmdom_domain_name(domain);

    tell(name, definition->define.dry_run ? _(results[made->result].would)
                                          : _(results[made->result].done));
    if (made->before) {
        print_differences(definition, made->before);
    }
    give_hints(definition, domain, made);
    if (has_differences(made->after)) {
        cli_say(_("'%1$s' is defined, but libvirt stored something else (-) than the profile asks "
                  "for (+): where that matters, change the profile and use --replace"),
                name);
        print_differences(definition, made->after);
        return CLI_FINDINGS;
    }
    return results[made->result].status;
}

/* ---- starting ---- */

static void
print_parameter(const char *name, const char *value, void *payload)
{
    size_t *count = payload;

    printf("  %s: ", name);
    put_plain(value, strlen(value));
    putchar('\n');
    (*count)++;
}

/* What an owner attests before the guest runs. */
static int
tell_launch(struct cli_definition *definition, const cvmdom_domain *domain)
{
    const char *name = cvmdom_domain_name(domain);
    cvmdom_error *error = NULL;
    size_t count = 0;
    int status = CLI_CLEAN;

    if (g_str_equal(cvmdom_domain_guest(domain), "none")) {
        cli_say(_("'%1$s' is no confidential guest: there is nothing to attest"), name);
    } else if (definition->connection.virt->each_launch_parameter(
                   definition->connection.connection, name, print_parameter, &count, &error) < 0) {
        status = fail(definition, error);
    } else if (count == 0) {
        cli_say(_("'%1$s': libvirt tells nothing of its launch"), name);
    }
    cli_say(_("'%1$s' waits, its virtual CPUs stopped, for 'virsh -c %2$s resume %1$s'"), name,
            definition->connection.virt->uri(definition->connection.connection));
    return status;
}

/* Where libvirt keeps what QEMU said; NULL when that is not known. The caller's to g_free(). */
static char *
log_file(const char *uri, const char *name)
{
    g_autoptr(GUri) parsed = g_uri_parse(uri, G_URI_FLAGS_NONE, NULL);
    g_autofree char *file = g_strconcat(name, ".log", NULL);
    g_autoptr(GHashTable) parameters = NULL;
    const char *path, *root;

    if (!parsed || strchr(name, '/')) {
        return NULL;
    }
    path = g_uri_get_path(parsed);
    if (g_str_equal(path, "/system")) {
        return g_build_filename("/var/log/libvirt/qemu", file, NULL);
    }
    if (g_str_equal(path, "/session")) {
        return g_build_filename(g_get_user_cache_dir(), "libvirt/qemu/log", file, NULL);
    }
    if (!g_uri_get_query(parsed)) {
        return NULL;
    }
    parameters = g_uri_parse_params(g_uri_get_query(parsed), -1, "&", G_URI_PARAMS_NONE, NULL);
    root = parameters ? g_hash_table_lookup(parameters, "root") : NULL;
    return root ? g_build_filename(root, "log/qemu", file, NULL) : NULL;
}

static void
point_to_log(const struct cli_definition *definition, const char *name)
{
    g_autofree char *file = NULL;

    if (!definition->connection.virt->is_local(definition->connection.connection)) {
        return;
    }
    file = log_file(definition->connection.virt->uri(definition->connection.connection), name);
    if (file && access(file, R_OK) == 0) {
        cli_say(_("'%1$s' may have more: 'cvmdom explain --log %1$s'"), file);
    }
}

static int
start(struct cli_definition *definition, const cvmdom_domain *domain)
{
    const char *name = cvmdom_domain_name(domain);
    cvmdom_error *error = NULL;
    int status;

    if (definition->connection.virt->start(definition->connection.connection, name,
                                           &definition->start, &error) < 0) {
        status = fail(definition, error);
        if (!definition->lost) {
            cli_say(_("'%1$s' did not start; it stays defined"), name);
            point_to_log(definition, name);
        }
        return status;
    }
    tell(name, definition->start.paused ? _("started, paused") : _("started"));
    return definition->start.paused ? tell_launch(definition, domain) : CLI_CLEAN;
}

/* A domain that is there already, and runs. */
static int
tell_running(struct cli_definition *definition, const cvmdom_domain *domain, gboolean paused)
{
    const char *name = cvmdom_domain_name(domain);

    tell(name, paused ? _("is paused already") : _("runs already"));
    if (definition->start.reset_nvram) {
        cli_say(_("'%1$s' runs: its variables (--reset-nvram) were left alone"), name);
        return CLI_FINDINGS;
    }
    if (!definition->start.paused) {
        return CLI_CLEAN;
    }
    if (!paused) {
        cli_say(_("'%1$s' runs, and was not started --paused: what it has done since cannot be "
                  "attested; shut it down, and start it again with --paused"),
                name);
        return CLI_FINDINGS;
    }
    return tell_launch(definition, domain);
}

static int
start_unless_active(struct cli_definition *definition, const cvmdom_domain *domain)
{
    struct cvmdom_known_domain known = { 0 };
    const char *name = cvmdom_domain_name(domain);
    cvmdom_error *error = NULL;
    int there =
        definition->connection.virt->find(definition->connection.connection, name, &known, &error);

    if (there < 0) {
        return fail(definition, error);
    }
    free(known.xml);
    free(known.live_xml);
    if (known.active) {
        return tell_running(definition, domain, known.paused);
    }
    if (definition->define.dry_run) {
        tell(name, _("would be started"));
        return CLI_CLEAN;
    }
    return start(definition, domain);
}

/* ---- both ---- */

int
cli_definition_run(struct cli_definition *definition, cvmdom_domain *domain,
                   const cvmdom_host *host)
{
    struct cvmdom_definition made = { 0 };
    cvmdom_error *error = NULL;
    int status;

    if (definition->connection.virt->define(definition->connection.connection, domain, host,
                                            &definition->define, &made, &error) < 0) {
        status = fail(definition, error);
        if (status == CLI_FINDINGS) {
            cli_say(_("'%1$s': nothing was changed"), cvmdom_domain_name(domain));
        }
        return status;
    }
    status = tell_result(definition, domain, &made);
    cvmdom_comparison_free(made.before);
    cvmdom_comparison_free(made.after);
    if (status != CLI_CLEAN || !definition->starts) {
        return status;
    }
    return start_unless_active(definition, domain);
}
