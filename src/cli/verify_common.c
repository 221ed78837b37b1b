/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What both halves of 'verify' need: doubts, other images, and explanations. */
#include <stdio.h>

#include "cli/verify.h"
#include "util/json.h"

enum {
    SEV_NO_DEBUG = 1 << 0, /* bit of the policy (AMD 55766, Guest Policy Structure) */
    SNP_DEBUG = 1 << 19,   /* AMD 56860, Guest Policy */
    SNP_MIGRATE_MA = 1 << 18,
    MOST_IMAGES = 64, /* that are tried, each some 10 ms */
};

struct explanation {
    char *what, *sentence;
};

/* ---- doubts ---- */

int
verify_doubt(const struct verify_context *context, const char *text)
{
    cli_say("%s%s", context->insecure ? _("warning: ") : "", text);
    return context->insecure ? VERIFY_MATCHES : VERIFY_INSECURE;
}

static int
check_policy(const struct verify_context *context)
{
    const struct cvmdom_launch *launch = &context->launch->launch;
    int status = VERIFY_MATCHES;

    if (g_strcmp0(launch->guest, "sev-snp") != 0) {
        return launch->policy & SEV_NO_DEBUG
                   ? VERIFY_MATCHES
                   : verify_doubt(context,
                                  _("the policy allows debugging (bit 0, nodbg, is clear): the "
                                    "host can read and change the guest's memory, whatever its "
                                    "measurement is; forbid it in the document"));
    }
    if (launch->policy & SNP_DEBUG) {
        status = verify_doubt(context, _("the policy allows debugging (bit 19, debug, is set): the "
                                         "host can read and change the guest's memory, whatever "
                                         "its measurement is; forbid it in the document"));
    }
    if (launch->policy & SNP_MIGRATE_MA) {
        cli_worsen(
            &status,
            verify_doubt(context, _("the policy allows a migration agent (bit 18, migrate_ma, is "
                                    "set), which can do with the guest what it wants, and which is "
                                    "not verified here; forbid it in the document")));
    }
    return status;
}

int
verify_check_worth(const struct verify_context *context)
{
    const struct cvmdom_launch *launch = &context->launch->launch;
    int status = check_policy(context);

    if (launch->has_nvram) {
        cli_worsen(&status,
                   verify_doubt(context, _("the firmware has a variable store (NVRAM), which "
                                           "nobody measures, and which the host can write to: "
                                           "use firmware without one")));
    }
    if (launch->kernel && !launch->kernel_hashes) {
        cli_worsen(&status,
                   verify_doubt(context, _("the guest boots a kernel that nobody measures: "
                                           "turn launchSecurity/kernelHashes on")));
    }
    if (context->host && cli_host_is_connection(context->host)) {
        cli_worsen(&status,
                   verify_doubt(context, _("--host takes facts from a host that is there now, "
                                           "which may be the one to be judged: record one that "
                                           "you trust, with 'cvmdom host capture'")));
    }
    return status;
}

/* ---- images ---- */

int
verify_read_images(const struct verify_context *context, GPtrArray *images)
{
    const char *const *given = cli_list(context->try_firmware);
    const cvmdom_host *host = context->launch->job->host;
    const char *root = context->firmware_root;
    const char *path;

    for (size_t i = 0; given && given[i]; i++) {
        cvmdom_error *error = NULL;
        cvmdom_firmware *image = cvmdom_firmware_read(given[i], &error);

        if (!image) {
            return verify_status_of(cli_fail(error));
        }
        g_ptr_array_add(images, image);
    }
    for (size_t i = 0; host && (path = cvmdom_host_image_at(host, i)); i++) {
        g_autofree char *here = root ? g_build_filename(root, path, NULL) : g_strdup(path);
        cvmdom_firmware *image =
            images->len < MOST_IMAGES ? cvmdom_firmware_read(here, NULL) : NULL;

        if (image) {
            g_ptr_array_add(images, image);
        }
    }
    g_ptr_array_add(images, NULL);
    return VERIFY_MATCHES;
}

/* ---- explanations ---- */

static void
free_explanation(gpointer data)
{
    struct explanation *explanation = data;

    g_free(explanation->what);
    g_free(explanation->sentence);
    g_free(explanation);
}

GPtrArray *
verify_explanations_new(void)
{
    return g_ptr_array_new_with_free_func(free_explanation);
}

void
verify_explanations_keep(const struct cvmdom_explanation *explanation, void *list)
{
    struct explanation *kept = g_new(struct explanation, 1);

    kept->what = g_strdup(explanation->what);
    kept->sentence = g_strdup(explanation->sentence);
    g_ptr_array_add(list, kept);
}

void
verify_explanations_print(const GPtrArray *list)
{
    for (guint i = 0; i < list->len; i++) {
        const struct explanation *explanation = g_ptr_array_index(list, i);
        g_autofree char *text = g_strdup(explanation->sentence);

        cli_make_plain(text);
        printf("\n");
        cli_print_wrapped(text, 0);
    }
}

json_t *
verify_explanations_describe(const GPtrArray *list)
{
    json_t *described = json_array();

    for (guint i = 0; i < list->len; i++) {
        const struct explanation *explanation = g_ptr_array_index(list, i);

        json_array_append_new(described,
                              json_pack("{s:o, s:o}", "what", cvm_json_text(explanation->what),
                                        "sentence", cvm_json_text(explanation->sentence)));
    }
    return described;
}
