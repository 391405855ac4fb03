package org.bascule.domain.session;

import java.util.Map;
import java.util.Optional;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.identity.Credential;
import org.bascule.wire.Operations;

/** Which permission an operation needs. */
final class SessionPermissions {

    private static final Map<String, Permission> NEEDED = Map.of(
            Operations.TERMINAL, Permission.TERMINAL,
            Operations.EXEC, Permission.TERMINAL,
            Operations.FILE_READ, Permission.READ_FILES,
            Operations.FILE_WRITE, Permission.WRITE_FILES,
            Operations.PROCESS_VIEW, Permission.VIEW_PROCESSES,
            Operations.PROCESS_MANAGE, Permission.MANAGE_PROCESSES,
            Operations.POWER, Permission.POWER);

    private SessionPermissions() {}

    /** The permission, or empty for an operation that this version does not offer. */
    static Optional<Permission> needed(String operation) {
        return Operations.watched(operation).isPresent()
                ? Optional.of(Permission.WATCH_SESSIONS)
                : Optional.ofNullable(NEEDED.get(operation));
    }

    /** What the user of a running session may still do, with what it was opened with. */
    static Operations permitted(Authorization authorization, StoredSession session, Credential credential) {
        return permitted(
                (user, permission, device) ->
                        authorization.allows(session.domainId(), user, credential, permission, device),
                session);
    }

    /** The same under other rights. */
    static Operations permitted(Leases.Rights rights, StoredSession session) {
        return new Operations(session.operations().names().stream()
                .filter(operation -> needed(operation)
                        .filter(permission -> rights.allows(session.userId(), permission, session.deviceUid()))
                        .isPresent())
                .toList());
    }
}
