--liquibase formatted sql

-- TOOL-5: a sub-device is reached at the ports of its services, whatever is spoken there.

--changeset bascule:forwards-101
alter table sub_device_service drop constraint ck_service_kind;
--rollback alter table sub_device_service add constraint ck_service_kind check (kind in ('http', 'https', 'ssh', 'rdp', 'vnc', 'telnet', 'serial'));

--changeset bascule:forwards-102
alter table sub_device_service add constraint ck_service_kind check (kind in ('http', 'https', 'ssh', 'rdp', 'vnc', 'telnet', 'serial', 'tcp'));
--rollback alter table sub_device_service drop constraint ck_service_kind;
