package org.bascule.domain.live;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Something changed and was committed. */
public sealed interface LiveEvent {

    /** Whose it is; empty for {@link RelaysChanged}. */
    String domainId();

    /** A device's state, name or account changed; {@code state} is {@code online}, {@code offline} or {@code quarantined}. */
    record DeviceChanged(String domainId, String uid, String state, @Nullable Instant lastSeen, String name)
            implements LiveEvent {}

    /** What is said to be behind a device changed: sessions may lead elsewhere now. */
    record SubDevicesChanged(String domainId, String uid) implements LiveEvent {}

    /** A device was enrolled into a folder. */
    record DeviceAdded(String domainId, String uid, String folderId) implements LiveEvent {}

    /** A device was removed: nobody can be asked for rights on it any more. */
    record DeviceRemoved(String domainId, String uid) implements LiveEvent {}

    /** A folder was {@code added}, {@code changed}, {@code moved} or {@code removed}. */
    record FolderChanged(String domainId, String id, String change) implements LiveEvent {}

    /** A user or a group ({@code kind}) was {@code added}, {@code changed}, {@code moved} or {@code removed}, or got other members. */
    record PrincipalChanged(String domainId, String id, String kind, String change) implements LiveEvent {}

    /** A session started or ended; {@code state} is {@code started} or {@code ended}. */
    record SessionChanged(String domainId, String sid, String deviceUid, String userId, String state)
            implements LiveEvent {}

    /** Somebody is asked whether a session may start, or has answered; {@code state} is {@code asking}, {@code granted}, {@code refused}, {@code timed-out} or {@code ended}. */
    record ConsentChanged(String domainId, String sid, String deviceUid, String userId, String state)
            implements LiveEvent {}

    /** Something was added to the audit log of the domain. */
    record AuditAdded(String domainId) implements LiveEvent {}

    /**
     * An import goes on or has ended; told to its user alone. {@code state} is {@code running}, {@code done} or {@code failed}.
     *
     * @param tokenId the API token that began it; null if a person did
     */
    record ImportChanged(
            String domainId, String id, String userId, @Nullable String tokenId, String state, long done, long total)
            implements LiveEvent {

        /**
         * Whether somebody may hear of it, as {@code GET /api/imports/{id}} may be read.
         *
         * @param ofToken the API token that this user came with; null for a person
         */
        public boolean isReadBy(String user, @Nullable String ofToken) {
            return user.equals(userId) && (ofToken == null || ofToken.equals(tokenId));
        }
    }

    /** An import was applied: anything in the directory may be different. */
    record DirectoryImported(String domainId) implements LiveEvent {}

    /** The options of the domain were changed. */
    record OptionsChanged(String domainId) implements LiveEvent {}

    /** Somebody's rights may have changed; {@code version} counts such changes of the domain. */
    record RightsChanged(String domainId, long version) implements LiveEvent {}

    /** Something that is no folder is in another folder now; {@code version} counts such moves of the domain. */
    record ResourceMoved(String domainId, String resourceId, long version) implements LiveEvent {}

    /** A device was revoked: its channel and its sessions end. */
    record DeviceRevoked(String domainId, String uid) implements LiveEvent {}

    /** Something about a device's machine needs a person: {@code kind} is {@code claimed}, {@code hardware-changed} or {@code clone}. */
    record DeviceAlarm(String domainId, String uid, String kind) implements LiveEvent {}

    /**
     * A request for help changed; {@code state} is {@code open}, {@code taken}, {@code closed} or {@code expired}.
     *
     * @param detail for the device: who took it, or the comment at the end
     */
    record AssistanceChanged(String domainId, String id, String deviceUid, String state, String detail)
            implements LiveEvent {}

    /** A sign-in or an API token was ended: what was opened with it ends too. */
    record CredentialEnded(String domainId, String id) implements LiveEvent {}

    /** The relays of the installation are others than before: of no domain, for everybody. */
    record RelaysChanged() implements LiveEvent {

        @Override
        public String domainId() {
            return "";
        }
    }

    /** A request for access was made or decided about; {@code state} as {@code GET /api/access/requests} has it. */
    record AccessRequested(String domainId, String id, String state, String resourceId, String userId)
            implements LiveEvent {}
}
