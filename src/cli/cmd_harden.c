/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Somebody's domain XML in, the same with the smallest change that satisfies the rules out. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cli/cmd.h"
#include "cli/control.h"
#include "cli/hosts.h"
#include "util/file.h"

struct harden_options {
    const char *type;
    const char *host;
    const char *firmware_root;
    const char *output;
    gboolean in_place;
    gboolean diff;
    struct cli_control_options control;
};

static const struct cli_option options_table[] = {
    { .name = "type",
      .letter = 't',
      .argument = "TYPE",
      .values = CLI_GUEST,
      .offset = offsetof(struct harden_options, type),
      .help = N_("make it a guest of this type, even an ordinary one") },
    { .name = "host",
      .letter = 'H',
      .argument = "HOST",
      .values = CLI_HOST,
      .offset = offsetof(struct harden_options, host),
      .help = N_("the machine it is to run on: a recorded host, the output of 'virsh "
                 "domcapabilities', a bundled host's name, or a libvirt URI like "
                 "qemu:///system") },
    CLI_FIRMWARE_ROOT_ROW(struct harden_options, firmware_root),
    { .name = "output",
      .letter = 'o',
      .argument = "FILE",
      .values = CLI_FILE,
      .offset = offsetof(struct harden_options, output),
      .help = N_("write to FILE, whole or not at all") },
    { .name = "in-place",
      .letter = 'i',
      .offset = offsetof(struct harden_options, in_place),
      .help = N_("write to the file itself, whole or not at all") },
    { .name = "diff",
      .letter = 'd',
      .offset = offsetof(struct harden_options, diff),
      .help = N_("write the changes as a unified diff, not the document") },
    CLI_CONTROL_ROWS(struct harden_options, control,
                     N_("exit with 1 from this severity on; by default error")),
    { 0 },
};

/* "db.xml:12: warning: …" and below it what came of it. */
static void
print_outcome(const char *file, unsigned line, int severity, const char *why, const char *rule,
              const char *outcome)
{
    g_autofree char *place = line ? g_strdup_printf("%s:%u", file, line) : g_strdup(file);
    g_autofree char *mark = rule ? g_strdup_printf(" [%s]", rule) : g_strdup("");
    g_autofree char *head =
        rule ? g_strdup_printf("%s: %s: %s%s", place, cli_severity_name(severity), why, mark)
             : g_strdup_printf("%s: %s", place, why);

    cli_print(head);
    cli_print(outcome);
}

static size_t
print_changes(const cvmdom_hardening *hardening, const char *file)
{
    struct cvmdom_change change;
    size_t count = 0;

    for (; cvmdom_hardening_change_at(hardening, count, &change) == 0; count++) {
        g_autofree char *outcome = g_strdup_printf(_("  changed: %s"), change.done);

        print_outcome(file, change.line, change.severity, change.why, change.rule, outcome);
    }
    return count;
}

static size_t
print_left(const cvmdom_hardening *hardening)
{
    const cvmdom_findings *left = cvmdom_hardening_left(hardening);
    size_t count = 0;

    for (size_t i = 0; i < cvmdom_findings_count(left); i++) {
        const char *reason = cvmdom_hardening_reason(hardening, i);

        if (reason) {
            g_autofree char *outcome = g_strdup_printf(_("  left: %s"), reason);

            print_outcome(cvmdom_finding_file(left, i), cvmdom_finding_line(left, i),
                          cvmdom_finding_severity(left, i), cvmdom_finding_message(left, i),
                          cvmdom_finding_rule(left, i), outcome);
            count++;
        }
    }
    return count;
}

static void
print_summary(const char *file, size_t changed, size_t left, size_t errors)
{
    if (left > 0) {
        cli_say(_("%1$s: %2$zu changed, %3$zu left, %4$zu of them errors; lines of what is left "
                  "are those of the new document"),
                file, changed, left, errors);
    } else if (changed > 0) {
        cli_say(_("%1$s: %2$zu changed, nothing left"), file, changed);
    }
}

