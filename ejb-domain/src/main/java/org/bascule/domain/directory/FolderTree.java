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
     * Adds a folder.
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
}
