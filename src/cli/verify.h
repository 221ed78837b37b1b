/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The two halves of 'verify': what LAUNCH_MEASURE answered for a SEV or SEV-ES guest, and the
 * attestation report of a SEV-SNP guest. */
#ifndef CVM_CLI_VERIFY_H
#define CVM_CLI_VERIFY_H

#include <jansson.h>

#include "cli/launch.h"
#include "cli/virt.h"

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

/* How the work of others ended, which enum cli_status says. */
int
verify_status_of(int status);

/* What is judged, and how the verdict is written. */
struct verify_context {
    const struct cli_command *command;
    const struct cli_launch *launch; /* read with CLI_LAUNCH_FIRMWARE */
    const char *host;                /* of --host; NULL */
    const char *firmware_root;       /* where the host's images are; NULL: here */
    const GPtrArray *try_firmware;   /* paths of other images that may explain a difference */
    gboolean insecure;               /* doubts are only mentioned */
    gboolean json, quiet;
};

/* ---- verify_common.c ---- */

/* A doubt ends it, with VERIFY_INSECURE; with --insecure it is only mentioned. */
int
verify_doubt(const struct verify_context *context, const char *text);
/* Doubts where a guest that is as asked for would be worth little. */
int
verify_check_worth(const struct verify_context *context);
/* Images that the user names have to be there; of those that the host is said to have, the ones
 * that are here, too, will do. The list is of cvmdom_firmware, and gets a NULL at its end. Returns
 * an enum verify_status. */
int
verify_read_images(const struct verify_context *context, GPtrArray *images);

/* A list of explanations, to g_ptr_array_unref(). */
GPtrArray *
verify_explanations_new(void);
/* A cvmdom_explanation_fn that adds to the list. */
void
verify_explanations_keep(const struct cvmdom_explanation *explanation, void *list);
void
verify_explanations_print(const GPtrArray *list);
json_t *
verify_explanations_describe(const GPtrArray *list);

/* ---- what LAUNCH_MEASURE answered ---- */

/* What the command line says of a measurement, and where it is to be had. */
struct verify_launch_options {
    const char *measurement;
    const char *api_major, *api_minor, *build_id;
    const char *tik, *tek, *tk;
    struct cli_connect_options connect;
    const char *domain;
    GPtrArray *try_firmware;
    gboolean insecure, ignore_config;
};

/* Their rows, for the member of the command's options that is a struct verify_launch_options. */
#define VERIFY_LAUNCH_ROWS(type, member)                                                           \
    { .name = "measurement",                                                                       \
      .letter = 'm',                                                                               \
      .argument = "BASE64",                                                                        \
      .offset = offsetof(type, member.measurement),                                                \
      .help = N_("the measurement of the guest's launch: sev-measurement of virsh "                \
                 "domlaunchsecinfo") },                                                            \
        { .name = "api-major",                                                                     \
          .argument = "N",                                                                         \
          .offset = offsetof(type, member.api_major),                                              \
          .help = N_("the SEV firmware's version as reported beside it, decimal or 0x…") },        \
        { .name = "api-minor",                                                                     \
          .argument = "N",                                                                         \
          .offset = offsetof(type, member.api_minor),                                              \
          .help = N_("the version's second number") },                                             \
        { .name = "build-id",                                                                      \
          .argument = "N",                                                                         \
          .offset = offsetof(type, member.build_id),                                               \
          .help = N_("the SEV firmware's build") },                                                \
        { .name = "tik",                                                                           \
          .argument = "FILE",                                                                      \
          .values = CLI_FILE,                                                                      \
          .offset = offsetof(type, member.tik),                                                    \
          .help = N_("the session's integrity key, 16 bytes") },                                   \
        { .name = "tek",                                                                           \
          .argument = "FILE",                                                                      \
          .values = CLI_FILE,                                                                      \
          .offset = offsetof(type, member.tek),                                                    \
          .help = N_("the session's encryption key, 16 bytes") },                                  \
        { .name = "tk",                                                                            \
          .argument = "FILE",                                                                      \
          .values = CLI_FILE,                                                                      \
          .offset = offsetof(type, member.tk),                                                     \
          .help = N_("both in one file instead, 32 bytes: TEK, then TIK") },                       \
        CLI_CONNECT_ROWS(type, member.connect),                                                    \
        { .name = "domain",                                                                        \
          .argument = "NAME",                                                                      \
          .offset = offsetof(type, member.domain),                                                 \
          .help = N_("with --connect: the domain that runs the guest; by default the "             \
                     "document's name") },                                                         \
        { .name = "insecure",                                                                      \
          .letter = 'i',                                                                           \
          .offset = offsetof(type, member.insecure),                                               \
          .help = N_("go on where a measurement that matches would prove little") },               \
        { .name = "ignore-config",                                                                 \
          .letter = 'g',                                                                           \
          .offset = offsetof(type, member.ignore_config),                                          \
          .help = N_("with --connect: do not look at what libvirt says of the domain") },          \
    {                                                                                              \
        .name = "try-firmware", .argument = "FILE", .values = CLI_FILE, .many = TRUE,              \
        .offset = offsetof(type, member.try_firmware),                                             \
        .help = N_("an image that may explain a measurement that differs; may be repeated")        \
    }

/* FALSE, and the mistake explained, for options that cannot be meant. */
gboolean
verify_launch_check(const struct cli_command *command, const struct verify_launch_options *options);
/* What a measurement that matches was judged by; the keys are to be cleared. */
struct verify_proof {
    struct cvmdom_measurement measurement;
    struct cvmdom_launch_keys keys;
};
/* verify_launch.c: judges the measurement, and prints the verdict. Returns an enum verify_status.
 * For who goes on with a guest that is verified, proof receives what to go on with, and the verdict
 * is printed only of one that is not; NULL: nobody does. */
int
verify_launch(const struct verify_context *context, const struct verify_launch_options *options,
              struct verify_proof *proof);

/* What was reported of a launch. */
struct verify_reported {
    char *measurement; /* base64, to g_free(); NULL: nothing */
    gboolean has_policy;
    unsigned api_major, api_minor, build_id;
    uint64_t policy;
};

/* verify_live.c: asks the libvirt of --connect, and judges what it says of the domain and its
 * state. Returns an enum verify_status; what it could not do it has said. */
int
verify_live(const struct verify_context *context, const struct verify_launch_options *options,
            struct verify_reported *reported);

/* ---- attestation reports ---- */

/* What the command line says of a report. */
struct verify_report_options {
    const char *report;
    const char *vcek;
    const char *ca;
    const char *ark;
    const char *vmpl;
    const char *report_data;
    const char *least_tcb;
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
          .argument = "SHA256",                                                                    \
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
        { .name = "least-tcb",                                                                     \
          .argument = "PART=N,…",                                                                  \
          .offset = offsetof(type, member.least_tcb),                                              \
          .help = N_("the least versions of the platform's firmware and microcode: "               \
                     "snp=8,microcode=115") },                                                     \
    {                                                                                              \
        .name = "fields-only", .offset = offsetof(type, member.fields_only),                       \
        .help = N_("compare the fields of a report that nobody vouches for")                       \
    }

/* FALSE, and the mistake explained, for options that cannot be meant. */
gboolean
verify_report_check(const struct cli_command *command, const struct verify_report_options *options);
/* verify_report.c: judges the report, and prints the verdict. Returns an enum verify_status. */
int
verify_report(const struct verify_context *context, const struct verify_report_options *options);

#endif
