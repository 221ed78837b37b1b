/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "domain_fixture.h"
#include "host_fixture.h"
#include "resolve/resolve.h"
#include "unit.h"

/* "0:4 1:5": vCPUs and where they are pinned; "" when they are not. */
static char *
format_pins(const struct cvm_domain *domain)
{
    GString *text = g_string_new(NULL);

    cvm_each (struct cvm_pin, pin, &domain->vcpu.pin) {
        g_string_append_printf(text, "%s%u:%s", text->len ? " " : "", (unsigned)pin->id.value,
                               pin->cpuset.value);
    }
    return g_string_free(text, FALSE);
}

static struct cvm_domain *
new_auto(unsigned vcpus, uint64_t memory)
{
    struct cvm_domain *domain = new_domain(CVM_GUEST_SEV);

    NUMBER(domain->vcpu.count, vcpus);
    NUMBER(domain->memory.size, memory);
    FLAG(domain->vcpu.pin_auto, TRUE);
    return domain;
}

/* Hosts of equal nodes with 2 GiB pools of 2 MiB pages (1024) and 16 GiB a node; cores a node 4. */
START_TEST(test_fit)
{
    static const struct {
        unsigned nodes, host_threads, vcpus, guest_threads;
        uint64_t memory;
        gboolean huge;
        const char *nodeset, *pins;
    } cases[] = {
        /* whole cores first */
        { 2, 2, 2, 1, 4 * GIB, FALSE, "0", "0:0 1:1" },
        { 2, 2, 4, 1, 4 * GIB, FALSE, "0", "0:0 1:1 2:2 3:3" },
        /* then their second threads */
        { 2, 2, 6, 1, 4 * GIB, FALSE, "0", "0:0 1:1 2:2 3:3 4:8 5:9" },
        /* threads of a guest core on threads of one host core */
        { 2, 2, 4, 2, 4 * GIB, FALSE, "0", "0:0 1:8 2:1 3:9" },
        /* a host without SMT has no siblings to offer */
        { 2, 1, 4, 2, 4 * GIB, FALSE, "0", "0:0 1:1 2:2 3:3" },
        /* CPUs ask for a second node */
        { 2, 1, 6, 1, 4 * GIB, FALSE, "0-1", "0:0 1:1 2:2 3:3 4:4 5:5" },
        /* memory does, and then it is the near one */
        { 4, 1, 2, 1, 20 * GIB, FALSE, "0-1", "0:0 1:1" },
        { 4, 1, 2, 1, 56 * GIB, FALSE, "0-3", "0:0 1:1" },
        /* huge pages count, not memory (of which 14 GiB a node are left beside them) */
        { 4, 1, 2, 1, 2 * GIB, TRUE, "0", "0:0 1:1" },
        { 4, 1, 2, 1, 4 * GIB, TRUE, "0-1", "0:0 1:1" },
        /* no fit, no answer */
        { 4, 1, 2, 1, 16 * GIB, TRUE, NULL, "" },
        { 2, 1, 2, 1, 29 * GIB, FALSE, NULL, "" },
        { 2, 1, 9, 1, 4 * GIB, FALSE, NULL, "" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        CVM_AUTO(domain) *domain = new_auto(cases[i].vcpus, cases[i].memory);
        CVM_AUTO(host) *host = cvm_host_new();
        g_autofree char *pins = NULL;

        set_topology(host, cases[i].nodes, 4, cases[i].host_threads, 16 * GIB, 2 * MIB, 1024);
        if (cases[i].huge) {
            NUMBER(domain->memory.hugepages, 2 * MIB);
        }
        if (cases[i].guest_threads > 1) {
            NUMBER(domain->vcpu.threads, cases[i].guest_threads);
        }
        cvm_resolve(domain, host);
        pins = format_pins(domain);
        ck_assert_msg(g_str_equal(pins, cases[i].pins), "case %zu: %s", i, pins);
        if (cases[i].nodeset) {
            ck_assert_str_eq(domain->numatune.nodeset.value, cases[i].nodeset);
            ck_assert_str_eq(domain->numatune.mode.value, "strict");
        } else {
            ck_assert(cvm_is_unset(domain->numatune.nodeset));
            ck_assert(cvm_is_unset(domain->numatune.mode));
        }
    }
}
END_TEST

START_TEST(test_free_pages_count)
{
    CVM_AUTO(domain) *domain = new_auto(2, 1 * GIB);
    CVM_AUTO(host) *host = cvm_host_new();

    set_topology(host, 3, 4, 1, 16 * GIB, 2 * MIB, 1024);
    NUMBER(domain->memory.hugepages, 2 * MIB);
    host->topology.nodes[0].pools->has_free = TRUE;
    host->topology.nodes[0].pools->free = 511;
    host->topology.nodes[1].pools->has_free = TRUE;
    host->topology.nodes[1].pools->free = 512;
    cvm_resolve(domain, host);
    ck_assert_str_eq(domain->numatune.nodeset.value, "1");
}
END_TEST

START_TEST(test_given_nodes_hold_the_pins)
{
    CVM_AUTO(domain) *domain = new_auto(2, 4 * GIB);
    CVM_AUTO(host) *host = cvm_host_new();
    g_autofree char *pins = NULL;

    set_topology(host, 2, 4, 2, 16 * GIB, 2 * MIB, 0);
    TEXT(domain->numatune.nodeset, "1");
    TEXT(domain->numatune.mode, "preferred");
    cvm_resolve(domain, host);
    pins = format_pins(domain);
    ck_assert_str_eq(pins, "0:4 1:5");
    ck_assert_str_eq(domain->numatune.nodeset.value, "1");
    ck_assert_int_eq(domain->numatune.nodeset.from.origin, CVM_GIVEN);
    ck_assert_str_eq(domain->numatune.mode.value, "preferred");
}
END_TEST

START_TEST(test_given_pins_hold_the_memory)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV);
    CVM_AUTO(host) *host = cvm_host_new();
    struct cvm_pin *pin = LIST(domain, domain->vcpu.pin, cvm_pin, 2);

    set_topology(host, 2, 4, 2, 16 * GIB, 2 * MIB, 0);
    NUMBER(pin[0].id, 0);
    TEXT(pin[0].cpuset, "6");
    NUMBER(pin[1].id, 1);
    TEXT(pin[1].cpuset, "7");
    FLAG(domain->numatune.nodeset_auto, TRUE);
    cvm_resolve(domain, host);
    ck_assert_str_eq(domain->numatune.nodeset.value, "1");
    ck_assert_str_eq(pin[0].cpuset.value, "6");
}
END_TEST

