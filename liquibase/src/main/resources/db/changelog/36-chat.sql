--liquibase formatted sql

-- TOOL-8: a chat with the person at the device is a permission of its own.

--changeset bascule:chat-001
-- Whoever may see the desktop may write to the person in front of it, and whoever may not, may not. What was requested for a time stays what was requested.
insert into acl_entry (id, domain_id, resource_id, principal_id, permission, effect, valid_from, valid_until, window_days, window_start, window_end, window_zone, origin, delegable)
  select uuid(), domain_id, resource_id, principal_id, 'chat', effect, valid_from, valid_until, window_days, window_start, window_end, window_zone, origin, delegable
  from acl_entry where permission = 'view-desktop' and origin = 'entry';
--rollback delete from acl_entry where permission = 'chat';
