/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A fleet for people at a terminal: profile by profile the hosts, those of many that are alike on
 * one line; then what rules say, each once; then the placement, host by host. */
#include <string.h>

#include "report/board.h"
#include "report/fleet.h"
#include "report/fleet_words.h"
#include "report/parts.h"
#include "util/i18n.h"

enum {
    ALONE_HOSTS = 12,    /* up to so many hosts have a line each; more share that of their kind */
    ALONE_PROFILES = 24, /* the same of profiles */
    LABEL_MIN = 16,
    LABEL_MAX = 30,
    MOST_LABELS = 8, /* on one line */
    INDENT = 2,
};

static const char *const state_colours[] = {
    [CVM_FLEET_CANNOT] = "\033[1;31m",
    [CVM_FLEET_FULL] = "\033[1;31m",
    [CVM_FLEET_WARNED] = "\033[1;35m",
    [CVM_FLEET_RUNS] = "\033[1;32m",
};
#define COLOUR_END "\033[0m"

/* Profiles, or hosts, that are told of together. */
struct group {
    GArray *members; /* of unsigned */
    char *label;
};

/* Profiles of a group for which every pair is the same. */
struct share {
    unsigned profile, count;
};

struct page {
    const struct cvm_fleet *fleet;
    gboolean colour;
    GString *out;
    GArray *profiles, *hosts; /* of struct group */
    GArray *said;             /* of const struct cvm_fleet_reason *: each rule once */
    unsigned width;           /* of labels */
};

/* ---- groups ---- */

static void
clear_group(gpointer data)
{
    struct group *group = data;

    g_array_unref(group->members);
    g_free(group->label);
}

static unsigned
member(const struct group *group, guint i)
{
    return g_array_index(group->members, unsigned, i);
}

static unsigned
kind_of(const struct page *page, gboolean hosts, unsigned i)
{
    return hosts ? page->fleet->hosts[i].kind : page->fleet->profiles[i].kind;
}

static const char *
name_of(const struct page *page, gboolean hosts, unsigned i)
{
    return hosts ? page->fleet->hosts[i].name : page->fleet->profiles[i].name;
}

static void
name_group(const struct page *page, gboolean hosts, struct group *group)
{
    g_autofree char *name = cvm_report_line(name_of(page, hosts, member(group, 0)));

    group->label = group->members->len == 1
                       ? g_steal_pointer(&name)
                       : g_strdup_printf(_("%1$u like %2$s"), group->members->len, name);
}

static GArray *
make_groups(const struct page *page, gboolean hosts)
{
    unsigned count = hosts ? page->fleet->n_hosts : page->fleet->n_profiles;
    gboolean alone = count <= (hosts ? (unsigned)ALONE_HOSTS : (unsigned)ALONE_PROFILES);
    GArray *groups = g_array_new(FALSE, FALSE, sizeof(struct group));
    g_autoptr(GHashTable) kinds = g_hash_table_new(NULL, NULL);

    g_array_set_clear_func(groups, clear_group);
    for (unsigned i = 0; i < count; i++) {
        gpointer kind = GUINT_TO_POINTER(kind_of(page, hosts, i));
        guint at = alone ? 0 : GPOINTER_TO_UINT(g_hash_table_lookup(kinds, kind));

        if (!at) {
            const struct group group = { g_array_new(FALSE, FALSE, sizeof(unsigned)), NULL };

            g_array_append_val(groups, group);
            at = groups->len;
            g_hash_table_insert(kinds, kind, GUINT_TO_POINTER(at));
        }
        g_array_append_val(g_array_index(groups, struct group, at - 1).members, i);
    }
    for (guint i = 0; i < groups->len; i++) {
        name_group(page, hosts, &g_array_index(groups, struct group, i));
    }
    return groups;
}

/* ---- a group of profiles on a group of hosts ---- */

struct sum {
    unsigned pairs, states[CVM_FLEET_RUNS + 1];
    uint64_t least, most;
    gboolean assumed, endless;
    GArray *limits;      /* struct cvm_limit: what runs out where guests run */
    GArray *missing;     /* the same: what is used up where not one does */
    GPtrArray *errors;   /* ids of rules */
    GPtrArray *warnings; /* the same */
};

