/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "check_rule.h"
#include "read/host.h"
#include "util/number.h"

static struct cvm_domain *
make_domain(enum cvm_guest guest, uint64_t size)
{
    struct cvm_domain *domain = cvm_domain_new(CVM_FORM_PROFILE);

    domain->launch.guest = guest;
    GIVE(domain->memory.size, size);
    GIVE(domain->vcpu.count, 4);
    return domain;
}

/* Two nodes of 64 GiB: CPUs 0, 1 and 4, 5 on node 0, 2, 3 and 6, 7 on node 1; 1024 pages of 2 MiB
 * on each, and 8 of 1 GiB on node 0. */
static struct cvm_host *
make_host(void)
{
    struct cvm_host *host = cvm_host_new();
    struct cvm_host_node *nodes = cvm_arena_array(host->arena, struct cvm_host_node, 2);

    for (unsigned i = 0; i < 2; i++) {
        nodes[i].id = i;
        nodes[i].memory = GIB(64);
        nodes[i].n_cpus = 4;
        nodes[i].cpus = cvm_arena_array(host->arena, struct cvm_host_cpu, 4);
        for (unsigned j = 0; j < 4; j++) {
            nodes[i].cpus[j].id = 2 * i + j % 2 + 4 * (j / 2);
        }
        nodes[i].n_pools = i == 0 ? 3 : 2;
        nodes[i].pools = cvm_arena_array(host->arena, struct cvm_page_pool, 3);
        nodes[i].pools[0] = (struct cvm_page_pool){ .size = 4096, .count = 1 << 20 };
        nodes[i].pools[1] = (struct cvm_page_pool){ .size = MIB(2), .count = 1024 };
        nodes[i].pools[2] = (struct cvm_page_pool){ .size = GIB(1), .count = 8 };
    }
    host->has_topology = TRUE;
    host->topology.nodes = nodes;
    host->topology.n_nodes = 2;
    cvm_host_order_places(host);
    return host;
}

START_TEST(test_not_pinnable)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV, GIB(4));
    CVM_AUTO(host) *host = cvm_host_new();
    struct cvm_node *metadata = cvm_node_new(domain->arena, CVM_NODE_ELEMENT, NULL, "metadata");

    CHECK_RULE("CVM501", domain, NULL, "E");
    CHECK_SAYS("'64MiB' unless");
    CHECK_FIX("'locked: true'");
    domain->form = CVM_FORM_XML;
    CHECK_RULE("CVM501", domain, NULL, "E");
    CHECK_FIX("<locked/>");
    CHECK_RULE("CVM501", domain, host, "E");
    CHECK_SAYS("unless somebody raised it");

    host->has_memlock = TRUE;
    host->memlock = GIB(1);
    CHECK_RULE("CVM501", domain, host, "E");
    CHECK_SAYS("the daemon's limit is '1GiB'");
    host->memlock = G_MAXUINT64;
    CHECK_RULE("CVM501", domain, host, "");

    GIVE(domain->memory.locked, TRUE);
    CHECK_RULE("CVM501", domain, NULL, "");
    domain->memory.locked.from.origin = CVM_INVALID;
    CHECK_RULE("CVM501", domain, NULL, "");
    GIVE(domain->memory.locked, FALSE);
    GIVE(domain->memory.hard_limit, GIB(5));
    CHECK_RULE("CVM501", domain, NULL, "");
    /* what `virsh dumpxml` writes for no limit */
    GIVE(domain->memory.hard_limit, UINT64_C(9007199254740991) << 10);
    CHECK_RULE("CVM501", domain, NULL, "E");
    domain->metadata.from.node = metadata;
    CHECK_RULE("CVM501", domain, NULL, "E");
    cvm_node_new(domain->arena, CVM_NODE_ELEMENT, metadata, "kubevirt");
    CHECK_RULE("CVM501", domain, NULL, "");
}
END_TEST

