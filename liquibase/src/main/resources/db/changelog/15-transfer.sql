--liquibase formatted sql

--changeset bascule:transfer-104
-- A first sign-in compares in lower case; the key ignores the case, so that no two of a domain become one.
update ignore user_ref set pending_name = lower(pending_name)
where pending_name is not null and pending_name <> lower(pending_name) collate utf8mb4_bin;
--rollback select 1;
