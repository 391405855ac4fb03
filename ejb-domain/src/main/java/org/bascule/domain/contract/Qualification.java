package org.bascule.domain.contract;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What somebody is qualified for.
 *
 * @param name case does not matter
 * @param until when it ends, not included; null for good
 */
public record Qualification(String name, @Nullable Instant until) {}
