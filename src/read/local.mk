# src/read
src_libcvm_core_la_SOURCES += \
    src/read/config.c src/read/config.h \
    src/read/config_find.c \
    src/read/cursor.h \
    src/read/documents.c \
    src/read/domain_xml.c \
    src/read/domain_xml.h \
    src/read/domain_xml_core.c \
    src/read/domain_xml_devices.c \
    src/read/domain_xml_roots.c \
    src/read/firmware_json.c \
    src/read/host.h \
    src/read/host_caps.c \
    src/read/host_places.c \
    src/read/host_machine.c \
    src/read/host_record.c \
    src/read/host_shape.c \
    src/read/ovmf.c \
    src/read/plain.c src/read/plain.h \
    src/read/profile.c src/read/profile.h \
    src/read/profile_devices.c \
    src/read/profile_fields.c src/read/profile_fields.h \
    src/read/profile_launch.c \
    src/read/profile_likely.c \
    src/read/profile_merge.c \
    src/read/profile_metadata.c \
    src/read/profile_rows.h \
    src/read/profile_schema.c \
    src/read/profile_texts.c \
    src/read/profile_values.c \
    src/read/read.h \
    src/read/schema.c src/read/schema.h \
    src/read/suppression.c src/read/suppression.h \
    src/read/suppression_xml.c \
    src/read/suppression_yaml.c \
    src/read/xml_encoding.c \
    src/read/xml_tags.c src/read/xml_tags.h \
    src/read/xml_tree.c \
    src/read/yaml_tree.c
