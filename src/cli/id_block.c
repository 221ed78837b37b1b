/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/id_block.h"

#include <string.h>
#include <sys/stat.h>

#include "util/number.h"

/* ---- options ---- */

static gboolean
parse_hex(const char *text, unsigned char id[CVMDOM_ID_SIZE])
{
    if (strlen(text) != 2 * CVMDOM_ID_SIZE || strspn(text, "0123456789abcdefABCDEF") != 32) {
        return FALSE;
    }
    for (size_t i = 0; i < CVMDOM_ID_SIZE; i++) {
        id[i] = (unsigned char)(g_ascii_xdigit_value(text[2 * i]) << 4 |
                                g_ascii_xdigit_value(text[2 * i + 1]));
    }
    return TRUE;
}

/* A text is padded with zeros. */
static int
parse_id(const struct cli_command *command, const char *option, const char *text,
         unsigned char id[CVMDOM_ID_SIZE])
{
    if (!text || parse_hex(text, id)) {
        return CLI_CLEAN;
    }
    if (!*text || strlen(text) > CVMDOM_ID_SIZE) {
        return cli_usage(command,
                         _("'%1$s=%2$s': write 32 hexadecimal digits, or a text of 1 to 16 bytes"),
                         option, text);
    }
    /* NOLINTNEXTLINE(bugprone-not-null-terminated-result): bytes, no text */
    memcpy(id, text, strlen(text));
    return CLI_CLEAN;
}

static int
parse_svn(const struct cli_command *command, const char *text, uint32_t *svn)
{
    uint64_t value = 0;

    if (text && (!cvm_number_parse_decimal(text, &value) || value > G_MAXUINT32)) {
        return cli_usage(command, _("'--svn=%1$s': write a number from 0 to %2$u"), text,
                         G_MAXUINT32);
    }
    *svn = (uint32_t)value;
    return CLI_CLEAN;
}

/* What is about a signature that nobody asked for is a slip. */
static int
check_key(const struct cli_command *command, const struct cli_id_options *options)
{
    const char *option = options->author_key  ? "--author-key"
                         : options->family_id ? "--family-id"
                         : options->image_id  ? "--image-id"
                         : options->svn       ? "--svn"
                                              : NULL;

    if (options->id_key || !option) {
        return CLI_CLEAN;
    }
    return cli_usage(command, _("'%1$s' needs '%2$s'"), option, "--id-key");
}

/* ---- keys ---- */

static void
warn_of_readers(const char *path)
{
    struct stat status;

    if (stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
        (status.st_mode & (S_IRGRP | S_IROTH))) {
        cli_say(_("'%1$s' can be read by others than its owner, and whoever has it signs in your "
                  "name: 'chmod 600 %1$s'"),
                path);
    }
}

static cvmdom_id_key *
read_key(const struct cli_attest *attest, const char *path, unsigned char *digest, int *status)
{
    cvmdom_error *error = NULL;
    cvmdom_id_key *key = attest->id_key_read(path, &error);

    if (!key || attest->id_key_digest(key, digest, &error) < 0) {
        attest->id_key_free(key);
        cli_worsen(status, cli_fail(error));
        return NULL;
    }
    warn_of_readers(path);
    return key;
}

int
cli_id_init(const struct cli_command *command, const struct cli_id_options *options,
            struct cli_id *id)
{
    int status = check_key(command, options);

    *id = (struct cli_id){ 0 };
    cli_worsen(&status,
               parse_id(command, "--family-id", options->family_id, id->options.family_id));
    cli_worsen(&status, parse_id(command, "--image-id", options->image_id, id->options.image_id));
    cli_worsen(&status, parse_svn(command, options->svn, &id->options.svn));
    if (status != CLI_CLEAN || !options->id_key) {
        return status;
    }
    id->attest = cli_attest_load();
    if (!id->attest) {
        return CLI_UNREADABLE;
    }
    id->key = read_key(id->attest, options->id_key, id->key_digest, &status);
    if (options->author_key) {
        id->author = read_key(id->attest, options->author_key, id->author_digest, &status);
    }
    return status;
}

void
cli_id_clear(struct cli_id *id)
{
    if (id->attest) {
        id->attest->id_key_free(id->key);
        id->attest->id_key_free(id->author);
    }
}

/* ---- signing ---- */

int
cli_id_sign(const struct cli_id *id, const struct cli_launch *launch, struct cvmdom_digest *digest,
            struct cvmdom_id_block *id_block)
{
    struct cvmdom_id_block_options options = id->options;
    cvmdom_error *error = NULL;

    if (!g_str_equal(launch->launch.guest, "sev-snp")) {
        cli_say(_("'%s' is no SEV-SNP guest: only these have an ID block"),
                cli_job_title(launch->job));
        return CLI_UNREADABLE;
    }
    if (!launch->launch.has_policy) {
        cli_say(_("the policy of '%s' is not known, and an ID block holds it"),
                cli_job_title(launch->job));
        return CLI_UNREADABLE;
    }
    options.policy = launch->launch.policy;
    if (id->attest->launch_digest(&launch->launch, launch->firmware, NULL, NULL, digest, &error) <
            0 ||
        id->attest->id_block_make(digest, &options, id->key, id->author, id_block, &error) < 0) {
        return cli_fail(error);
    }
    return CLI_CLEAN;
}

static int
sign_and_put(const struct cli_id *id, const struct cli_launch *launch)
{
    struct cvmdom_digest digest;
    struct cvmdom_id_block id_block;
    cvmdom_error *error = NULL;
    int status = cli_id_sign(id, launch, &digest, &id_block);

    if (status == CLI_CLEAN &&
        cvmdom_domain_set_id_block(launch->job->domain, id_block.block, id_block.auth,
                                   id->author != NULL, &error) < 0) {
        cli_fail(error);
        status = CLI_UNREADABLE;
    }
    return status;
}

void
cli_id_put(const struct cli_id *id, struct cli_jobs *jobs, struct cli_job *job,
           const struct cli_hosts *hosts)
{
    const struct cli_launch_options options = { .host = hosts->given,
                                                .firmware_root = hosts->firmware_root };
    const struct cli_launch_override override = { .options = &options };
    struct cli_launch launch;

    if (!id->attest || job->refused) {
        return;
    }
    cli_launch_take(jobs, job, &override, CLI_LAUNCH_FIRMWARE, &launch);
    if (!job->refused) {
        int status = sign_and_put(id, &launch);

        job->refused = status != CLI_CLEAN;
        cli_worsen(&jobs->status, status);
    }
    cli_launch_clear(&launch);
}
