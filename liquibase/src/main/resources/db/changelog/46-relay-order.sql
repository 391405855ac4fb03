--liquibase formatted sql

-- REL-4: the order in which a session came to its relays.

--changeset bascule:relay-order-101
alter table relay_traffic add column began datetime(3) null comment 'when both ends met, as the first report of it says; null in older rows';
--rollback alter table relay_traffic drop column began;
