package org.bascule.domain.corporate;

import jakarta.json.JsonObject;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A provider as it is stored.
 *
 * @param facts what it told of itself: endpoints and certificates, in the words of the realm's configuration
 */
record StoredProvider(
        String id,
        String name,
        boolean enabled,
        Way way,
        JsonObject facts,
        byte @Nullable [] sealedSecret,
        List<GroupMapping> groups,
        @Nullable Partner partner,
        long revision) {

    /** What is left of it when these folders and groups are gone. */
    StoredProvider without(Set<String> gone) {
        return new StoredProvider(
                id,
                name,
                enabled,
                way,
                facts,
                sealedSecret,
                groups.stream()
                        .filter(mapping -> !gone.contains(mapping.ours()))
                        .toList(),
                partner == null ? null : partner.without(gone),
                revision);
    }
}