static int
write_text(const struct harden_options *options, const char *file, const char *text, size_t size)
{
    const char *output = options->in_place ? file : options->output;
    g_autoptr(GError) error = NULL;

    if (output && !g_str_equal(output, "-")) {
        if (cvm_file_write(output, text, size, &error) == 0) {
            return CLI_CLEAN;
        }
        cli_say("%s", error->message);
        return CLI_UNREADABLE;
    }
    return fwrite(text, 1, size, stdout) == size ? CLI_CLEAN : CLI_UNREADABLE;
}

static int
write_result(const struct harden_options *options, const char *file,
             const cvmdom_hardening *hardening, gboolean changed)
{
    g_autofree char *diff = NULL;
    const char *text;
    size_t size;

    if (options->in_place && !changed) {
        return CLI_CLEAN; /* its time of change stays, too */
    }
    if (options->diff) {
        diff = cvmdom_hardening_diff(hardening, &size);
        return write_text(options, file, diff, size);
    }
    text = cvmdom_hardening_text(hardening, &size);
    return write_text(options, file, text, size);
}

static int
harden(const struct harden_options *options, const char *file, const cvmdom_host *host,
       cvmdom_config *config)
{
    cvmdom_error *error = NULL;
    cvmdom_hardening *hardening = cvmdom_hardening_read(file, options->type, host, config, &error);
    const cvmdom_findings *findings;
    size_t changed, left;
    int status;

    if (!hardening) {
        return cli_fail(error);
    }
    findings = cvmdom_hardening_left(hardening);
    status = cvmdom_findings_failing(findings) > 0 ? CLI_FINDINGS : CLI_CLEAN;
    changed = print_changes(hardening, file);
    left = print_left(hardening);
    print_summary(file, changed, left, cvmdom_findings_count_from(findings, CVMDOM_SEVERE));
    cli_worsen(&status, write_result(options, file, hardening, changed > 0));
    cvmdom_hardening_free(hardening);
    return status;
}

/* With the host and the rules that a .cvmdom.yaml says, as lint. */
static int
harden_for_host(const struct harden_options *options, const char *file, struct cli_control *control)
{
    struct cli_hosts hosts;
    int status = cli_hosts_init(&hosts, options->host, options->firmware_root);
    const cvmdom_host *host;

    if (status == CLI_CLEAN) {
        host = cli_hosts_for(&hosts, NULL, cvmdom_config_host(control->config),
                             cvmdom_config_file(control->config));
        status = hosts.status == CLI_CLEAN ? harden(options, file, host, control->config) : 0;
    }
    cli_worsen(&status, hosts.status);
    cli_hosts_clear(&hosts);
    return status;
}

static int
check_options(const struct harden_options *options, const char *file)
{
    if (options->in_place && g_str_equal(file, "-")) {
        return cli_usage(&cli_harden, _("standard input cannot be written in place: use -o FILE"));
    }
    if (options->in_place && options->output) {
        return cli_usage(&cli_harden, _("use either --in-place or --output"));
    }
    if (options->in_place && options->diff) {
        return cli_usage(&cli_harden, _("use either --in-place or --diff"));
    }
    return CLI_CLEAN;
}

static int
run(const void *data, const char *const *operands)
{
    const struct harden_options *options = data;
    struct cli_control control;
    cvmdom_findings *unread = cvmdom_findings_new();
    int status = check_options(options, operands[0]);

    if (status != CLI_CLEAN) {
        cvmdom_findings_free(unread);
        return status;
    }
    status = cli_control_init(&control, &cli_harden, &options->control);
    if (status == CLI_CLEAN) {
        status = cli_control_enter(&control, operands[0], unread);
    }
    if (status == CLI_CLEAN) {
        status = harden_for_host(options, operands[0], &control);
    }
    cli_control_clear(&control);
    cvmdom_findings_free(unread);
    return status;
}

const struct cli_command cli_harden = {
    .name = "harden",
    .operands = "DOMAIN.xml",
    .values = CLI_FILE,
    .least = 1,
    .most = 1,
    .summary = N_("Change a domain XML as little as it takes to satisfy the rules."),
    .description =
        N_("What a rule finds is repaired where there is one right answer; the rest is left, and "
           "standard error says why. All else stays as it is, byte for byte. The document is "
           "written even when errors are left in it; the exit status is then 1."),
    .options = options_table,
    .size = sizeof(struct harden_options),
    .run = run,
};
