/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ID blocks for SEV-SNP guests, from what is deployed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/id_block.h"
#include "util/file.h"
#include "util/json.h"

struct idblock_options {
    struct cli_launch_options launch;
    struct cli_id_options id;
    const char *output;
    const char *format;
};

static const struct cli_option options_table[] = {
    CLI_ID_ROWS(struct idblock_options, id,
                N_("sign with the private key in FILE: on the elliptic curve P-384, PEM or DER, "
                   "not encrypted")),
    CLI_LAUNCH_ROWS(struct idblock_options, launch),
    { .name = "output",
      .letter = 'o',
      .argument = "PREFIX|DIR/",
      .values = CLI_FILE,
      .offset = offsetof(struct idblock_options, output),
      .help = N_("write PREFIX_id_block.b64 and PREFIX_id_auth.b64, or the same into DIR by the "
                 "guest's name; never over a file that is there") },
    { .name = "format",
      .letter = 'f',
      .argument = "FORMAT",
      .values = CLI_DESCRIPTION,
      .offset = offsetof(struct idblock_options, format),
      .help = N_("how to print what was made; by default text, which is a piece of a profile") },
    { 0 },
};

/* What was made, as it is printed. Texts are the struct's. */
struct made {
    const struct idblock_options *options;
    const struct cli_launch *launch;
    const struct cli_id *id;
    struct cvmdom_digest digest;
    struct cvmdom_id_block id_block;
    char *block, *auth;           /* base64 */
    char *block_path, *auth_path; /* NULL: not written */
};

/* ---- files ---- */

/* "DIR/NAME" of "DIR/"; the caller's to g_free(). */
static char *
prefix_of(const struct made *made)
{
    const char *output = made->options->output;
    const char *name = cvmdom_domain_name(made->launch->job->domain);

    if (!g_str_has_suffix(output, "/") && !g_file_test(output, G_FILE_TEST_IS_DIR)) {
        return g_strdup(output);
    }
    return g_build_filename(output, name && !strchr(name, '/') ? name : "domain", NULL);
}

static int
write_one(const char *path, const char *text)
{
    g_autoptr(GError) error = NULL;

    if (cvm_file_write_new(path, text, strlen(text), 0644, &error) < 0) {
        cli_say("%s", error->message);
        return CLI_UNREADABLE;
    }
    return CLI_CLEAN;
}

/* Both or none. */
static int
write_both(const struct made *made)
{
    sigset_t before;
    int status;

    cvm_signals_hold(&before);
    status = write_one(made->block_path, made->block);
    if (status == CLI_CLEAN) {
        status = write_one(made->auth_path, made->auth);
        if (status != CLI_CLEAN) {
            unlink(made->block_path);
        }
    }
    cvm_signals_release(&before);
    return status;
}

static int
write_files(struct made *made)
{
    g_autofree char *prefix = made->options->output ? prefix_of(made) : NULL;

    if (!prefix) {
        return CLI_CLEAN;
    }
    made->block_path = g_strconcat(prefix, "_id_block.b64", NULL);
    made->auth_path = g_strconcat(prefix, "_id_auth.b64", NULL);
    return write_both(made);
}

/* ---- text ---- */

static char *
hex_of(const unsigned char *bytes, size_t size)
{
    GString *hex = g_string_new(NULL);

    for (size_t i = 0; i < size; i++) {
        g_string_append_printf(hex, "%02x", bytes[i]);
    }
    return g_string_free(hex, FALSE);
}

static void
print_hex(const char *title, const unsigned char *bytes, size_t size)
{
    g_autofree char *hex = hex_of(bytes, size);

    printf("# %s: %s\n", title, hex);
}

/* As a profile in the folder of this one names it: a YAML string in single quotes. */
static void
print_path(const struct made *made, const char *key, const char *path)
{
    g_autofree char *full = g_canonicalize_filename(path, NULL);
    g_autofree char *folder = g_path_get_dirname(full);
    g_autofree char *document = g_canonicalize_filename(made->launch->job->profile, NULL);
    g_autofree char *base = g_path_get_basename(full);
    gboolean beside = g_str_has_prefix(document, folder) && document[strlen(folder)] == '/' &&
                      !strchr(document + strlen(folder) + 1, '/');
    g_auto(GStrv) parts = g_strsplit(beside ? base : full, "'", -1);
    g_autofree char *quoted = g_strjoinv("''", parts);

    cli_make_plain(quoted);
    printf("  %s: {file: '%s'}\n", key, quoted);
}

static void
print_text(const struct made *made)
{
    print_hex("MEASUREMENT", made->digest.bytes, made->digest.size);
    print_hex("ID_KEY_DIGEST", made->id->key_digest, CVMDOM_KEY_DIGEST_SIZE);
    if (made->id->author) {
        print_hex("AUTHOR_KEY_DIGEST", made->id->author_digest, CVMDOM_KEY_DIGEST_SIZE);
    }
    printf("launchSecurity:\n");
    if (made->id->author) {
        printf("  authorKey: true\n");
    }
    if (made->block_path) {
        print_path(made, "idBlock", made->block_path);
        print_path(made, "idAuth", made->auth_path);
    } else {
        printf("  idBlock: %s\n  idAuth: %s\n", made->block, made->auth);
    }
}

