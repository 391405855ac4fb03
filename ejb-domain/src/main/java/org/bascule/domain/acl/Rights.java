package org.bascule.domain.acl;

/**
 * The one statement that decides about rights (requirements ACL-1, ACL-2), as common table expressions for single checks and for lists.
 *
 * <p>Precedence: the nearest level of the tree that says anything about the permission; on that level an entry of the user before one of a
 * group; deny before allow; no entry at all: denied. Each entry gets the weight {@code 4 · distance + 2 · (of a group) + (allows)}; the
 * smallest weight decides, and its lowest bit is the decision.
 *
 * <p>Parameters: {@code :domain}, {@code :user}, and {@code :permission} (null for all).
 */
public final class Rights {

    /**
     * {@code folder_right(folder_id, permission, weight)}: what is decided at a folder, from itself or from above;
     * {@code own_right(resource_id, permission, weight)}: what entries on a resource itself decide, which is nearer than any folder.
     */
    public static final String TABLES =
            """
            with recursive principal (id) as (
              select cast(:user as char(36) character set ascii) collate ascii_bin
              union
              select m.group_id from principal p join group_member m on m.member_id = p.id and m.domain_id = :domain
            ),
            own_right (resource_id, permission, weight) as (
              select e.resource_id, e.permission, min(2 * (e.principal_id <> :user) + (e.effect = 'allow'))
              from principal p join acl_entry e on e.principal_id = p.id
              where e.domain_id = :domain and (:permission is null or e.permission = :permission)
              group by e.resource_id, e.permission
            ),
            folder_right (folder_id, permission, weight) as (
              select c.descendant_id, e.permission, min(4 * c.depth + e.weight)
              from own_right e join folder_closure c on c.ancestor_id = e.resource_id
              group by c.descendant_id, e.permission
            )
            """;

    /**
     * Joins the decisions about {@code resource r} to a statement; {@link #GRANTED} is the condition. {@code :permission} must not be null.
     */
    public static final String JOINS =
            """
             left join own_right o on o.resource_id = r.id and r.kind <> 'folder'
             left join folder_right f on f.folder_id = case when r.kind = 'folder' then r.id else r.parent_id end
            """;

    /** True if the smallest weight of the nearest level allows. */
    public static final String GRANTED = " coalesce(o.weight, f.weight, 0) & 1 = 1 ";

    private Rights() {}
}
