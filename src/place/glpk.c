/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GLPK as a guest. It keeps an environment for each thread (glp_config("TLS")), prints, and ends
 * the process when memory runs out or it finds a mistake of its own. So it gets a thread of its
 * own: its environment is new, whoever else in the process uses GLPK keeps theirs, and where GLPK
 * would end the process it is left by longjmp(), which its manual allows (glp_error_hook) as long
 * as the environment is freed next. That frees whatever it had allocated. */
#include <glpk.h>
#include <setjmp.h>

#include "place/problem.h"

/* MiB that GLPK may allocate. */
enum { MEMORY_MAX = 2048 };

struct visit {
    void (*function)(void *);
    void *data;
    jmp_buf give_up;
};

static int
print_nothing(G_GNUC_UNUSED void *data, G_GNUC_UNUSED const char *text)
{
    return 1;
}

static void
give_up(void *data)
{
    longjmp(((struct visit *)data)->give_up, 1);
}

static void *
run_visit(void *data)
{
    struct visit *visit = data;

    /* 1: there is an environment already, so it is not this thread's own; 2 and 3: none can be. */
    if (glp_init_env() != 0) {
        return NULL;
    }
    glp_term_hook(print_nothing, NULL);
    if (setjmp(visit->give_up)) {
        glp_free_env();
        return NULL;
    }
    glp_error_hook(give_up, visit);
    glp_mem_limit(MEMORY_MAX);
    visit->function(visit->data);
    glp_free_env();
    return visit;
}

gboolean
place_with_glpk(void (*function)(void *), void *data)
{
    struct visit visit = { .function = function, .data = data };
    GThread *thread;

    if (!glp_config("TLS")) {
        return FALSE; /* one environment for all threads */
    }
    thread = g_thread_try_new("cvmdom-place", run_visit, &visit, NULL);
    return thread && g_thread_join(thread) != NULL;
}
