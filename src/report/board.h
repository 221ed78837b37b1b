/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parts of a fleet's page share: which rows and columns there are, what of a row is in a
 * column, and words. */
#ifndef CVM_REPORT_BOARD_H
#define CVM_REPORT_BOARD_H

#include "model/fleet.h"
#include "report/html.h"

/* How much of a fleet a page shows: what one can scroll through, and what a phone can load. */
enum {
    CVM_BOARD_ALONE_HOSTS = 12,    /* up to so many hosts each have a row; more share that of their
                                     kind */
    CVM_BOARD_ALONE_PROFILES = 24, /* the same of profiles and columns */
    CVM_BOARD_DENSE = 10,          /* more columns than this are narrow */
    CVM_BOARD_ROWS = 60,
    CVM_BOARD_COLUMNS = 40,
    CVM_BOARD_CELLS = 8000, /* of hosts that have a row below that of their kind */
    CVM_BOARD_HOSTS = 1000, /* with bars of their own */
    CVM_BOARD_NAMES = 12,   /* in a sentence */
    CVM_BOARD_OPEN = 40,    /* rows of a table that is longer than that have to be asked for */
    CVM_BOARD_FULL_TIPS =
        600, /* cells; where there are more, the messages are in their section alone */
};

/* Hosts of a row, or profiles of a column. */
struct cvm_board_group {
    unsigned *members; /* as in the fleet */
    unsigned count;
    unsigned first;  /* of its kind, or its only one */
    unsigned able;   /* pairs that run */
    gboolean listed; /* each host has a row below */
};
struct cvm_board_groups {
    struct cvm_board_group *items;
    unsigned count;
    unsigned left_out; /* hosts, or profiles, of groups that are not among the items */
};

/* A pool that stands for all of its resource; NULL: none. */
struct cvm_board_pool {
    const struct cvm_fleet_host *host;
    const struct cvm_fleet_pool *pool;
};

/* All pairs of a group of profiles and one of hosts. */
struct cvm_board_sum {
    unsigned pairs[CVM_FLEET_RUNS + 1]; /* by state */
    enum cvm_fleet_state state;         /* the best */
    uint64_t least, most;               /* guests of one profile on all of the hosts;
                                           CVM_BOARD_NO_LIMIT */
    gboolean assumed;
    unsigned placed;
    struct cvm_board_pool limit; /* what most often runs out first */
};
#define CVM_BOARD_NO_LIMIT G_MAXUINT64

/* What a rule said, and of whom. */
struct cvm_board_why {
    const struct cvm_fleet_reason *reason;
    unsigned id;
    GArray *where; /* of unsigned: row * columns + column */
};

struct cvm_board {
    const struct cvm_fleet *fleet;
    struct cvm_html html;
    struct cvm_arena *arena;
    const char **host_names, **profile_names; /* short enough to be shown */
    struct cvm_board_groups rows, columns;
    unsigned *placed;  /* [row * columns + column] */
    GPtrArray *whys;   /* of struct cvm_board_why, by severity, then by rule */
    GHashTable *known; /* the same as a set */
};

/* ---- board_view.c ---- */

void
cvm_board_init(struct cvm_board *board, const struct cvm_fleet *fleet, GString *out);
void
cvm_board_clear(struct cvm_board *board);
struct cvm_board_sum
cvm_board_sum(const struct cvm_board *board, const struct cvm_board_group *hosts,
              const struct cvm_board_group *profiles);
/* Of a reason of a pair that is shown. */
const struct cvm_board_why *
cvm_board_find_why(const struct cvm_board *board, const struct cvm_fleet_reason *reason);
/* The state of this profile on the host that it runs best on. */
enum cvm_fleet_state
cvm_board_best(const struct cvm_fleet *fleet, unsigned profile);

/* ---- board_words.c ---- */

/* Strings are the caller's to g_free(). "380.5 GiB", as somebody reads it. */
char *
cvm_board_size(uint64_t bytes);
/* An amount of a resource, with its unit. */
char *
cvm_board_amount(enum cvm_fleet_resource resource, uint64_t amount);
/* "1 GiB pages". */
char *
cvm_board_resource(struct cvm_board_pool noted);
/* Notes the first, and in its place one whose name says more: where SEV-ES and SEV-SNP share ASIDs.
 */
void
cvm_board_note_pool(struct cvm_board_pool *noted, const struct cvm_fleet_host *host,
                    const struct cvm_fleet_pool *pool);
/* "EPYC 9654". */
char *
cvm_board_processor(const char *name);
const char *
cvm_board_state(enum cvm_fleet_state state);
/* Of an icon and of a cell: never translated. */
const char *
cvm_board_state_class(enum cvm_fleet_state state);

/* Into the page. */
void
cvm_board_write_icon(struct cvm_board *board, const char *name);
/* Starts one, with its heading; the caller's to end. */
void
cvm_board_write_section(struct cvm_board *board, const char *id, const char *title);
/* "snp-web, db and 3 more". */
void
cvm_board_write_names(struct cvm_board *board, const char *const *names,
                      const struct cvm_board_group *group, unsigned most);
/* A row's heading; opens: it shows and hides the rows of its hosts, which follow in the same tbody.
 */
void
cvm_board_write_row_heading(struct cvm_board *board, const struct cvm_board_group *group,
                            gboolean opens);
void
cvm_board_write_member_heading(struct cvm_board *board, unsigned host);

/* ---- the sections, each a file ---- */

void
cvm_board_write_matrix(struct cvm_board *board);
void
cvm_board_write_capacity(struct cvm_board *board);
void
cvm_board_write_placement(struct cvm_board *board);
void
cvm_board_write_reasons(struct cvm_board *board);

/* src/report/board.css; static. */
const char *
cvm_board_style(void);

#endif
