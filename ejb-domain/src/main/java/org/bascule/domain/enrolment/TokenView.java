package org.bascule.domain.enrolment;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An enrolment token without its secret.
 *
 * @param id UUID text of its 16 bytes
 * @param folder id of the folder that devices come into
 * @param uses how many devices it is for
 * @param used how many it has enrolled
 * @param createdBy name of the user at that time
 */
public record TokenView(
        String id,
        String folder,
        String folderName,
        Instant expires,
        int uses,
        int used,
        @Nullable String createdBy,
        Instant created) {}
