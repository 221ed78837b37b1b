/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a guest owner prepares for one launch of a SEV or SEV-ES guest on one platform, in the four
 * files that sevctl makes of it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/launch.h"
#include "cli/platform.h"
#include "util/file.h"

struct session_options {
    struct cli_platform_options platform;
    struct cli_launch_options launch;
    const char *name;
};

static const struct cli_option options_table[] = {
    CLI_PLATFORM_ROWS(struct session_options, platform),
    { .name = "name",
      .letter = 'n',
      .argument = "NAME",
      .values = CLI_FILE,
      .offset = offsetof(struct session_options, name),
      .help = N_("write NAME_tik.bin and so on; by default the domain's name, in this folder") },
    CLI_LAUNCH_HOST_ROWS(struct session_options, launch),
    { 0 },
};

/* ---- the guest ---- */

/* The certificate and session that the document has are about to be replaced, and need not even be
 * there yet. */
static GPtrArray *
sets_without_session(const GPtrArray *sets)
{
    GPtrArray *all = g_ptr_array_new();

    for (guint i = 0; sets && i < sets->len; i++) {
        if (g_ptr_array_index(sets, i)) {
            g_ptr_array_add(all, g_ptr_array_index(sets, i));
        }
    }
    g_ptr_array_add(all, (char *)"launchSecurity.dhCert=");
    g_ptr_array_add(all, (char *)"launchSecurity.session=");
    g_ptr_array_add(all, NULL);
    return all;
}

static int
check_guest(const struct cli_launch *launch)
{
    const char *title = cli_job_title(launch->job);
    const char *guest = launch->launch.guest ? launch->launch.guest : "none";

    if (g_str_equal(guest, "sev-snp")) {
        cli_say(_("'%1$s' is a SEV-SNP guest, which takes no session: what its owner gives along "
                  "is an ID block, see '%2$s idblock', and a secret goes to it once its report was "
                  "verified, see '%2$s verify --report'"),
                title, PACKAGE);
        return CLI_FINDINGS;
    }
    if (!g_str_equal(guest, "sev") && !g_str_equal(guest, "sev-es")) {
        cli_say(_("'%1$s' is no SEV or SEV-ES guest, so no session can be made for it: its "
                  "launchSecurity says which it is"),
                title);
        return CLI_FINDINGS;
    }
    if (!launch->launch.has_policy || launch->launch.policy > UINT32_MAX) {
        cli_say(_("'%1$s' has no policy of 32 bits, which a session is made for: set "
                  "launchSecurity/policy"),
                title);
        return CLI_FINDINGS;
    }
    return CLI_CLEAN;
}

/* ---- the files ---- */

enum {
    FILES = 4,
    SECRET = 0600,
    PUBLIC = 0644,
};

/* Names and contents are those of sevctl. */
struct output {
    char *paths[FILES];
};

static const char *const suffixes[FILES] = { "_tik.bin", "_tek.bin", "_godh.b64", "_session.b64" };

enum {
    TIK,
    TEK,
    GODH,
    SESSION,
};

/* NULL, and the mistake explained, when the domain's name is none for a file. */
static const char *
base_name(const struct session_options *options, const struct cli_launch *launch)
{
    const char *name = cvmdom_domain_name(launch->job->domain);

    if (options->name && *options->name) {
        return options->name;
    }
    if (options->name || !name || !*name || *name == '.' || strchr(name, '/')) {
        cli_usage(&cli_session, _("the files cannot be named after the domain: give them another "
                                  "name with --name"));
        return NULL;
    }
    return name;
}

static int
init_output(struct output *output, const char *name)
{
    int status = CLI_CLEAN;

    for (int i = 0; i < FILES; i++) {
        struct stat info;

        output->paths[i] = g_strconcat(name, suffixes[i], NULL);
        if (status == CLI_CLEAN && lstat(output->paths[i], &info) == 0) {
            cli_say(_("'%s' exists, and is not overwritten: a guest that runs may need it. Give "
                      "another --name, or remove it"),
                    output->paths[i]);
            status = CLI_UNREADABLE;
        }
    }
    return status;
}

static void
clear_output(struct output *output)
{
    for (int i = 0; i < FILES; i++) {
        g_free(output->paths[i]);
    }
}

/* What was written before something failed goes again. */
static void
remove_files(const struct output *output, int count)
{
    for (int i = 0; i < count; i++) {
        if (unlink(output->paths[i]) < 0) {
            cli_say(_("cannot remove '%1$s': %2$s"), output->paths[i], strerror(errno));
        }
    }
}

/* All or none. */
static int
write_files(const struct output *output, const struct cvmdom_session *session)
{
    g_autofree char *godh = g_base64_encode(session->dh_cert, sizeof(session->dh_cert));
    g_autofree char *blob = g_base64_encode(session->session, sizeof(session->session));
    const struct {
        const void *data;
        size_t size;
        int mode;
    } contents[FILES] = {
        [TIK] = { session->keys.tik, sizeof(session->keys.tik), SECRET },
        [TEK] = { session->keys.tek, sizeof(session->keys.tek), SECRET },
        [GODH] = { godh, strlen(godh), PUBLIC },
        [SESSION] = { blob, strlen(blob), PUBLIC },
    };

    g_autoptr(GError) error = NULL;
    sigset_t before;
    int written = 0;

    cvm_signals_hold(&before);
    while (written < FILES &&
           cvm_file_write_new(output->paths[written], contents[written].data,
                              contents[written].size, contents[written].mode, &error) == 0) {
        written++;
    }
    if (error) {
        remove_files(output, written);
    }
    cvm_signals_release(&before);
    if (error) {
        cli_say("%s", error->message);
        return CLI_UNREADABLE;
    }
    return CLI_CLEAN;
}

