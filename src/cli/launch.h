/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the commands of attestation share: a profile or domain XML, and of its guests what their
 * launches measure. */
#ifndef CVM_CLI_LAUNCH_H
#define CVM_CLI_LAUNCH_H

#include "cli/attest.h"
#include "cli/hosts.h"
#include "cli/jobs.h"

/* What the document says, and what the command line says instead. */
struct cli_launch_options {
    const char *host;
    const char *firmware_root;
    GPtrArray *set;
    const char *firmware;
    const char *kernel;
    const char *initrd;
    const char *cmdline;
    const char *kernel_hashes; /* yes | no */
    const char *vcpus;
    const char *cpu;           /* a model of QEMU's */
    const char *cpu_signature; /* a number, or FAMILY,MODEL,STEPPING */
    const char *policy;        /* as 'cvmdom policy' takes it */
    const char *features;
    const char *vmsa; /* legacy | fpu */
    const char *vmm;  /* qemu | ec2 | gce | svsm */
    const char *svsm;
    const char *vars_size;
};

/* Their rows, for the member of a command's options that is a struct cli_launch_options. */
#define CLI_LAUNCH_HOST_ROWS(type, member)                                                         \
    { .name = "host",                                                                              \
      .letter = 'H',                                                                               \
      .argument = "HOST",                                                                          \
      .values = CLI_HOST,                                                                          \
      .offset = offsetof(type, member.host),                                                       \
      .help = N_("the machine it is to run on: a recorded host, a bundled host's name, or a "      \
                 "libvirt URI") },                                                                 \
        CLI_FIRMWARE_ROOT_ROW(type, member.firmware_root), CLI_SET_ROW(type, member.set)
#define CLI_LAUNCH_ROWS(type, member)                                                              \
    CLI_LAUNCH_HOST_ROWS(type, member),                                                            \
    {                                                                                              \
        .name = "firmware", .letter = 'F', .argument = "FILE", .values = CLI_FILE,                 \
        .offset = offsetof(type, member.firmware),                                                 \
        .help = N_("measure this image instead of the one that is named")                          \
    }

struct cli_launch {
    const struct cli_job *job;
    struct cvmdom_launch launch; /* with what the command line says instead */
    cvmdom_firmware *firmware;   /* its image; NULL: none is named, or it could not be read */
};

struct cli_launches {
    struct cli_hosts hosts;
    struct cli_jobs jobs;
    GArray *launches; /* of struct cli_launch: those that nothing of severity error was found in */
};

enum cli_launch_need {
    CLI_LAUNCH_POLICY,  /* only what the document itself says */
    CLI_LAUNCH_FIRMWARE /* all that is measured, and the rules CVM8nn */
};

/* Reads, judges and reports. Returns the enum cli_status; a refused guest is not among the
 * launches. The struct is to be cleared in any case. */
int
cli_launches_read(const struct cli_command *command, const struct cli_launch_options *options,
                  const char *path, enum cli_launch_need need, struct cli_launches *launches);
void
cli_launches_clear(struct cli_launches *launches);
/* The one guest of a document that was read; NULL, and the mistake explained, when it describes
 * several. */
struct cli_launch *
cli_launches_only(const struct cli_command *command, const struct cli_launches *launches);

#endif
