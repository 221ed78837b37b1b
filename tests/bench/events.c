/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What reading YAML costs before anything is made of it: libyaml's events of each file that a list
 * names, a NUL behind each name. */
#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

enum { FILE_MAX = 1 << 20 };

static int
count_events(const unsigned char *text, size_t size, unsigned long *events)
{
    yaml_parser_t parser;
    int going = 1;

    if (!yaml_parser_initialize(&parser)) {
        return -1;
    }
    yaml_parser_set_input_string(&parser, text, size);
    while (going) {
        yaml_event_t event;

        if (!yaml_parser_parse(&parser, &event)) {
            yaml_parser_delete(&parser);
            return -1;
        }
        ++*events;
        going = event.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return 0;
}

static int
read_file(const char *path, unsigned char *text, unsigned long *events)
{
    FILE *file = fopen(path, "rb");
    size_t size;

    if (!file) {
        perror(path);
        return -1;
    }
    size = fread(text, 1, FILE_MAX, file);
    fclose(file);
    return count_events(text, size, events);
}

int
main(int argc, char **argv)
{
    unsigned char *text = malloc(FILE_MAX);
    FILE *list = argc == 2 ? fopen(argv[1], "rb") : NULL;
    char *name = NULL;
    size_t room = 0;
    unsigned long events = 0;
    int status = list && text ? 0 : 1;

    while (status == 0 && getdelim(&name, &room, '\0', list) > 0) {
        status = read_file(name, text, &events) < 0;
    }
    printf("%lu events\n", events);
    free(name);
    free(text);
    return status;
}