START_TEST(test_not_pinnable_with_devices)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV_ES, GIB(4));
    struct cvm_hostdev hostdev[1] = { 0 };
    struct cvm_interface cards[1] = { 0 };

    GIVE_LIST(domain->devices.hostdev, hostdev);
    GIVE(hostdev[0].type, "usb");
    CHECK_RULE("CVM501", domain, NULL, "E");
    GIVE(hostdev[0].type, "pci");
    CHECK_RULE("CVM501", domain, NULL, "");
    GIVE(hostdev[0].type, "mdev");
    CHECK_RULE("CVM501", domain, NULL, "");
    domain->devices.hostdev.count = 0;
    GIVE_LIST(domain->devices.interface, cards);
    GIVE(cards[0].type, "network");
    CHECK_RULE("CVM501", domain, NULL, "E");
    GIVE(cards[0].type, "hostdev");
    CHECK_RULE("CVM501", domain, NULL, "");
    domain->launch.guest = CVM_GUEST_SEV_SNP;
    CHECK_RULE("CVM501", domain, NULL, "");
}
END_TEST

START_TEST(test_hard_limit)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV, GIB(4));
    static const struct {
        uint64_t size, limit, hugepages;
        const char *found;
    } cases[] = {
        { GIB(4), 0, 0, "E" },
        { GIB(4), GIB(4), 0, "E" },
        { GIB(4), GIB(4) + MIB(9), 0, "E" }, /* KVM's array takes 8 MiB, the flash 2 MiB */
        { GIB(4), GIB(4) + MIB(10), 0, "W" },
        { GIB(4), GIB(4) + MIB(256), 0, "" }, /* libvirt's advice */
        { GIB(32), GIB(32) + MIB(256), 0, "" },
        { GIB(64), GIB(64) + MIB(256), 0, "W" },
        { GIB(64), GIB(66), 0, "" },
        { GIB(4), GIB(4) + MIB(2), MIB(2), "W" }, /* the cgroup does not count huge pages */
        { GIB(4), GIB(4) + MIB(66), MIB(2), "" },
        { GIB(4), GIB(4) + MIB(1), MIB(2), "E" },
    };

    CHECK_RULE("CVM502", domain, NULL, "");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GIVE(domain->memory.size, cases[i].size);
        GIVE(domain->memory.hard_limit, cases[i].limit);
        GIVE(domain->memory.hugepages, cases[i].hugepages ? cases[i].hugepages : 4096);
        CHECK_RULE("CVM502", domain, NULL, cases[i].found);
    }
    GIVE(domain->memory.hard_limit, GIB(4));
    GIVE(domain->memory.hugepages, 4096);
    CHECK_RULE("CVM502", domain, NULL, "E");
    CHECK_SAYS("4GiB memory + 0B video + 64MiB firmware");
    CHECK_SAYS("32MiB page tables + 256MiB for QEMU itself make '4448MiB'");
    CHECK_FIX("'4448MiB'");
    domain->launch.guest = CVM_GUEST_SEV_SNP;
    CHECK_RULE("CVM502", domain, NULL, "");
    GIVE(domain->memory.hard_limit, GIB(4) - 1);
    CHECK_RULE("CVM502", domain, NULL, "W");
    domain->launch.guest = CVM_GUEST_NONE;
    CHECK_RULE("CVM502", domain, NULL, "");
}
END_TEST

START_TEST(test_hard_limit_and_locked)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV, GIB(4));

    GIVE(domain->memory.locked, TRUE);
    CHECK_RULE("CVM503", domain, NULL, "");
    GIVE(domain->memory.hard_limit, GIB(5));
    CHECK_RULE("CVM503", domain, NULL, "W");
    domain->memory.locked.from.origin = CVM_DEFAULTED;
    CHECK_RULE("CVM503", domain, NULL, "");
    GIVE(domain->memory.locked, TRUE);
    domain->memory.hard_limit.from.origin = CVM_DEFAULTED;
    CHECK_RULE("CVM503", domain, NULL, "");
    GIVE(domain->memory.hard_limit_auto, TRUE);
    CHECK_RULE("CVM503", domain, NULL, "W");
    domain->launch.guest = CVM_GUEST_SEV_SNP;
    CHECK_RULE("CVM503", domain, NULL, "");
    CHECK_RULE("CVM504", domain, NULL, "W");
    GIVE(domain->memory.locked, FALSE);
    CHECK_RULE("CVM504", domain, NULL, "");
}
END_TEST

