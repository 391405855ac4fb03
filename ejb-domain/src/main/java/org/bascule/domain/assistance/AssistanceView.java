package org.bascule.domain.assistance;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request for help. Text and contact come from the device and are hostile text.
 *
 * @param deviceName name of the device now
 * @param raised when it was raised, by the device's clock
 * @param received when the server got it; the order of lists
 * @param takenBy name of the user who took it
 * @param closedBy name of the user who closed it
 * @param revision grows with each change; the entity tag
 */
public record AssistanceView(
        String id,
        String deviceUid,
        String deviceName,
        String text,
        @Nullable String contactName,
        @Nullable String contactPhone,
        @Nullable String contactEmail,
        AssistanceState state,
        Instant raised,
        Instant received,
        Instant expires,
        @Nullable String takenBy,
        @Nullable String closedBy,
        @Nullable String comment,
        long revision) {}
