--liquibase formatted sql

-- Searches for one thing that few devices have, or none: the index of all these facts together is read through, which takes 25 to 40 ms at 100,000 devices.

--changeset bascule:device-searches-001
alter table device add index ix_device_os (domain_id, os), add index ix_device_version (domain_id, agent_version),
  add index ix_device_revoked (domain_id, revoked);
--rollback alter table device drop index ix_device_os, drop index ix_device_version, drop index ix_device_revoked;
