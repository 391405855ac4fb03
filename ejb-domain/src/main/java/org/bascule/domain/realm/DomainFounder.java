package org.bascule.domain.realm;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Entries;
import org.bascule.domain.acl.Entry;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Preset;
import org.bascule.domain.acl.Validity;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.DuplicateException;
import org.bascule.domain.database.Sql;
import org.bascule.domain.directory.FolderTree;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Identities;
import org.bascule.domain.pki.DomainAuthorities;
import org.bascule.domain.refusal.RefusedException;

/** Makes what every domain has: its row, root folder, certificate authority and built-in groups with their entries. In the present transaction. */
@Stateless
public class DomainFounder {

    @Inject
    Sql sql;

    @Inject
    FolderTree tree;

    @Inject
    Identities identities;

    @Inject
    Entries entries;

    @Inject
    DomainAuthorities authorities;

    @Inject
    AuditLog audit;

    @Inject
    Uuid7 ids;

    @Inject
    Clock clock;

    /**
     * What was made.
     *
     * @param groups ids of the built-in groups by name
     */
    public record Founded(String root, Map<String, String> groups) {}

    /**
     * Makes a domain.
     *
     * @param why for its log, who asked for it
     * @throws DuplicateException if there is a domain of this name or realm
     */
    public Founded found(String id, String name, String realm, String why) throws DuplicateException, RefusedException {
        sql.in(id)
                .statement("insert into domain (id, name, realm, created) values (:domain, :name, :realm, :now)")
                .set("name", name)
                .set("realm", realm)
                .set("now", clock.instant())
                .insertUnique();
        sql.in(id)
                .statement("insert into domain_version (domain_id) values (:domain)")
                .update();
        String root = tree.add(id, null, name);
        String authority = authorities.create(id);
        audit.record(AuditEvent.of(id, Actor.SERVER, Operation.DOMAIN_CREATED, Outcome.SUCCESS)
                .on(root, name)
                .saying(why)
                .changing(Changes.none()
                        .field("name", null, name)
                        .field("realm", null, realm)
                        .field("fingerprint", null, authority)));
        Map<String, String> groups = new HashMap<>();
        for (Preset preset : Preset.builtIn()) {
            groups.put(preset.group(), group(id, root, preset));
        }
        return new Founded(root, groups);
    }

    private String group(String domainId, String root, Preset preset) throws DuplicateException {
        String group = ids.next();
        sql.in(domainId)
                .statement("insert into resource (id, domain_id, parent_id, kind, name, created)"
                        + " values (:id, :domain, :root, 'group', :name, :now)")
                .set("id", group)
                .set("root", root)
                .set("name", preset.group())
                .set("now", clock.instant())
                .insertUnique();
        sql.in(domainId)
                .statement("insert into user_group (id, domain_id, built_in) values (:id, :domain, true)")
                .set("id", group)
                .update();
        for (Permission permission : preset.permissions()) {
            entries.add(
                    domainId,
                    root,
                    group,
                    permission,
                    Effect.ALLOW,
                    Validity.ALWAYS,
                    preset.isDelegable(),
                    Entry.Origin.ENTRY);
        }
        return group;
    }

    /** Adds a reference to a user of the realm who is in these groups. */
    public void addUser(String domainId, String id, String name, Map<String, String> groups) throws RefusedException {
        identities.addUser(domainId, id, name);
        groups.values().forEach(group -> sql.in(domainId)
                .statement(
                        "insert into group_member (domain_id, group_id, member_id) values (:domain, :group, :member)")
                .set("group", group)
                .set("member", id)
                .update());
        audit.record(AuditEvent.of(domainId, Actor.SERVER, Operation.USER_ADDED, Outcome.SUCCESS)
                .on(id, name)
                .saying("groups: " + String.join(", ", groups.keySet()))
                .changing(Changes.none()
                        .field("name", null, name)
                        .field("groups", null, String.join(", ", groups.keySet()))));
    }
}