/* ---- what to do with them ---- */

static gboolean
is_same_folder(const char *a, const char *b)
{
    g_autofree char *first = g_path_get_dirname(a);
    g_autofree char *second = g_path_get_dirname(b);

    return g_str_equal(first, second);
}

/* A path as a YAML scalar between braces, from the profile's folder. The caller's to g_free(). */
static char *
path_in_profile(const char *profile, const char *path)
{
    g_autofree char *base = g_path_get_basename(path);
    g_autofree char *whole = g_canonicalize_filename(path, NULL);
    const char *name = is_same_folder(profile, path) ? base : whole;
    g_auto(GStrv) parts = NULL;
    g_autofree char *doubled = NULL;

    if (name[strspn(name, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "._/-")] == '\0' &&
        *name != '-') {
        return g_strdup(name);
    }
    parts = g_strsplit(name, "'", -1);
    doubled = g_strjoinv("''", parts);
    return g_strdup_printf("'%s'", doubled);
}

static void
tell_use(const struct cli_launch *launch, const struct output *output)
{
    const char *profile = launch->job->profile;

    if (cvmdom_domain_is_profile(launch->job->domain)) {
        g_autofree char *godh = path_in_profile(profile, output->paths[GODH]);
        g_autofree char *session = path_in_profile(profile, output->paths[SESSION]);

        printf(_("Below launchSecurity of '%s' belong, unless they are there:\n"), profile);
        printf("  dhCert: {file: %s}\n  session: {file: %s}\n", godh, session);
    } else {
        printf(_("In '%1$s' the content of '%2$s' belongs into <dhCert>, and that of '%3$s' into "
                 "<session>, both in <launchSecurity>.\n"),
               profile, output->paths[GODH], output->paths[SESSION]);
    }
}

static void
tell(const struct cli_launch *launch, const struct output *output)
{
    g_autofree char *policy =
        cvmdom_policy_format(launch->launch.guest, launch->launch.policy, NULL);

    printf(_("Made for '%1$s' with the policy %2$s, and no other policy or platform:\n"),
           cli_job_title(launch->job), policy);
    printf(_("  %1$s, %2$s: keys of this guest alone; keep them secret, 'verify' and 'secret' ask "
             "for them\n"),
           output->paths[TIK], output->paths[TEK]);
    printf(_("  %1$s, %2$s: for the platform\n"), output->paths[GODH], output->paths[SESSION]);
    tell_use(launch, output);
}

/* ---- the command ---- */

static int
make_session(const struct cli_attest *attest, const struct cli_platform *platform,
             const struct cli_launch *launch, struct output *output)
{
    struct cvmdom_session session;
    cvmdom_error *error = NULL;
    int status;

    if (attest->session_make(platform->chain->data, platform->chain->len,
                             (uint32_t)launch->launch.policy, &session, &error) < 0) {
        return cli_fail(error);
    }
    status = write_files(output, &session);
    attest->session_clear(&session);
    return status;
}

static int
run_for_platform(const struct session_options *options, const struct cli_platform *platform,
                 const struct cli_launch *launch)
{
    const struct cli_attest *attest = cli_attest_load();
    const char *name = base_name(options, launch);
    struct output output = { 0 };
    int status;

    if (!attest) {
        return CLI_UNREADABLE;
    }
    if (!name) {
        return CLI_USAGE;
    }
    status = init_output(&output, name);
    if (status == CLI_CLEAN) {
        status = cli_platform_verify(attest, &options->platform, platform);
    }
    if (status == CLI_CLEAN) {
        status = make_session(attest, platform, launch, &output);
    }
    if (status == CLI_CLEAN) {
        tell(launch, &output);
    } else {
        cli_say(_("no session was made"));
    }
    clear_output(&output);
    return status;
}

static int
run_for_guest(const struct session_options *options, const struct cli_launches *launches)
{
    const struct cli_launch *launch = cli_launches_only(&cli_session, launches);
    struct cli_platform platform = { 0 };
    int status = launch ? check_guest(launch) : CLI_USAGE;

    if (status == CLI_CLEAN) {
        status = cli_platform_read(&cli_session, &options->platform, &platform);
    }
    if (status == CLI_CLEAN) {
        status = run_for_platform(options, &platform, launch);
    }
    cli_platform_clear(&platform);
    return status;
}

static int
run(const void *data, const char *const *operands)
{
    const struct session_options *options = data;
    struct cli_launch_options launch_options = options->launch;
    g_autoptr(GPtrArray) sets = sets_without_session(options->launch.set);
    struct cli_launches launches;
    int status;

    if (!options->platform.pdh) {
        return cli_usage(&cli_session, _("a session is made for one platform: name its "
                                         "certificate with --pdh"));
    }
    launch_options.set = sets;
    status =
        cli_launches_read(&cli_session, &launch_options, operands[0], CLI_LAUNCH_POLICY, &launches);
    if (status == CLI_CLEAN) {
        status = run_for_guest(options, &launches);
    }
    cli_launches_clear(&launches);
    return status;
}

const struct cli_command cli_session = {
    .name = "session",
    .operands = "PROFILE|DOMAIN.xml",
    .values = CLI_FILE,
    .least = 1,
    .most = 1,
    .summary = N_("Prepare the launch of a SEV or SEV-ES guest on a platform: fresh keys, wrapped "
                  "for it."),
    .description = N_("Writes NAME_tik.bin and NAME_tek.bin, the guest's keys, and NAME_godh.b64 "
                      "and NAME_session.b64, which launchSecurity takes as dhCert and session: all "
                      "four or none, and never over a file that is there. The policy is exactly "
                      "the document's. Each guest needs a session of its own."),
    .options = options_table,
    .size = sizeof(struct session_options),
    .run = run,
};