static void
clear_sum(struct sum *sum)
{
    g_array_unref(sum->limits);
    g_array_unref(sum->missing);
    g_ptr_array_unref(sum->errors);
    g_ptr_array_unref(sum->warnings);
}

static void
keep_reason(struct page *page, const struct cvm_fleet_reason *reason)
{
    for (guint i = 0; i < page->said->len; i++) {
        const struct cvm_fleet_reason *known =
            g_array_index(page->said, const struct cvm_fleet_reason *, i);

        if (g_str_equal(known->rule, reason->rule) && known->severity == reason->severity) {
            return;
        }
    }
    g_array_append_val(page->said, reason);
}

static void
add_reasons(struct page *page, struct sum *sum, unsigned profile, unsigned host)
{
    const struct cvm_fleet_reasons *reasons = cvm_fleet_reasons(page->fleet, profile, host);
    enum cvm_fleet_state state = cvm_fleet_cell(page->fleet, profile, host)->state;

    for (unsigned i = 0; i < reasons->count; i++) {
        const struct cvm_fleet_reason *reason = &reasons->items[i];

        if (reason->severity == CVM_SEVERE && state <= CVM_FLEET_FULL) {
            cvm_words_add(sum->errors, reason->rule);
            keep_reason(page, reason);
        } else if (reason->severity == CVM_WARNING && state >= CVM_FLEET_WARNED) {
            cvm_words_add(sum->warnings, reason->rule);
            keep_reason(page, reason);
        }
    }
}

static void
add_pair(struct page *page, struct sum *sum, unsigned profile, unsigned host, unsigned count)
{
    const struct cvm_fleet_cell *cell = cvm_fleet_cell(page->fleet, profile, host);
    const struct cvm_fleet_host *at = &page->fleet->hosts[host];

    sum->pairs += count;
    sum->states[cell->state] += count;
    if (cell->state >= CVM_FLEET_WARNED) {
        sum->assumed |= cell->assumed;
        sum->endless |= cell->guests == CVM_FLEET_NO_LIMIT;
        sum->least = MIN(sum->least, cell->guests);
        sum->most = MAX(sum->most, cell->guests);
    }
    if (cell->pool != G_MAXUINT16 && cell->state != CVM_FLEET_CANNOT) {
        cvm_limits_add(cell->state == CVM_FLEET_FULL ? sum->missing : sum->limits, at,
                       &at->pools[cell->pool]);
    }
}

/* The caller's to g_array_unref(). */
static GArray *
list_shares(const struct page *page, const struct group *profiles)
{
    g_autoptr(GHashTable) known = g_hash_table_new(NULL, NULL);
    GArray *shares = g_array_new(FALSE, FALSE, sizeof(struct share));

    for (guint i = 0; i < profiles->members->len; i++) {
        const struct share share = { member(profiles, i), 1 };
        const void *row = cvm_fleet_cell(page->fleet, share.profile, 0);
        guint at = GPOINTER_TO_UINT(g_hash_table_lookup(known, row));

        if (at) {
            g_array_index(shares, struct share, at - 1).count++;
        } else {
            g_array_append_val(shares, share);
            g_hash_table_insert(known, (gpointer)row, GUINT_TO_POINTER(shares->len));
        }
    }
    return shares;
}

static void
sum_pairs(struct page *page, const GArray *shares, const struct group *hosts, struct sum *sum)
{
    *sum = (struct sum){
        .least = G_MAXUINT64,
        .limits = g_array_new(FALSE, FALSE, sizeof(struct cvm_limit)),
        .missing = g_array_new(FALSE, FALSE, sizeof(struct cvm_limit)),
        .errors = g_ptr_array_new_with_free_func(g_free),
        .warnings = g_ptr_array_new_with_free_func(g_free),
    };
    for (guint i = 0; i < shares->len; i++) {
        const struct share *share = &g_array_index(shares, struct share, i);

        for (guint j = 0; j < hosts->members->len; j++) {
            add_pair(page, sum, share->profile, member(hosts, j), share->count);
        }
    }
    /* The same for all of these but where the state is another. */
    for (guint j = 0; j < hosts->members->len; j++) {
        add_reasons(page, sum, g_array_index(shares, struct share, 0).profile, member(hosts, j));
    }
}

