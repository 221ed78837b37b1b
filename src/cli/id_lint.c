/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What lint says of a domain's ID block. Files that a domain names are somebody else's words: they
 * are read only below the folder that the user gives. */
#include <stdlib.h>
#include <string.h>

#include "cli/id_block.h"

#define RULE "CVM809"

struct id_lint {
    const char *root; /* NULL: no file is read */
    const cvmdom_domain *domain;
    const cvmdom_host *host;
    struct cvmdom_launch launch;
    cvmdom_firmware *firmware; /* NULL: not at hand */
    struct cvmdom_digest digest;
    gboolean measured;
    char *paths[3]; /* that launch has */
    cvmdom_findings *found;
    int status;
};

/* ---- files ---- */

/* Where a path of the domain is below the root, whatever dots and links there are in it; NULL when
 * there is no such file. The caller's to free(). */
static char *
find_below(const char *root, const char *path)
{
    g_autofree char *plain = g_canonicalize_filename(path, "/");
    g_autofree char *joined = g_build_filename(root, plain, NULL);
    char *top = realpath(root, NULL), *found = realpath(joined, NULL);
    size_t length = top && !g_str_equal(top, "/") ? strlen(top) : 0;

    if (found && (!top || strncmp(found, top, length) != 0 || found[length] != '/')) {
        free(found);
        found = NULL;
    }
    free(top);
    return found;
}

static gboolean
find_files(struct id_lint *lint)
{
    const char **files[] = { &lint->launch.firmware, &lint->launch.kernel, &lint->launch.initrd };

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        if (*files[i]) {
            lint->paths[i] = find_below(lint->root, *files[i]);
            if (!lint->paths[i]) {
                return FALSE;
            }
            *files[i] = lint->paths[i];
        }
    }
    return lint->launch.firmware != NULL;
}

/* ---- measuring ---- */

static void
say_not_compared(struct id_lint *lint, const char *reason)
{
    g_autofree char *message =
        g_strdup_printf(_("Whether the ID block was signed for this launch could not be looked at: "
                          "%s."),
                        reason);
    const struct cvmdom_opinion opinion = {
        .rule = RULE,
        .severity = CVMDOM_NOTE,
        .value = "launchSecurity/idBlock",
        .message = message,
    };

    cvmdom_domain_report(lint->domain, &opinion, lint->found, NULL);
}

/* What keeps a launch from being measured is told by the rules of that. */
static gboolean
can_measure(struct id_lint *lint)
{
    cvmdom_error *error = NULL;

    if (!lint->root) {
        return FALSE;
    }
    if (!find_files(lint)) {
        say_not_compared(lint, _("firmware, kernel or initrd are not below --firmware-root"));
        return FALSE;
    }
    lint->firmware = cvmdom_firmware_read(lint->launch.firmware, &error);
    if (!lint->firmware) {
        say_not_compared(lint, cvmdom_error_message(error));
        cvmdom_error_free(error);
        return FALSE;
    }
    cvmdom_launch_check(&lint->launch, lint->firmware, lint->domain, lint->host, lint->found);
    return cvmdom_findings_count_from(lint->found, CVMDOM_SEVERE) == 0;
}

static void
measure(struct id_lint *lint, const struct cli_attest *attest)
{
    cvmdom_error *error = NULL;

    if (!can_measure(lint)) {
        return;
    }
    lint->measured = attest->launch_digest(&lint->launch, lint->firmware, NULL, NULL, &lint->digest,
                                           &error) == 0;
    if (!lint->measured) {
        say_not_compared(lint, cvmdom_error_message(error));
        cvmdom_error_free(error);
    }
}

static void
check(struct id_lint *lint, const struct cli_attest *attest)
{
    cvmdom_error *error = NULL;

    measure(lint, attest);
    if (attest->id_block_check(&lint->launch, lint->measured ? &lint->digest : NULL, lint->domain,
                               lint->found, &error) < 0) {
        cvmdom_findings_add_error(lint->found, error);
        lint->status = cli_fail(error);
    }
    cvmdom_firmware_free(lint->firmware);
    for (size_t i = 0; i < G_N_ELEMENTS(lint->paths); i++) {
        free(lint->paths[i]);
    }
}

int
cli_id_lint(cvmdom_config *config, const char *root, const cvmdom_domain *domain,
            const cvmdom_host *host, cvmdom_findings *findings)
{
    struct id_lint lint = { .root = root, .domain = domain, .host = host };
    const struct cli_attest *attest;

    cvmdom_domain_launch(domain, host, &lint.launch);
    if (!g_str_equal(lint.launch.guest, "sev-snp") || !lint.launch.id_block ||
        !cvmdom_config_runs(config, domain, RULE)) {
        return CLI_CLEAN;
    }
    attest = cli_attest_find();
    if (!attest) {
        cvmdom_findings_add_not_run(findings, RULE);
        return CLI_CLEAN;
    }
    lint.found = cvmdom_findings_new();
    check(&lint, attest);
    cvmdom_config_apply(config, domain, lint.found, findings);
    return lint.status;
}
