package org.bascule.domain.corporate;

import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.database.DuplicateException;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.pki.SealedText;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;

/** Rows of providers. Whoever changes one says that the realm is to be brought up. */
@Dependent
class ProviderStore {

    private static final String ROLE = "identity-provider";

    @Inject
    Sql sql;

    @Inject
    SealedText sealing;

    private record Head(
            String id,
            Kind kind,
            String name,
            boolean enabled,
            JsonObject settings,
            JsonObject facts,
            byte @Nullable [] secret,
            @Nullable Partner partner,
            long revision) {}

    List<StoredProvider> all(String domainId) {
        return all(domainId, "");
    }

    /** As others have committed them since this transaction began, too; they stay so until its end. */
    List<StoredProvider> locked(String domainId) {
        return all(domainId, " lock in share mode");
    }

    private List<StoredProvider> all(String domainId, String locking) {
        Map<String, Set<String>> folders = new HashMap<>();
        sql.in(domainId)
                .statement("select provider_id, folder_id from identity_provider_folder where domain_id = :domain"
                        + locking)
                .list(row -> folders.computeIfAbsent(row.text(1), id -> new HashSet<>())
                        .add(row.text(2)));
        Map<String, List<GroupMapping>> groups = new HashMap<>();
        sql.in(domainId)
                .statement("select provider_id, theirs, group_id from identity_provider_group"
                        + " where domain_id = :domain order by theirs, group_id" + locking)
                .list(row -> groups.computeIfAbsent(row.text(1), id -> new ArrayList<>())
                        .add(new GroupMapping(row.text(2), row.text(3))));
        return sql
                .in(domainId)
                .statement(
                        """
                        select id, kind, name, enabled, settings, facts, secret, partner, ends, version from identity_provider
                        where domain_id = :domain order by name, id"""
                                + locking)
                .list(row -> head(row, folders))
                .stream()
                .map(head -> new StoredProvider(
                        head.id(),
                        head.name(),
                        head.enabled(),
                        Way.of(head.kind(), head.settings()),
                        head.facts(),
                        head.secret(),
                        groups.getOrDefault(head.id(), List.of()),
                        head.partner(),
                        head.revision()))
                .toList();
    }

    /** How many there are, with those that others have added since this transaction began. */
    long count(String domainId) {
        return sql.in(domainId)
                .statement("select count(*) from identity_provider where domain_id = :domain lock in share mode")
                .number();
    }

    private static Head head(Row row, Map<String, Set<String>> folders) {
        String id = row.text(1);
        return new Head(
                id,
                Kind.ofCode(row.text(2)).orElseThrow(() -> new IllegalStateException("an unknown kind of provider")),
                row.text(3),
                row.flag(4),
                json(row.text(5)),
                json(row.text(6)),
                row.bytesOrNull(7),
                row.flag(8) ? new Partner(folders.getOrDefault(id, Set.of()), row.instant(9)) : null,
                row.number(10));
    }

    private static JsonObject json(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }

    Optional<StoredProvider> find(String domainId, String id) {
        return all(domainId).stream().filter(one -> one.id().equals(id)).findFirst();
    }

    /** Empty where there is none. */
    Optional<String> secret(StoredProvider provider) {
        return Optional.ofNullable(provider.sealedSecret())
                .map(kept -> new String(sealing.open(ROLE, provider.id(), kept), StandardCharsets.UTF_8));
    }

    byte @Nullable [] seal(String id, @Nullable String secret) {
        return secret == null ? null : sealing.seal(ROLE, id, secret.getBytes(StandardCharsets.UTF_8));
    }

    void add(String domainId, StoredProvider provider, Instant now) throws DuplicateException {
        sql.in(domainId)
                .statement(
                        """
                        insert into identity_provider (id, domain_id, kind, name, enabled, settings, facts, secret, partner, ends, created)
                        values (:id, :domain, :kind, :name, :enabled, :settings, :facts, :secret, :partner, :ends, :now)""")
                .set("id", provider.id())
                .set("kind", provider.way().kind().code())
                .set("name", provider.name())
                .set("enabled", provider.enabled())
                .set("settings", provider.way().json().toString())
                .set("facts", provider.facts().toString())
                .set("secret", provider.sealedSecret())
                .set("partner", provider.partner() != null)
                .set(
                        "ends",
                        provider.partner() == null ? null : provider.partner().ends())
                .set("now", now)
                .insertUnique();
        addParts(domainId, provider);
    }

    /** False if it is another revision now. */
    boolean update(String domainId, StoredProvider provider) throws DuplicateException {
        int changed = sql.in(domainId)
                .statement(
                        """
                        update identity_provider set name = :name, enabled = :enabled, settings = :settings, facts = :facts, secret = :secret,
                          partner = :partner, ends = :ends, version = version + 1
                        where domain_id = :domain and id = :id and version = :revision""")
                .set("id", provider.id())
                .set("name", provider.name())
                .set("enabled", provider.enabled())
                .set("settings", provider.way().json().toString())
                .set("facts", provider.facts().toString())
                .set("secret", provider.sealedSecret())
                .set("partner", provider.partner() != null)
                .set(
                        "ends",
                        provider.partner() == null ? null : provider.partner().ends())
                .set("revision", provider.revision())
                .updateUnique();
        if (changed == 0) {
            return false;
        }
        for (String table : List.of("identity_provider_group", "identity_provider_folder")) {
            sql.in(domainId)
                    .statement("delete from " + table + " where domain_id = :domain and provider_id = :id")
                    .set("id", provider.id())
                    .update();
        }
        addParts(domainId, provider);
        return true;
    }

    private void addParts(String domainId, StoredProvider provider) {
        sql.in(domainId)
                .statement("insert into identity_provider_group (domain_id, provider_id, theirs, group_id)"
                        + " values (:domain, :id, :theirs, :ours)")
                .updateEach(provider.groups(), (statement, mapping) -> statement
                        .set("id", provider.id())
                        .set("theirs", mapping.theirs())
                        .set("ours", mapping.ours()));
        List<String> folders = provider.partner() == null
                ? List.of()
                : List.copyOf(Objects.requireNonNull(provider.partner()).folders());
        sql.in(domainId)
                .statement("insert into identity_provider_folder (domain_id, provider_id, folder_id)"
                        + " values (:domain, :id, :folder)")
                .updateEach(folders, (statement, folder) -> statement
                        .set("id", provider.id())
                        .set("folder", folder));
    }

    /** The realm is to be brought up, at once. */
    void changed(String domainId) {
        sql.in(domainId)
                .statement("insert into sign_in_setting (domain_id, providers_version) values (:domain, 1)"
                        + " on duplicate key update providers_version = providers_version + 1")
                .update();
        sql.in(domainId)
                .statement("update realm_state set next_attempt = null where domain_id = :domain")
                .update();
    }
}