/* The caller's to g_free(). */
static char *
count_guests(const struct sum *sum)
{
    g_autofree char *limits = cvm_limits_join(sum->limits);

    if (sum->endless) {
        return g_strdup(_("any number of guests: nothing that is recorded ends them"));
    }
    if (sum->least == sum->most) {
        return g_strdup_printf(
            sum->assumed
                ? ngettext_("at most %1$llu guest, limited by %2$s",
                            "at most %1$llu guests, limited by %2$s", (unsigned long)sum->most)
                : ngettext_("%1$llu guest, limited by %2$s", "%1$llu guests, limited by %2$s",
                            (unsigned long)sum->most),
            (unsigned long long)sum->most, limits);
    }
    return g_strdup_printf(sum->assumed ? _("at most %1$llu to %2$llu guests each, limited by %3$s")
                                        : _("%1$llu to %2$llu guests each, limited by %3$s"),
                           (unsigned long long)sum->least, (unsigned long long)sum->most, limits);
}

/* "; on 5 no room: vCPUs". */
static void
append_part(GString *text, const struct sum *sum, unsigned pairs, const char *words)
{
    g_string_append(text, text->len ? "; " : "");
    if (pairs < sum->pairs) {
        g_string_append_printf(text, _("%1$u of %2$u: "), pairs, sum->pairs);
    }
    g_string_append(text, words);
}

/* The caller's to g_free(). */
static char *
describe(const struct sum *sum)
{
    GString *text = g_string_new(NULL);
    unsigned runs = sum->states[CVM_FLEET_WARNED] + sum->states[CVM_FLEET_RUNS];
    g_autofree char *missing = cvm_limits_join(sum->missing);
    g_autofree char *errors = cvm_words_join(sum->errors);
    g_autofree char *warnings = cvm_words_join(sum->warnings);

    if (runs > 0) {
        g_autofree char *guests = count_guests(sum);

        append_part(text, sum, runs, guests);
    }
    if (runs > 0 && *warnings) {
        g_string_append_printf(text, _(" (warned: %s)"), warnings);
    }
    if (sum->states[CVM_FLEET_FULL] > 0) {
        g_autofree char *words = *missing ? g_strdup_printf(_("no room: %s"), missing)
                                          : g_strdup_printf(_("no room: %s"), errors);

        append_part(text, sum, sum->states[CVM_FLEET_FULL], words);
    }
    if (sum->states[CVM_FLEET_CANNOT] > 0) {
        g_autofree char *words = g_strdup_printf(_("cannot run: %s"), errors);

        append_part(text, sum, sum->states[CVM_FLEET_CANNOT], words);
    }
    return g_string_free(text, FALSE);
}

static enum cvm_fleet_state
best_state(const struct sum *sum)
{
    enum cvm_fleet_state state = CVM_FLEET_RUNS;

    while (state > CVM_FLEET_CANNOT && sum->states[state] == 0) {
        state--;
    }
    return state;
}

/* ---- lines ---- */

static void
append_row(const struct page *page, const char *label, enum cvm_fleet_state state, const char *text)
{
    unsigned width = cvm_report_width(label, strlen(label));
    unsigned column = INDENT + page->width + 2;

    g_string_append_printf(page->out, "%*s%s%s%s", INDENT, "",
                           page->colour ? state_colours[state] : "", label,
                           page->colour ? COLOUR_END : "");
    if (width > page->width) {
        g_string_append_printf(page->out, "\n%*s", (int)column, "");
    } else {
        g_string_append_printf(page->out, "%*s", (int)(page->width + 2 - width), "");
    }
    cvm_report_wrap(page->out, text, column, column);
}

