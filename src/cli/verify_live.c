/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest that runs somewhere: what its libvirt says of it. None of that is to be believed but the
 * measurement, which the host cannot make up; the rest is looked at to say early, and in words, why
 * a guest cannot be verified. */
#include <stdlib.h>
#include <string.h>

#include "cli/verify.h"
#include "util/number.h"

struct live {
    const struct verify_context *context;
    const struct verify_launch_options *options;
    const char *name;
    struct cli_connection connection;
    struct cvmdom_known_domain known;
    struct verify_reported *reported;
    unsigned numbers; /* that were reported */
    gboolean is_snp;
};

/* What goes wrong without --insecure, and with it is only mentioned. */
static int
doubt(const struct live *live, int status, const char *text)
{
    if (live->options->insecure) {
        cli_say(_("warning: '%1$s': %2$s"), live->name, text);
        return VERIFY_MATCHES;
    }
    cli_say(_("'%1$s': %2$s"), live->name, text);
    return status;
}

/* ---- state ---- */

static int
check_place(const struct live *live)
{
    const struct cli_connection *connection = &live->connection;

    if (!connection->virt->is_local(connection->connection)) {
        return VERIFY_MATCHES;
    }
    return doubt(live, VERIFY_INSECURE,
                 _("this is the host that the guest runs on: who controls it controls what this "
                   "says; verify from a machine that you trust, over a remote connection"));
}

static int
find(struct live *live)
{
    const struct cli_connection *connection = &live->connection;
    cvmdom_error *error = NULL;
    int found = connection->virt->find(connection->connection, live->name, &live->known, &error);

    if (found < 0) {
        return verify_status_of(cli_virt_fail(error));
    }
    if (found == 0) {
        cli_say(_("'%1$s': '%2$s' has no domain of that name; --domain names another"), live->name,
                connection->virt->uri(connection->connection));
        return VERIFY_FAILED;
    }
    return VERIFY_MATCHES;
}

static int
check_state(const struct live *live)
{
    if (!live->known.active) {
        cli_say(_("'%1$s' does not run: only a launch is measured; start it paused, with 'define "
                  "--paused' or 'virsh start --paused'"),
                live->name);
        return VERIFY_STATE;
    }
    if (!live->known.paused) {
        return doubt(live, VERIFY_STATE,
                     _("the guest runs already: it takes no secret any more, and what it did "
                       "since is not measured; start it paused, and verify it before it runs"));
    }
    return VERIFY_MATCHES;
}

/* ---- configuration ---- */

static int
refuse(const struct live *live, const char *text)
{
    cli_say(_("'%1$s': the domain that runs %2$s"), live->name, text);
    return VERIFY_CONFIGURATION;
}

static int
compare_launch(const struct live *live, const struct cvmdom_launch *is)
{
    const struct cvmdom_launch *expected = &live->context->launch->launch;

    if (g_strcmp0(is->guest, "sev") != 0 && g_strcmp0(is->guest, "sev-es") != 0) {
        return refuse(live, g_strcmp0(is->guest, "sev-snp") == 0
                                ? _("is a SEV-SNP guest, whose launch is answered by no "
                                    "measurement: verify its attestation report, with --report")
                                : _("has no launchSecurity of type sev: nobody measured its "
                                    "launch"));
    }
    if (!is->dh_cert || !is->session) {
        return refuse(live, _("has no dhCert or no session: it was started without the guest "
                              "owner's keys, so that nobody can verify its measurement"));
    }
    if (!is->firmware) {
        return refuse(live, _("has no firmware that could be measured"));
    }
    if (is->has_nvram &&
        doubt(live, VERIFY_INSECURE,
              _("the domain that runs has a variable store (NVRAM), which nobody measures, and "
                "which the host can write to")) != VERIFY_MATCHES) {
        return VERIFY_INSECURE;
    }
    if (expected->kernel && expected->kernel_hashes && !is->kernel_hashes) {
        return refuse(live, _("was started without kernelHashes, which the document asks for: its "
                              "kernel is not measured"));
    }
    if (is->kernel && !is->kernel_hashes) {
        return doubt(live, VERIFY_INSECURE,
                     _("the domain that runs boots a kernel that nobody measures: "
                       "launchSecurity/kernelHashes is not on"));
    }
    if (is->kernel_hashes && !is->kernel) {
        return refuse(live, _("has kernelHashes without a kernel"));
    }
    return VERIFY_MATCHES;
}

