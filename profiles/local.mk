hostsdir = $(pkgdatadir)/hosts
dist_hosts_DATA = \
    profiles/hosts/epyc-genoa-snp.xml \
    profiles/hosts/epyc-rome-sev.xml \
    profiles/hosts/xeon-nosev.xml
