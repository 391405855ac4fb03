package org.bascule.domain.relay;

import org.jspecify.annotations.Nullable;

/**
 * A relay as the operator sees it.
 *
 * @param configured whether the configuration names it: sessions use it in any case then, at the addresses that are there
 * @param known what it said of itself; null for one of the configuration that says nothing
 * @param silent whether nothing was heard of it for too long
 */
public record RelayView(
        String id, String url, String nativeUrl, boolean configured, @Nullable KnownRelay known, boolean silent) {}
