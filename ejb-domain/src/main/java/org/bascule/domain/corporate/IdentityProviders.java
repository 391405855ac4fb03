package org.bascule.domain.corporate;

import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Memberships;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.corporate.Way.Ldap;
import org.bascule.domain.corporate.Way.Oidc;
import org.bascule.domain.corporate.Way.Saml;
import org.bascule.domain.database.DuplicateException;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.directory.Named;
import org.bascule.domain.directory.Names;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.DomainReference;
import org.bascule.domain.identity.Identities;
import org.bascule.domain.keycloak.Keycloak;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/** Reads and changes the providers of a domain: with {@link Permission#MANAGE_SIGN_IN} on the root folder, and never with an API token. */
@Stateless
public class IdentityProviders {

    public static final int MAX_GROUPS = 200;
    public static final int MAX_FOLDERS = 100;
    private static final int MAX_PROVIDERS = 20;
    private static final int MAX_NAME = 100;
    private static final int MAX_THEIRS = 300;

    @Inject
    Sql sql;

    @Inject
    Transactions transactions;

    @Inject
    ProviderStore store;

    @Inject
    Authorization authorization;

    @Inject
    Memberships memberships;

    @Inject
    RightsVersion rights;

    @Inject
    CorporateUsers users;

    @Inject
    ProviderClient client;

    @Inject
    OidcDiscovery discovery;

    @Inject
    SamlMetadata metadata;

    @Inject
    DirectoryTest directories;

    @Inject
    Identities identities;

    @Inject
    Keycloak keycloak;

    @Inject
    AuditLog audit;

    @Inject
    Uuid7 ids;

    @Inject
    Clock clock;

    /** All of them, by name. */
    public List<ProviderView> list(Caller caller) throws RefusedException {
        authorization.requireOnDomain(caller, Permission.MANAGE_SIGN_IN);
        return views(caller, store.all(caller.domainId()));
    }

    public ProviderView get(Caller caller, String id) throws RefusedException {
        authorization.requireOnDomain(caller, Permission.MANAGE_SIGN_IN);
        return views(caller, List.of(find(caller, id))).get(0);
    }

    private StoredProvider find(Caller caller, String id) throws RefusedException {
        return store.find(caller.domainId(), id).orElseThrow(RefusedException::notFound);
    }

    private List<ProviderView> views(Caller caller, List<StoredProvider> providers) {
        Map<String, Long> counts = users.counts(caller.domainId());
        Set<String> shown = new TreeSet<>();
        for (StoredProvider provider : providers) {
            shown.addAll(ours(provider.groups()));
            shown.addAll(folders(provider.partner()));
        }
        Map<String, String> names = names(caller, shown);
        return providers.stream()
                .map(one -> new ProviderView(
                        one.id(),
                        one.name(),
                        one.enabled(),
                        one.way(),
                        one.sealedSecret() != null,
                        one.groups(),
                        one.partner(),
                        one.way().kind() == Kind.LDAP ? null : addresses(caller.domainId(), one),
                        counts.getOrDefault(one.id(), 0L),
                        named(ours(one.groups()), names),
                        named(folders(one.partner()), names),
                        one.revision()))
                .toList();
    }

