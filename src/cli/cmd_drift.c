/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Profiles beside the domains that libvirt has. */
#include <stdlib.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/control.h"
#include "cli/hosts.h"
#include "cli/output.h"
#include "cli/virt.h"
#include "util/file.h"

struct drift_options {
    struct cli_connect_options connect;
    const char *against;
    const char *host;
    const char *firmware_root;
    GPtrArray *set;
    struct cli_output_options output;
    struct cli_control_options control;
};

static const struct cli_option options_table[] = {
    CLI_CONNECT_ROWS(struct drift_options, connect),
    { .name = "against",
      .letter = 'a',
      .argument = "FILE",
      .values = CLI_FILE,
      .offset = offsetof(struct drift_options, against),
      .help = N_("compare with what 'virsh dumpxml --security-info' printed into FILE, and connect "
                 "nowhere") },
    { .name = "host",
      .letter = 'H',
      .argument = "HOST",
      .values = CLI_HOST,
      .offset = offsetof(struct drift_options, host),
      .help = N_("the machine that FILE is of: a recorded host, the output of 'virsh "
                 "domcapabilities', or a bundled host's name") },
    CLI_FIRMWARE_ROOT_ROW(struct drift_options, firmware_root),
    CLI_OUTPUT_ROWS(struct drift_options, output),
    CLI_CONTROL_ROWS(struct drift_options, control,
                     N_("exit with 1 from this severity on; by default warning, that is for any "
                        "difference")),
    CLI_SET_ROW(struct drift_options, set),
    { 0 },
};

struct drift {
    const struct drift_options *options;
    struct cli_hosts hosts;           /* of --against */
    struct cli_connection connection; /* of zeros with --against */
    cvmdom_host *host;                /* of the connection */
    struct cli_control control;
    cvmdom_findings *findings;
    size_t documents;
    int status;
};

/* Something that concerns all domains, or one: said, and noted for reports. */
static void
fail(struct drift *drift, cvmdom_error *error)
{
    cvmdom_findings_add_error(drift->findings, error);
    cli_worsen(&drift->status, cli_virt_fail(error));
}

static void
report(struct drift *drift, cvmdom_comparison *comparison)
{
    cvmdom_config_report(drift->control.config, comparison, drift->findings);
    cvmdom_comparison_free(comparison);
    drift->documents++;
}

/* ---- a file ---- */

enum { MOST_XML = 10 << 20 }; /* bytes, as cvmdom_domain_compare() takes them */

static void
compare_with_file(struct drift *drift, const cvmdom_domain *domain, const cvmdom_host *host)
{
    const char *path = drift->options->against;
    cvmdom_error *error = NULL;
    cvmdom_comparison *comparison;
    g_autoptr(GError) cause = NULL;
    g_autofree char *text = NULL;
    size_t size = 0;

    if (cvm_file_read(path, MOST_XML, &text, &size, &cause) < 0) {
        cli_say("%s", cause->message);
        cli_worsen(&drift->status, CLI_UNREADABLE);
        return;
    }
    comparison = cvmdom_domain_compare(domain, host, path, text, size, &error);
    if (comparison) {
        report(drift, comparison);
    } else {
        fail(drift, error);
    }
}

/* ---- a connection ---- */

static cvmdom_comparison *
compare_known(const struct drift *drift, const cvmdom_domain *domain, const char *title,
              const struct cvmdom_known_domain *known, cvmdom_error **error)
{
    const char *xml = known ? known->xml : NULL;
    cvmdom_comparison *comparison =
        cvmdom_domain_compare(domain, drift->host, title, xml, xml ? strlen(xml) : 0, error);

    if (comparison && known && known->live_xml &&
        cvmdom_comparison_add(comparison, known->live_xml, strlen(known->live_xml), error) < 0) {
        cvmdom_comparison_free(comparison);
        return NULL;
    }
    return comparison;
}

static void
compare_with_libvirt(struct drift *drift, const cvmdom_domain *domain)
{
    const struct cli_virt *virt = drift->connection.virt;
    cvmdom_connection *connection = drift->connection.connection;
    const char *name = cvmdom_domain_name(domain);
    struct cvmdom_known_domain known = { 0 };
    cvmdom_error *error = NULL;
    cvmdom_comparison *comparison;
    g_autofree char *title = g_strdup_printf("%s: %s", virt->uri(connection), name ? name : "");
    int found = virt->find(connection, name ? name : "", &known, &error);

    if (found < 0) {
        fail(drift, error);
        return;
    }
    comparison = compare_known(drift, domain, title, found ? &known : NULL, &error);
    if (comparison) {
        report(drift, comparison);
    } else {
        fail(drift, error);
    }
    free(known.xml);
    free(known.live_xml);
}

/* The domains' passwords are compared, too: a connection that may only read is not told them. */
static void
connect(struct drift *drift)
{
    const struct cli_connect_options *options = &drift->options->connect;
    struct cli_connection *connection = &drift->connection;
    cvmdom_error *error = NULL;

    cli_worsen(&drift->status,
               cli_virt_connect(&cli_drift, options->uri, FALSE, options->timeout, connection));
    if (drift->status != CLI_CLEAN) {
        return;
    }
    if (!options->uri) {
        cli_say(_("no --connect given: using '%1$s'"),
                connection->virt->uri(connection->connection));
    }
    drift->host = cli_virt_host(connection, &error);
    if (!drift->host) {
        fail(drift, error);
    }
}

/* ---- profiles ---- */

/* What a profile asks for is not known while it is not understood: that is told instead. Other
 * rules are lint's. */
