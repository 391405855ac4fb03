package org.bascule.domain.session;

import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.identity.Credential;
import org.bascule.wire.Operations;
import org.bascule.wire.TcpTarget;

/** Which permission an operation needs. */
public final class SessionPermissions {

    private static final Map<String, Permission> NEEDED = Map.ofEntries(
            Map.entry(Operations.TERMINAL, Permission.TERMINAL),
            Map.entry(Operations.EXEC, Permission.TERMINAL),
            Map.entry(Operations.FILE_READ, Permission.READ_FILES),
            Map.entry(Operations.FILE_WRITE, Permission.WRITE_FILES),
            Map.entry(Operations.DESKTOP_VIEW, Permission.VIEW_DESKTOP),
            Map.entry(Operations.DESKTOP_CONTROL, Permission.CONTROL_DESKTOP),
            Map.entry(Operations.CLIPBOARD_TO_DEVICE, Permission.CLIPBOARD_TO_DEVICE),
            Map.entry(Operations.CLIPBOARD_FROM_DEVICE, Permission.CLIPBOARD_FROM_DEVICE),
            Map.entry(Operations.PROCESS_VIEW, Permission.VIEW_PROCESSES),
            Map.entry(Operations.PROCESS_MANAGE, Permission.MANAGE_PROCESSES),
            Map.entry(Operations.POWER, Permission.POWER),
            Map.entry(Operations.CHAT, Permission.CHAT));

    private static final Set<Permission> ALL =
            EnumSet.of(Permission.FORWARDING, Permission.VIEW_DESKTOP, Permission.WATCH_SESSIONS);

    static {
        ALL.addAll(NEEDED.values());
    }

    private SessionPermissions() {}

    /** All that a session can need, so that without one they are of no use on a device. */
    public static Set<Permission> all() {
        return Set.copyOf(ALL);
    }

    /** The permission, or empty for an operation that this version does not offer. */
    static Optional<Permission> needed(String operation) {
        if (TcpTarget.isOne(operation)) {
            return TcpTarget.parse(operation).map(target -> Permission.FORWARDING);
        }
        if (TcpTarget.isVnc(operation)) {
            return TcpTarget.parseVnc(operation).map(target -> Permission.VIEW_DESKTOP);
        }
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
