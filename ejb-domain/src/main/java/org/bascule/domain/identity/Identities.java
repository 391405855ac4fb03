package org.bascule.domain.identity;

import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.configuration.Settings;
import org.bascule.domain.database.Like;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/** Finds domains, and the users that sign in to them. */
@Stateless
public class Identities {

    static final int MAX_NAME = 200;
    private static final int MAX_DOMAIN_NAME = 100;

    @Inject
    Sql sql;

    @Inject
    Transactions transactions;

    @Inject
    Settings settings;

    @Inject
    Clock clock;

    @Inject
    AuditLog audit;

    @Inject
    Event<LiveEvent> live;

    /** The domain of a name (case does not matter), for the sign-in page. */
    public Optional<DomainReference> domainOfName(String name) {
        if (name.length() > MAX_DOMAIN_NAME) {
            return Optional.empty();
        }
        return sql.acrossDomains()
                .statement("select id, name, realm from domain where name = :name")
                .set("name", name)
                .first(this::domain);
    }

    /** The domain whose realm issued a token: the only way from a token to a domain. */
    public Optional<DomainReference> domainOfIssuer(String issuer) {
        String prefix = settings.issuerOf("");
        if (!issuer.startsWith(prefix)) {
            return Optional.empty();
        }
        return domainOfRealm(issuer.substring(prefix.length()));
    }

    /** The domain whose users sign in to a realm. */
    public Optional<DomainReference> domainOfRealm(String realm) {
        return Like.isAscii(realm)
                ? sql.acrossDomains()
                        .statement("select id, name, realm from domain where realm = :realm")
                        .set("realm", realm)
                        .first(this::domain)
                : Optional.empty();
    }

    public Optional<DomainReference> domainOfId(String id) {
        return sql.in(id)
                .statement("select id, name, realm from domain where id = :domain")
                .first(this::domain);
    }

    public List<DomainReference> domains() {
        return sql.acrossDomains()
                .statement("select id, name, realm from domain order by name")
                .list(this::domain);
    }

    private DomainReference domain(Row row) {
        return new DomainReference(row.text(1), row.text(2), row.text(3), settings.issuerOf(row.text(3)));
    }

    /**
     * The caller behind a verified token, who acts under the id of the domain's user and not under the subject. An unknown user gets a reference without rights; a changed name is taken over, unless the token is older than the last change of the name here. What that changes is
     * audited, the call itself is not: use it for every bearer request and, followed by an audit record, for a sign-in.
     *
     * @throws RefusedException {@code FORBIDDEN} if no domain has this issuer, or the subject belongs to another domain
     */
    public Caller signIn(SignIn signIn) throws RefusedException {
        DomainReference domain = domainOfIssuer(signIn.issuer()).orElseThrow(Identities::unknown);
        String subject = signIn.subject().toLowerCase(Locale.ROOT);
        String name = displayName(signIn);
        if (!Uuid7.isUuid(subject)) {
            throw unknown();
        }
        Optional<Known> known = known(domain.id(), subject);
        if (known.isEmpty() && signIn.named()) {
            known = bind(domain.id(), subject, name, signIn.address());
        }
        if (known.isEmpty()) {
            requireNotRemoved(domain.id(), subject);
            if (addUser(domain.id(), subject, name)) {
                added(domain.id(), new Actor(subject, name, signIn.address()), name);
            }
        } else if (!known.get().isNamedSince(signIn.issued())) {
            name = known.get().name();
        } else if (!known.get().name().equals(name)) {
            rename(domain.id(), known.get(), new Actor(known.get().id(), name, signIn.address()), name);
        }
        return new Caller(
                known.map(Known::id).orElse(subject),
                name,
                domain.id(),
                domain.name(),
                signIn.address(),
                signIn.acr(),
                signIn.authTime());
    }

    /** A token of a deleted user is good for some minutes more: it is nobody's. */
    private void requireNotRemoved(String domainId, String subject) throws RefusedException {
        boolean removed = sql.in(domainId)
                .statement("select 1 from removed_subject where domain_id = :domain and subject = :subject")
                .set("subject", subject)
                .first(row -> row.number(1))
                .isPresent();
        if (removed) {
            throw new RefusedException(Problem.FORBIDDEN, "This user was deleted.");
        }
    }

    /** Remembers when somebody signed in last; a call with a token is none. The caller records it. */
    public void signedIn(String domainId, String userId, Instant time) {
        sql.in(domainId)
                .statement("update user_ref set last_sign_in = :time where domain_id = :domain and id = :id"
                        + " and (last_sign_in is null or last_sign_in < :time)")
                .set("id", userId)
                .set("time", time)
                .update();
    }

    /** The user of a domain who has this id in its realm. */
    public Optional<Actor> actor(String domainId, String subject, @Nullable String address) {
        String id = subject.toLowerCase(Locale.ROOT);
        return Uuid7.isUuid(id)
                ? known(domainId, id).map(user -> new Actor(user.id(), user.name(), address))
                : Optional.empty();
    }

    private record Known(String id, String name, @Nullable Instant renamed) {

