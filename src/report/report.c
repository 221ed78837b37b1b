/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/report.h"

static const struct cvm_reporter *const reporters[] = {
    &cvm_reporter_text,
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
