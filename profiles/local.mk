hostsdir = $(pkgdatadir)/hosts
dist_hosts_DATA = \
    profiles/hosts/epyc-genoa-snp.xml \
    profiles/hosts/epyc-rome-sev.xml \
    profiles/hosts/xeon-nosev.xml

profilesdir = $(pkgdatadir)/profiles
dist_profiles_DATA = \
    profiles/sev-database.yaml \
    profiles/sev-es-minimal.yaml \
    profiles/sev-minimal.yaml \
    profiles/snp-cache.yaml \
    profiles/snp-kubevirt.yaml \
    profiles/snp-minimal.yaml \
    profiles/snp-web.yaml \
    profiles/uefi-shell-tcg.yaml
profilesbasedir = $(profilesdir)/base
dist_profilesbase_DATA = profiles/base/snp.yaml
