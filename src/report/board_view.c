/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which hosts share a row of a fleet's page, and which profiles a column; which of these are shown,
 * and what is to be said of them. */
#include <string.h>

#include "report/board.h"
#include "util/quote.h"

/* ---- groups ---- */

static unsigned
kind_of(const struct cvm_fleet *fleet, gboolean hosts, unsigned i)
{
    return hosts ? fleet->hosts[i].kind : fleet->profiles[i].kind;
}

/* By the first of each kind; one group each when alone. */
static struct cvm_board_groups
make_groups(struct cvm_board *board, gboolean hosts, unsigned total, unsigned kinds, gboolean alone)
{
    struct cvm_board_groups groups = { 0 };
    g_autofree unsigned *of_kind = g_new(unsigned, MAX(kinds, 1));
    g_autofree unsigned *group_of = g_new(unsigned, MAX(total, 1));

    groups.items = cvm_arena_array(board->arena, struct cvm_board_group, MAX(total, 1));
    memset(of_kind, 0xff, sizeof *of_kind * MAX(kinds, 1));
    for (unsigned i = 0; i < total; i++) {
        unsigned kind = kind_of(board->fleet, hosts, i);

        if (alone || of_kind[kind] == G_MAXUINT) {
            of_kind[kind] = groups.count;
            groups.items[groups.count++].first = i;
        }
        group_of[i] = of_kind[kind];
        groups.items[group_of[i]].count++;
    }
    for (unsigned g = 0; g < groups.count; g++) {
        groups.items[g].members = cvm_arena_array(board->arena, unsigned, groups.items[g].count);
        groups.items[g].count = 0;
    }
    for (unsigned i = 0; i < total; i++) {
        struct cvm_board_group *group = &groups.items[group_of[i]];

        group->members[group->count++] = i;
    }
    return groups;
}

/* The rules that speak of it, pair by pair: what has the same got the same verdicts. */
static char *
sign(const struct cvm_fleet *fleet, gboolean hosts, unsigned one,
     const struct cvm_board_groups *others)
{
    GString *signature = g_string_new(NULL);

    for (unsigned i = 0; i < others->count; i++) {
        unsigned other = others->items[i].first;
        const struct cvm_fleet_reasons *reasons =
            hosts ? cvm_fleet_reasons(fleet, other, one) : cvm_fleet_reasons(fleet, one, other);

        for (unsigned r = 0; r < reasons->count; r++) {
            g_string_append_printf(signature, "%s%c", reasons->items[r].rule,
                                   '0' + reasons->items[r].severity);
        }
        g_string_append_c(signature, ';');
    }
    return g_string_free(signature, FALSE);
}

/* Of each group the one that it goes into; returns how many are left. */
static unsigned
match_groups(const struct cvm_board *board, gboolean hosts, const struct cvm_board_groups *groups,
             const struct cvm_board_groups *others, unsigned *into)
{
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    unsigned count = 0;

    for (unsigned i = 0; i < groups->count; i++) {
        char *signature = sign(board->fleet, hosts, groups->items[i].first, others);
        gpointer same;

        if (g_hash_table_lookup_extended(known, signature, NULL, &same)) {
            into[i] = GPOINTER_TO_UINT(same);
            g_free(signature);
        } else {
            into[i] = count++;
            g_hash_table_insert(known, signature, GUINT_TO_POINTER(into[i]));
        }
    }
    return count;
}

/* Too many kinds to be shown: those that the same rules speak of, whatever these say exactly, share
 * one row or column. */
