/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What starting costs before any work: the libraries of the command, and nothing done with them. */
#include <glib.h>
#include <jansson.h>
#include <libxml/parser.h>
#include <yaml.h>

/* A use of each library, so that no linker leaves one out. */
const void *volatile cvm_floor_uses[] = {
    (const void *)g_malloc,
    (const void *)json_loads,
    (const void *)xmlCreatePushParserCtxt,
    (const void *)yaml_parser_parse,
};

int
main(void)
{
    return cvm_floor_uses[0] == NULL;
}
