/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A user of libcvmdom-virt, as any: it knows the installed headers.
 *
 *     virt-user [-r] [-t SECONDS] URI STEP…
 *
 * Each step prints a line: "STEP: ok", or "STEP: error CODE: MESSAGE"; exit status 1 when one
 * failed.
 *
 *     open          connects anew; comes by itself before the first step that needs a connection
 *     close
 *     capture       with -o FILE the record is written there
 *     host          its name
 *     define=FILE   the profile's domains, for the host that libvirt tells of
 *     find=NAME     and whether it runs
 *     start=NAME
 *     stop=NAME
 *     undefine=NAME
 *     threads=N     so many threads open, capture and close twice, each for itself
 *     wait          until a line comes on standard input
 *     fds           how many descriptors are open
 */
#include <cvmdom/cvmdom.h>
#include <cvmdom/virt.h>
#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct user {
    const char *uri;
    struct cvmdom_connection_options options;
    const char *output;
    cvmdom_connection *connection;
};

/* Steps return 0, or -1 with an error. */
typedef int (*step_fn)(struct user *user, const char *argument, cvmdom_error **error);

static int
do_close(struct user *user, const char *argument, cvmdom_error **error)
{
    (void)argument;
    (void)error;
    cvmdom_connection_close(user->connection);
    user->connection = NULL;
    return 0;
}

static int
do_open(struct user *user, const char *argument, cvmdom_error **error)
{
    do_close(user, argument, error);
    user->connection = cvmdom_connection_open(user->uri, &user->options, error);
    if (user->connection) {
        printf("uri %s, %s\n", cvmdom_connection_uri(user->connection),
               cvmdom_connection_is_local(user->connection) ? "local" : "remote");
    }
    return user->connection ? 0 : -1;
}

static int
need_connection(struct user *user, cvmdom_error **error)
{
    return user->connection ? 0 : do_open(user, NULL, error);
}

static void
write_record(const struct user *user, const cvmdom_record *record)
{
    FILE *file = user->output ? fopen(user->output, "w") : NULL;
    char *text = cvmdom_record_text(record, 0);

    if (file && text) {
        fputs(text, file);
        fclose(file);
    }
    free(text);
}

/* A record that is not captured has to stay as it was. */
static int
do_capture(struct user *user, const char *argument, cvmdom_error **error)
{
    cvmdom_record *record = cvmdom_record_new("user");
    char *before = cvmdom_record_text(record, 1);
    int status = need_connection(user, error);

    (void)argument;
    if (status == 0) {
        status = cvmdom_connection_capture(user->connection, record, error);
    }
    if (status == 0) {
        write_record(user, record);
    } else {
        char *after = cvmdom_record_text(record, 1);

        if ((before && after) ? strcmp(before, after) : before != after) {
            printf("the record changed\n");
        }
        free(after);
    }
    free(before);
    cvmdom_record_free(record);
    return status;
}

static int
do_host(struct user *user, const char *argument, cvmdom_error **error)
{
    cvmdom_host *host =
        need_connection(user, error) == 0 ? cvmdom_connection_host(user->connection, error) : NULL;

    (void)argument;
    if (host) {
        printf("host %s\n", cvmdom_host_name(host));
    }
    cvmdom_host_free(host);
    return host ? 0 : -1;
}

static void
report_differences(const cvmdom_comparison *comparison)
{
    struct cvmdom_difference difference;
    size_t count = 0;

    while (comparison && cvmdom_comparison_at(comparison, count, &difference) == 0) {
        printf("%s differs\n", difference.path);
        count++;
    }
    printf("%zu differences\n", count);
}

static int
define_domain(struct user *user, cvmdom_domain *domain, const cvmdom_host *host,
              cvmdom_error **error)
{
    const struct cvmdom_define_options options = { 0 };
    cvmdom_findings *findings = cvmdom_findings_new();
    struct cvmdom_definition definition = { 0 };
    size_t severe;
    int status;

    cvmdom_domain_resolve(domain, host);
    cvmdom_domain_check(domain, host, findings);
    severe = cvmdom_findings_count_from(findings, CVMDOM_SEVERE);
    for (size_t i = 0; i < cvmdom_findings_count(findings); i++) {
        printf("%s: %s\n", cvmdom_finding_rule(findings, i), cvmdom_finding_message(findings, i));
    }
    cvmdom_findings_free(findings);
    if (severe > 0) {
        return cvmdom_error_set(error, CVMDOM_ERROR_USAGE, "there are errors");
    }
    status = cvmdom_connection_define(user->connection, domain, host, &options, &definition, error);
    if (status == 0) {
        printf("%s: result %d\n", cvmdom_domain_name(domain), definition.result);
        report_differences(definition.after ? definition.after : definition.before);
    }
    cvmdom_comparison_free(definition.before);
    cvmdom_comparison_free(definition.after);
    return status;
}

/* What libvirt tells, with this machine's firmware: its other files speak against a pretended host.
 */
static cvmdom_host *
capture_host(struct user *user, cvmdom_error **error)
{
    cvmdom_record *record = cvmdom_record_new("captured");
    cvmdom_host *host = NULL;

    if (need_connection(user, error) == 0 &&
        cvmdom_connection_capture(user->connection, record, error) == 0) {
        host = cvmdom_record_host(record, error);
    }
    if (host && cvmdom_host_add_firmware(host, "/", error) < 0) {
        cvmdom_host_free(host);
        host = NULL;
    }
    cvmdom_record_free(record);
    return host;
}