static void
merge_groups(struct cvm_board *board, gboolean hosts, struct cvm_board_groups *groups,
             const struct cvm_board_groups *others, unsigned most)
{
    g_autofree unsigned *into = g_new(unsigned, MAX(groups->count, 1));
    struct cvm_board_groups merged = { 0 };

    if (groups->count <= most) {
        return;
    }
    merged.count = match_groups(board, hosts, groups, others, into);
    merged.items = cvm_arena_array(board->arena, struct cvm_board_group, merged.count);
    for (unsigned i = 0; i < groups->count; i++) {
        merged.items[into[i]].count += groups->items[i].count;
    }
    for (unsigned i = 0; i < groups->count; i++) {
        struct cvm_board_group *group = &merged.items[into[i]];

        if (!group->members) {
            group->first = groups->items[i].first;
            group->members = cvm_arena_array(board->arena, unsigned, group->count);
            group->count = 0;
        }
        memcpy(group->members + group->count, groups->items[i].members,
               groups->items[i].count * sizeof *group->members);
        group->count += groups->items[i].count;
    }
    *groups = merged;
}

static void
count_able(struct cvm_board *board)
{
    const struct cvm_fleet *fleet = board->fleet;

    for (unsigned r = 0; r < board->rows.count; r++) {
        for (unsigned c = 0; c < board->columns.count; c++) {
            struct cvm_board_group *row = &board->rows.items[r], *column = &board->columns.items[c];
            gboolean able =
                cvm_fleet_cell(fleet, column->first, row->first)->state != CVM_FLEET_CANNOT;

            row->able += able ? column->count : 0;
            column->able += able ? row->count : 0;
        }
    }
}

static int
compare_able(const void *a, const void *b)
{
    const struct cvm_board_group *one = a, *other = b;

    if (one->able != other->able) {
        return one->able < other->able ? -1 : 1;
    }
    return one->first < other->first ? -1 : one->first > other->first;
}

static int
compare_first(const void *a, const void *b)
{
    const struct cvm_board_group *one = a, *other = b;

    return one->first < other->first ? -1 : one->first > other->first;
}

/* What runs on the fewest is what somebody has to act on, so that stays. */
static void
cut_groups(struct cvm_board_groups *groups, unsigned most)
{
    if (groups->count <= most) {
        return;
    }
    qsort(groups->items, groups->count, sizeof *groups->items, compare_able);
    for (unsigned i = most; i < groups->count; i++) {
        groups->left_out += groups->items[i].count;
    }
    groups->count = most;
    qsort(groups->items, groups->count, sizeof *groups->items, compare_first);
}

static void
choose_listed(struct cvm_board *board)
{
    unsigned left = CVM_BOARD_CELLS;

    for (unsigned r = 0; r < board->rows.count; r++) {
        struct cvm_board_group *row = &board->rows.items[r];
        guint64 cells = (guint64)row->count * board->columns.count;

        row->listed = row->count > 1 && cells <= left;
        left -= row->listed ? (unsigned)cells : 0;
    }
}

/* ---- guests that were placed ---- */

static unsigned *
index_groups(const struct cvm_board_groups *groups, unsigned total)
{
    unsigned *group_of = g_new(unsigned, MAX(total, 1));

    memset(group_of, 0xff, sizeof *group_of * MAX(total, 1));
    for (unsigned g = 0; g < groups->count; g++) {
        for (unsigned i = 0; i < groups->items[g].count; i++) {
            group_of[groups->items[g].members[i]] = g;
        }
    }
    return group_of;
}

static void
count_placed(struct cvm_board *board)
{
    const struct cvm_fleet *fleet = board->fleet;
    g_autofree unsigned *rows = index_groups(&board->rows, fleet->n_hosts);
    g_autofree unsigned *columns = index_groups(&board->columns, fleet->n_profiles);

    board->placed = cvm_arena_array(board->arena, unsigned,
                                    MAX((size_t)board->rows.count * board->columns.count, 1));
    for (unsigned i = 0; i < fleet->n_shares; i++) {
        const struct cvm_fleet_share *share = &fleet->shares[i];
        unsigned row = rows[share->host], column = columns[share->profile];

        if (row != G_MAXUINT && column != G_MAXUINT) {
            board->placed[(size_t)row * board->columns.count + column] += share->guests;
        }
    }
}

/* ---- reasons ---- */

static guint
hash_why(gconstpointer data)
{
    const struct cvm_fleet_reason *reason = ((const struct cvm_board_why *)data)->reason;

    return g_str_hash(reason->message) ^ g_str_hash(reason->rule);
}

