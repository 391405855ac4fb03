package org.bascule.domain.corporate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an administrator wants a provider to be.
 *
 * @param secret null to keep the one that is stored
 */
public record ProviderChange(
        String name,
        boolean enabled,
        Way way,
        @Nullable String secret,
        List<GroupMapping> groups,
        @Nullable Partner partner) {

    public ProviderChange {
        groups = List.copyOf(groups);
    }

    @Override
    public String toString() {
        return "ProviderChange[" + name + ", secret [REDACTED]]";
    }
}
