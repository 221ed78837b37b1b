/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/lint.h"

#include "cli/id_block.h"

struct cli_lint_worker {
    const struct cli_lint_common *common;
    struct cli_control control;
    cvmdom_validator *validator; /* NULL: the schema is not asked */
};

struct cli_lint_worker *
cli_lint_worker_new(const struct cli_lint_common *common)
{
    struct cli_lint_worker *worker = g_new0(struct cli_lint_worker, 1);

    worker->common = common;
    cli_control_copy(&worker->control, common->control);
    worker->validator = common->schema ? cvmdom_validator_new(common->schema) : NULL;
    return worker;
}

void
cli_lint_worker_free(struct cli_lint_worker *worker)
{
    cvmdom_validator_free(worker->validator);
    cli_control_clear(&worker->control);
    g_free(worker);
}

/* NULL, and said why or counted, when there is nothing to check. */
static cvmdom_domains *
read_file(const struct cli_lint_common *common, const struct cli_input *input,
          struct cli_lint_result *result)
{
    gboolean found = input->found || common->skip_others;
    gboolean named = !found || g_str_equal(input->path, "-");
    cvmdom_error *error = NULL;
    cvmdom_domains *domains = named ? cvmdom_domains_read(input->path, common->sets, &error)
                                    : cvmdom_domains_read_found(input->path, common->sets, &error);

    if (!domains && found && cvmdom_error_code(error) == CVMDOM_ERROR_UNSUPPORTED) {
        cvmdom_error_free(error);
        result->skipped = TRUE;
    } else if (!domains) {
        cvmdom_findings_add_error(result->findings, error);
        cli_worsen(&result->status, cli_fail(error));
    }
    return domains;
}

static void
check(struct cli_lint_worker *worker, cvmdom_domain *domain, struct cli_lint_result *result)
{
    const struct cli_lint_common *common = worker->common;
    cvmdom_config *config = worker->control.config;
    const cvmdom_host *host = cli_hosts_for(common->hosts, domain, cvmdom_config_host(config),
                                            cvmdom_config_file(config));

    if (common->to) {
        cvmdom_domain_set_target(domain, common->to, NULL);
    }
    if (worker->validator) {
        cvmdom_domain_validate(domain, worker->validator);
    }
    cvmdom_domain_resolve(domain, host);
    cvmdom_config_check(config, domain, host, result->findings);
    cli_worsen(&result->status,
               cli_id_lint(config, common->firmware_root, domain, host, result->findings));
    result->documents++;
}

static void
read_and_check(struct cli_lint_worker *worker, const struct cli_input *input,
               struct cli_lint_result *result)
{
    cvmdom_domains *domains = read_file(worker->common, input, result);

    if (!domains) {
        return;
    }
    if (worker->common->list_files) {
        result->listed = TRUE;
    } else if (cli_control_find(&worker->control, input->path, &result->config_error) == 0) {
        for (size_t i = 0; i < cvmdom_domains_count(domains); i++) {
            check(worker, cvmdom_domains_get(domains, i), result);
        }
    }
    cvmdom_domains_free(domains);
}

void
cli_lint_file(struct cli_lint_worker *worker, size_t i, struct cli_lint_result *result)
{
    GArray *before;

    result->findings = cvmdom_findings_new();
    result->messages = cli_messages_new();
    before = cli_messages_keep(result->messages);
    read_and_check(worker, g_ptr_array_index(worker->common->inputs->files, i), result);
    cli_messages_keep(before);
}
