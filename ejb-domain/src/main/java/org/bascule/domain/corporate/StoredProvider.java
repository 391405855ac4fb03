package org.bascule.domain.corporate;

import jakarta.json.JsonObject;
import java.util.List;
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
        long revision) {}
