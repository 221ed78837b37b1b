/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* First-fit-decreasing: what places most of what fits, in the time that it takes to read it. */
#include "fleet/place.h"

#include <string.h>

struct order {
    double size;
    unsigned index;
    unsigned cost;
};

static int
compare_sizes(const void *a, const void *b)
{
    const struct order *left = a, *right = b;

    if (left->size != right->size) {
        return left->size > right->size ? -1 : 1;
    }
    return left->index < right->index ? -1 : left->index > right->index;
}

static int
compare_costs(const void *a, const void *b)
{
    const struct order *left = a, *right = b;

    if (left->cost != right->cost) {
        return left->cost < right->cost ? -1 : 1;
    }
    return left->index < right->index ? -1 : left->index > right->index;
}

/* The largest part of a pool that one guest takes: of an item where it takes the least. */
static struct order *
order_items(const struct cvmdom_place_problem *problem)
{
    struct order *order = g_new0(struct order, problem->n_items + 1);

    for (size_t i = 0; i < problem->n_items; i++) {
        order[i] = (struct order){ .size = G_MAXDOUBLE, .index = (unsigned)i };
    }
    for (size_t i = 0; i < problem->n_options; i++) {
        const struct cvmdom_place_option *option = &problem->options[i];
        double share = 0;

        for (size_t k = option->first; k < (size_t)option->first + option->count; k++) {
            const struct cvmdom_place_need *need = &problem->needs[k];
            double pool = (double)problem->pools[need->pool];

            share = MAX(share, pool > 0 ? (double)need->amount / pool : G_MAXDOUBLE);
        }
        order[option->item].size = MIN(order[option->item].size, share);
    }
    qsort(order, problem->n_items, sizeof(*order), compare_sizes);
    return order;
}

/* Options item by item, the cheapest first; *first has where those of an item begin. */
static struct order *
order_options(const struct cvmdom_place_problem *problem, size_t **first)
{
    struct order *order = g_new0(struct order, problem->n_options + 1);
    size_t *begin = g_new0(size_t, problem->n_items + 2);
    g_autofree size_t *next = g_new(size_t, problem->n_items + 1);

    for (size_t i = 0; i < problem->n_options; i++) {
        begin[problem->options[i].item + 1]++;
    }
    for (size_t i = 0; i < problem->n_items; i++) {
        begin[i + 1] += begin[i];
        next[i] = begin[i];
    }
    for (size_t i = 0; i < problem->n_options; i++) {
        order[next[problem->options[i].item]++] =
            (struct order){ .index = (unsigned)i, .cost = problem->options[i].cost };
    }
    for (size_t i = 0; i < problem->n_items; i++) {
        qsort(&order[begin[i]], begin[i + 1] - begin[i], sizeof(*order), compare_costs);
    }
    *first = begin;
    return order;
}

/* As many of the guests as the option has room for. */
static unsigned
fill_option(const struct cvmdom_place_problem *problem, const struct cvmdom_place_option *option,
            unsigned guests, uint64_t *left)
{
    size_t end = (size_t)option->first + option->count;

    for (size_t k = option->first; k < end; k++) {
        const struct cvmdom_place_need *need = &problem->needs[k];

        guests = (unsigned)MIN(guests, left[need->pool] / need->amount);
    }
    for (size_t k = option->first; k < end; k++) {
        left[problem->needs[k].pool] -= guests * problem->needs[k].amount;
    }
    return guests;
}

static uint64_t
add_price(uint64_t cost, unsigned guests, unsigned each)
{
    uint64_t price = (uint64_t)guests * each;

    return price > G_MAXUINT64 - cost ? G_MAXUINT64 : cost + price;
}

gboolean
cvm_first_fit(const struct cvmdom_place_problem *problem, unsigned *guests, uint64_t *cost)
{
    g_autofree uint64_t *left = g_new(uint64_t, problem->n_pools + 1);
    g_autofree size_t *first = NULL;
    g_autofree struct order *items = order_items(problem);
    g_autofree struct order *options = order_options(problem, &first);
    gboolean all = TRUE;

    *cost = 0;
    if (problem->n_pools) {
        memcpy(left, problem->pools, sizeof(*left) * problem->n_pools);
    }
    for (size_t i = 0; i < problem->n_options; i++) {
        guests[i] = 0;
    }
    for (size_t i = 0; i < problem->n_items; i++) {
        unsigned item = items[i].index, missing = problem->wanted[item];

        for (size_t j = first[item]; missing && j < first[item + 1]; j++) {
            const struct cvmdom_place_option *option = &problem->options[options[j].index];
            unsigned placed = fill_option(problem, option, missing, left);

            guests[options[j].index] = placed;
            missing -= placed;
            *cost = add_price(*cost, placed, option->cost);
        }
        all = all && !missing;
    }
    return all;
}

uint64_t
cvm_cost_of(const struct cvmdom_place_problem *problem, const unsigned *guests)
{
    uint64_t cost = 0;

    for (size_t i = 0; i < problem->n_options; i++) {
        cost = add_price(cost, guests[i], problem->options[i].cost);
    }
    return cost;
}

uint64_t
cvm_least_cost(const struct cvmdom_place_problem *problem)
{
    g_autofree size_t *first = NULL;
    g_autofree struct order *options = order_options(problem, &first);
    uint64_t cost = 0;

    for (size_t i = 0; i < problem->n_items; i++) {
        unsigned missing = problem->wanted[i];

        for (size_t j = first[i]; missing && j < first[i + 1]; j++) {
            const struct cvmdom_place_option *option = &problem->options[options[j].index];
            uint64_t room = missing;

            for (size_t k = option->first; k < (size_t)option->first + option->count; k++) {
                const struct cvmdom_place_need *need = &problem->needs[k];

                room = MIN(room, problem->pools[need->pool] / need->amount);
            }
            cost = add_price(cost, (unsigned)room, option->cost);
            missing -= (unsigned)room;
        }
    }
    return cost;
}
