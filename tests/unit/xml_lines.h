/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domain XML, as it is compared after being read and written again. */
#ifndef CVM_TESTS_XML_LINES_H
#define CVM_TESTS_XML_LINES_H

#include <glib.h>
#include <string.h>

/* The lines without their indentation, which metadata keeps and gets once more, and without those
 * that say nothing: empty ones, and "<cmdline></cmdline>". */
static inline GPtrArray *
list_lines(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", 0);
    GPtrArray *list = g_ptr_array_new_with_free_func(g_free);

    for (char **line = lines; *line; line++) {
        if (*g_strstrip(*line) && !strstr(*line, "></")) {
            g_ptr_array_add(list, g_strdup(*line));
        }
    }
    return list;
}

#endif
