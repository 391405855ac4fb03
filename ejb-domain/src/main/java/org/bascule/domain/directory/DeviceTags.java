package org.bascule.domain.directory;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.List;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Scope;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Statement;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;

/** Keeps the table of tags and the text of them beside each device together. Whether somebody may change tags is for the caller of this to check. */
@Stateless
public class DeviceTags {

    /** Sort keys of the list of tags. */
    public static final int KEYS = 1;

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    /** A tag, and on how many devices that the caller sees it is. */
    public record Tag(String name, long devices) {}

    /** The tags of the devices that the caller sees, by name. */
    public Slice<Tag> list(Caller caller, Cursor cursor) {
        Scope scope = authorization.scope(caller, Permission.SEE_RESOURCES);
        if (scope.isEmpty()) {
            return new Slice<>(List.of(), null);
        }
        String after = cursor.position().isEmpty() ? "" : " and g.name > :after";
        Statement statement = scope.bind(sql.in(caller.domainId())
                        .statement("select g.name, count(*) from device_tag g join resource r on r.id = g.device_id"
                                + " where g.domain_id = :domain and " + scope.things("r") + after
                                + " group by g.name order by g.name limit :rows"))
                .set("rows", cursor.fetch());
        if (!cursor.position().isEmpty()) {
            statement.set("after", cursor.position().get(0));
        }
        return cursor.slice(statement.list(row -> new Tag(row.text(1), row.number(2))), tag -> List.of(tag.name()));
    }

    /** Gives a device exactly these tags. */
    public void set(String domainId, String device, Collection<String> tags) {
        sql.in(domainId)
                .statement("delete from device_tag where domain_id = :domain and device_id = :device")
                .set("device", device)
                .update();
        for (String tag : tags) {
            add(domainId, List.of(device), tag);
        }
        write(domainId, List.of(device));
    }

    /** Adds tags to some devices; what is there stays. */
    public void add(String domainId, List<String> devices, Collection<String> tags) {
        tags.forEach(tag -> add(domainId, devices, tag));
        write(domainId, devices);
    }

    private void add(String domainId, List<String> devices, String tag) {
        sql.in(domainId)
                .statement("insert ignore into device_tag (domain_id, device_id, name)"
                        + " select domain_id, id, :tag from device where domain_id = :domain and id in (:devices)")
                .set("tag", tag)
                .set("devices", devices)
                .update();
    }

    /** Takes tags from some devices. */
    public void remove(String domainId, List<String> devices, Collection<String> tags) {
        sql.in(domainId)
                .statement(
                        "delete from device_tag where domain_id = :domain and device_id in (:devices) and name in (:tags)")
                .set("devices", devices)
                .set("tags", tags)
                .update();
        write(domainId, devices);
    }

    private void write(String domainId, List<String> devices) {
        sql.in(domainId)
                .statement(
                        """
                        update device d set d.tags = coalesce((select group_concat(g.name order by g.name separator ' ')
                          from device_tag g where g.device_id = d.id), '')
                        where d.domain_id = :domain and d.id in (:devices)""")
                .set("devices", devices)
                .update();
    }
}
