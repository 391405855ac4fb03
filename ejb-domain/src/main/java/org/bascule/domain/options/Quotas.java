package org.bascule.domain.options;

import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.database.Sql;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.refusal.Sentence;

/**
 * Quotas of concurrent sessions (DOM-9): one of the domain, and one of each folder, which counts the sessions on all devices below it. All that
 * apply to a device must be kept. A session holds its place from the request to its end; one that nobody goes on with gives it back after ten
 * minutes.
 */
@Stateless
public class Quotas {

    private static final String OF_DOMAIN =
            """
            select o.quota, (select count(*) from remote_session s
              where s.domain_id = :domain and s.state in ('asking', 'ready', 'offered', 'running') and s.sid <> :except)
            from domain_option o where o.domain_id = :domain and o.quota is not null""";

    private static final String OF_FOLDERS =
            """
            select f.id, r.name, f.quota, (select count(*) from remote_session s
              join resource d on d.id = s.device_id
              join folder_closure below on below.descendant_id = d.parent_id and below.ancestor_id = f.id
              where s.domain_id = :domain and s.state in ('asking', 'ready', 'offered', 'running') and s.sid <> :except)
            from resource device join folder_closure above on above.descendant_id = device.parent_id
              join folder f on f.id = above.ancestor_id join resource r on r.id = f.id
            where device.domain_id = :domain and device.id = :device and f.quota is not null
            order by above.depth""";

    @Inject
    Sql sql;

    @Inject
    Options options;

    @Inject
    Authorization authorization;

    /**
     * Returns if one more session fits. Until the caller's transaction ends, no other session of the domain is admitted: it must be the first
     * thing that the transaction does, or what it counts may be out of date.
     *
     * @param exceptSid a session that is not counted, because it is the one that asks; empty for none
     * @throws RefusedException {@code QUOTA_EXCEEDED}, naming the quota as far as the caller may see it
     */
    @TransactionAttribute(TransactionAttributeType.MANDATORY)
    public void admit(Caller caller, String deviceUid, String exceptSid) throws RefusedException {
        options.lock(caller.domainId());
        Optional<Use> domain = sql.in(caller.domainId())
                .statement(OF_DOMAIN)
                .set("except", exceptSid)
                .first(row -> new Use(row.number(1), row.number(2)));
        if (domain.filter(Use::isFull).isPresent()) {
            throw exceeded(Sentence.of("Your domain"), domain.get());
        }
        List<FolderUse> folders = sql.in(caller.domainId())
                .statement(OF_FOLDERS)
                .set("device", deviceUid)
                .set("except", exceptSid)
                .list(row -> new FolderUse(row.text(1), row.text(2), new Use(row.number(3), row.number(4))));
        for (FolderUse folder : folders) {
            if (folder.use().isFull()) {
                throw exceeded(shown(caller, folder), folder.use());
            }
        }
    }

    private Sentence shown(Caller caller, FolderUse folder) {
        return authorization.allows(caller, Permission.SEE_RESOURCES, folder.id())
                ? Sentence.of("The folder '%s'", folder.name())
                : Sentence.of("A folder that the device is in");
    }

    private static RefusedException exceeded(Sentence whose, Use use) {
        return use.quota() == 1
                ? new RefusedException(
                        Problem.QUOTA_EXCEEDED,
                        "%s allows one session at the same time; open at the moment: %d.",
                        whose,
                        use.open())
                : new RefusedException(
                        Problem.QUOTA_EXCEEDED,
                        "%s allows %d sessions at the same time; open at the moment: %d.",
                        whose,
                        use.quota(),
                        use.open());
    }

    private record Use(long quota, long open) {
        boolean isFull() {
            return open >= quota;
        }
    }

    private record FolderUse(String id, String name, Use use) {}
}
