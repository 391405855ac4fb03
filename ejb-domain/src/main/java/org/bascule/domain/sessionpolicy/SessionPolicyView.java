package org.bascule.domain.sessionpolicy;

import org.jspecify.annotations.Nullable;

/**
 * The policy in force for sessions on a device, or on the devices in a folder.
 *
 * @param own whether it is set for the resource itself
 * @param set whether it is set anywhere; false: the default counts
 * @param folderId the folder for which it is set, if that is another one and the caller sees it
 * @param revision of the resource; the entity tag
 */
public record SessionPolicyView(
        SessionPolicy policy,
        boolean own,
        boolean set,
        @Nullable String folderId,
        @Nullable String folderName,
        long revision) {}