START_TEST(test_hugepages)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV_SNP, GIB(4));
    CVM_AUTO(host) *host = make_host();

    CHECK_RULE("CVM505", domain, NULL, "");
    CHECK_RULE("CVM506", domain, host, "");
    GIVE(domain->memory.hugepages, 4096);
    CHECK_RULE("CVM505", domain, NULL, "");
    CHECK_RULE("CVM506", domain, host, "");
    GIVE(domain->memory.hugepages, MIB(2));
    CHECK_RULE("CVM505", domain, NULL, "W");
    CHECK_RULE("CVM506", domain, host, "");
    GIVE(domain->memory.hugepages, MIB(16));
    CHECK_RULE("CVM506", domain, host, "E");
    CHECK_SAYS("'16MiB', only of '2MiB', '1GiB'");
    host->topology.nodes[0].n_pools = host->topology.nodes[1].n_pools = 0;
    CHECK_RULE("CVM506", domain, host, "");
}
END_TEST

START_TEST(test_remainder)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV, GIB(4));
    CVM_AUTO(host) *host = cvm_host_new();
    struct cvm_cell cells[2] = { 0 };

    GIVE(domain->memory.hugepages, MIB(2));
    CHECK_RULE("CVM507", domain, NULL, "");
    GIVE(domain->memory.size, GIB(4) - 512);
    CHECK_RULE("CVM507", domain, NULL, ""); /* rounded up to MiB */
    GIVE(domain->memory.size, GIB(4) + MIB(1));
    CHECK_RULE("CVM507", domain, NULL, "E");
    CHECK_SAYS("9.1 or newer is assumed");
    CHECK_FIX("'4GiB' or '4098MiB'");
    host->qemu_version = CVM_VERSION(10, 0, 0);
    CHECK_RULE("CVM507", domain, host, "E");
    CHECK_SAYS("must be multiple of");
    host->qemu_version = CVM_VERSION(7, 2, 0);
    CHECK_RULE("CVM507", domain, host, "W");
    GIVE(domain->numatune.nodeset, "0");
    CHECK_RULE("CVM507", domain, host, "E");
    CHECK_SAYS("cannot bind memory");
    GIVE(domain->memory.size, MIB(1));
    CHECK_RULE("CVM507", domain, host, "E");
    CHECK_SAYS("equal to or larger than");
    CHECK_FIX("'2MiB'");

    GIVE(cells[0].memory, GIB(2));
    GIVE(cells[1].memory, GIB(2) + MIB(1));
    GIVE_LIST(domain->cpu.numa, cells);
    CHECK_RULE("CVM507", domain, NULL, "E");
    CHECK_SAYS("'2049MiB'");
}
END_TEST

START_TEST(test_pool)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV, GIB(4));
    CVM_AUTO(host) *host = make_host();
    struct cvm_page_pool *pool = &host->topology.nodes[1].pools[1];

    GIVE(domain->memory.hugepages, MIB(2));
    CHECK_RULE("CVM508", domain, host, "");
    GIVE(domain->numatune.nodeset, "1");
    CHECK_RULE("CVM508", domain, host, "E");
    CHECK_SAYS("2048 huge pages of '2MiB' from host node '1', where there are 1024");
    CHECK_FIX("at least 1024 pages");
    GIVE(domain->numatune.mode, "preferred");
    CHECK_RULE("CVM508", domain, host, "");
    GIVE(domain->numatune.mode, "strict");
    GIVE(domain->numatune.nodeset, "0-1");
    CHECK_RULE("CVM508", domain, host, "");
    pool->has_free = TRUE;
    pool->free = 1023;
    CHECK_RULE("CVM508", domain, host, "E");
    CHECK_SAYS("host nodes '0-1', where there are 2047");
    GIVE(domain->numatune.nodeset, "1");
    CHECK_RULE("CVM508", domain, host, "E");
    CHECK_SAYS("1023 were free");

    /* a size that only the other node has; an unknown node; a broken nodeset */
    GIVE(domain->memory.hugepages, GIB(1));
    CHECK_RULE("CVM508", domain, host, "E");
    CHECK_SAYS("where there are 0");
    GIVE(domain->numatune.nodeset, "0,7");
    CHECK_RULE("CVM508", domain, host, "");
    GIVE(domain->numatune.nodeset, "x");
    CHECK_RULE("CVM508", domain, host, "");
}
END_TEST