START_TEST(test_cpuset_bounds_the_pins)
{
    CVM_AUTO(domain) *domain = new_auto(3, 4 * GIB);
    CVM_AUTO(host) *host = cvm_host_new();
    g_autofree char *pins = NULL;

    set_topology(host, 2, 4, 1, 16 * GIB, 2 * MIB, 0);
    TEXT(domain->vcpu.cpuset, "3-7");
    cvm_resolve(domain, host);
    pins = format_pins(domain);
    ck_assert_str_eq(pins, "0:4 1:5 2:6");
    ck_assert_str_eq(domain->numatune.nodeset.value, "1");
}
END_TEST

START_TEST(test_cells_stay_near_their_memory)
{
    CVM_AUTO(domain) *domain = new_auto(4, 4 * GIB);
    CVM_AUTO(host) *host = cvm_host_new();
    struct cvm_cell *cell = LIST(domain, domain->cpu.numa, cvm_cell, 2);
    g_autofree char *pins = NULL;

    set_topology(host, 2, 4, 1, 16 * GIB, 2 * MIB, 0);
    TEXT(cell[0].cpus, "0-1");
    TEXT(cell[0].nodeset, "1");
    TEXT(cell[1].cpus, "2-3");
    TEXT(cell[1].nodeset, "0");
    cvm_resolve(domain, host);
    pins = format_pins(domain);
    ck_assert_str_eq(pins, "0:4 1:5 2:0 3:1");
    ck_assert(cvm_is_unset(domain->numatune.nodeset));
    ck_assert_str_eq(domain->numatune.mode.value, "strict");
}
END_TEST

/* Overcommitted CPUs are allowed while none is pinned. */
START_TEST(test_memory_alone)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV_SNP);
    CVM_AUTO(host) *host = cvm_host_new();

    set_topology(host, 2, 4, 1, 16 * GIB, 2 * MIB, 0);
    NUMBER(domain->vcpu.count, 32);
    FLAG(domain->numatune.nodeset_auto, TRUE);
    cvm_resolve(domain, host);
    ck_assert_str_eq(domain->numatune.nodeset.value, "0");
    ck_assert_uint_eq(domain->vcpu.pin.count, 0);
}
END_TEST

START_TEST(test_nothing_asked_nothing_chosen)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV);
    CVM_AUTO(host) *host = cvm_host_new();

    set_topology(host, 2, 4, 1, 16 * GIB, 2 * MIB, 0);
    cvm_resolve(domain, host);
    ck_assert(cvm_is_unset(domain->numatune.nodeset));
    ck_assert_uint_eq(domain->vcpu.pin.count, 0);
}
END_TEST

/* 32 nodes (a last-level cache each) must not take for ever, whatever is asked. */
START_TEST(test_many_nodes)
{
    CVM_AUTO(domain) *domain = new_auto(8, 300 * GIB);
    CVM_AUTO(host) *host = cvm_host_new();

    set_topology(host, 32, 4, 2, 16 * GIB, 2 * MIB, 0);
    cvm_resolve(domain, host);
    ck_assert(cvm_is_set(domain->numatune.nodeset));
    ck_assert_uint_eq(domain->vcpu.pin.count, 8);
}
END_TEST

UNIT_MAIN("topology", test_fit, test_free_pages_count, test_given_nodes_hold_the_pins,
          test_given_pins_hold_the_memory, test_cpuset_bounds_the_pins,
          test_cells_stay_near_their_memory, test_memory_alone, test_nothing_asked_nothing_chosen,
          test_many_nodes)