/* ---- JSON ---- */

static json_t *
json_hex(const unsigned char *bytes, size_t size)
{
    g_autofree char *hex = hex_of(bytes, size);

    return json_string(hex);
}

static json_t *
describe_files(const struct made *made)
{
    if (!made->block_path) {
        return json_null();
    }
    return json_pack("{s:o, s:o}", "idBlock", cvm_json_text(made->block_path), "idAuth",
                     cvm_json_text(made->auth_path));
}

static void
print_json(const struct made *made)
{
    const struct cvmdom_id_block_options *options = &made->id->options;
    const struct cli_job *job = made->launch->job;
    g_autofree char *policy = cvmdom_policy_format("sev-snp", made->launch->launch.policy, NULL);
    g_autoptr(GString) text = g_string_new(NULL);
    json_t *object = json_pack("{s:i, s:o, s:o, s:o, s:s}", "version", 1, "name",
                               cvm_json_text(cvmdom_domain_name(job->domain)), "document",
                               cvm_json_text(job->profile), "digest",
                               json_hex(made->digest.bytes, made->digest.size), "policy", policy);

    json_object_set_new(object, "familyId", json_hex(options->family_id, CVMDOM_ID_SIZE));
    json_object_set_new(object, "imageId", json_hex(options->image_id, CVMDOM_ID_SIZE));
    json_object_set_new(object, "svn", json_integer(options->svn));
    json_object_set_new(object, "idKeyDigest",
                        json_hex(made->id->key_digest, CVMDOM_KEY_DIGEST_SIZE));
    json_object_set_new(object, "authorKeyDigest",
                        made->id->author ? json_hex(made->id->author_digest, CVMDOM_KEY_DIGEST_SIZE)
                                         : json_null());
    json_object_set_new(object, "authorKey", json_boolean(made->id->author != NULL));
    json_object_set_new(object, "idBlock", json_string(made->block));
    json_object_set_new(object, "idAuth", json_string(made->auth));
    json_object_set_new(object, "files", describe_files(made));
    cvm_json_write(object, text);
    fputs(text->str, stdout);
}

/* ---- the command ---- */

static int
make(const struct idblock_options *options, const struct cli_launch *launch,
     const struct cli_id *id)
{
    struct made made = { .options = options, .launch = launch, .id = id };
    int status = cli_id_sign(id, launch, &made.digest, &made.id_block);

    if (status != CLI_CLEAN) {
        return status;
    }
    made.block = g_base64_encode(made.id_block.block, sizeof(made.id_block.block));
    made.auth = g_base64_encode(made.id_block.auth, sizeof(made.id_block.auth));
    status = write_files(&made);
    if (status == CLI_CLEAN && g_strcmp0(options->format, "json") == 0) {
        print_json(&made);
    } else if (status == CLI_CLEAN) {
        print_text(&made);
    }
    g_free(made.block);
    g_free(made.auth);
    g_free(made.block_path);
    g_free(made.auth_path);
    return status;
}

static int
read_and_make(const struct idblock_options *options, const char *path, const struct cli_id *id)
{
    struct cli_launches launches;
    int status =
        cli_launches_read(&cli_idblock, &options->launch, path, CLI_LAUNCH_ID_BLOCK, &launches);

    if (launches.jobs.jobs->len > 0) {
        const struct cli_launch *launch = cli_launches_only(&cli_idblock, &launches);

        if (launch) {
            cli_worsen(&status, make(options, launch, id));
        } else if (launches.jobs.jobs->len > 1) {
            status = CLI_USAGE;
        } else {
            cli_say(_("'%s' is given no ID block while there are errors"),
                    cli_job_title(cli_jobs_at(&launches.jobs, 0)));
        }
    }
    cli_launches_clear(&launches);
    return status;
}

static int
run(const void *data, const char *const *operands)
{
    const struct idblock_options *options = data;
    struct cli_id id;
    int status;

    if (!options->id.id_key) {
        return cli_usage(&cli_idblock, _("'%1$s' needs '%2$s'"), "idblock", "--id-key");
    }
    status = cli_id_init(&cli_idblock, &options->id, &id);
    if (status == CLI_CLEAN) {
        status = read_and_make(options, operands[0], &id);
    }
    cli_id_clear(&id);
    return status;
}

const struct cli_command cli_idblock = {
    .name = "idblock",
    .operands = "PROFILE|DOMAIN.xml",
    .values = CLI_FILE,
    .least = 1,
    .most = 1,
    .summary = N_("Make and sign the ID block of a SEV-SNP guest."),
    .description =
        N_("The launch digest is computed as 'cvmdom measure' does it, and signed together with "
           "the guest's policy: the processor then refuses to start anything else under this ID "
           "block. Printed are the lines for the profile, and what the attestation report will "
           "say. An ID block that the document has already is passed over."),
    .options = options_table,
    .size = sizeof(struct idblock_options),
    .run = run,
};
