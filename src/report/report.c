/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/report.h"

static const struct cvm_reporter *const reporters[] = {
    /* clang-format off */
    &cvm_reporter_text,
    &cvm_reporter_json,
    &cvm_reporter_sarif,
    &cvm_reporter_junit,
    &cvm_reporter_github,
    /* clang-format on */
};

const struct cvm_reporter *
cvm_reporter_at(unsigned i)
{
    return i < G_N_ELEMENTS(reporters) ? reporters[i] : NULL;
}

const struct cvm_reporter *
cvm_reporter_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(reporters); i++) {
        if (g_str_equal(reporters[i]->name, name)) {
            return reporters[i];
        }
    }
    return NULL;
}