START_TEST(test_pool_of_cells)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_NONE, GIB(4));
    CVM_AUTO(host) *host = make_host();
    struct cvm_cell cells[3] = { 0 };

    GIVE(domain->memory.hugepages, MIB(2));
    for (unsigned i = 0; i < 3; i++) {
        GIVE(cells[i].memory, GIB(1));
    }
    GIVE(cells[0].nodeset, "0");
    GIVE(cells[1].nodeset, "1");
    GIVE_LIST(domain->cpu.numa, cells);
    CHECK_RULE("CVM508", domain, host, "");
    GIVE(cells[2].nodeset, "0");
    CHECK_RULE("CVM508", domain, host, ""); /* 2 GiB from node 0, exactly */
    GIVE(cells[2].memory, GIB(2));
    CHECK_RULE("CVM508", domain, host, "E"); /* once for both cells */
    CHECK_SAYS("1536 huge pages");
    GIVE(cells[2].nodeset, "0-1");
    CHECK_RULE("CVM508", domain, host, ""); /* 4 GiB of 0-1, exactly */
    GIVE(cells[1].memory, GIB(1) + MIB(2));
    CHECK_RULE("CVM508", domain, host, "E"); /* each alone fits, the three do not */
    CHECK_SAYS("2049 huge pages of '2MiB' from host nodes '0-1'");
}
END_TEST

/* Domain XML may give each cell pages of its own. */
START_TEST(test_pages_of_cells)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV, GIB(4));
    CVM_AUTO(host) *host = make_host();
    struct cvm_cell cells[2] = { 0 };

    GIVE_LIST(domain->cpu.numa, cells);
    GIVE(cells[0].memory, GIB(62));
    GIVE(cells[1].memory, GIB(1) + MIB(2));
    GIVE(cells[0].nodeset, "0");
    CHECK_RULE("CVM507", domain, NULL, "");
    CHECK_RULE("CVM512", domain, host, "E"); /* the pools of node 0 hold 10 GiB of its 64 */
    GIVE(cells[0].hugepages, GIB(1));
    GIVE(cells[1].hugepages, MIB(2));
    CHECK_RULE("CVM505", domain, NULL, "");
    CHECK_RULE("CVM506", domain, host, "");
    CHECK_RULE("CVM507", domain, NULL, "");
    CHECK_RULE("CVM508", domain, host, "E");
    CHECK_SAYS("62 huge pages of '1GiB' from host node '0'");
    CHECK_RULE("CVM512", domain, host, "");
    GIVE(cells[0].mode, "preferred");
    CHECK_RULE("CVM508", domain, host, "E");
    CHECK_SAYS("from all nodes");
    GIVE(cells[0].memory, GIB(8));
    CHECK_RULE("CVM508", domain, host, "");
    GIVE(cells[1].hugepages, GIB(1));
    CHECK_RULE("CVM507", domain, NULL, "E");
    GIVE(cells[1].hugepages, MIB(16));
    CHECK_RULE("CVM506", domain, host, "E");

    cells[1].hugepages.from.origin = CVM_UNSET;
    GIVE(domain->memory.hugepages, 0); /* whatever size the host has */
    CHECK_RULE("CVM506", domain, host, "");
    CHECK_RULE("CVM507", domain, host, "");
    CHECK_RULE("CVM508", domain, host, "");
    domain->launch.guest = CVM_GUEST_SEV_SNP;
    CHECK_RULE("CVM505", domain, NULL, "W");
    domain->memory.hugepages.from.origin = CVM_UNSET;
    CHECK_RULE("CVM505", domain, NULL, "W");
}
END_TEST

