package org.bascule.domain.access;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.List;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.database.Sql;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.RefusedException;

/**
 * What does not inherit. Blocked inheritance hides a folder or device from those above, and whoever manages permissions of the folder above may
 * nevertheless join it again ({@link AccessEntries#inherit}): here he finds it, with no more of it than that needs.
 */
@Stateless
public class CutOffs {

    /** Of a cursor. */
    public static final int KEYS = 2;

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    /**
     * A folder or a device.
     *
     * @param version for {@link AccessEntries#inherit}
     */
    public record CutOff(String id, String name, String kind, long version) {}

    /** All that is directly in a folder and does not inherit, by name, whether the caller sees it or not. */
    public Slice<CutOff> below(Caller caller, String folder, Cursor cursor) throws RefusedException {
        authorization.require(caller, Permission.MANAGE_PERMISSIONS, folder);
        long folders = sql.in(caller.domainId())
                .statement("select count(*) from resource where domain_id = :domain and id = :id and kind = 'folder'")
                .set("id", folder)
                .number();
        if (folders == 0) {
            throw RefusedException.notFound();
        }
        List<CutOff> found = sql.in(caller.domainId())
                .statement(
                        """
                        select r.id, r.name, r.kind, r.version from resource r
                        where r.domain_id = :domain and r.parent_id = :folder and r.inherit = 0 and r.kind in ('folder', 'device')
                          and (:name is null or r.name > :name or r.name = :name and r.id > :id)
                        order by r.name, r.id limit :rows""")
                .set("folder", folder)
                .set("name", cursor.key(0))
                .set("id", cursor.id(1))
                .set("rows", cursor.fetch())
                .list(row -> new CutOff(row.text(1), row.text(2), row.text(3), row.number(4)));
        return cursor.slice(found, one -> List.of(one.name(), one.id()));
    }
}
