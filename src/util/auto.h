/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Clean-up at scope exit for our own structs: g_autoptr wants typedefs, which internal structs have
 * not. */
#ifndef CVM_UTIL_AUTO_H
#define CVM_UTIL_AUTO_H

#include <glib.h>

/* CVM_AUTO(arena) *arena = cvm_arena_new(); calls cvm_arena_free(arena) when the scope is left. */
#define CVM_AUTO(noun) __attribute__((cleanup(cvm_auto_##noun))) struct cvm_##noun

#define CVM_DEFINE_AUTO(noun)                                                                      \
    static inline void cvm_auto_##noun(struct cvm_##noun **pointer)                                \
    {                                                                                              \
        cvm_##noun##_free(*pointer);                                                               \
    }

#endif