        /** Whether what the realm said at this time says how the account is named now. */
        boolean isNamedSince(@Nullable Instant issued) {
            return renamed == null || issued == null || issued.isAfter(renamed);
        }
    }

    private Optional<Known> known(String domainId, String subject) {
        return sql.in(domainId)
                .statement(
                        """
                        select r.id, r.name, u.renamed from user_ref u join resource r on r.id = u.id
                        where u.domain_id = :domain and u.subject = :subject""")
                .set("subject", subject)
                .first(row -> new Known(row.text(1), row.text(2), row.instantOrNull(3)));
    }

    /**
     * Binds the reference that was made for a user of this name before the first sign-in, once and for all: from now on the subject counts, and
     * another user who gets the name later is another user.
     */
    private Optional<Known> bind(String domainId, String subject, String name, String address) {
        int bound = sql.in(domainId)
                // names are compared letter by letter: those that only look alike are others
                .statement(
                        """
                        update user_ref u join resource r on r.id = u.id
                        set u.subject = :subject, u.pending_name = null, r.version = r.version + 1
                        where u.domain_id = :domain and u.subject is null and u.pending_name = :name collate utf8mb4_bin""")
                .set("subject", subject)
                .set("name", name.toLowerCase(Locale.ROOT))
                .update();
        if (bound == 0) {
            // another request of this person may have bound it since this transaction began to look
            return transactions.inNew(() -> known(domainId, subject));
        }
        Optional<Known> known = known(domainId, subject);
        known.ifPresent(user -> changed(
                domainId,
                new Actor(user.id(), name, address),
                Operation.USER_BOUND,
                "changed",
                Changes.none().field("subject", null, subject)));
        return known;
    }

    /** Whether there is a reference for somebody who has not signed in yet. */
    public boolean awaitsSomebody(String domainId) {
        return sql.in(domainId)
                .statement("select 1 from user_ref where domain_id = :domain and subject is null limit 1")
                .first(row -> row.number(1))
                .isPresent();
    }

    /** The references of all who have not signed in yet. */
    public List<String> awaited(String domainId) {
        return sql.in(domainId)
                .statement("select id from user_ref where domain_id = :domain and subject is null")
                .list(row -> row.text(1));
    }

    private void added(String domainId, Actor actor, String name) {
        String root = sql.in(domainId)
                .statement("select id from resource where root_of = :domain")
                .first(row -> row.text(1))
                .orElseThrow(() -> new IllegalStateException("a domain has a root folder"));
        changed(
                domainId,
                actor,
                Operation.USER_ADDED,
                "added",
                Changes.none().field("name", null, name).place("folder", null, Changes.Place.root(root)));
    }

    private void changed(String domainId, Actor user, Operation operation, String change, Changes changes) {
        String id = Objects.requireNonNull(user.userId());
        audit.record(AuditEvent.of(domainId, user, operation, Outcome.SUCCESS)
                .on(id, user.name())
                .changing(changes));
        live.fire(new LiveEvent.PrincipalChanged(domainId, id, "user", change));
    }

    /**
     * Adds a reference to a user of the domain's realm, in the root folder, without rights, and no audit record. Nothing happens if it is there, also
     * when another request has just added it.
     *
     * @return whether it was added
     * @throws RefusedException if the id is taken by another domain or by something else
     */
    public boolean addUser(String domainId, String id, String name) throws RefusedException {
        int added = sql.in(domainId)
                .statement(
                        """
                        insert ignore into resource (id, domain_id, parent_id, kind, name, created)
                        select :id, :domain, r.id, 'user', :name, :now from resource r where r.root_of = :domain""")
                .set("id", id)
                .set("name", name)
                .set("now", clock.instant())
                .update();
        // a locking read sees what others have committed since this transaction began
        boolean mine = sql.in(domainId)
                .statement(
                        "select 1 from resource where domain_id = :domain and id = :id and kind = 'user' lock in share mode")
                .set("id", id)
                .first(row -> row.number(1))
                .isPresent();
        if (!mine) {
            throw unknown();
        }
        sql.in(domainId)
                .statement("insert ignore into user_ref (id, domain_id, subject) values (:id, :domain, :id)")
                .set("id", id)
                .update();
        return added == 1;
    }

    /** Only one of two requests that come with the new name at once changes it. */
    private void rename(String domainId, Known user, Actor actor, String name) {
        int renamed = sql.in(domainId)
                .statement("update resource set name = :name, version = version + 1"
                        + " where domain_id = :domain and id = :id and name <> :name collate utf8mb4_bin")
                .set("id", user.id())
                .set("name", name)
                .update();
        if (renamed == 1) {
            changed(
                    domainId,
                    actor,
                    Operation.USER_UPDATED,
                    "changed",
                    Changes.none().field("name", user.name(), name));
        }
    }

    private static String displayName(SignIn signIn) {
        String name = signIn.userName().strip();
        if (name.isEmpty()) {
            return signIn.subject();
        }
        return name.length() <= MAX_NAME ? name : name.substring(0, MAX_NAME);
    }

    private static RefusedException unknown() {
        return new RefusedException(Problem.FORBIDDEN, "This identity belongs to no domain of this installation.");
    }
}
