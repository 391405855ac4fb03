--liquibase formatted sql

--changeset bascule:alarms-001
-- Devices whose machine needs a person are few among many: they are found without looking at the others.
alter table device
  add column alarm boolean generated always as (case when claimed is not null or hardware_changed is not null then true end) virtual
    comment 'its machine needs a person; null: no',
  add index ix_device_alarm (domain_id, alarm);
--rollback alter table device drop index ix_device_alarm, drop column alarm;
