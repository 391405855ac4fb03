package org.bascule.domain.directory;

import org.jspecify.annotations.Nullable;

/**
 * What to change of a folder; null keeps what there is.
 *
 * @param description empty = none
 * @param parent id of the folder to move it to
 */
public record FolderChange(
        @Nullable String name, @Nullable String description, @Nullable String parent, @Nullable Quota quota) {

    /** Concurrent sessions on devices in it and below; null for no limit. */
    public record Quota(@Nullable Integer sessions) {}
}
