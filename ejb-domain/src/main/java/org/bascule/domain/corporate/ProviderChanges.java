package org.bascule.domain.corporate;

import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bascule.domain.audit.Changes;
import org.jspecify.annotations.Nullable;

/** What the audit log says of a change of a provider. */
final class ProviderChanges {

    private ProviderChanges() {}

    /** Without secrets. */
    static Changes between(@Nullable StoredProvider before, @Nullable StoredProvider after) {
        Changes changes = Changes.none()
                .field("name", told(before, StoredProvider::name), told(after, StoredProvider::name))
                .field("kind", told(before, one -> one.way().kind().code()), told(after, one -> one.way()
                        .kind()
                        .code()))
                .field("enabled", told(before, StoredProvider::enabled), told(after, StoredProvider::enabled));
        Set<String> members = new TreeSet<>();
        members.addAll(settings(before).keySet());
        members.addAll(settings(after).keySet());
        for (String member : members) {
            changes.field(member, text(settings(before), member), text(settings(after), member));
        }
        boolean replaced = before != null && after != null && before.sealedSecret() != after.sealedSecret();
        return changes.field(
                        "secret",
                        told(before, ProviderChanges::secret),
                        replaced ? "replaced" : told(after, ProviderChanges::secret))
                .field("groups", told(before, ProviderChanges::groups), told(after, ProviderChanges::groups))
                .field(
                        "partner.folders",
                        told(
                                before,
                                one -> told(
                                        one.partner(), partner -> String.join(",", new TreeSet<>(partner.folders())))),
                        told(
                                after,
                                one -> told(
                                        one.partner(), partner -> String.join(",", new TreeSet<>(partner.folders())))))
                .field(
                        "partner.ends",
                        told(before, one -> told(one.partner(), Partner::ends)),
                        told(after, one -> told(one.partner(), Partner::ends)));
    }

    private static <T, V> @Nullable V told(@Nullable T of, Function<T, @Nullable V> value) {
        return of == null ? null : value.apply(of);
    }

    private static @Nullable String secret(StoredProvider provider) {
        return provider.sealedSecret() == null ? null : "stored";
    }

    private static String groups(StoredProvider provider) {
        return provider.groups().stream()
                .map(mapping -> mapping.theirs() + " -> " + mapping.ours())
                .sorted()
                .collect(Collectors.joining(", "));
    }

    private static JsonObject settings(@Nullable StoredProvider provider) {
        return provider == null ? JsonValue.EMPTY_JSON_OBJECT : provider.way().json();
    }

    /** Metadata is long: its digest tells whether it is the same. */
    private static @Nullable String text(JsonObject settings, String member) {
        JsonValue value = settings.get(member);
        if (value == null) {
            return null;
        }
        String text = value instanceof JsonString string ? string.getString() : value.toString();
        return member.equals("metadata") ? "SHA-256 " + digest(text) : text;
    }

    private static String digest(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
