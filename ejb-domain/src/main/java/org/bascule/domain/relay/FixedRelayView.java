package org.bascule.domain.relay;

import org.jspecify.annotations.Nullable;

/**
 * The relay that is set for a resource.
 *
 * @param relay id; null where the server chooses
 * @param own whether it is set for the resource itself, and not for a folder above it
 * @param folderId the folder for which it is set, if the caller sees it
 * @param revision of the resource; the entity tag
 */
public record FixedRelayView(
        @Nullable String relay, boolean own, @Nullable String folderId, @Nullable String folderName, long revision) {}
