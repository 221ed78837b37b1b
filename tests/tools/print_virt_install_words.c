/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints the sub-options that `render --to virt-install` may write, an option and a word a line, as
 * `virt-install --disk help` lists them. */
#include <stdio.h>
#include <string.h>

#include "render/virt_install.h"

int
main(void)
{
    for (const struct cvm_vi_option *option = cvm_vi_options; option->element; option++) {
        for (const struct cvm_vi_word *row = option->words; row->path; row++) {
            size_t length = strcspn(row->word, "#");

            printf("%s %.*s%s%s\n", option->option, (int)length, row->word,
                   row->word[length] ? "[0-9]*" : "",
                   row->word[length] ? row->word + length + 1 : "");
        }
    }
    return 0;
}
