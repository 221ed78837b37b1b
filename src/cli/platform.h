/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The certificates of the platform that a session is made for: from files, and how far they are to
 * be trusted. */
#ifndef CVM_CLI_PLATFORM_H
#define CVM_CLI_PLATFORM_H

#include "cli/attest.h"

struct cli_platform_options {
    const char *pdh;
    const char *chain;
    const char *cek;
    const char *ca;
    const char *ark;
};

#define CLI_PLATFORM_ROWS(type, member)                                                            \
    { .name = "pdh",                                                                               \
      .letter = 'p',                                                                               \
      .argument = "FILE",                                                                          \
      .values = CLI_FILE,                                                                          \
      .offset = offsetof(type, member.pdh),                                                        \
      .help = N_("the platform's PDH, or its chain as 'sevctl export' writes it; binary or "       \
                 "base64") },                                                                      \
        { .name = "chain",                                                                         \
          .argument = "FILE",                                                                      \
          .values = CLI_FILE,                                                                      \
          .offset = offsetof(type, member.chain),                                                  \
          .help = N_("PEK, OCA and CEK, where --pdh has the PDH only: libvirt's cert-chain") },    \
        { .name = "cek",                                                                           \
          .argument = "FILE",                                                                      \
          .values = CLI_FILE,                                                                      \
          .offset = offsetof(type, member.cek),                                                    \
          .help = N_("the CEK as AMD signed it, in place of the chain's") },                       \
        { .name = "ca",                                                                            \
          .argument = "FILE",                                                                      \
          .values = CLI_FILE,                                                                      \
          .offset = offsetof(type, member.ca),                                                     \
          .help = N_("ASK and ARK, as AMD publishes them (ask_ark_*.cert)") },                     \
    {                                                                                              \
        .name = "ark", .argument = "SHA256", .offset = offsetof(type, member.ark),                 \
        .help = N_("the SHA-256 of AMD's root certificate (ARK) to insist on: without it nothing " \
                   "proves that AMD made the platform")                                            \
    }

struct cli_platform {
    GByteArray *chain; /* begins with the PDH */
    GByteArray *ca;    /* NULL: none was given */
};

/* Returns an enum cli_status; the struct is to be cleared in any case. */
int
cli_platform_read(const struct cli_command *command, const struct cli_platform_options *options,
                  struct cli_platform *platform);
void
cli_platform_clear(struct cli_platform *platform);
/* Verifies what was given, prints what holds, and warns of what nothing was given for. Returns an
 * enum cli_status: CLI_FINDINGS for a platform that is not to be trusted. */
int
cli_platform_verify(const struct cli_attest *attest, const struct cli_platform_options *options,
                    const struct cli_platform *platform);

#endif
