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

/* The same, understood. What nobody said is NULL or not has_…. */
struct cli_launch_override {
    const struct cli_launch_options *options;
    gboolean has_vcpus, has_signature, has_features, has_vars_size;
    uint64_t vcpus, features, vars_size;
    uint32_t signature;
};

/* launch_options.c: CLI_USAGE, and the mistake explained, for what nobody can mean. */
int
cli_launch_override_parse(const struct cli_command *command,
                          const struct cli_launch_options *options,
                          struct cli_launch_override *override);
/* Puts it over what the document says; texts stay borrowed from the options. */
void
cli_launch_override_apply(const struct cli_launch_override *override, struct cvmdom_launch *launch);

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
        { .name = "firmware",                                                                      \
          .letter = 'F',                                                                           \
          .argument = "FILE",                                                                      \
          .values = CLI_FILE,                                                                      \
          .offset = offsetof(type, member.firmware),                                               \
          .help = N_("measure this image instead of the one that is named") },                     \
        { .name = "kernel",                                                                        \
          .argument = "FILE",                                                                      \
          .values = CLI_FILE,                                                                      \
          .offset = offsetof(type, member.kernel),                                                 \
          .help = N_("the kernel; an empty name is none") },                                       \
        { .name = "initrd",                                                                        \
          .argument = "FILE",                                                                      \
          .values = CLI_FILE,                                                                      \
          .offset = offsetof(type, member.initrd),                                                 \
          .help = N_("the initrd; an empty name is none") },                                       \
        { .name = "cmdline",                                                                       \
          .argument = "TEXT",                                                                      \
          .offset = offsetof(type, member.cmdline),                                                \
          .help = N_("the kernel's command line, exactly as QEMU gets it") },                      \
        { .name = "kernel-hashes",                                                                 \
          .argument = "WHETHER",                                                                   \
          .values = CLI_YES_NO,                                                                    \
          .offset = offsetof(type, member.kernel_hashes),                                          \
          .help = N_("whether kernel, initrd and command line are measured") },                    \
        { .name = "vcpus",                                                                         \
          .argument = "N",                                                                         \
          .offset = offsetof(type, member.vcpus),                                                  \
          .help = N_("the number of vCPUs that are there at the start") },                         \
        { .name = "cpu",                                                                           \
          .argument = "MODEL",                                                                     \
          .offset = offsetof(type, member.cpu),                                                    \
          .help = N_("the CPU model: EPYC-Milan, or a version of it") },                           \
        { .name = "cpu-signature",                                                                 \
          .argument = "NUMBER",                                                                    \
          .offset = offsetof(type, member.cpu_signature),                                          \
          .help = N_("the CPU's signature: 0x00a00f11, or FAMILY,MODEL,STEPPING: 25,1,1") },       \
        { .name = "policy",                                                                        \
          .argument = "VALUE|NAMES",                                                               \
          .offset = offsetof(type, member.policy),                                                 \
          .help = N_("the guest policy: a number, or names as 'cvmdom policy' takes them") },      \
        { .name = "features",                                                                      \
          .argument = "NUMBER",                                                                    \
          .offset = offsetof(type, member.features),                                               \
          .help = N_("SEV_FEATURES of the vCPUs: 0x21 where the host's kernel adds DebugSwap") },  \
        { .name = "vmsa",                                                                          \
          .argument = "FORM",                                                                      \
          .values = CLI_VMSA,                                                                      \
          .offset = offsetof(type, member.vmsa),                                                   \
          .help = N_("the form of a vCPU's first state (VMSA); by default legacy for SEV-ES, fpu " \
                     "for SEV-SNP") },                                                             \
        { .name = "vmm",                                                                           \
          .argument = "VMM",                                                                       \
          .values = CLI_VMM,                                                                       \
          .offset = offsetof(type, member.vmm),                                                    \
          .help = N_("who starts the guest; by default qemu") },                                   \
        { .name = "svsm",                                                                          \
          .argument = "FILE",                                                                      \
          .values = CLI_FILE,                                                                      \
          .offset = offsetof(type, member.svsm),                                                   \
          .help = N_("the image of the Secure VM Service Module") },                               \
    {                                                                                              \
        .name = "vars-size", .argument = "BYTES", .offset = offsetof(type, member.vars_size),      \
        .help = N_("with --svsm: bytes for variables between it and the firmware")                 \
    }

struct cli_launch {
    const struct cli_job *job;
    struct cvmdom_launch launch; /* with what the command line says instead */
    cvmdom_firmware *firmware;   /* its image; NULL: it was not asked for */
    char *path;                  /* of an image below --firmware-root; launch has it */
};

struct cli_launches {
    struct cli_hosts hosts;
    struct cli_jobs jobs;
    GArray *launches; /* of struct cli_launch: those that nothing of severity error was found in */
};

enum cli_launch_need {
    CLI_LAUNCH_POLICY,   /* only what the document itself says */
    CLI_LAUNCH_FIRMWARE, /* all that is measured, and the rules CVM8nn */
    CLI_LAUNCH_ID_BLOCK  /* the same for a new ID block: the document's own is passed over */
};

/* The launch of a guest that was judged; it is refused where that finds an error. To be cleared in
 * any case. */
void
cli_launch_take(struct cli_jobs *jobs, struct cli_job *job,
                const struct cli_launch_override *override, enum cli_launch_need need,
                struct cli_launch *launch);
void
cli_launch_clear(struct cli_launch *launch);

/* Reads, judges and reports. A profile is judged for a host, XML for the one that is given. Returns
 * the enum cli_status; a refused guest is not among the launches. The struct is to be cleared in
 * any case. */
int
cli_launches_read_all(const struct cli_command *command, const struct cli_launch_options *options,
                      const char *const *paths, enum cli_launch_need need,
                      struct cli_launches *launches);
/* The same of one document. */
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
