package org.bascule.domain.corporate;

import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Memberships;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.corporate.Way.Ldap;
import org.bascule.domain.corporate.Way.Oidc;
import org.bascule.domain.corporate.Way.Saml;
import org.bascule.domain.database.Sql;
import org.bascule.domain.directory.Names;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/** Whether a provider may be stored as it was sent. */
@Dependent
class ProviderChecks {

    private static final int MAX_NAME = 100;
    private static final int MAX_THEIRS = 300;

    @Inject
    Sql sql;

    @Inject
    ProviderStore store;

    @Inject
    Authorization authorization;

    @Inject
    Memberships memberships;

    @Inject
    ProviderClient client;

    @Inject
    OidcDiscovery discovery;

    @Inject
    SamlMetadata metadata;

    @Inject
    Clock clock;

    /** What is to be stored, if the caller may: the groups as if he made somebody a member, the folders as those that he sees. */
    StoredProvider checked(
            Caller caller, String id, ProviderChange change, JsonObject facts, @Nullable StoredProvider before)
            throws RefusedException {
        String name = Names.checked("name", change.name());
        if (name.length() > MAX_NAME) {
            throw RefusedException.invalid("name", "A name has 1 to %d characters.", MAX_NAME);
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
    JsonObject facts(ProviderChange change, @Nullable StoredProvider before) throws RefusedException {
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
            requireDirectory((Ldap) way);
            return JsonValue.EMPTY_JSON_OBJECT;
        } catch (UnusableProviderException e) {
            if (before != null && before.way().equals(way)) {
                return before.facts();
            }
            throw RefusedException.invalidFor(field(way), e.result().sentence());
        }
    }

    private void requireDirectory(Ldap ldap) throws UnusableProviderException {
        client.requireOrdinary(URI.create(ldap.url()).getHost());
        client.requireEncrypted(ldap.isEncrypted());
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
        if (groups.size() > IdentityProviders.MAX_GROUPS) {
            throw RefusedException.invalid("groups", "At most %d groups are mapped.", IdentityProviders.MAX_GROUPS);
        }
        List<GroupMapping> distinct = groups.stream().distinct().toList();
        for (GroupMapping mapping : distinct) {
            if (mapping.theirs().isBlank() || mapping.theirs().length() > MAX_THEIRS) {
                throw RefusedException.invalid("groups", "The name of a group has 1 to %d characters.", MAX_THEIRS);
            }
            if (!before.contains(mapping)) {
                requireGroup(caller, mapping.ours());
                memberships.require(caller, mapping.ours(), Effect.ALLOW);
                memberships.require(caller, mapping.ours(), Effect.DENY);
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
        if (partner.folders().isEmpty() || partner.folders().size() > IdentityProviders.MAX_FOLDERS) {
            throw RefusedException.invalid("partner.folders", "Say 1 to %d folders.", IdentityProviders.MAX_FOLDERS);
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
}
