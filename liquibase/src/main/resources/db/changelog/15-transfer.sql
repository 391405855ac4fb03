--liquibase formatted sql

--changeset bascule:transfer-104
-- A first sign-in compares in lower case; the key ignores the case, so that no two of a domain become one.
update ignore user_ref set pending_name = lower(pending_name)
where pending_name is not null and pending_name <> lower(pending_name) collate utf8mb4_bin;
--rollback select 1;

--changeset bascule:transfer-105
-- An import that its node does not speak of any more has been given up. Null: it began before there was this column.
alter table import_job add column alive datetime(3) null comment 'when its node last said that it runs';
--rollback alter table import_job drop column alive;
