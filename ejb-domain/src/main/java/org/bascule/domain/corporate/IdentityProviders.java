package org.bascule.domain.corporate;

import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Held;
import org.bascule.domain.acl.LastOwner;
import org.bascule.domain.acl.Memberships;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.corporate.Way.Ldap;
import org.bascule.domain.corporate.Way.Oidc;
import org.bascule.domain.corporate.Way.Saml;
import org.bascule.domain.database.DuplicateException;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
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
    static final int MAX_PROVIDERS = 20;

    @Inject
    Sql sql;

    @Inject
    Transactions transactions;

    @Inject
    ProviderStore store;

    @Inject
    ProviderViews views;

    @Inject
    ProviderChecks checks;

    @Inject
    Authorization authorization;

    @Inject
    Memberships memberships;

    @Inject
    LastOwner owners;

    @Inject
    RightsVersion rights;

    @Inject
    CorporateUsers users;

    @Inject
    Abandonment abandonment;

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

    /** All of them, at most {@value #MAX_PROVIDERS}, by name. */
    public List<ProviderView> list(Caller caller) throws RefusedException {
        authorization.requireOnDomain(caller, Permission.MANAGE_SIGN_IN);
        return views.of(caller, store.all(caller.domainId()));
    }

    public ProviderView get(Caller caller, String id) throws RefusedException {
        authorization.requireOnDomain(caller, Permission.MANAGE_SIGN_IN);
        return views.of(caller, List.of(find(caller, id))).get(0);
    }

    private StoredProvider find(Caller caller, String id) throws RefusedException {
        return store.find(caller.domainId(), id).orElseThrow(RefusedException::notFound);
    }

    private void requireManager(Caller caller) throws RefusedException {
        authorization.requirePerson(caller);
        authorization.requireOnDomain(caller, Permission.MANAGE_SIGN_IN);
    }

    /** Adds one; {@code CONFLICT} if there is one of that name, or there are {@value #MAX_PROVIDERS}. */
    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    public ProviderView create(Caller caller, ProviderChange change) throws RefusedException {
        transactions.<Boolean, RefusedException>inNew(() -> {
            requireManager(caller);
            change.way().check();
            return true;
        });
        // whoever answers slowly holds no transaction
        JsonObject facts = checks.facts(change, null);
        return transactions.inNew(() -> add(caller, change, facts));
    }

    private ProviderView add(Caller caller, ProviderChange change, JsonObject facts) throws RefusedException {
        requireManager(caller);
        owners.lock(caller.domainId());
        if (store.count(caller.domainId()) >= MAX_PROVIDERS) {
            throw new RefusedException(Problem.CONFLICT, "A domain has at most %d providers.", MAX_PROVIDERS);
        }
        String id = ids.next();
        StoredProvider provider = checks.checked(caller, id, change, facts, null);
        requireTrust(caller, null, provider);
        try {
            store.add(caller.domainId(), provider, clock.instant());
        } catch (DuplicateException e) {
            throw taken();
        }
        store.changed(caller.domainId());
        audit.record(caller.did(Operation.PROVIDER_ADDED, Outcome.SUCCESS)
                .on(id, provider.name())
                .changing(ProviderChanges.between(null, provider)));
        return get(caller, id);
    }

    private static RefusedException taken() {
        return new RefusedException(Problem.CONFLICT, "There is a provider of that name already.");
    }

    /**
     * Changes all of it but its kind. Whoever came with a provider that is switched off is signed out.
     *
     * @throws RefusedException {@code DELEGATION} if others would be believed, and somebody of whom they may say who it is has what the caller may not give;
     *     {@code LAST_OWNER} if no owner could sign in any more
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
        JsonObject facts = checks.facts(change, before);
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
        StoredProvider after = checks.checked(caller, id, change, facts, before);
        requireTrust(caller, before, after);
        owners.lock(caller.domainId());
        Held held = owners.held(caller.domainId());
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
        if (before.enabled() && !after.enabled() || before.partner() == null && after.partner() != null) {
            owners.require(caller, held, Operation.PROVIDER_CHANGED, id);
        }
        store.changed(caller.domainId());
        audit.record(caller.did(Operation.PROVIDER_CHANGED, Outcome.SUCCESS)
                .on(id, after.name())
                .changing(ProviderChanges.between(before, after)));
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
            Set<String> principals = GroupMapping.ours(after.groups());
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
        abandonment.of(caller, before);
        sql.in(caller.domainId())
                .statement("delete from identity_provider where domain_id = :domain and id = :id")
                .set("id", id)
                .update();
        requireWay(caller.domainId());
        store.changed(caller.domainId());
        audit.record(caller.did(Operation.PROVIDER_REMOVED, Outcome.SUCCESS)
                .on(id, before.name())
                .changing(ProviderChanges.between(before, null)));
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
                    views.domain(caller.domainId()).realm(),
                    views.addresses(caller.domainId(), provider).redirect());
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