START_TEST(test_placement_auto)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV, GIB(4));
    CVM_AUTO(host) *host = make_host();

    GIVE(domain->numatune.nodeset, "7");
    GIVE(domain->vcpu.cpuset, "70");
    CHECK_RULE("CVM509", domain, host, "EE");
    GIVE(domain->numatune.placement, "auto");
    GIVE(domain->vcpu.placement, "auto");
    CHECK_RULE("CVM509", domain, host, "");
    GIVE(domain->memory.size, GIB(60));
    GIVE(domain->numatune.nodeset, "0");
    CHECK_RULE("CVM512", domain, host, "");
    GIVE(domain->numatune.placement, "static");
    CHECK_RULE("CVM512", domain, host, "E");
}
END_TEST

START_TEST(test_memory_devices)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV, GIB(4));
    struct cvm_memory_device modules[3] = { 0 };

    GIVE_LIST(domain->devices.memory, modules);
    GIVE(modules[0].common.model, "dimm");
    GIVE(modules[1].common.model, "nvdimm");
    GIVE(modules[2].common.model, "virtio-mem");
    CHECK_RULE("CVM513", domain, NULL, "WE");
    CHECK_SAYS("('nvdimm')");
    GIVE(domain->memory.max, GIB(8));
    CHECK_RULE("CVM513", domain, NULL, "WWE");
    domain->launch.guest = CVM_GUEST_SEV_SNP;
    CHECK_RULE("CVM513", domain, NULL, "WWW");
}
END_TEST

START_TEST(test_unknown_nodes_and_cpus)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV, GIB(4));
    CVM_AUTO(host) *host = make_host();
    CVM_AUTO(host) *empty = cvm_host_new();
    struct cvm_cell cells[1] = { 0 };
    struct cvm_pin pins[2] = { 0 };

    GIVE(domain->numatune.nodeset, "0-1");
    GIVE(domain->vcpu.cpuset, "0-7");
    CHECK_RULE("CVM509", domain, host, "");
    GIVE(domain->numatune.nodeset, "0-3");
    CHECK_RULE("CVM509", domain, host, "E");
    CHECK_SAYS("names node '2-3', but the host has the nodes '0-1'");
    GIVE(domain->vcpu.cpuset, "0-8");
    CHECK_RULE("CVM509", domain, host, "EE");
    GIVE(domain->vcpu.emulatorpin, "9");
    GIVE(pins[0].cpuset, "0");
    GIVE(pins[1].cpuset, "64,65");
    GIVE_LIST(domain->vcpu.pin, pins);
    GIVE_LIST(domain->vcpu.iothreadpin, pins);
    GIVE(cells[0].nodeset, "2");
    GIVE_LIST(domain->cpu.numa, cells);
    CHECK_RULE("CVM509", domain, host, "EEEEEE");
    CHECK_RULE("CVM509", domain, empty, "");
}
END_TEST

START_TEST(test_spread)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV, GIB(4));
    CVM_AUTO(host) *host = make_host();
    struct cvm_pin pins[2] = { 0 };

    CHECK_RULE("CVM510", domain, host, "");
    GIVE(domain->numatune.nodeset, "0");
    CHECK_RULE("CVM510", domain, host, "");
    for (unsigned i = 0; i < 2; i++) {
        GIVE(pins[i].id, i);
        GIVE(pins[i].cpuset, "0,4-5");
    }
    GIVE_LIST(domain->vcpu.pin, pins);
    CHECK_RULE("CVM510", domain, host, "");
    GIVE(pins[1].cpuset, "4-6");
    CHECK_RULE("CVM510", domain, host, "W");
    CHECK_SAYS("vCPU 1 may run on CPU '6', which is not on host node '0'");
    CHECK_FIX("'0-1,4-5'");
    GIVE(domain->numatune.nodeset, "0-1");
    CHECK_RULE("CVM510", domain, host, "");
    GIVE(domain->numatune.nodeset, "0");
    GIVE(pins[1].cpuset, "99"); /* CVM509's */
    CHECK_RULE("CVM510", domain, host, "");
    GIVE(domain->vcpu.cpuset, "2-3");
    CHECK_RULE("CVM510", domain, host, "W");
    CHECK_SAYS("A vCPU");
    GIVE(domain->vcpu.count, 2); /* all vCPUs have a pin of their own */
    CHECK_RULE("CVM510", domain, host, "");
}
END_TEST