static gboolean
equal_whys(gconstpointer a, gconstpointer b)
{
    const struct cvm_fleet_reason *one = ((const struct cvm_board_why *)a)->reason;
    const struct cvm_fleet_reason *other = ((const struct cvm_board_why *)b)->reason;

    return strcmp(one->rule, other->rule) == 0 && strcmp(one->message, other->message) == 0 &&
           g_strcmp0(one->fix, other->fix) == 0;
}

static void
free_why(gpointer data)
{
    g_array_unref(((struct cvm_board_why *)data)->where);
}

static void
note_why(struct cvm_board *board, const struct cvm_fleet_reason *reason, unsigned where)
{
    const struct cvm_board_why key = { .reason = reason };
    struct cvm_board_why *why = g_hash_table_lookup(board->known, &key);

    if (!why) {
        why = cvm_arena_new0(board->arena, struct cvm_board_why);
        why->reason = reason;
        why->where = g_array_new(FALSE, FALSE, sizeof where);
        g_ptr_array_add(board->whys, why);
        g_hash_table_add(board->known, why);
    }
    g_array_append_val(why->where, where);
}

static int
compare_whys(gconstpointer a, gconstpointer b)
{
    const struct cvm_board_why *one = *(const struct cvm_board_why *const *)a;
    const struct cvm_board_why *other = *(const struct cvm_board_why *const *)b;
    int order = (int)other->reason->severity - (int)one->reason->severity;

    order = order ? order : strcmp(one->reason->rule, other->reason->rule);
    return order ? order : one->id < other->id ? -1 : one->id > other->id;
}

static void
number_whys(struct cvm_board *board)
{
    for (guint i = 0; i < board->whys->len; i++) {
        ((struct cvm_board_why *)g_ptr_array_index(board->whys, i))->id = i;
    }
}

static void
collect_whys(struct cvm_board *board)
{
    board->known = g_hash_table_new(hash_why, equal_whys);
    board->whys = g_ptr_array_new_with_free_func(free_why);
    for (unsigned r = 0; r < board->rows.count; r++) {
        for (unsigned c = 0; c < board->columns.count; c++) {
            const struct cvm_fleet_reasons *reasons = cvm_fleet_reasons(
                board->fleet, board->columns.items[c].first, board->rows.items[r].first);

            for (unsigned i = 0; i < reasons->count; i++) {
                note_why(board, &reasons->items[i], r * board->columns.count + c);
            }
        }
    }
    number_whys(board);
    g_ptr_array_sort(board->whys, compare_whys);
    number_whys(board);
}

const struct cvm_board_why *
cvm_board_find_why(const struct cvm_board *board, const struct cvm_fleet_reason *reason)
{
    const struct cvm_board_why key = { .reason = reason };

    return g_hash_table_lookup(board->known, &key);
}

/* ---- the page ---- */

static const char *
shorten(struct cvm_board *board, const char *name)
{
    g_autofree char *valid = g_utf8_make_valid(name, -1);

    return cvm_quote(board->arena, cvm_arena_strdup(board->arena, valid));
}

void
cvm_board_init(struct cvm_board *board, const struct cvm_fleet *fleet, GString *out)
{
    memset(board, 0, sizeof *board);
    board->fleet = fleet;
    board->html.out = out;
    board->arena = cvm_arena_new();
    board->host_names = cvm_arena_array(board->arena, const char *, MAX(fleet->n_hosts, 1));
    board->profile_names = cvm_arena_array(board->arena, const char *, MAX(fleet->n_profiles, 1));
    for (unsigned i = 0; i < fleet->n_hosts; i++) {
        board->host_names[i] = shorten(board, fleet->hosts[i].name);
    }
    for (unsigned i = 0; i < fleet->n_profiles; i++) {
        board->profile_names[i] = shorten(board, fleet->profiles[i].name);
    }
    board->rows = make_groups(board, TRUE, fleet->n_hosts, fleet->n_host_kinds,
                              fleet->n_hosts <= CVM_BOARD_ALONE_HOSTS);
    board->columns = make_groups(board, FALSE, fleet->n_profiles, fleet->n_profile_kinds,
                                 fleet->n_profiles <= CVM_BOARD_ALONE_PROFILES);
    merge_groups(board, TRUE, &board->rows, &board->columns, CVM_BOARD_ROWS);
    merge_groups(board, FALSE, &board->columns, &board->rows, CVM_BOARD_COLUMNS);
    count_able(board);
    cut_groups(&board->rows, CVM_BOARD_ROWS);
    cut_groups(&board->columns, CVM_BOARD_COLUMNS);
    choose_listed(board);
    count_placed(board);
    collect_whys(board);
}

