--liquibase formatted sql

-- Searches for what is told by the row of a device alone: the wide rows of the table took more than 100 ms to read at 100,000 devices.

--changeset bascule:device-facts-001
alter table device add index ix_device_facts (domain_id, address, agent_version, os, revoked);
--rollback alter table device drop index ix_device_facts;
