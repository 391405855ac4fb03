package org.bascule.domain.testing;

import java.util.List;
import java.util.UUID;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Entries;
import org.bascule.domain.acl.Entry;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Preset;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.acl.Validity;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.audit.AuditFilter;
import org.bascule.domain.audit.AuditReader;
import org.bascule.domain.directory.FolderTree;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Identities;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.pki.DomainAuthorities;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/** A domain of its own for each test, with an owner. Everything is made through the domain's own classes or its tables. */
public final class Sample {

    public final TestDomain domain;
    public final String id;
    public final String name;
    public final String root;

    private int devices;

    /** A new domain with a root folder and an authority. */
    public Sample(TestDomain domain) {
        this.domain = domain;
        this.id = domain.ids.next();
        this.name = "domain-" + id;
        this.root = domain.transactions.inNew(() -> {
            domain.sql
                    .in(id)
                    .statement("insert into domain (id, name, realm, created) values (:domain, :name, :name, :now)")
                    .set("name", name)
                    .set("now", domain.clock.instant())
                    .update();
            domain.sql
                    .in(id)
                    .statement("insert into domain_version (domain_id) values (:domain)")
                    .update();
            String folder = folderIn(null, name);
            domain.get(DomainAuthorities.class).create(id);
            return folder;
        });
    }

    public String folder(String parent, String folderName) {
        return domain.transactions.inNew(() -> folderIn(parent, folderName));
    }

    private String folderIn(@Nullable String parent, String folderName) {
        try {
            return domain.get(FolderTree.class).add(id, parent, folderName);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** A user without rights. */
    public Caller user(String userName) {
        String user = UUID.randomUUID().toString();
        try {
            domain.transactions.run(() -> domain.get(Identities.class).addUser(id, user, userName));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return domain.caller(id, name, user, userName);
    }

    /** A user who holds everything on the root folder and may pass it on. */
    public Caller owner() {
        Caller owner = user("owner");
        everything(owner.userId());
        return owner;
    }

    /** Allows everything on the root folder, to be passed on. */
    public void everything(String principal) {
        domain.transactions.run(() -> {
            for (Permission permission : Permission.values()) {
                delegable(root, principal, permission);
            }
        });
    }

    /** Allows something that may be passed on. */
    public void delegable(String resource, String principal, Permission permission) {
        domain.get(Entries.class)
                .add(id, resource, principal, permission, Effect.ALLOW, Validity.ALWAYS, true, Entry.Origin.ENTRY);
    }

    /** Blocks or joins inheritance. */
    public void inherit(String resource, boolean inherit) {
        domain.sql
                .in(id)
                .statement("update resource set inherit = :inherit where domain_id = :domain and id = :id")
                .set("inherit", inherit)
                .set("id", resource)
                .update();
        domain.get(RightsVersion.class).changed(id);
    }

    public String group(String... members) {
        String group = domain.ids.next();
        domain.transactions.run(() -> {
            domain.sql
                    .in(id)
                    .statement("insert into resource (id, domain_id, parent_id, kind, name, created)"
                            + " values (:id, :domain, :root, 'group', :id, :now)")
                    .set("id", group)
                    .set("root", root)
                    .set("now", domain.clock.instant())
                    .update();
            domain.sql
                    .in(id)
                    .statement("insert into user_group (id, domain_id) values (:id, :domain)")
                    .set("id", group)
                    .update();
        });
        for (String member : members) {
            member(group, member);
        }
        return group;
    }

    /** The built-in group of a preset, with what it is given on the root folder of a new domain. */
    public String builtIn(Preset preset, String... members) {
        String group = group(members);
        domain.transactions.run(() -> {
            domain.sql
                    .in(id)
                    .statement(
                            "update resource r join user_group g on g.id = r.id set r.name = :name, g.built_in = true"
                                    + " where r.domain_id = :domain and r.id = :id")
                    .set("name", preset.group())
                    .set("id", group)
                    .update();
            for (Permission permission : preset.permissions()) {
                domain.get(Entries.class)
                        .add(
                                id,
                                root,
                                group,
                                permission,
                                Effect.ALLOW,
                                Validity.ALWAYS,
                                preset.isDelegable(),
                                Entry.Origin.ENTRY);
            }
        });
        return group;
    }

    /** Puts a user or a group, which are made in the root folder, into another one. */
    public void put(String principal, String folder) {
        domain.sql
                .in(id)
                .statement("update resource set parent_id = :folder where domain_id = :domain and id = :id")
                .set("folder", folder)
                .set("id", principal)
                .update();
        domain.get(RightsVersion.class).changed(id);
    }

    public void member(String group, String member) {
        domain.sql
                .in(id)
                .statement(
                        "insert into group_member (domain_id, group_id, member_id) values (:domain, :group, :member)")
                .set("group", group)
                .set("member", member)
                .update();
        domain.get(RightsVersion.class).changed(id);
    }

    public void entry(String resource, String principal, Permission permission, Effect effect) {
        domain.get(Entries.class).add(id, resource, principal, permission, effect);
    }

    public void removeEntries() {
        domain.sql
                .in(id)
                .statement("delete from acl_entry where domain_id = :domain")
                .update();
        domain.get(RightsVersion.class).changed(id);
    }

    /** Records of an operation, or all, the newest first. */
    public List<AuditEntry> audited(@Nullable String code) {
        try {
            return domain.get(AuditReader.class)
                    .slice(id, new AuditFilter(null, null, null, code, null, null, null), Cursor.first(200))
                    .items();
        } catch (RefusedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A device row without a certificate, for lists. */
    public String device(String folder, String deviceName) {
        String uid = domain.ids.next();
        devices++;
        domain.transactions.run(() -> {
            domain.sql
                    .in(id)
                    .statement("insert into resource (id, domain_id, parent_id, kind, name, created)"
                            + " values (:id, :domain, :folder, 'device', :name, :now)")
                    .set("id", uid)
                    .set("folder", folder)
                    .set("name", deviceName)
                    .set("now", domain.clock.instant())
                    .update();
            domain.sql
                    .in(id)
                    .statement("insert into device (id, domain_id, spki, thumbprint, os)"
                            + " values (:id, :domain, 'x', unhex(sha2(:id, 256)), :os)")
                    .set("id", uid)
                    .set("os", "Debian " + devices)
                    .update();
        });
        return uid;
    }
}