    private static Set<String> ours(Collection<GroupMapping> groups) {
        return groups.stream().map(GroupMapping::ours).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> folders(@Nullable Partner partner) {
        return partner == null ? Set.of() : partner.folders();
    }

    private static List<Named> named(Collection<String> ids, Map<String, String> names) {
        return ids.stream().map(id -> new Named(id, names.getOrDefault(id, ""))).toList();
    }

    /** Of those that the caller sees. */
    private Map<String, String> names(Caller caller, Set<String> ids) {
        if (ids.isEmpty()) {
            return Map.of();
        }
        Map<String, Set<Permission>> permissions = authorization.permissions(caller, ids);
        Map<String, String> names = new HashMap<>();
        sql.in(caller.domainId())
                .statement("select id, name, kind from resource where domain_id = :domain and id in (:ids)")
                .set("ids", ids)
                .list(row -> {
                    Permission needed = row.text(3).equals("folder") ? Permission.SEE_RESOURCES : Permission.SEE_USERS;
                    boolean seen =
                            permissions.getOrDefault(row.text(1), Set.of()).contains(needed);
                    return seen ? names.put(row.text(1), row.text(2)) : null;
                });
        return names;
    }

    private ProviderView.Addresses addresses(String domainId, StoredProvider provider) {
        String issuer = domain(domainId).issuer();
        String broker = issuer + "/broker/" + provider.id() + "/endpoint";
        boolean saml = provider.way().kind() == Kind.SAML;
        return new ProviderView.Addresses(
                broker,
                saml ? broker : issuer + "/protocol/openid-connect/logout/backchannel-logout",
                saml ? broker + "/descriptor" : null);
    }

    private DomainReference domain(String domainId) {
        return identities
                .domainOfId(domainId)
                .orElseThrow(() -> new IllegalStateException("there is no domain " + domainId));
    }

    private void requireManager(Caller caller) throws RefusedException {
        authorization.requirePerson(caller);
        authorization.requireOnDomain(caller, Permission.MANAGE_SIGN_IN);
    }

    /** Adds one; {@code CONFLICT} if there is one of that name. */
    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    public ProviderView create(Caller caller, ProviderChange change) throws RefusedException {
        transactions.<Boolean, RefusedException>inNew(() -> {
            requireManager(caller);
            change.way().check();
            return true;
        });
        // whoever answers slowly holds no transaction
        JsonObject facts = facts(change, null);
        return transactions.inNew(() -> add(caller, change, facts));
    }

    private ProviderView add(Caller caller, ProviderChange change, JsonObject facts) throws RefusedException {
        requireManager(caller);
        if (store.all(caller.domainId()).size() >= MAX_PROVIDERS) {
            throw new RefusedException(Problem.CONFLICT, "A domain has at most %d providers.".formatted(MAX_PROVIDERS));
        }
        String id = ids.next();
        StoredProvider provider = checked(caller, id, change, facts, null);
        requireTrust(caller, null, provider);
        try {
            store.add(caller.domainId(), provider, clock.instant());
        } catch (DuplicateException e) {
            throw taken();
        }
        store.changed(caller.domainId());
        audit.record(caller.did(Operation.PROVIDER_ADDED, Outcome.SUCCESS)
                .on(id, provider.name())
                .changing(changes(null, provider)));
        return get(caller, id);
    }

    private static RefusedException taken() {
        return new RefusedException(Problem.CONFLICT, "There is a provider of that name already.");
    }

    /**
     * Changes all of it but its kind. Whoever came with a provider that is switched off is signed out.
     *
     * @throws RefusedException {@code DELEGATION} if others would be believed, and somebody of whom they may say who it is has what the caller may not give
     */
    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    public ProviderView change(Caller caller, String id, long revision, ProviderChange change) throws RefusedException {
        StoredProvider before = transactions.inNew(() -> {
            StoredProvider present = present(caller, id, revision);
            if (present.way().kind() != change.way().kind()) {
                throw RefusedException.invalid("kind", "A provider stays of its kind.");
            }
            change.way().check();
            return present;
        });
        JsonObject facts = facts(change, before);
        return transactions.inNew(() -> update(caller, id, revision, change, facts));
    }

    private StoredProvider present(Caller caller, String id, long revision) throws RefusedException {
        requireManager(caller);
        StoredProvider present = find(caller, id);
        if (present.revision() != revision) {
            throw changedMeanwhile();
        }
        return present;
    }

    private ProviderView update(Caller caller, String id, long revision, ProviderChange change, JsonObject facts)
            throws RefusedException {
        StoredProvider before = present(caller, id, revision);
        StoredProvider after = checked(caller, id, change, facts, before);
        requireTrust(caller, before, after);
        try {
            if (!store.update(caller.domainId(), after)) {
                throw changedMeanwhile();
            }
        } catch (DuplicateException e) {
            throw taken();
        }
        if (before.enabled() && !after.enabled()) {
            users.signOut(caller.domainId(), id);
        }
        requireWay(caller.domainId());
        store.changed(caller.domainId());
        audit.record(caller.did(Operation.PROVIDER_CHANGED, Outcome.SUCCESS)
                .on(id, after.name())
                .changing(changes(before, after)));
        rights.changed(caller.domainId());
        return get(caller, id);
    }

    /**
     * Whoever decides who is believed can be anybody whom the provider vouches for, and a member of every group that is mapped: as if he took over these
     * accounts and gave himself these memberships. A provider of the domain's own also says who those are that have not signed in yet; and what a partner's
     * people were given takes effect wherever the partner comes to reach.
     */
    private void requireTrust(Caller caller, @Nullable StoredProvider before, StoredProvider after)
            throws RefusedException {
        boolean same = before != null
                && before.way().equals(after.way())
                && before.facts().equals(after.facts())
                && before.sealedSecret() == after.sealedSecret()
                && (before.enabled() || !after.enabled())
                && !Partner.widens(before.partner(), after.partner());
        if (!same) {
            Set<String> principals = ours(after.groups());
            principals.addAll(users.ofProvider(caller.domainId(), after.id()));
            if (after.partner() == null) {
                principals.addAll(identities.awaited(caller.domainId()));
            }
            memberships.requireToVouch(caller, after.id(), principals);
        }
    }

    private static RefusedException changedMeanwhile() {
        return new RefusedException(Problem.PRECONDITION_FAILED, "The provider was changed in the meantime.");
    }

    /** Removes it. Memberships that came from it end; its users are signed out and switched off, because nobody vouches for them any more. */
    public void delete(Caller caller, String id, long revision) throws RefusedException {
        StoredProvider before = present(caller, id, revision);
        users.abandon(caller, before);
        sql.in(caller.domainId())
                .statement("delete from identity_provider where domain_id = :domain and id = :id")
                .set("id", id)
                .update();
        requireWay(caller.domainId());
        store.changed(caller.domainId());
        audit.record(caller.did(Operation.PROVIDER_REMOVED, Outcome.SUCCESS)
                .on(id, before.name())
                .changing(changes(before, null)));
        rights.changed(caller.domainId());
    }

    /** Where nobody signs in but with a provider, there must be one. */
    private void requireWay(String domainId) throws RefusedException {
        long missing = sql.in(domainId)
                .statement(
                        """
                        select count(*) from sign_in_setting s where s.domain_id = :domain and s.corporate_only and not exists
                          (select 1 from identity_provider p where p.domain_id = s.domain_id and p.enabled and not p.partner)""")
                .number();
        if (missing > 0) {
            throw new RefusedException(
                    Problem.CONFLICT,
                    "People sign in to this domain with the company's provider alone, and this is the last one."
                            + " Allow other ways first.");
        }
    }

    /** Tries it, as it is stored. */
    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    public TestResult test(Caller caller, String id) throws RefusedException {
        Trial trial = transactions.inNew(() -> {
            requireManager(caller);
            StoredProvider provider = find(caller, id);
            return new Trial(
                    provider,
                    store.secret(provider).orElse(""),
                    domain(caller.domainId()).realm(),
                    addresses(caller.domainId(), provider).redirect());
        });
        TestResult result = tried(trial);
        transactions.inNew(() -> {
            audit.record(caller.did(Operation.PROVIDER_TESTED, result.isOk() ? Outcome.SUCCESS : Outcome.FAILED)
                    .on(id, trial.provider().name())
                    .saying(result.code().code()));
            return true;
        });
        return result;
    }

    private record Trial(StoredProvider provider, String secret, String realm, String redirect) {

        @Override
        public String toString() {
            return "Trial[" + provider.id() + ", secret [REDACTED]]";
        }
    }

    private TestResult tried(Trial trial) {
        StoredProvider provider = trial.provider();
        try {
            if (provider.way() instanceof Oidc oidc) {
                return discovery.test(oidc, trial.redirect(), trial.secret());
            }
            if (provider.way() instanceof Ldap ldap) {
                return directories.test(keycloak, trial.realm(), ldap, trial.secret());
            }
            metadata.read((Saml) provider.way());
            return new TestResult(
                    TestResult.Code.OK, "The metadata says where to sign in, and by which key answers are signed.");
        } catch (UnusableProviderException e) {
            return e.result();
        }
    }

    private StoredProvider checked(
            Caller caller, String id, ProviderChange change, JsonObject facts, @Nullable StoredProvider before)
            throws RefusedException {
        String name = Names.checked("name", change.name());
        if (name.length() > MAX_NAME) {
            throw RefusedException.invalid("name", "A name has 1 to %d characters.".formatted(MAX_NAME));
        }
        List<GroupMapping> groups =
                checkedGroups(caller, change.groups(), before == null ? List.of() : before.groups());
        Partner partner = checkedPartner(caller, change, before);
        return new StoredProvider(
                id,
                name,
                change.enabled(),
                change.way(),
                facts,
                sealedSecret(id, change, before),
                groups,
                partner,
                before == null ? 1 : before.revision());
    }

    /** One that is switched off is not asked; one that does not answer just now, or answers otherwise, can still be switched off. */
    private JsonObject facts(ProviderChange change, @Nullable StoredProvider before) throws RefusedException {
        Way way = change.way();
        if (before != null && !change.enabled() && before.way().equals(way)) {
            return before.facts();
        }
        try {
            if (way instanceof Oidc oidc) {
                return discovery.read(oidc);
            }
            if (way instanceof Saml saml) {
                return metadata.read(saml);
            }
            client.requireOrdinary(URI.create(((Ldap) way).url()).getHost());
            return JsonValue.EMPTY_JSON_OBJECT;
        } catch (UnusableProviderException e) {
            if (before != null && before.way().equals(way)) {
                return before.facts();
            }
            throw RefusedException.invalid(field(way), e.result().detail());
        }
    }

    private static String field(Way way) {
        return switch (way.kind()) {
            case OIDC -> "oidc.issuer";
            case SAML -> way instanceof Saml saml && saml.metadata() != null ? "saml.metadata" : "saml.metadataUrl";
            case LDAP -> "ldap.url";
        };
    }

    private byte @Nullable [] sealedSecret(String id, ProviderChange change, @Nullable StoredProvider before)
            throws RefusedException {
        if (change.way().kind() == Kind.SAML) {
            return null;
        }
        if (change.secret() != null && !change.secret().isEmpty()) {
            return store.seal(id, change.secret());
        }
        if (before != null && change.way().keepsSecretOf(before.way())) {
            return before.sealedSecret();
        }
        throw RefusedException.invalid(
                change.way().kind() == Kind.OIDC ? "oidc.clientSecret" : "ldap.bindPassword",
                "The secret is missing; it is asked for again when it would be sent elsewhere.");
    }

    /** What a mapping gives, the caller must be allowed to give, as if somebody were made a member. */
    private List<GroupMapping> checkedGroups(Caller caller, List<GroupMapping> groups, List<GroupMapping> before)
            throws RefusedException {
        if (groups.size() > MAX_GROUPS) {
            throw RefusedException.invalid("groups", "At most %d groups are mapped.".formatted(MAX_GROUPS));
        }
        List<GroupMapping> distinct = groups.stream().distinct().toList();
        for (GroupMapping mapping : distinct) {
            if (mapping.theirs().isBlank() || mapping.theirs().length() > MAX_THEIRS) {
                throw RefusedException.invalid(
                        "groups", "The name of a group has 1 to %d characters.".formatted(MAX_THEIRS));
            }
            if (!before.contains(mapping)) {
                requireGroup(caller, mapping.ours());
                memberships.require(caller, mapping.ours(), Effect.ALLOW);
            }
        }
        return distinct;
    }

    private void requireGroup(Caller caller, String id) throws RefusedException {
        boolean group = Uuid7.isUuid(id)
                && authorization.shows(caller, Permission.SEE_USERS, id)
                && sql.in(caller.domainId())
                        .statement("select 1 from user_group where domain_id = :domain and id = :id")
                        .set("id", id)
                        .first(row -> row.number(1))
                        .isPresent();
        if (!group) {
            throw RefusedException.invalid("groups", "One of these is not a group.");
        }
    }

    private @Nullable Partner checkedPartner(Caller caller, ProviderChange change, @Nullable StoredProvider before)
            throws RefusedException {
        Partner partner = change.partner();
        Partner was = before == null ? null : before.partner();
        if (partner == null) {
            if (was != null) {
                throw RefusedException.invalid("partner", "A partner stays one: remove it and add another.");
            }
            return null;
        }
        if (change.way().kind() == Kind.LDAP) {
            throw RefusedException.invalid("partner", "A directory is the domain's own.");
        }
        if (partner.folders().isEmpty() || partner.folders().size() > MAX_FOLDERS) {
            throw RefusedException.invalid("partner.folders", "Say 1 to %d folders.".formatted(MAX_FOLDERS));
        }
        Set<String> known = Set.copyOf(sql.in(caller.domainId())
                .statement("select f.id from folder f join resource r on r.id = f.id"
                        + " where f.domain_id = :domain and f.id in (:ids) and r.parent_id is not null")
                .set("ids", partner.folders())
                .list(row -> row.text(1)));
        for (String folder : partner.folders()) {
            boolean kept = was != null && was.folders().contains(folder);
            if (!known.contains(folder) || !kept && !authorization.allows(caller, Permission.SEE_RESOURCES, folder)) {
                throw RefusedException.invalid("partner.folders", "One of these is not a folder below the root.");
            }
        }
        Instant ends = partner.ends().truncatedTo(ChronoUnit.MILLIS);
        boolean same = was != null && was.ends().equals(ends);
        if (!same && ends.isAfter(clock.instant().plus(10L * 366, ChronoUnit.DAYS))) {
            throw RefusedException.invalid("partner.ends", "That is too far away.");
        }
        return new Partner(partner.folders(), ends);
    }

    private static Changes changes(@Nullable StoredProvider before, @Nullable StoredProvider after) {
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
                        told(before, IdentityProviders::secret),
                        replaced ? "replaced" : told(after, IdentityProviders::secret))
                .field("groups", told(before, IdentityProviders::groups), told(after, IdentityProviders::groups))
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

    /** The provider to which a browser goes at once, where there is but one way to sign in. */
    public Optional<String> onlyWay(String domainId) {
        List<String> ways = sql.in(domainId)
                .statement(
                        """
                        select p.id from identity_provider p join sign_in_setting s on s.domain_id = p.domain_id and s.corporate_only
                        where p.domain_id = :domain and p.enabled limit 2""")
                .list(row -> row.text(1));
        boolean broker = ways.size() == 1
                && store.find(domainId, ways.get(0))
                        .filter(one -> one.way().kind() != Kind.LDAP)
                        .isPresent();
        return broker ? Optional.of(ways.get(0)) : Optional.empty();
    }
}
