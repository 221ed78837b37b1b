/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Problems that contradict themselves are refused before anything is made of them. */
#include "place/problem.h"
#include "util/i18n.h"

/* GLPK counts in int. */
#define COUNT_MAX ((size_t)G_MAXINT / 4)

/* What all guests could cost together has to be a number of its own. */
static int
check_items(const struct cvmdom_place_problem *problem, cvmdom_error **error)
{
    unsigned dearest = 0;
    place_wide guests = 0;

    for (size_t i = 0; i < problem->n_options; i++) {
        dearest = MAX(dearest, problem->options[i].cost);
    }
    for (size_t i = 0; i < problem->n_items; i++) {
        guests += problem->wanted[i];
    }
    return guests * dearest < G_MAXINT64 / 2
               ? 0
               : cvmdom_error_set(error, CVMDOM_ERROR_USAGE,
                                  _("the guests of a placement cost too much to be added up"));
}

static int
check_needs(const struct cvmdom_place_problem *problem, size_t option, size_t *last,
            cvmdom_error **error)
{
    const struct cvmdom_place_option *it = &problem->options[option];

    for (size_t k = it->first; k < (size_t)it->first + it->count; k++) {
        const struct cvmdom_place_need *need = &problem->needs[k];

        if (need->pool >= problem->n_pools) {
            return cvmdom_error_set(error, CVMDOM_ERROR_USAGE,
                                    _("need %1$zu of a placement is of pool %2$u, which is none"),
                                    k, need->pool);
        }
        if (!need->amount) {
            return cvmdom_error_set(error, CVMDOM_ERROR_USAGE,
                                    _("need %zu of a placement is of nothing"), k);
        }
        if (last[need->pool] == option + 1) {
            return cvmdom_error_set(
                error, CVMDOM_ERROR_USAGE,
                _("option %1$zu of a placement has two needs of pool %2$u: add them up"), option,
                need->pool);
        }
        last[need->pool] = option + 1;
    }
    return 0;
}

int
place_check(const struct cvmdom_place_problem *problem, cvmdom_error **error)
{
    g_autofree size_t *last = NULL; /* the option that needed a pool last, from 1 */

    if (problem->n_items > COUNT_MAX || problem->n_pools > COUNT_MAX ||
        problem->n_options > COUNT_MAX || problem->n_needs > COUNT_MAX ||
        problem->n_kinds > COUNT_MAX) {
        return cvmdom_error_set(error, CVMDOM_ERROR_USAGE,
                                _("a placement has more parts than can be counted"));
    }
    for (size_t i = 0; i < problem->n_pools; i++) {
        if (problem->kinds[i] >= problem->n_kinds) {
            return cvmdom_error_set(error, CVMDOM_ERROR_USAGE,
                                    _("pool %1$zu of a placement is of kind %2$u, which is none"),
                                    i, problem->kinds[i]);
        }
    }
    last = g_new0(size_t, problem->n_pools + 1);
    for (size_t i = 0; i < problem->n_options; i++) {
        const struct cvmdom_place_option *option = &problem->options[i];

        if (option->item >= problem->n_items) {
            return cvmdom_error_set(
                error, CVMDOM_ERROR_USAGE,
                _("option %1$zu of a placement is for item %2$u, which is none"), i, option->item);
        }
        if ((size_t)option->first + option->count > problem->n_needs) {
            return cvmdom_error_set(error, CVMDOM_ERROR_USAGE,
                                    _("option %zu of a placement has needs beyond the last"), i);
        }
        if (check_needs(problem, i, last, error) < 0) {
            return -1;
        }
    }
    return check_items(problem, error);
}
