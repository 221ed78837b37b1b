schemasdir = $(pkgdatadir)/schemas
dist_schemas_DATA = \
    schemas/host.rng \
    schemas/profile.schema.json
