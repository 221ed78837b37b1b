/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The two halves of 'verify': what LAUNCH_MEASURE answered for a SEV or SEV-ES guest, and the
 * attestation report of a SEV-SNP guest. */
#ifndef CVM_CLI_VERIFY_H
#define CVM_CLI_VERIFY_H

#include "cli/launch.h"

/* The exit status of 'verify', which is virt-qemu-sev-validate's and not that of the other
 * commands: enum cli_status has other numbers for the same things. */
enum verify_status {
    VERIFY_MATCHES = 0,
    VERIFY_DIFFERS = 1,
    VERIFY_USAGE = 2,
    VERIFY_INSECURE = 3,
    VERIFY_CONFIGURATION = 4,
    VERIFY_STATE = 5,
    VERIFY_FAILED = 6,
};

/* What the command line says of a report. */
struct verify_report_options {
    const char *report;
    const char *vcek;
    const char *ca;
    const char *ark;
    const char *vmpl;
    const char *report_data;
    gboolean fields_only; /* nobody's signature is verified */
};

/* Their rows, for the member of the command's options that is a struct verify_report_options. */
#define VERIFY_REPORT_ROWS(type, member)                                                           \
    { .name = "report",                                                                            \
      .argument = "FILE",                                                                          \
      .values = CLI_FILE,                                                                          \
      .offset = offsetof(type, member.report),                                                     \
      .help = N_("the attestation report of a SEV-SNP guest") },                                   \
        { .name = "vcek",                                                                          \
          .argument = "FILE",                                                                      \
          .values = CLI_FILE,                                                                      \
          .offset = offsetof(type, member.vcek),                                                   \
          .help = N_("the certificate of the key that signed the report, a VCEK or VLEK") },       \
        { .name = "ca",                                                                            \
          .argument = "FILE",                                                                      \
          .values = CLI_FILE,                                                                      \
          .offset = offsetof(type, member.ca),                                                     \
          .help = N_("AMD's certificates behind it, ASK (or ASVK) and ARK") },                     \
        { .name = "ark",                                                                           \
          .argument = "HEX",                                                                       \
          .offset = offsetof(type, member.ark),                                                    \
          .help = N_("the SHA-256 of AMD's root certificate (ARK) to insist on") },                \
        { .name = "vmpl",                                                                          \
          .argument = "N",                                                                         \
          .offset = offsetof(type, member.vmpl),                                                   \
          .help = N_("the VMPL, 0 to 3, that the report must be of") },                            \
        { .name = "report-data",                                                                   \
          .argument = "HEX|@FILE",                                                                 \
          .offset = offsetof(type, member.report_data),                                            \
          .help = N_("the 64 bytes that the guest was asked to put into the report") },            \
    {                                                                                              \
        .name = "fields-only", .offset = offsetof(type, member.fields_only),                       \
        .help = N_("compare the fields of a report that nobody vouches for")                       \
    }

/* verify_report.c: judges the report of a guest that was read with CLI_LAUNCH_FIRMWARE. Prints the
 * verdict, as JSON if so. Returns an enum verify_status. */
int
verify_report(const struct cli_command *command, const struct verify_report_options *options,
              const struct cli_launch *launch, gboolean json);

#endif
