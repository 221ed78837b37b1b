/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/control.h"

typedef int (*apply_fn)(cvmdom_config *config, const char *words, cvmdom_error **error);

static int
apply(struct cli_control *control, const GPtrArray *list, apply_fn function)
{
    const char *const *words = cli_list(list);
    cvmdom_error *error = NULL;

    for (; words && *words; words++) {
        if (function(control->config, *words, &error) < 0) {
            return cli_fail(error);
        }
    }
    return CLI_CLEAN;
}

static int
read_config(struct cli_control *control, const struct cli_command *command)
{
    const struct cli_control_options *options = control->options;
    cvmdom_error *error = NULL;

    if (options->config && options->no_config) {
        return cli_usage(command, _("'--config' and '--no-config' contradict each other"));
    }
    if (options->config && cvmdom_config_read(control->config, options->config, &error) < 0) {
        return cli_fail(error);
    }
    return CLI_CLEAN;
}

int
cli_control_init(struct cli_control *control, const struct cli_command *command,
                 const struct cli_control_options *options)
{
    int status;

    *control = (struct cli_control){
        .options = options,
        .config = cvmdom_config_new(),
        .said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    };
    status = apply(control, options->select, cvmdom_config_select);
    cli_worsen(&status, apply(control, options->ignore, cvmdom_config_ignore));
    cli_worsen(&status, apply(control, options->set_severity, cvmdom_config_set_severity));
    cli_worsen(&status, read_config(control, command));
    if (options->fail_on) {
        cvmdom_config_set_fail_on(control->config, cli_severity_parse(options->fail_on));
    }
    cvmdom_config_set_suppressions(control->config, !options->no_suppressions);
    return status;
}

void
cli_control_clear(struct cli_control *control)
{
    cvmdom_config_free(control->config);
    g_hash_table_unref(control->said);
}

void
cli_control_copy(struct cli_control *control, const struct cli_control *of)
{
    *control = (struct cli_control){
        .options = of->options,
        .config = cvmdom_config_copy(of->config),
        .said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    };
}

int
cli_control_find(struct cli_control *control, const char *input, cvmdom_error **error)
{
    return control->options->no_config ? 0 : cvmdom_config_find(control->config, input, error);
}

int
cli_control_fail(struct cli_control *control, cvmdom_error *error, cvmdom_findings *findings)
{
    g_autofree char *place =
        g_strdup_printf("%s:%u:%u: %s", cvmdom_error_file(error), cvmdom_error_line(error),
                        cvmdom_error_column(error), cvmdom_error_message(error));
    if (!g_hash_table_add(control->said, g_steal_pointer(&place))) {
        cvmdom_error_free(error);
        return CLI_UNREADABLE;
    }
    cvmdom_findings_add_error(findings, error);
    return cli_fail(error);
}

int
cli_control_enter(struct cli_control *control, const char *input, cvmdom_findings *findings)
{
    cvmdom_error *error = NULL;

    return cli_control_find(control, input, &error) < 0 ? cli_control_fail(control, error, findings)
                                                        : CLI_CLEAN;
}
