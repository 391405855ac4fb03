package org.bascule.domain.directory;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.database.DuplicateException;
import org.bascule.domain.database.Sql;
import org.bascule.domain.id.Uuid7;
import org.jspecify.annotations.Nullable;

/** Keeps folders and the table of which is above which together. Checks no permission. */
@Stateless
public class FolderTree {

    @Inject
    Sql sql;

    @Inject
    Uuid7 ids;

    @Inject
    Clock clock;

    @Inject
    RightsVersion rights;

    /**
     * Adds a folder. The caller holds {@link org.bascule.domain.acl.LastOwner#lock}, or the domain is seen by nobody yet.
     *
     * @param parentId null for the root folder of a new domain
     * @return its id
     * @throws DuplicateException if the parent has one of that name
     */
    public String add(String domainId, @Nullable String parentId, String name) throws DuplicateException {
        return add(domainId, parentId, name, null);
    }

    /** The same with a description. */
    public String add(String domainId, @Nullable String parentId, String name, @Nullable String description)
            throws DuplicateException {
        String id = ids.next();
        sql.in(domainId)
                .statement("insert into resource (id, domain_id, parent_id, kind, name, description, created)"
                        + " values (:id, :domain, :parent, 'folder', :name, :description, :now)")
                .set("id", id)
                .set("parent", parentId)
                .set("name", name)
                .set("description", description)
                .set("now", clock.instant())
                .insertUnique();
        sql.in(domainId)
                .statement("insert into folder (id, domain_id) values (:id, :domain)")
                .set("id", id)
                .update();
        sql.in(domainId)
                .statement(
                        """
                        insert into folder_closure (domain_id, ancestor_id, descendant_id, depth)
                        select :domain, c.ancestor_id, :id, c.depth + 1 from folder_closure c where c.descendant_id = :parent
                        union all select :domain, :id, :id, 0""")
                .set("id", id)
                .set("parent", parentId)
                .update();
        rights.changed(domainId);
        return id;
    }

    /** Whether one folder is another one, or below it; also as others have committed it since this transaction began. */
    public boolean isWithin(String domainId, String folder, String other) {
        return sql.in(domainId)
                .statement(
                        """
                        select 1 from folder_closure
                        where domain_id = :domain and ancestor_id = :other and descendant_id = :folder lock in share mode""")
                .set("other", other)
                .set("folder", folder)
                .first(row -> row.number(1))
                .isPresent();
    }

    /**
     * Puts a folder with everything below it into another folder, which must not be within it. What is in the folders is not touched.
     *
     * @throws DuplicateException if the parent has one of that name
     */
    public void move(String domainId, String id, String parentId) throws DuplicateException {
        sql.in(domainId)
                .statement("update resource set parent_id = :parent where domain_id = :domain and id = :id")
                .set("parent", parentId)
                .set("id", id)
                .updateUnique();
        sql.in(domainId)
                .statement(
                        """
                        delete l from folder_closure l
                          join folder_closure above on above.descendant_id = :id and above.depth > 0 and above.ancestor_id = l.ancestor_id
                          join folder_closure below on below.ancestor_id = :id and below.descendant_id = l.descendant_id
                        where l.domain_id = :domain""")
                .set("id", id)
                .update();
        sql.in(domainId)
                .statement(
                        """
                        insert into folder_closure (domain_id, ancestor_id, descendant_id, depth)
                        select :domain, above.ancestor_id, below.descendant_id, above.depth + below.depth + 1
                        from folder_closure above join folder_closure below on below.ancestor_id = :id
                        where above.descendant_id = :parent""")
                .set("id", id)
                .set("parent", parentId)
                .update();
        rights.changed(domainId);
    }

    /** Deletes a folder with everything in it and below: first what is in folders, then the folders from the bottom up. */
    public void delete(String domainId, String id) {
        sql.in(domainId)
                .statement(
                        """
                        delete r from resource r join folder_closure c on c.descendant_id = r.parent_id and c.ancestor_id = :id
                        where r.domain_id = :domain and r.kind <> 'folder'""")
                .set("id", id)
                .update();
        long deepest = sql.in(domainId)
                .statement("select max(depth) from folder_closure where domain_id = :domain and ancestor_id = :id")
                .set("id", id)
                .number();
        for (long depth = deepest; depth >= 0; depth--) {
            sql.in(domainId)
                    .statement(
                            """
                            delete r from resource r join folder_closure c on c.descendant_id = r.id and c.ancestor_id = :id
                            where r.domain_id = :domain and c.depth = :depth""")
                    .set("id", id)
                    .set("depth", depth)
                    .update();
        }
        rights.changed(domainId);
    }
}
