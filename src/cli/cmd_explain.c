/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a rule, a number or a message means; why the guest whose log this is did not start; and what
 * a guest needs inside. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/explain.h"
#include "cvmdom/readiness.h"
#include "util/number.h"

struct explain_options {
    const char *log;
    gboolean list;
    struct cli_guest_options guests;
    const char *color;
};

static const struct cli_option options_table[] = {
    { .name = "log",
      .letter = 'l',
      .argument = "FILE",
      .values = CLI_FILE,
      .offset = offsetof(struct explain_options, log),
      .help = N_("say why the guest whose log this is did not start; '-' is standard input") },
    { .name = "list",
      .offset = offsetof(struct explain_options, list),
      .help = N_("list what can be explained, one a line") },
    { .name = "guest",
      .letter = 'g',
      .argument = "PROFILE",
      .values = CLI_FILE,
      .many = TRUE,
      .offset = offsetof(struct explain_options, guests.guest),
      .help = N_("say what the guest of this profile or domain XML needs inside: its kernel, its "
                 "command line, how to see that it is protected; may be repeated, and operands "
                 "are then such files, too") },
    { .name = "host",
      .letter = 'H',
      .argument = "HOST",
      .values = CLI_HOST,
      .offset = offsetof(struct explain_options, guests.host),
      .help = N_("with --guest, the machine it is to run on; as for 'render'") },
    CLI_FIRMWARE_ROOT_ROW(struct explain_options, guests.firmware_root),
    CLI_SET_ROW(struct explain_options, guests.set),
    { .name = "format",
      .letter = 'f',
      .argument = "FORMAT",
      .values = CLI_DESCRIPTION,
      .offset = offsetof(struct explain_options, guests.format),
      .help = N_("with --guest, how to print it; by default text") },
    { .name = "color",
      .argument = "WHEN",
      .values = CLI_COLOUR,
      .offset = offsetof(struct explain_options, color),
      .help = N_("when to set off headings; by default on a terminal") },
    { 0 },
};

static int
explain_log(const char *path, gboolean colour)
{
    cvmdom_error *error = NULL;
    cvmdom_diagnosis *diagnosis = cvmdom_log_read(path, &error);
    int status;

    if (!diagnosis) {
        return cli_fail(error);
    }
    status = cli_explain_diagnosis(diagnosis, path, colour);
    cvmdom_diagnosis_free(diagnosis);
    return status;
}

static int
print_list(void)
{
    struct cvmdom_rule rule;
    struct cvmdom_firmware_code code;
    struct cvmdom_errno error;
    struct cvmdom_check_info check;
    struct cvmdom_message message;

    for (size_t i = 0; cvmdom_rule_at(i, &rule) == 0; i++) {
        printf("rule      %s  %s\n", rule.id, rule.name);
    }
    for (size_t i = 0; cvmdom_firmware_code_at(i, &code) == 0; i++) {
        printf("fw_error  %d  %s\n", code.code, code.name);
    }
    for (size_t i = 0; cvmdom_errno_at(i, &error) == 0; i++) {
        printf("ret       -%d  %s\n", error.number, error.name);
    }
    for (size_t i = 0; cvmdom_check_info_at(i, &check) == 0; i++) {
        printf("check     %s  %s\n", check.id, check.title);
    }
    for (size_t i = 0; cvmdom_message_at(i, &message) == 0; i++) {
        for (size_t j = 0; message.patterns[j]; j++) {
            printf("message   %s  %s\n", message.id, message.patterns[j]);
        }
    }
    return CLI_CLEAN;
}

/* "207" is CVM207: no return code is that large. */
static gboolean
explain_rule_number(const char *text, gboolean colour)
{
    g_autofree char *id = g_strdup_printf("CVM%s", text);
    uint64_t number;

    if (!cvm_number_parse_decimal(text, &number) || number < 100 || !cli_explain_rule(id, colour)) {
        return FALSE;
    }
    cli_say(_("'%1$s' was taken for the rule %2$s"), text, id);
    return TRUE;
}

/* A message and a check may have the same name. */
static gboolean
explain_name(const char *text)
{
    gboolean is_message = cli_explain_message(text);

    return cli_explain_check(text) || is_message;
}

static int
explain_text(const char *text, gboolean colour)
{
    cvmdom_diagnosis *diagnosis = cvmdom_log_diagnose(text, strlen(text));
    gboolean known = cvmdom_diagnosis_message(diagnosis) != NULL;
    int status = CLI_USAGE;

    if (known || strchr(text, ' ')) {
        status = cli_explain_diagnosis(diagnosis, NULL, colour);
    } else {
        cli_word_check(CLI_TOPIC, NULL, text);
    }
    cvmdom_diagnosis_free(diagnosis);
    return status;
}

/* One of four things is asked for, and what belongs to one of them is not said of another. */
static int
check_usage(const struct explain_options *options, gboolean topic)
{
    const struct cli_guest_options *guests = &options->guests;
    unsigned asked =
        (options->list ? 1 : 0) + (options->log ? 1 : 0) + (guests->guest || topic ? 1 : 0);

    if (asked != 1) {
        return cli_usage(&cli_explain, _("'explain' takes either TOPIC, --log, --list or --guest"));
    }
    if (!guests->guest &&
        (guests->host || guests->firmware_root || guests->set || guests->format)) {
        return cli_usage(&cli_explain,
                         _("--host, --firmware-root, --set and --format are for --guest"));
    }
    return CLI_CLEAN;
}

static int
run(const void *data, const char *const *operands)
{
    const struct explain_options *options = data;
    gboolean colour = cli_colour(options->color, STDOUT_FILENO);
    g_autofree char *text = g_strjoinv(" ", (char **)operands);
    int usage = check_usage(options, *operands != NULL);

    if (usage != CLI_CLEAN) {
        return usage;
    }
    if (options->guests.guest) {
        return cli_explain_guests(&options->guests, operands, colour);
    }
    if (options->list) {
        return print_list();
    }
    if (options->log) {
        return explain_log(options->log, colour);
    }
    g_strstrip(text);
    if (cli_explain_rule(text, colour) || explain_rule_number(text, colour) ||
        cli_explain_code(text) || explain_name(text)) {
        return CLI_CLEAN;
    }
    return explain_text(text, colour);
}

const struct cli_command cli_explain = {
    .name = "explain",
    .operands = "TOPIC…",
    .values = CLI_TOPIC,
    .most = G_MAXUINT,
    .summary = N_("Explain a rule, a return code or a message, why a guest did not start, or what "
                  "it needs inside."),
    .description =
        N_("TOPIC is a rule (CVM207, policy-debug-allowed), a return code of the SEV firmware (7, "
           "0x7, POLICY_FAILURE, fw_error=7), an error of the kernel (EINVAL, ret=-22), a check "
           "of 'host check' (kvm-amd-sev), or a message of libvirt, QEMU or the kernel; its words "
           "need no quotes. Exit status: 0 explained, 1 nothing known in the log or message, or "
           "errors in a profile, 2 a file could not be read, 3 wrong usage."),
    .options = options_table,
    .size = sizeof(struct explain_options),
    .run = run,
};
