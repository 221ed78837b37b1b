/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A domain as libvirt's XML shapes it, with every value knowing its origin. Filled by read/,
 * completed by resolve/, const from there on. Member names are libvirt's element and attribute
 * names; sizes are in bytes. Lists are arrays in the domain's arena. */
#ifndef CVM_MODEL_DOMAIN_H
#define CVM_MODEL_DOMAIN_H

#include "model/guest.h"
#include "model/problem.h"
#include "model/suppression.h"
#include "model/value.h"
#include "util/auto.h"

/* An array of structs in the arena: struct cvm_list of struct cvm_disk. from says where the list
 * itself stands. */
struct cvm_list {
    struct cvm_from from;
    void *items;
    unsigned count;
};
/* cvm_each(struct cvm_disk, disk, &domain->devices.disk) { … } */
#define cvm_each(type, item, list)                                                                 \
    for (type *item = (list)->items, *item##_end = item ? item + (list)->count : NULL;             \
         item < item##_end; item++)

struct cvm_launch {
    struct cvm_from from;
    struct cvm_text type; /* as written */
    enum cvm_guest guest; /* what type means; CVM_GUEST_NONE when absent */
    struct cvm_uint policy;
    struct cvm_flag kernel_hashes;
    struct cvm_flag author_key; /* SNP */
    struct cvm_flag vcek;       /* SNP */
    struct cvm_uint cbitpos;
    struct cvm_uint reduced_phys_bits;
    struct cvm_blob dh_cert;                   /* SEV, SEV-ES: 2084 bytes */
    struct cvm_blob session;                   /* SEV, SEV-ES: 128 bytes */
    struct cvm_blob guest_visible_workarounds; /* SNP: 16 bytes */
    struct cvm_blob id_block;                  /* SNP: 96 bytes */
    struct cvm_blob id_auth;                   /* SNP: 4096 bytes */
    struct cvm_blob host_data;                 /* SNP: 32 bytes */
};

/* A size of huge pages, and the guest NUMA cells it is for. */
struct cvm_page_size {
    struct cvm_from from;
    struct cvm_uint size;
    struct cvm_text nodeset; /* guest cells; unset: all that no other page is for */
};

struct cvm_memory {
    struct cvm_from from;
    struct cvm_uint size;
    struct cvm_uint current;
    struct cvm_flag locked;
    struct cvm_uint hard_limit;      /* bytes; see hard_limit_auto */
    struct cvm_flag hard_limit_auto; /* asked for, resolve/ computes hard_limit */
    struct cvm_uint hugepages; /* page size in bytes of all cells without one of their own; 0 is the
                                  host's default size */
    struct cvm_list page;      /* struct cvm_page_size; XML: as written */
    struct cvm_flag nosharepages;
    struct cvm_text source;     /* anonymous | file | memfd */
    struct cvm_text access;     /* private | shared */
    struct cvm_text allocation; /* immediate | ondemand */
    struct cvm_uint max;        /* maxMemory, for hotplug */
    struct cvm_uint slots;
    struct cvm_flag dump_core;
};

struct cvm_pin {
    struct cvm_from from;
    struct cvm_uint id;     /* vCPU or I/O thread */
    struct cvm_text cpuset; /* "4", "0-3,^2" */
};

struct cvm_vcpu {
    struct cvm_from from;
    struct cvm_uint count;
    struct cvm_uint current;
    struct cvm_flag pin_auto; /* asked for, resolve/ fills pin */
    struct cvm_list pin;      /* struct cvm_pin */
    struct cvm_text cpuset;
    struct cvm_text emulatorpin;
    struct cvm_text placement;                     /* XML: static | auto (numad chooses) */
    struct cvm_uint sockets, dies, cores, threads; /* topology */
    struct cvm_uint clusters;                      /* XML */
    struct cvm_uint iothreads;
    struct cvm_list iothreadpin; /* struct cvm_pin */
};

struct cvm_cpu_feature {
    struct cvm_from from;
    struct cvm_text name;
    struct cvm_text policy; /* force | require | optional | disable | forbid */
};

/* A guest NUMA cell (cpu/numa/cell). */
struct cvm_cell {
    struct cvm_from from;
    struct cvm_uint id;
    struct cvm_text cpus;
    struct cvm_uint memory;
    struct cvm_text mem_access;
    struct cvm_text nodeset;   /* numatune/memnode of this cell: host nodes */
    struct cvm_text mode;      /* XML: of that memnode */
    struct cvm_uint hugepages; /* XML: the page that names this cell; unset: memory.hugepages */
};

struct cvm_cpu {
    struct cvm_from from;
    struct cvm_text mode; /* custom | host-model | host-passthrough | maximum */
    struct cvm_text model;
    struct cvm_text check;
    struct cvm_text migratable;
    struct cvm_list feature; /* struct cvm_cpu_feature */
    struct cvm_list numa;    /* struct cvm_cell */
};

struct cvm_numatune {
    struct cvm_from from;
    struct cvm_flag nodeset_auto; /* asked for, resolve/ fills nodeset */
    struct cvm_text nodeset;
    struct cvm_text mode;      /* strict | preferred | interleave | restrictive */
    struct cvm_text placement; /* XML: static | auto (numad chooses) */
};

/* What libvirt is to look for when it chooses firmware: os/firmware/feature. */
struct cvm_firmware_feature {
    struct cvm_from from;
    struct cvm_text name; /* secure-boot | enrolled-keys */
    struct cvm_flag enabled;
};

struct cvm_os {
    struct cvm_from from;
    struct cvm_text arch;
    struct cvm_text machine;   /* "q35" or a versioned name */
    struct cvm_text type_name; /* XML: the text of os/type, "hvm" */
    struct cvm_text firmware;  /* profile: auto or efi; XML: os/@firmware */
    struct cvm_list feature;   /* XML: struct cvm_firmware_feature */
    struct cvm_text loader;    /* path */
    struct cvm_text type;      /* pflash | rom */
    struct cvm_text format;    /* raw | qcow2 */
    struct cvm_flag readonly;
    struct cvm_flag secure;
    struct cvm_flag stateless;
    struct cvm_text nvram; /* path */
    struct cvm_text nvram_template;
    struct cvm_text nvram_format;
    struct cvm_text kernel;
    struct cvm_text initrd;
    struct cvm_text cmdline;
    struct cvm_list boot; /* struct cvm_boot, os/boot; devices carry their own order */
    struct cvm_flag bootmenu;
};

struct cvm_boot {
    struct cvm_from from;
    struct cvm_text dev; /* hd | cdrom | network | fd */
};

struct cvm_features {
    struct cvm_from from;
    struct cvm_flag acpi, apic, pae, smm, vmcoreinfo, pmu, vmport;
    struct cvm_text ioapic; /* kvm | qemu */
};

struct cvm_clock {
    struct cvm_from from;
    struct cvm_text offset; /* utc | localtime */
    struct cvm_text timezone;
};

struct cvm_pm {
    struct cvm_from from;
    struct cvm_flag suspend_to_mem, suspend_to_disk;
};

/* What most devices have in common. */
struct cvm_device {
    struct cvm_text model;
    struct cvm_text address; /* guest PCI address 0000:00:00.0; empty: libvirt's choice */
    struct cvm_uint boot_order;
    struct cvm_flag iommu;
    struct cvm_text alias;
};

struct cvm_disk {
    struct cvm_from from;
    struct cvm_device common;
    struct cvm_text device; /* disk | cdrom | floppy | lun */
    struct cvm_text type; /* file | block | volume | network; XML: also dir, nvme, vhostuser, … */
    struct cvm_text source;               /* path, volume name or network image */
    struct cvm_text pool;                 /* of a volume */
    struct cvm_text protocol, host, port; /* of a network disk */
    struct cvm_text format;               /* raw | qcow2 | … */
    struct cvm_text target;               /* vda */
    struct cvm_text bus;                  /* virtio | scsi | sata | usb | ide | fdc */
    struct cvm_flag readonly, shareable;
    struct cvm_text serial;
    struct cvm_text cache, io, discard, detect_zeroes;
    struct cvm_uint queues;
    struct cvm_uint iothread;
    /* What a KubeVirt cluster knows it by, at most one of them; the source above is libvirt's. */
    struct cvm_text pvc;            /* PersistentVolumeClaim */
    struct cvm_text data_volume;    /* DataVolume */
    struct cvm_text container_disk; /* image of a registry */
};

struct cvm_interface {
    struct cvm_from from;
    struct cvm_device common;
    struct cvm_text type;   /* bridge | network | direct | ethernet | user | vhostuser */
    struct cvm_text source; /* bridge, network or host device; socket of vhostuser */
    struct cvm_text mode;   /* of direct: bridge | private | vepa | passthrough */
    struct cvm_text mac;
    struct cvm_text target; /* tap device name */
    struct cvm_uint mtu;
    struct cvm_uint queues;
    struct cvm_uint vlan;
    struct cvm_text driver; /* vhost | qemu */
    struct cvm_flag rom;    /* option ROM */
    struct cvm_text link;   /* up | down */
    /* What a KubeVirt cluster connects it to, one of them; type and source above are libvirt's. */
    struct cvm_flag pod;    /* the pod's network, translated (masquerade) */
    struct cvm_text multus; /* a NetworkAttachmentDefinition, "name" or "namespace/name" */
};

/* serial, console, parallel and channel share libvirt's character device backends. */
struct cvm_chardev {
    struct cvm_from from;
    struct cvm_device common;
    struct cvm_text type;   /* pty | file | unix | tcp | null | stdio | spicevmc */
    struct cvm_text source; /* path, or host:port of tcp */
    struct cvm_text mode;   /* bind | connect, of unix and tcp */
    struct cvm_text
        target; /* target type: serial isa-serial; console virtio | serial; channel name */
    struct cvm_uint port;
    struct cvm_text log; /* log file */
};

struct cvm_rng {
    struct cvm_from from;
    struct cvm_device common;
    struct cvm_text backend;                 /* random device, /dev/urandom, or builtin */
    struct cvm_uint rate_bytes, rate_period; /* bytes, milliseconds */
};

struct cvm_tpm {
    struct cvm_from from;
    struct cvm_device common; /* model: tpm-tis | tpm-crb */
    struct cvm_text type;     /* emulator | passthrough | external */
    struct cvm_text version;  /* 2.0 */
    struct cvm_text source;   /* device of passthrough, socket of external */
};

struct cvm_vsock {
    struct cvm_from from;
    struct cvm_device common;
    struct cvm_flag cid_auto;
    struct cvm_uint cid;
};

struct cvm_graphics {
    struct cvm_from from;
    struct cvm_text type;   /* vnc | spice | none */
    struct cvm_text listen; /* address; a path for a socket */
    struct cvm_uint port;   /* unset: chosen by libvirt */
    struct cvm_text password;
    struct cvm_text socket;
    struct cvm_flag tls;
};

struct cvm_video {
    struct cvm_from from;
    struct cvm_device common; /* model: virtio | vga | bochs | qxl | cirrus | ramfb | none */
    struct cvm_uint vram;     /* bytes */
    struct cvm_uint heads;
};

struct cvm_filesystem {
    struct cvm_from from;
    struct cvm_device common;
    struct cvm_text driver; /* virtiofs | path (9p) */
    struct cvm_text source; /* host directory */
    struct cvm_text target; /* mount tag */
    struct cvm_text accessmode;
    struct cvm_flag readonly;
    struct cvm_uint queue;
};

struct cvm_hostdev {
    struct cvm_from from;
    struct cvm_device common;
    struct cvm_text type;   /* pci | usb | mdev | scsi */
    struct cvm_text source; /* host PCI address 0000:c1:00.0, or mdev UUID */
    struct cvm_flag managed;
    struct cvm_flag rom;
};

struct cvm_watchdog {
    struct cvm_from from;
    struct cvm_device common; /* model: itco | i6300esb | ib700 | diag288 */
    struct cvm_text action;
};

struct cvm_input {
    struct cvm_from from;
    struct cvm_device common;
    struct cvm_text type; /* tablet | keyboard | mouse */
    struct cvm_text bus;  /* usb | virtio */
};

struct cvm_controller {
    struct cvm_from from;
    struct cvm_device common;
    struct cvm_text type; /* scsi | usb | virtio-serial | pci | sata */
    struct cvm_uint index;
    struct cvm_uint queues;
};

struct cvm_balloon {
    struct cvm_from from;
    struct cvm_device common; /* model: none | virtio */
};

/* An emulated IOMMU. */
struct cvm_viommu {
    struct cvm_from from;
    struct cvm_device common; /* model: intel | amd | virtio | smmuv3 */
    struct cvm_flag eim, intremap;
};

/* devices/memory: a module that is there from the start, or can be resized. */
struct cvm_memory_device {
    struct cvm_from from;
    struct cvm_device common; /* model: dimm | nvdimm | virtio-mem | virtio-pmem | sgx-epc */
    struct cvm_uint size;     /* bytes */
};

/* One of which nothing but what it has in common with others is judged. */
struct cvm_other {
    struct cvm_from from;
    struct cvm_device common;
};

struct cvm_devices {
    struct cvm_from from;
    struct cvm_text emulator;
    struct cvm_list disk;       /* struct cvm_disk */
    struct cvm_list controller; /* struct cvm_controller */
    struct cvm_list interface;  /* struct cvm_interface */
    struct cvm_list serial;     /* struct cvm_chardev */
    struct cvm_list console;    /* struct cvm_chardev */
    struct cvm_list channel;    /* struct cvm_chardev */
    struct cvm_list rng;        /* struct cvm_rng */
    struct cvm_list tpm;        /* struct cvm_tpm */
    struct cvm_list vsock;      /* struct cvm_vsock */
    struct cvm_list graphics;   /* struct cvm_graphics */
    struct cvm_list video;      /* struct cvm_video */
    struct cvm_list filesystem; /* struct cvm_filesystem */
    struct cvm_list hostdev;    /* struct cvm_hostdev */
    struct cvm_list watchdog;   /* struct cvm_watchdog */
    struct cvm_list input;      /* struct cvm_input */
    struct cvm_list memballoon; /* struct cvm_balloon */
    /* A profile has none of these. */
    struct cvm_list viommu; /* struct cvm_viommu: <iommu> */
    struct cvm_list memory; /* struct cvm_memory_device */
    struct cvm_list crypto; /* struct cvm_other */
    struct cvm_list sound;  /* struct cvm_other */
    struct cvm_list shmem;  /* struct cvm_other */
};

/* What resolve/ chose, for people: "memory", "locked", "yes", and why. */
struct cvm_default {
    struct cvm_default *next;
    const char *prefix; /* of its path; static, as the key below it */
    gboolean is_item;   /* of the list that prefix names */
    unsigned index;
    const char *key;
    const char *value;
    const char *reason; /* translated sentence */
};
/* "memory.locked", "devices.disk[0].bus", "name"; the caller's to g_free(). */
char *
cvm_default_path(const struct cvm_default *chosen);

enum cvm_form { CVM_FORM_PROFILE, CVM_FORM_XML };

struct cvm_domain {
    struct cvm_arena *arena; /* owns this struct and all it points to */
    enum cvm_form form;
    const struct cvm_node *root;  /* as read, with extends and overrides merged in */
    struct cvm_problem *problems; /* in the order they were met */
    unsigned problem_count;
    unsigned tree_problems;       /* of these, the first: met before a value was read */
    struct cvm_default *defaults; /* in the order they were chosen */
    struct cvm_default *last_default;
    struct cvm_from from; /* the document */
    unsigned document;    /* which one of its file, from 0 */
    const char *target;   /* what it is to be rendered for, by the name that rules know it by
                             ("kubevirt"); NULL: libvirt, or nobody said. Static. */
    const struct cvm_domain *before; /* the same profile, read before: what it took from files
                                        holds; NULL */
    struct cvm_suppression_link *suppressions; /* what its comments ask to be looked past; the
                                                  engine notes in it what was used */

    struct cvm_text name;
    struct cvm_text uuid;
    struct cvm_text title;
    struct cvm_text description;
    struct cvm_text metadata;  /* XML text, well-formed, namespaced elements */
    struct cvm_text virt_type; /* kvm | qemu */
    struct cvm_text
        host; /* recorded host a profile names: path relative to it, or a bundled name */
    struct cvm_launch launch;
    struct cvm_memory memory;
    struct cvm_vcpu vcpu;
    struct cvm_cpu cpu;
    struct cvm_numatune numatune;
    struct cvm_os os;
    struct cvm_features features;
    struct cvm_clock clock;
    struct cvm_text on_poweroff, on_reboot, on_crash;
    struct cvm_pm pm;
    struct cvm_devices devices;
};

/* Allocated in an arena of its own. */
struct cvm_domain *
cvm_domain_new(enum cvm_form form);
void
cvm_domain_free(struct cvm_domain *domain);
CVM_DEFINE_AUTO(domain)

/* The kind of guest that will come up: the type, or for libvirt's type sev what policy bit 2 makes
 * of it. */
enum cvm_guest
cvm_domain_guest(const struct cvm_domain *domain);

/* libvirt's QEMU driver is to run it: kvm, qemu, or hvf. FALSE when nothing is said. */
gboolean
cvm_domain_is_qemu(const struct cvm_domain *domain);
/* It is to be rendered for KubeVirt, which brings firmware, QEMU and libvirt of its own. */
gboolean
cvm_domain_is_for_kubevirt(const struct cvm_domain *domain);
/* The one that it names; unset when it names none. */
const struct cvm_text *
cvm_disk_volume(const struct cvm_disk *disk);
/* A snapshot may name the domain it is of by its UUID alone: then nothing is known of the guest. */
gboolean
cvm_domain_is_reference(const struct cvm_domain *domain);

/* Appends; message and fix are copied into the arena. */
void
cvm_domain_add_problem(struct cvm_domain *domain, enum cvm_problem_kind kind,
                       const struct cvm_node *node, gboolean at_key, const char *message,
                       const char *fix);

/* Appends to the defaults, and returns what it appended, which is no item of a list yet. prefix and
 * key are static, value is copied. */
struct cvm_default *
cvm_domain_add_default(struct cvm_domain *domain, const char *prefix, const char *key,
                       const char *value, const char *reason);

/* The comments of a file that the domain is made of; NULL for none. */
void
cvm_domain_add_suppressions(struct cvm_domain *domain, struct cvm_suppressions *suppressions,
                            gboolean base);

/* Set a value that was unset to a default with its reason; a value that is set or invalid is left
 * alone. TRUE when it was unset. */
gboolean
cvm_default_uint(struct cvm_uint *to, uint64_t value, const struct cvm_node *node,
                 const char *reason);
gboolean
cvm_default_flag(struct cvm_flag *to, gboolean value, const struct cvm_node *node,
                 const char *reason);
/* value is not copied: a literal, or text in the domain's arena. */
gboolean
cvm_default_text(struct cvm_text *to, const char *value, const struct cvm_node *node,
                 const char *reason);

#endif
