schemasdir = $(pkgdatadir)/schemas
dist_schemas_DATA = \
    schemas/config.schema.json \
    schemas/findings.schema.json \
    schemas/fleet.schema.json \
    schemas/guest.schema.json \
    schemas/host.rng \
    schemas/measurement.schema.json \
    schemas/profile.schema.json \
    schemas/readiness.schema.json
