--liquibase formatted sql

-- DEV-5: the owner's switch at the device, as its agent last told it. The agent enforces it; this is for people, and to refuse early.

--changeset bascule:switch-101
alter table device
  add column switched_off boolean not null default false,
  add column switch_mode varchar(16) null comment 'always, key-switch or as-left; null: its agent has not told',
  add column switch_until datetime(3) null comment 'when it comes on again by itself',
  add column switch_reason varchar(200) null comment 'what its owner said; hostile text';
--rollback alter table device drop column switch_reason, drop column switch_until, drop column switch_mode, drop column switched_off;