START_TEST(test_spread_of_cells)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV, GIB(4));
    CVM_AUTO(host) *host = make_host();
    struct cvm_cell cells[2] = { 0 };
    struct cvm_pin pins[2] = { 0 };

    GIVE(pins[0].id, 0);
    GIVE(pins[0].cpuset, "0");
    GIVE(pins[1].id, 1);
    GIVE(pins[1].cpuset, "2");
    GIVE(cells[0].cpus, "0");
    GIVE(cells[0].nodeset, "0");
    GIVE(cells[1].cpus, "1");
    GIVE(cells[1].nodeset, "1");
    GIVE_LIST(domain->vcpu.pin, pins);
    GIVE_LIST(domain->cpu.numa, cells);
    CHECK_RULE("CVM510", domain, host, "");
    GIVE(cells[0].nodeset, "1");
    GIVE(cells[1].nodeset, "0");
    CHECK_RULE("CVM510", domain, host, "WW");
    cells[0].nodeset.from.origin = CVM_UNSET;
    GIVE(domain->numatune.nodeset, "0");
    CHECK_RULE("CVM510", domain, host, "W");
    CHECK_SAYS("vCPU 1");
}
END_TEST

START_TEST(test_auto_without_answer)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV, GIB(4));
    CVM_AUTO(host) *host = make_host();
    CVM_AUTO(host) *bare = cvm_host_new();
    struct cvm_pin pins[1] = { 0 };

    GIVE(domain->vcpu.pin_auto, TRUE);
    GIVE(domain->numatune.nodeset_auto, TRUE);
    CHECK_RULE("CVM510", domain, host, ""); /* memory is what does not fit: not said here */
    CHECK_RULE("CVM510", domain, bare, "W");
    CHECK_SAYS("not in its record");
    GIVE(domain->vcpu.count, 9);
    CHECK_RULE("CVM510", domain, host, "W");
    CHECK_SAYS("'9' vCPUs, and the host '8' CPUs");
    GIVE_LIST(domain->vcpu.pin, pins);
    CHECK_RULE("CVM510", domain, host, "");
    GIVE(domain->numatune.nodeset, "0");
    CHECK_RULE("CVM510", domain, bare, "");
}
END_TEST

START_TEST(test_memory_sum)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_NONE, GIB(4));
    struct cvm_cell cells[2] = { 0 };
    struct cvm_memory_device modules[1] = { 0 };

    CHECK_RULE("CVM511", domain, NULL, "");
    GIVE_LIST(domain->cpu.numa, cells);
    GIVE(cells[0].memory, GIB(2));
    CHECK_RULE("CVM511", domain, NULL, "");
    GIVE(cells[1].memory, GIB(2));
    CHECK_RULE("CVM511", domain, NULL, "");
    GIVE(cells[1].memory, GIB(1));
    CHECK_RULE("CVM511", domain, NULL, "W");
    CHECK_SAYS("'4GiB'");
    CHECK_FIX("'3GiB'");
    domain->form = CVM_FORM_XML;
    CHECK_RULE("CVM511", domain, NULL, "W");
    GIVE_LIST(domain->devices.memory, modules); /* which <memory> may count */
    GIVE(modules[0].size, GIB(1));
    CHECK_RULE("CVM511", domain, NULL, "");
    GIVE(domain->memory.size, GIB(3));
    CHECK_RULE("CVM511", domain, NULL, "");
    GIVE(modules[0].size, GIB(2));
    GIVE(domain->memory.size, GIB(4));
    CHECK_RULE("CVM511", domain, NULL, "W");
    GIVE(cells[1].memory, UINT64_MAX);
    CHECK_RULE("CVM511", domain, NULL, "");
}
END_TEST