static void
append_profile_title(const struct page *page, const struct group *group)
{
    const struct cvm_fleet_profile *profile = &page->fleet->profiles[member(group, 0)];
    const char *guest = profile->guest == CVM_GUEST_NONE ? _("not confidential")
                                                         : cvm_guest_info(profile->guest)->title;

    g_string_append_printf(page->out, "\n%s (%s", group->label, guest);
    if (group->members->len == 1) {
        g_autofree char *memory = cvm_board_size(profile->memory);
        g_autofree char *pages = cvm_board_size(profile->hugepages);

        g_string_append_printf(page->out,
                               ngettext_(", %1$s, %2$u vCPU", ", %1$s, %2$u vCPUs", profile->vcpus),
                               memory, profile->vcpus);
        if (profile->hugepages > 0) {
            g_string_append_printf(page->out, _(", pages of %s"), pages);
        }
    }
    g_string_append(page->out, ")\n");
}

/* Hosts that cannot run it for the same reason share a row. */
static void
append_refusals(const struct page *page, GPtrArray *labels, GPtrArray *texts)
{
    for (guint i = 0; i < texts->len; i++) {
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        g_autofree char *all = NULL;
        g_autofree char *line = NULL;
        const char *text;
        unsigned more;

        for (guint j = i; j < texts->len; j++) {
            if (g_str_equal(g_ptr_array_index(texts, j), g_ptr_array_index(texts, i))) {
                g_ptr_array_add(names, g_ptr_array_index(labels, j));
                if (j > i) {
                    g_ptr_array_remove_index(labels, j);
                    g_ptr_array_remove_index(texts, j--);
                }
            }
        }
        more = names->len > MOST_LABELS ? names->len - MOST_LABELS : 0;
        g_ptr_array_set_size(names, (gint)(names->len - more));
        all = cvm_words_join(names);
        if (more > 0) {
            g_autofree char *rest =
                g_strdup_printf(ngettext_("and %u more", "and %u more", more), more);

            char *longer = g_strconcat(all, " ", rest, NULL);

            g_free(all);
            all = longer;
        }
        text = g_ptr_array_index(texts, i);
        line = names->len == 1 ? g_strdup(text) : g_strdup_printf("%s (%s)", text, all);
        append_row(page, names->len == 1 ? all : _("elsewhere"), CVM_FLEET_CANNOT, line);
    }
}

static void
append_profile(struct page *page, const struct group *profiles)
{
    g_autoptr(GPtrArray) labels = g_ptr_array_new();
    g_autoptr(GPtrArray) texts = g_ptr_array_new();
    g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) shares = list_shares(page, profiles);

    append_profile_title(page, profiles);
    for (guint i = 0; i < page->hosts->len; i++) {
        const struct group *hosts = &g_array_index(page->hosts, struct group, i);
        struct sum sum;
        char *text;

        sum_pairs(page, shares, hosts, &sum);
        text = describe(&sum);
        g_ptr_array_add(owned, text);
        if (sum.states[CVM_FLEET_CANNOT] == sum.pairs) {
            g_ptr_array_add(labels, hosts->label);
            g_ptr_array_add(texts, text);
        } else {
            append_row(page, hosts->label, best_state(&sum), text);
        }
        clear_sum(&sum);
    }
    append_refusals(page, labels, texts);
}

static void
append_head(const struct page *page)
{
    const struct cvm_fleet *fleet = page->fleet;
    g_autofree char *profiles = g_strdup_printf(
        ngettext_("%u profile", "%u profiles", fleet->n_profiles), fleet->n_profiles);
    g_autofree char *hosts =
        g_strdup_printf(ngettext_("%u host", "%u hosts", fleet->n_hosts), fleet->n_hosts);
    g_autofree char *text = g_strdup_printf(
        _("%1$s on %2$s; vCPUs per CPU: %3$g. Told are how many more guests fit, of each profile "
          "by itself, and what runs out first. ASIDs and huge pages in use are counted as they are "
          "recorded; of memory and CPUs that is not recorded, and nothing is taken to be in use. "
          "Where a record tells less, it is 'at most'."),
        profiles, hosts, fleet->vcpus_per_cpu);

    cvm_report_wrap(page->out, text, 0, 0);
}

