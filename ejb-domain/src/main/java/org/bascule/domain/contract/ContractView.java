package org.bascule.domain.contract;

import org.jspecify.annotations.Nullable;

/**
 * The contract that counts for a folder. Of one that is set on a folder that the caller does not see, only what it demands and how long it is
 * valid is told.
 *
 * @param folderId where it is set; null if there is none on the path, or the caller does not see that folder
 * @param own whether it is set on the folder that was asked for
 * @param inherited whether it is set above
 * @param revision of the folder that was asked for; the entity tag
 */
public record ContractView(
        @Nullable String folderId,
        @Nullable String folderName,
        boolean own,
        boolean inherited,
        Contract contract,
        long revision) {}