static int
check_configuration(const struct live *live)
{
    const char *xml = live->known.live_xml ? live->known.live_xml : live->known.xml;
    cvmdom_error *error = NULL;
    cvmdom_domains *domains;
    struct cvmdom_launch is;
    int status;

    if (live->options->ignore_config) {
        return VERIFY_MATCHES;
    }
    domains = cvmdom_domains_parse(live->name, xml, strlen(xml), NULL, &error);
    if (!domains) {
        cli_fail(error);
        return VERIFY_CONFIGURATION;
    }
    cvmdom_domain_launch(cvmdom_domains_get(domains, 0), NULL, &is);
    status = compare_launch(live, &is);
    cvmdom_domains_free(domains);
    return status;
}

/* ---- what is reported ---- */

static void
keep(const char *name, const char *value, void *payload)
{
    struct live *live = payload;
    struct verify_reported *reported = live->reported;
    const struct {
        const char *name;
        unsigned *value;
    } numbers[] = {
        { "sev-api-major", &reported->api_major },
        { "sev-api-minor", &reported->api_minor },
        { "sev-build-id", &reported->build_id },
    };
    uint64_t number;

    live->is_snp |= g_str_has_prefix(name, "sev-snp-");
    if (g_str_equal(name, "sev-measurement")) {
        g_free(reported->measurement);
        reported->measurement = g_strdup(value);
    } else if (g_str_equal(name, "sev-policy")) {
        reported->has_policy = cvm_number_parse_decimal(value, &reported->policy);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(numbers); i++) {
        if (g_str_equal(name, numbers[i].name) && cvm_number_parse_decimal(value, &number)) {
            *numbers[i].value = (unsigned)MIN(number, G_MAXUINT);
            live->numbers |= 1U << i;
        }
    }
}

/* A policy that is reported otherwise may be a lie; the measurement tells. */
static void
mention_policy(const struct live *live)
{
    const struct verify_reported *reported = live->reported;
    const uint64_t expected = live->context->launch->launch.policy;

    if (reported->has_policy && reported->policy != expected) {
        cli_say(
            _("warning: '%1$s': the host reports the policy 0x%2$llx, and the document asks for "
              "0x%3$llx, which is what the measurement is compared with"),
            live->name, (unsigned long long)reported->policy, (unsigned long long)expected);
    }
}

static int
ask(struct live *live)
{
    const struct cli_connection *connection = &live->connection;
    const struct verify_launch_options *options = live->options;
    cvmdom_error *error = NULL;

    if (connection->virt->each_launch_parameter(connection->connection, live->name, keep, live,
                                                &error) < 0) {
        return verify_status_of(cli_virt_fail(error));
    }
    if (!live->reported->measurement && !options->measurement && live->is_snp) {
        return refuse(live, _("is a SEV-SNP guest, whose launch is answered by no measurement: "
                              "verify its attestation report, with --report"));
    }
    if (!(live->reported->measurement || options->measurement) ||
        !(live->numbers & 1 || options->api_major) || !(live->numbers & 2 || options->api_minor) ||
        !(live->numbers & 4 || options->build_id)) {
        cli_say(_("'%1$s': libvirt does not report all of measurement, API version and build of "
                  "the SEV firmware: give what is missing by --measurement, --api-major, "
                  "--api-minor and --build-id"),
                live->name);
        return VERIFY_USAGE;
    }
    mention_policy(live);
    return VERIFY_MATCHES;
}

static int
verify_connected(struct live *live)
{
    int status = check_place(live);

    if (status == VERIFY_MATCHES) {
        status = find(live);
    }
    if (status == VERIFY_MATCHES) {
        status = check_state(live);
    }
    if (status == VERIFY_MATCHES) {
        status = check_configuration(live);
    }
    return status == VERIFY_MATCHES ? ask(live) : status;
}

int
verify_live(const struct verify_context *context, const struct verify_launch_options *options,
            struct verify_reported *reported)
{
    const char *name = cvmdom_domain_name(context->launch->job->domain);
    struct live live = {
        .context = context,
        .options = options,
        .name = options->domain ? options->domain : name,
        .reported = reported,
    };
    int status;

    if (!live.name) {
        cli_usage(context->command,
                  _("the document has no name: say with --domain which one is meant"));
        return VERIFY_USAGE;
    }
    status = verify_status_of(cli_virt_connect(context->command, options->connect.uri, FALSE,
                                               options->connect.timeout, &live.connection));
    if (status == VERIFY_MATCHES) {
        status = verify_connected(&live);
        cli_virt_disconnect(&live.connection);
    }
    free(live.known.xml);
    free(live.known.live_xml);
    return status;
}