void
cvm_board_clear(struct cvm_board *board)
{
    g_hash_table_unref(board->known);
    g_ptr_array_unref(board->whys);
    cvm_arena_free(board->arena);
}

/* ---- sums ---- */

/* What runs out first on the most hosts, and a pool for its name. */
struct limits {
    unsigned count[CVM_FLEET_RESOURCES];
    struct cvm_board_pool pool[CVM_FLEET_RESOURCES];
};

static void
count_limit(struct limits *limits, const struct cvm_fleet_host *host,
            const struct cvm_fleet_cell *cell)
{
    if (cell->state != CVM_FLEET_CANNOT && cell->pool < host->n_pools) {
        const struct cvm_fleet_pool *pool = &host->pools[cell->pool];

        cvm_board_note_pool(&limits->pool[pool->resource], host, pool);
        limits->count[pool->resource]++;
    }
}

static struct cvm_board_pool
most_frequent(const struct limits *limits)
{
    unsigned best = 0;

    for (unsigned i = 1; i < CVM_FLEET_RESOURCES; i++) {
        best = limits->count[i] > limits->count[best] ? i : best;
    }
    return limits->pool[best];
}

/* The guests of one profile on these hosts, which the sum takes in. */
static uint64_t
sum_profile(const struct cvm_board *board, const struct cvm_board_group *hosts, unsigned profile,
            struct cvm_board_sum *sum, struct limits *limits)
{
    uint64_t guests = 0;

    for (unsigned i = 0; i < hosts->count; i++) {
        const struct cvm_fleet_cell *cell =
            cvm_fleet_cell(board->fleet, profile, hosts->members[i]);

        sum->pairs[cell->state]++;
        sum->state = MAX(sum->state, (enum cvm_fleet_state)cell->state);
        sum->assumed |= cell->assumed && cell->state > CVM_FLEET_FULL;
        count_limit(limits, &board->fleet->hosts[hosts->members[i]], cell);
        if (cell->guests == CVM_FLEET_NO_LIMIT || guests == CVM_BOARD_NO_LIMIT) {
            guests = CVM_BOARD_NO_LIMIT;
        } else {
            guests += cell->guests;
        }
    }
    return guests;
}

struct cvm_board_sum
cvm_board_sum(const struct cvm_board *board, const struct cvm_board_group *hosts,
              const struct cvm_board_group *profiles)
{
    struct cvm_board_sum sum = { .least = CVM_BOARD_NO_LIMIT };
    struct limits limits = { 0 };

    for (unsigned i = 0; i < profiles->count; i++) {
        uint64_t guests = sum_profile(board, hosts, profiles->members[i], &sum, &limits);

        sum.least = MIN(sum.least, guests);
        sum.most = MAX(sum.most, guests);
    }
    sum.limit = most_frequent(&limits);
    return sum;
}

enum cvm_fleet_state
cvm_board_best(const struct cvm_fleet *fleet, unsigned profile)
{
    enum cvm_fleet_state best = CVM_FLEET_CANNOT;

    for (unsigned host = 0; host < fleet->n_hosts && best != CVM_FLEET_RUNS; host++) {
        best = MAX(best, (enum cvm_fleet_state)cvm_fleet_cell(fleet, profile, host)->state);
    }
    return best;
}