static gboolean
has_mistakes(struct drift *drift, const cvmdom_domain *domain)
{
    cvmdom_config *config = cvmdom_config_new();
    cvmdom_findings *findings = cvmdom_findings_new();
    gboolean mistaken;

    cvmdom_config_select(config, "CVM1", NULL);
    cvmdom_config_check(config, domain, NULL, findings);
    mistaken = cvmdom_findings_count_from(findings, CVMDOM_SEVERE) > 0;
    if (mistaken) {
        cvmdom_config_check(config, domain, NULL, drift->findings);
        drift->documents++;
    }
    cvmdom_findings_free(findings);
    cvmdom_config_free(config);
    return mistaken;
}

static void
compare_domain(struct drift *drift, cvmdom_domain *domain)
{
    cvmdom_config *config = drift->control.config;
    const cvmdom_host *host = drift->host
                                  ? drift->host
                                  : cli_hosts_for(&drift->hosts, domain, cvmdom_config_host(config),
                                                  cvmdom_config_file(config));

    if (!host) {
        cli_say(_("what the profile of '%s' asks for depends on the host: give one with --host"),
                cvmdom_domain_name(domain) ? cvmdom_domain_name(domain) : "");
        cli_worsen(&drift->status, CLI_UNREADABLE);
        return;
    }
    cvmdom_domain_resolve(domain, host);
    if (has_mistakes(drift, domain)) {
        return;
    }
    if (drift->host) {
        compare_with_libvirt(drift, domain);
    } else {
        compare_with_file(drift, domain, host);
    }
}

static void
compare_profile(struct drift *drift, const char *path)
{
    cvmdom_error *error = NULL;
    cvmdom_domains *domains = cvmdom_domains_read(path, cli_list(drift->options->set), &error);
    int status;

    if (!domains) {
        fail(drift, error);
        return;
    }
    status = cli_control_enter(&drift->control, path, drift->findings);
    cli_worsen(&drift->status, status);
    if (status == CLI_CLEAN && drift->options->against && cvmdom_domains_count(domains) > 1) {
        cli_say(_("'%1$s' describes several domains, and '%2$s' is to be one: give a profile of "
                  "that one"),
                path, drift->options->against);
        cli_worsen(&drift->status, CLI_UNREADABLE);
        status = CLI_UNREADABLE;
    }
    for (size_t i = 0; status == CLI_CLEAN && i < cvmdom_domains_count(domains); i++) {
        compare_domain(drift, cvmdom_domains_get(domains, i));
    }
    cvmdom_domains_free(domains);
}

/* ---- the command ---- */

static int
check_usage(const struct drift_options *options, const char *const *operands)
{
    const char *against = options->against;

    if (against && options->connect.uri) {
        return cli_usage(&cli_drift, _("--against connects nowhere: leave --connect out"));
    }
    if (!against && (options->host || options->firmware_root)) {
        return cli_usage(&cli_drift, _("the host is the connection's: --host and "
                                       "--firmware-root are for --against"));
    }
    if (against && operands[1]) {
        return cli_usage(&cli_drift, _("--against compares one profile: name only one"));
    }
    if (against && g_str_equal(against, "-") && g_str_equal(operands[0], "-")) {
        return cli_usage(&cli_drift, _("standard input cannot be both the profile and the domain: "
                                       "give a file for one of them"));
    }
    return CLI_CLEAN;
}

static void
compare_all(struct drift *drift, const char *const *operands)
{
    const struct drift_options *options = drift->options;

    cli_worsen(&drift->status,
               cli_hosts_init(&drift->hosts, options->host, options->firmware_root));
    if (drift->status == CLI_CLEAN && !options->against) {
        connect(drift);
    }
    for (size_t i = 0; drift->status < CLI_UNREADABLE && operands[i]; i++) {
        compare_profile(drift, operands[i]);
    }
    cli_worsen(&drift->status, drift->hosts.status);
    if (cvmdom_findings_failing(drift->findings) > 0) {
        cli_worsen(&drift->status, CLI_FINDINGS);
    }
    if (drift->connection.connection) {
        cli_virt_disconnect(&drift->connection);
    }
    cvmdom_host_free(drift->host);
    cli_hosts_clear(&drift->hosts);
}

static void
run_all(struct drift *drift, const struct cli_output *output, const char *const *operands)
{
    drift->findings = cvmdom_findings_new();
    drift->status = cli_control_init(&drift->control, &cli_drift, &drift->options->control);
    if (drift->status != CLI_USAGE) {
        compare_all(drift, operands);
        drift->status = cli_output_write(output, drift->findings, drift->documents, drift->status);
    }
    cli_control_clear(&drift->control);
    cvmdom_findings_free(drift->findings);
}

static int
run(const void *data, const char *const *operands)
{
    const struct drift_options *options = data;
    const char *fail_on = options->control.fail_on;
    struct drift drift = { .options = options };
    struct cli_output output;

    if (check_usage(options, operands) != CLI_CLEAN) {
        return CLI_USAGE;
    }
    drift.status = cli_output_init(&output, &cli_drift, &options->output,
                                   fail_on ? cli_severity_parse(fail_on) : CVMDOM_WARNING);
    if (drift.status == CLI_CLEAN) {
        run_all(&drift, &output, operands);
    }
    cli_output_clear(&output);
    return drift.status;
}

const struct cli_command cli_drift = {
    .name = "drift",
    .operands = "PROFILE…",
    .values = CLI_FILE,
    .least = 1,
    .most = G_MAXUINT,
    .summary = N_("Say how the domains that libvirt has differ from their profiles."),
    .description =
        N_("PROFILE is a file, or - for standard input; its domains are looked up by name. What "
           "they are defined as is compared, and where they run what they run as. What libvirt "
           "adds by itself (addresses, controllers, labels) is no difference. Without --fail-on, "
           "and where no .cvmdom.yaml says so, every difference is a failure."),
    .options = options_table,
    .size = sizeof(struct drift_options),
    .run = run,
};
