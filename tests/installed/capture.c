/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The least embedder of libcvmdom-virt: capture URI. */
#include <cvmdom/cvmdom.h>
#include <cvmdom/virt.h>
#include <stdio.h>
#include <stdlib.h>

int
main(int argc, char **argv)
{
    const struct cvmdom_connection_options options = { .timeout = 30 };
    cvmdom_error *error = NULL;
    cvmdom_connection *connection =
        argc == 2 ? cvmdom_connection_open(argv[1], &options, &error) : NULL;
    cvmdom_record *record = cvmdom_record_new("captured");
    char *text = NULL;

    if (connection && cvmdom_connection_capture(connection, record, &error) == 0) {
        text = cvmdom_record_text(record, 0);
        fputs(text, stdout);
    }
    if (error) {
        fprintf(stderr, "%s\n", cvmdom_error_message(error));
    }
    free(text);
    cvmdom_error_free(error);
    cvmdom_record_free(record);
    cvmdom_connection_close(connection);
    return text ? EXIT_SUCCESS : EXIT_FAILURE;
}
