package org.bascule.domain.guard;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A network that is blocked, as somebody may see it.
 *
 * @param address an IPv4 address, or the first of an IPv6 network
 * @param bits 32, 64 or 48: how much of it is blocked
 * @param failures that counted, as far as they are shown
 * @param attempts the newest of them, at most {@value BlockedAddresses#MAX_ATTEMPTS}
 */
public record BlockedAddress(
        String address, int bits, Instant since, Instant until, long failures, List<Failure> attempts) {

    public BlockedAddress {
        attempts = List.copyOf(attempts);
    }

    /**
     * What was tried.
     *
     * @param kind code of an {@link AttemptKind}
     * @param userName as given, hostile text
     */
    public record Failure(
            Instant time,
            String kind,
            @Nullable String userName,
            @Nullable String domainId,
            @Nullable String domainName) {}
}
