package org.bascule.domain.lifecycle;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How it stands with a device's identity.
 *
 * @param thumbprint SHA-256 of its key's SubjectPublicKeyInfo, base64url, from which a client makes the words itself
 * @param words of its key, for two people who compare them
 * @param revoked it must be paired or enrolled anew
 * @param hardware {@code bound}, {@code changed} (refused until somebody binds it anew) or {@code unknown} (the machine shows nothing it could be told by)
 * @param claimed when somebody last tried to register this machine again
 */
public record DeviceLifecycle(
        String thumbprint, List<String> words, boolean revoked, String hardware, @Nullable Instant claimed) {

    public static final String BOUND = "bound";
    public static final String CHANGED = "changed";
    public static final String UNKNOWN = "unknown";
}