START_TEST(test_exceeds_host)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV, GIB(100));
    CVM_AUTO(host) *host = make_host();
    struct cvm_cell cells[2] = { 0 };

    /* 54 GiB are left on node 0, 62 GiB on node 1 */
    CHECK_RULE("CVM512", domain, host, "");
    GIVE(domain->memory.size, GIB(116));
    CHECK_RULE("CVM512", domain, host, "");
    GIVE(domain->memory.size, GIB(116) + 1);
    CHECK_RULE("CVM512", domain, host, "E");
    CHECK_SAYS("on all nodes of the host together, where '116GiB'");
    GIVE(domain->memory.size, GIB(60));
    GIVE(domain->numatune.nodeset, "0");
    CHECK_RULE("CVM512", domain, host, "E");
    CHECK_SAYS("'60GiB' on host node '0', where '54GiB'");
    GIVE(domain->numatune.mode, "preferred");
    CHECK_RULE("CVM512", domain, host, "");
    GIVE(domain->numatune.mode, "strict");
    GIVE(domain->memory.hugepages, MIB(2)); /* CVM508's */
    CHECK_RULE("CVM512", domain, host, "");
    domain->launch.guest = CVM_GUEST_SEV_SNP; /* but not its private half */
    CHECK_RULE("CVM512", domain, host, "E");
    CHECK_SAYS("never swapped");
    domain->launch.guest = CVM_GUEST_NONE;
    CHECK_RULE("CVM512", domain, host, "");

    domain->launch.guest = CVM_GUEST_SEV_ES;
    domain->memory.hugepages.from.origin = CVM_UNSET;
    domain->numatune.nodeset.from.origin = CVM_UNSET;
    GIVE_LIST(domain->cpu.numa, cells);
    GIVE(cells[0].memory, GIB(30));
    GIVE(cells[0].nodeset, "0");
    GIVE(cells[1].memory, GIB(30));
    GIVE(cells[1].nodeset, "0");
    CHECK_RULE("CVM512", domain, host, "E");
    domain->launch.guest = CVM_GUEST_SEV_SNP; /* cells bind the shared half only */
    CHECK_RULE("CVM512", domain, host, "");
    host->topology.nodes[0].memory = host->topology.nodes[1].memory = 0;
    domain->launch.guest = CVM_GUEST_SEV_ES;
    CHECK_RULE("CVM512", domain, host, "");
}
END_TEST

START_TEST(test_hotplug_balloon_and_core)
{
    CVM_AUTO(domain) *domain = make_domain(CVM_GUEST_SEV_ES, GIB(4));

    CHECK_RULE("CVM513", domain, NULL, "");
    CHECK_RULE("CVM514", domain, NULL, "");
    CHECK_RULE("CVM515", domain, NULL, "");
    GIVE(domain->memory.max, GIB(4)); /* there is nothing to plug */
    CHECK_RULE("CVM513", domain, NULL, "");
    GIVE(domain->memory.max, GIB(8));
    CHECK_RULE("CVM513", domain, NULL, "W");
    CHECK_SAYS("'8GiB'");
    GIVE(domain->memory.current, GIB(4));
    CHECK_RULE("CVM514", domain, NULL, "");
    GIVE(domain->memory.current, GIB(2));
    CHECK_RULE("CVM514", domain, NULL, "W");
    CHECK_FIX("'2GiB'");
    GIVE(domain->memory.dump_core, TRUE);
    CHECK_RULE("CVM515", domain, NULL, "N");
    GIVE(domain->memory.dump_core, FALSE);
    CHECK_RULE("CVM515", domain, NULL, "");
    domain->form = CVM_FORM_XML;
    CHECK_RULE("CVM515", domain, NULL, "");
    domain->memory.dump_core.from.origin = CVM_UNSET;
    CHECK_RULE("CVM515", domain, NULL, "N");
    CHECK_SAYS("dump_guest_core");
    CHECK_FIX("<memory dumpCore='off'>");
    domain->launch.guest = CVM_GUEST_NONE;
    CHECK_RULE("CVM513", domain, NULL, "");
    CHECK_RULE("CVM514", domain, NULL, "");
    CHECK_RULE("CVM515", domain, NULL, "");
}
END_TEST

UNIT_MAIN("rules_memory", test_not_pinnable, test_not_pinnable_with_devices, test_hard_limit,
          test_hard_limit_and_locked, test_hugepages, test_remainder, test_pool, test_pool_of_cells,
          test_pages_of_cells, test_placement_auto, test_memory_devices,
          test_unknown_nodes_and_cpus, test_spread, test_spread_of_cells, test_auto_without_answer,
          test_memory_sum, test_exceeds_host, test_hotplug_balloon_and_core)
