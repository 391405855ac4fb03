package org.bascule.domain.startup;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Entries;
import org.bascule.domain.acl.Entry;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Preset;
import org.bascule.domain.acl.Validity;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.DuplicateException;
import org.bascule.domain.database.Sql;
import org.bascule.domain.directory.FolderTree;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Identities;
import org.bascule.domain.pki.DomainAuthorities;
import org.bascule.domain.refusal.RefusedException;

/** Creates the domains of a {@link BootstrapFile} that do not exist; one that does is left alone. */
@Stateless
public class Bootstrap {

    private static final Logger LOG = System.getLogger(Bootstrap.class.getName());

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

    /** Creates one domain with everything that it needs, or nothing. */
    public void create(BootstrapFile.Domain domain) {
        if (identities.domainOfName(domain.name()).isPresent()) {
            return;
        }
        try {
            String id = ids.next();
            sql.in(id)
                    .statement("insert into domain (id, name, realm, created) values (:domain, :name, :realm, :now)")
                    .set("name", domain.name())
                    .set("realm", domain.realm())
                    .set("now", clock.instant())
                    .insertUnique();
            String root = tree.add(id, null, domain.name());
            authorities.create(id);
            audit.record(AuditEvent.of(id, Actor.SERVER, Operation.DOMAIN_CREATED, Outcome.SUCCESS)
                    .on(root, domain.name()));
            Map<String, String> groups = createGroups(id, root);
            Map<String, String> users = createUsers(id, domain, groups);
            for (BootstrapFile.Entry entry : domain.entries()) {
                entries.add(id, root, principal(entry, users, groups), entry.permission(), entry.effect());
            }
            LOG.log(Level.INFO, "domain {0} was created", domain.name());
        } catch (DuplicateException | RefusedException e) {
            throw new IllegalStateException(
                    "the domain " + domain.name() + " of the bootstrap file cannot be created", e);
        }
    }

    private Map<String, String> createGroups(String domainId, String root) throws DuplicateException {
        Map<String, String> groups = new HashMap<>();
        for (Preset preset : Preset.builtIn()) {
            String group = ids.next();
            groups.put(preset.group(), group);
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
        }
        return groups;
    }

    private Map<String, String> createUsers(String domainId, BootstrapFile.Domain domain, Map<String, String> groups)
            throws RefusedException {
        Map<String, String> users = new HashMap<>();
        for (BootstrapFile.User user : domain.users()) {
            identities.addUser(domainId, user.id(), user.name());
            users.put(user.name(), user.id());
            for (String group : user.groups()) {
                sql.in(domainId)
                        .statement("insert into group_member (domain_id, group_id, member_id)"
                                + " values (:domain, :group, :member)")
                        .set("group", named(groups, group))
                        .set("member", user.id())
                        .update();
            }
            audit.record(AuditEvent.of(domainId, Actor.SERVER, Operation.USER_ADDED, Outcome.SUCCESS)
                    .on(user.id(), user.name())
                    .saying("groups: " + String.join(", ", user.groups())));
        }
        return users;
    }

    private static String principal(BootstrapFile.Entry entry, Map<String, String> users, Map<String, String> groups) {
        return entry.user()
                .map(user -> named(users, user))
                .orElseGet(() -> named(groups, entry.group().orElseThrow()));
    }

    private static String named(Map<String, String> known, String name) {
        return Optional.ofNullable(known.get(name))
                .orElseThrow(() ->
                        new IllegalStateException("the bootstrap file names '" + name + "', which it does not define"));
    }
}