static void
append_said(const struct page *page)
{
    if (page->said->len > 0) {
        g_string_append_printf(page->out, "\n%s\n",
                               _("What the rules say, for the first such pair:"));
    }
    for (guint i = 0; i < page->said->len; i++) {
        const struct cvm_fleet_reason *reason =
            g_array_index(page->said, const struct cvm_fleet_reason *, i);
        g_autofree char *line = cvm_report_line(reason->message);
        g_autofree char *fix = reason->fix ? cvm_report_line(reason->fix) : NULL;
        g_autofree char *text =
            g_strdup_printf("%s: %s%s%s", reason->name, line, fix ? " " : "", fix ? fix : "");

        g_string_append_printf(page->out, "  %s  ", reason->rule);
        cvm_report_wrap(page->out, text, 10, 10);
    }
}

/* ---- placement ---- */

static void
append_shares(const struct page *page)
{
    const struct cvm_fleet *fleet = page->fleet;

    for (unsigned i = 0; i < fleet->n_shares;) {
        g_autoptr(GString) text = g_string_new(NULL);
        unsigned host = fleet->shares[i].host;
        g_autofree char *name = cvm_report_line(fleet->hosts[host].name);

        for (; i < fleet->n_shares && fleet->shares[i].host == host; i++) {
            g_autofree char *profile =
                cvm_report_line(fleet->profiles[fleet->shares[i].profile].name);

            g_string_append_printf(text, "%s%u × %s", text->len ? ", " : "",
                                   fleet->shares[i].guests, profile);
        }
        append_row(page, name, CVM_FLEET_RUNS, text->str);
    }
}

static void
append_obstacles(const struct page *page)
{
    for (unsigned i = 0; i < page->fleet->n_obstacles; i++) {
        g_autofree char *line = cvm_report_line(page->fleet->obstacles[i].message);

        g_string_append(page->out, "  - ");
        cvm_report_wrap(page->out, line, 4, 4);
    }
}

static void
append_placement(const struct page *page)
{
    switch (page->fleet->answer) {
    case CVM_FLEET_NOT_ASKED:
        return;
    case CVM_FLEET_PLACED:
        g_string_append_printf(page->out, "\n%s\n", _("A placement of the guests asked for:"));
        append_shares(page);
        return;
    case CVM_FLEET_IMPOSSIBLE:
        g_string_append_printf(
            page->out, "\n%s\n",
            _("There is no placement of the guests asked for. What stands in the "
              "way, together:"));
        append_obstacles(page);
        return;
    default:
        g_string_append_printf(page->out, "\n%s\n",
                               _("No placement of the guests asked for was found, and none was "
                                 "ruled out (unproven)."));
        append_obstacles(page);
        return;
    }
}

static void
measure_labels(struct page *page)
{
    page->width = LABEL_MIN;
    for (guint i = 0; i < page->hosts->len; i++) {
        const char *label = g_array_index(page->hosts, struct group, i).label;

        page->width = MAX(page->width, cvm_report_width(label, strlen(label)));
    }
    page->width = MIN(page->width, LABEL_MAX);
}

void
cvm_fleet_report_text(const struct cvm_fleet *fleet, gboolean colour, GString *out)
{
    struct page page = {
        .fleet = fleet,
        .colour = colour,
        .out = out,
        .said = g_array_new(FALSE, FALSE, sizeof(const struct cvm_fleet_reason *)),
    };

    page.profiles = make_groups(&page, FALSE);
    page.hosts = make_groups(&page, TRUE);
    measure_labels(&page);
    append_head(&page);
    for (guint i = 0; i < page.profiles->len; i++) {
        append_profile(&page, &g_array_index(page.profiles, struct group, i));
    }
    append_said(&page);
    append_placement(&page);
    g_array_unref(page.profiles);
    g_array_unref(page.hosts);
    g_array_unref(page.said);
}
