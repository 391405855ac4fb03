package org.bascule.domain.directory;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bascule.domain.acl.Permission;
import org.jspecify.annotations.Nullable;

/**
 * A device that the caller sees. Names, versions and the operating system come from the device and are hostile text.
 *
 * @param folder id of the folder that it is in, null where the caller does not see that
 * @param version version of the agent
 * @param account account on the device that terminals and commands run as; null = the agent's own choice
 * @param fingerprint 16 hexadecimal digits in groups of four
 * @param tools what the caller may open
 * @param revision grows with each change; the entity tag
 * @param tags in order
 * @param ownerSwitch as its agent told it last
 */
public record DeviceView(
        String uid,
        String name,
        @Nullable String folder,
        @Nullable String folderName,
        DeviceState state,
        @Nullable Instant lastSeen,
        @Nullable String version,
        @Nullable String os,
        @Nullable String account,
        boolean quarantined,
        String fingerprint,
        List<String> tools,
        Set<Permission> permissions,
        long revision,
        @Nullable String description,
        List<String> tags,
        OwnerSwitchView ownerSwitch) {

    /** The same device for a caller who holds these permissions on it, and sees its folder or not. */
    DeviceView heldBy(Set<Permission> held, boolean seesFolder) {
        List<String> open = new ArrayList<>();
        if (held.contains(Permission.CHAT)) {
            open.add("chat");
        }
        if (held.contains(Permission.VIEW_DESKTOP) || held.contains(Permission.CONTROL_DESKTOP)) {
            open.add("desktop");
        }
        if (held.contains(Permission.READ_FILES)) {
            open.add("files");
        }
        if (held.contains(Permission.VIEW_PROCESSES)) {
            open.add("processes");
        }
        if (held.contains(Permission.TERMINAL)) {
            open.add("terminal");
        }
        return new DeviceView(
                uid,
                name,
                seesFolder ? folder : null,
                seesFolder ? folderName : null,
                state,
                lastSeen,
                version,
                os,
                account,
                quarantined,
                fingerprint,
                List.copyOf(open),
                held,
                revision,
                description,
                tags,
                ownerSwitch);
    }
}