static int
do_define(struct user *user, const char *argument, cvmdom_error **error)
{
    cvmdom_host *host = capture_host(user, error);
    cvmdom_domains *domains = host ? cvmdom_domains_read(argument, NULL, error) : NULL;
    int status = domains ? 0 : -1;

    for (size_t i = 0; status == 0 && i < cvmdom_domains_count(domains); i++) {
        status = define_domain(user, cvmdom_domains_get(domains, i), host, error);
    }
    cvmdom_domains_free(domains);
    cvmdom_host_free(host);
    return status;
}

static int
do_undefine(struct user *user, const char *argument, cvmdom_error **error)
{
    return need_connection(user, error) == 0
               ? cvmdom_connection_undefine(user->connection, argument, error)
               : -1;
}

static int
do_find(struct user *user, const char *argument, cvmdom_error **error)
{
    struct cvmdom_known_domain domain = { 0 };
    int there = need_connection(user, error) == 0
                    ? cvmdom_connection_find(user->connection, argument, &domain, error)
                    : -1;

    if (there == 1) {
        printf("%s: active %d, persistent %d\n", argument, domain.active, domain.persistent);
        free(domain.xml);
        free(domain.live_xml);
    }
    return there < 0 ? -1 : 0;
}

static int
do_start(struct user *user, const char *argument, cvmdom_error **error)
{
    return need_connection(user, error) == 0
               ? cvmdom_connection_start(user->connection, argument, NULL, error)
               : -1;
}

static int
do_stop(struct user *user, const char *argument, cvmdom_error **error)
{
    return need_connection(user, error) == 0
               ? cvmdom_connection_stop(user->connection, argument, error)
               : -1;
}

static void *
run_thread(void *data)
{
    struct user own = *(const struct user *)data;
    cvmdom_error *error = NULL;

    own.connection = NULL;
    for (int i = 0; i < 2 && !error; i++) {
        do_capture(&own, NULL, &error);
        do_close(&own, NULL, NULL);
    }
    return error;
}

static int
do_threads(struct user *user, const char *argument, cvmdom_error **error)
{
    pthread_t threads[64];
    int count = argument ? atoi(argument) : 0;
    int started = 0;

    while (started < count && started < 64 &&
           pthread_create(&threads[started], NULL, run_thread, user) == 0) {
        started++;
    }
    for (int i = 0; i < started; i++) {
        void *result = NULL;

        pthread_join(threads[i], &result);
        if (result && *error) {
            cvmdom_error_free(result);
        } else if (result) {
            *error = result;
        }
    }
    return *error ? -1 : 0;
}

static int
do_wait(struct user *user, const char *argument, cvmdom_error **error)
{
    int c;

    (void)user;
    (void)argument;
    (void)error;
    printf("waiting\n");
    do {
        c = getchar();
    } while (c != '\n' && c != EOF);
    return 0;
}

static int
do_fds(struct user *user, const char *argument, cvmdom_error **error)
{
    DIR *folder = opendir("/proc/self/fd");
    int count = -4; /* ., .., the folder's own, and it starts at 1 */

    (void)user;
    (void)argument;
    (void)error;
    do {
        count++;
    } while (folder && readdir(folder));
    closedir(folder);
    printf("%d descriptors\n", count);
    return 0;
}

static const struct {
    const char *name;
    step_fn run;
} steps[] = {
    { "open", do_open },       { "close", do_close },   { "capture", do_capture },
    { "host", do_host },       { "define", do_define }, { "undefine", do_undefine },
    { "find", do_find },       { "start", do_start },   { "stop", do_stop },
    { "threads", do_threads }, { "wait", do_wait },     { "fds", do_fds },
};

static int
run_step(struct user *user, const char *word)
{
    size_t length = strcspn(word, "=");
    cvmdom_error *error = NULL;
    size_t i = 0;
    int status;

    while (i < sizeof(steps) / sizeof(steps[0]) &&
           (strncmp(word, steps[i].name, length) != 0 || steps[i].name[length])) {
        i++;
    }
    if (i == sizeof(steps) / sizeof(steps[0])) {
        printf("%s: no such step\n", word);
        return -1;
    }
    status = steps[i].run(user, word[length] ? word + length + 1 : NULL, &error);
    if (status == 0) {
        printf("%s: ok\n", steps[i].name);
    } else {
        printf("%s: error %d: %s\n", steps[i].name, error ? cvmdom_error_code(error) : 0,
               error ? cvmdom_error_message(error) : "which it does not say");
    }
    cvmdom_error_free(error);
    return status;
}

int
main(int argc, char **argv)
{
    struct user user = { 0 };
    int status = EXIT_SUCCESS;
    int option;

    signal(SIGPIPE, SIG_IGN); /* as <cvmdom/virt.h> asks */
    setvbuf(stdout, NULL, _IOLBF, 0);
    while ((option = getopt(argc, argv, "rt:o:")) != -1) {
        switch (option) {
        case 'r':
            user.options.read_only = 1;
            break;
        case 't':
            user.options.timeout = (unsigned)atoi(optarg);
            break;
        case 'o':
            user.output = optarg;
            break;
        default:
            return 2;
        }
    }
    if (optind == argc) {
        return 2;
    }
    user.uri = argv[optind];
    for (int i = optind + 1; i < argc; i++) {
        if (run_step(&user, argv[i]) != 0) {
            status = EXIT_FAILURE;
        }
    }
    cvmdom_connection_close(user.connection);
    return status;
}
