--liquibase formatted sql

-- What an import lists may be more than an API token of the same user is allowed to see.

--changeset bascule:import-token-001
alter table import_job add column token_id char(36) character set ascii collate ascii_bin null comment 'API token that began it, which reads no others' after user_id;
--rollback alter table import_job drop column token_id;
