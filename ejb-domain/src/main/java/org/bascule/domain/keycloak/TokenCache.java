package org.bascule.domain.keycloak;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Access tokens of service accounts, each until shortly before its end. */
final class TokenCache {

    private static final int MAX = 10_000;

    private record Held(String token, Instant until) {}

    private final Map<String, Held> tokens = new ConcurrentHashMap<>();

    Optional<String> get(String account, Instant now) {
        Held held = tokens.get(account);
        return held != null && now.isBefore(held.until()) ? Optional.of(held.token()) : Optional.empty();
    }

    void put(String account, String token, Instant until) {
        if (tokens.size() >= MAX) {
            tokens.clear();
        }
        tokens.put(account, new Held(token, until));
    }

    void forget(String account) {
        tokens.remove(account);
    }
}
