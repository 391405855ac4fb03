package org.bascule.domain.transfer;

import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.FreshFactors;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.options.Options;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;

/** Starts imports and tells how they go. Whether a line may be done is decided line by line. */
@Stateless
public class Imports {

    /** Each line that changes something needs one of these somewhere. */
    private static final Set<Permission> CHANGING = EnumSet.of(
            Permission.MANAGE_FOLDERS,
            Permission.MANAGE_USERS,
            Permission.MANAGE_PERMISSIONS,
            Permission.SET_CONSENT_POLICY,
            Permission.CONFIGURE_DEVICES);

    /** What lines may make use of. */
    private static final Set<Permission> USED =
            EnumSet.of(Permission.INSTALL_DEVICES, CHANGING.toArray(new Permission[0]));

    /** Of all domains together, roughly: each holds its file and a directory in memory. */
    static final int MAX_RUNNING = 4;

    @Inject
    ImportJobs jobs;

    @Inject
    ImportRunner runner;

    @Inject
    Transactions transactions;

    @Inject
    Authorization authorization;

    @Inject
    FreshFactors factors;

    @Inject
    Options options;

    @Inject
    Uuid7 ids;

    @Inject
    Event<ImportQueued> queued;

    /** To be asked before a file is taken: who may change nothing at all imports nothing. */
    public void requireAnyRight(Caller caller) throws RefusedException {
        if (CHANGING.stream()
                .allMatch(permission -> authorization.scope(caller, permission).isEmpty())) {
            throw RefusedException.forbidden();
        }
    }

    /**
     * Starts an import when the transaction commits, and moves the file away then. Until that, and if nothing comes of it, the file is the caller's.
     *
     * @throws RefusedException {@code FACTOR_NOT_FRESH} if the domain wants a second factor for a permission that the caller holds and that lines may make use of; {@code CONFLICT} while another one of the domain is under way; {@code TOO_MANY_REQUESTS} while as many of other domains
     *     are as the installation takes
     */
    public ImportView start(Caller caller, ImportRequest request, Path file) throws RefusedException {
        for (Permission permission : USED) {
            if (!authorization.scope(caller, permission).isEmpty()) {
                factors.require(caller, permission, null);
            }
        }
        options.lock(caller.domainId());
        // what this transaction sees may be older than the lock
        List<String> running = transactions.inNew(jobs::running);
        if (running.contains(caller.domainId()) || running.size() >= MAX_RUNNING) {
            runner.watch();
            running = transactions.inNew(jobs::running);
        }
        if (running.contains(caller.domainId())) {
            throw new RefusedException(Problem.CONFLICT, "Another import of your domain is under way.");
        }
        if (running.size() >= MAX_RUNNING) {
            throw new RefusedException(
                    Problem.TOO_MANY_REQUESTS, "Imports of other domains are under way. Try again in a few minutes.");
        }
        String id = ids.next();
        jobs.add(caller, id, request);
        queued.fire(new ImportQueued(id, caller, request, file));
        return find(caller, id);
    }

    /** One of the caller's own imports. */
    public ImportView find(Caller caller, String id) throws RefusedException {
        if (!Uuid7.isUuid(id)) {
            throw RefusedException.notFound();
        }
        return jobs.find(caller, id).orElseThrow(RefusedException::notFound);
    }

    /** One page of what it changes or would change, in the order of its kinds. */
    public Slice<ImportChange> changes(Caller caller, String id, Cursor cursor) throws RefusedException {
        find(caller, id);
        String after = cursor.key(0);
        if (after != null && !after.matches("[0-9]{1,9}")) {
            throw RefusedException.invalid("cursor", "This is no cursor of this list.");
        }
        return jobs.changes(caller, id, cursor, after == null ? -1 : Integer.parseInt(after));
    }
}
