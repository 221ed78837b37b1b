/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What commands that make ID blocks share: the keys, and what is signed with them. */
#ifndef CVM_CLI_ID_BLOCK_H
#define CVM_CLI_ID_BLOCK_H

#include "cli/launch.h"

struct cli_id_options {
    const char *id_key, *author_key;
    const char *family_id, *image_id, *svn;
};

/* Their rows, for the member of a command's options that is a struct cli_id_options. */
#define CLI_ID_ROWS(type, member, id_key_help)                                                     \
    { .name = "id-key",                                                                            \
      .argument = "FILE",                                                                          \
      .values = CLI_FILE,                                                                          \
      .offset = offsetof(type, member.id_key),                                                     \
      .help = (id_key_help) },                                                                     \
        { .name = "author-key",                                                                    \
          .argument = "FILE",                                                                      \
          .values = CLI_FILE,                                                                      \
          .offset = offsetof(type, member.author_key),                                             \
          .help = N_("sign the ID key with the author's private key in FILE") },                   \
        { .name = "family-id",                                                                     \
          .argument = "ID",                                                                        \
          .offset = offsetof(type, member.family_id),                                              \
          .help = N_("the ID block's family: 32 hexadecimal digits, or a text of at most 16 "      \
                     "bytes") },                                                                   \
        { .name = "image-id",                                                                      \
          .argument = "ID",                                                                        \
          .offset = offsetof(type, member.image_id),                                               \
          .help = N_("the ID block's image, likewise") },                                          \
    {                                                                                              \
        .name = "svn", .argument = "N", .offset = offsetof(type, member.svn),                      \
        .help = N_("the guest's security version number in the ID block; by default 0")            \
    }

struct cli_id {
    const struct cli_attest *attest; /* NULL: no key was given */
    cvmdom_id_key *key, *author;     /* author may be NULL */
    unsigned char key_digest[CVMDOM_KEY_DIGEST_SIZE], author_digest[CVMDOM_KEY_DIGEST_SIZE];
    struct cvmdom_id_block_options options; /* but for the policy */
};

/* Reads the keys, and loads what that takes, if there are any. Returns the enum cli_status; what is
 * wrong is said. To be cleared in any case. */
int
cli_id_init(const struct cli_command *command, const struct cli_id_options *options,
            struct cli_id *id);
void
cli_id_clear(struct cli_id *id);
/* The ID block of a launch; CLI_UNREADABLE, and said why, where there can be none. */
int
cli_id_sign(const struct cli_id *id, const struct cli_launch *launch, struct cvmdom_digest *digest,
            struct cvmdom_id_block *id_block);
/* Measures and signs a guest that was judged for one of these hosts, and puts the ID block into it.
 * Where that fails it is refused. */
void
cli_id_put(const struct cli_id *id, struct cli_jobs *jobs, struct cli_job *job,
           const struct cli_hosts *hosts);

/* id_lint.c: judges the ID block of a domain, if it has one (CVM809), as the configuration says;
 * where firmware is to be read below a root, that it is for this launch, too. Where
 * libcvmdom-attest is missing the rule is noted as not run. */
int
cli_id_lint(cvmdom_config *config, const char *root, const cvmdom_domain *domain,
            const cvmdom_host *host, cvmdom_findings *findings);

#endif
