package org.bascule.domain.realm;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bascule.domain.acl.Operators;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.configuration.IdentitySettings;
import org.bascule.domain.database.DuplicateException;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.directory.Names;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Identities;
import org.bascule.domain.keycloak.Keycloak;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.pki.SealedText;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * Domains that the operator makes (IDN-1). What is asked for is stored first; {@link DomainMaker} does it, step by step, on whichever node, and goes on
 * where it was broken off.
 */
@Stateless
public class DomainCreations {

    static final String ROLE = "first-password";

    private static final int MAX_NAME = 100;
    private static final int SLUG = 40;
    private static final int SUFFIX = 6;
    /** Creations that were taken back are listed for some days. */
    private static final Duration SHOWN = Duration.ofDays(7);

    private static final String MADE =
            """
            select d.id, d.name, d.realm, d.created, c.owner_name, coalesce(c.state, 'ready'), c.step, coalesce(c.attempts, 0), c.last_error, true
            from domain d left join domain_creation c on c.id = d.id where\s""";

    private static final String NOT_MADE =
            """
            select c.id, c.name, c.realm, c.created, c.owner_name, c.state, c.step, c.attempts, c.last_error, false from domain_creation c
            where not exists (select 1 from domain d where d.id = c.id) and (c.state <> 'undone' or c.created > :shown)""";

    @Inject
    Sql sql;

    @Inject
    Operators operators;

    @Inject
    Identities identities;

    @Inject
    IdentitySettings identity;

    @Inject
    Keycloak keycloak;

    @Inject
    RealmStates states;

    @Inject
    SealedText sealing;

    @Inject
    AuditLog audit;

    @Inject
    Uuid7 ids;

    @Inject
    Clock clock;

    /**
     * A creation that has begun.
     *
     * @param firstPassword of the owner, who must change it; null for one who is invited
     */
    public record Begun(DomainView domain, @Nullable String firstPassword) {

        @Override
        public String toString() {
            return "Begun[" + domain + ", [REDACTED]]";
        }
    }

    /** Begins to make a domain with an owner. {@code CONFLICT} if there is one of that name, or one is being made. */
    public Begun begin(Caller caller, String name, String ownerName, @Nullable String ownerEmail, boolean invite)
            throws RefusedException {
        operators.require(caller);
        String checked = Names.checked("name", name);
        if (checked.length() > MAX_NAME) {
            throw RefusedException.invalid("name", "The name of a domain has 1 to %d characters.", MAX_NAME);
        }
        String owner = AccountNames.checked("owner.name", ownerName);
        String email = AccountNames.email("owner.email", ownerEmail);
        if (invite && (email == null || identity.mail().isEmpty())) {
            throw RefusedException.invalid(
                    "owner.invite",
                    email == null ? "An invitation needs an address." : "This installation sends no e-mail.");
        }
        if (!keycloak.makesRealms()) {
            throw new RefusedException(
                    Problem.CONFLICT,
                    "This installation has no account that makes realms: see keycloak-provisioner.sh.");
        }
        if (identities.domainOfName(checked).isPresent()) {
            throw taken();
        }
        String id = ids.next();
        String password = FirstPassword.make(SignInSettings.DEFAULT.password());
        try {
            insert(caller, id, checked, owner, email, invite, password);
        } catch (DuplicateException e) {
            throw taken();
        }
        audit.record(caller.did(Operation.DOMAIN_REQUESTED, Outcome.SUCCESS)
                .on(id, checked)
                .changing(Changes.none().field("name", null, checked).field("owner", null, owner)));
        return new Begun(one(id), invite ? null : password);
    }

    private void insert(
            Caller caller,
            String id,
            String name,
            String owner,
            @Nullable String email,
            boolean invite,
            String password)
            throws DuplicateException {
        sql.acrossDomains()
                .statement(
                        """
                        insert into domain_creation (id, name, realm, owner_id, owner_name, owner_email, invite, first_password, requested_by,
                          state, step, next_attempt, created)
                        values (:id, :name, :realm, :ownerId, :owner, :email, :invite, :password, :by, 'creating', 'realm', :now, :now)""")
                .set("id", id)
                .set("name", name)
                .set("realm", realmName(name, id))
                .set("ownerId", ids.next())
                .set("owner", owner)
                .set("email", email)
                .set("invite", invite)
                .set("password", sealing.seal(ROLE, id, password.getBytes(StandardCharsets.UTF_8)))
                .set("by", shortened(caller.userName()) + " of " + caller.domainName())
                .set("now", clock.instant())
                .insertUnique();
    }

    private static String shortened(String name) {
        return name.length() <= MAX_NAME ? name : name.substring(0, MAX_NAME);
    }

    /** Something like the name that a realm may be called, and that no other realm is: whatever is there of this name is of this creation. */
    static String realmName(String name, String id) {
        String ascii = Normalizer.normalize(name, Normalizer.Form.NFKD).toLowerCase(Locale.ROOT);
        String slug =
                ascii.replaceAll("\\p{M}", "").replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        String shortened = slug.length() <= SLUG ? slug : slug.substring(0, SLUG);
        return (shortened.isEmpty() ? "domain" : shortened) + "-" + id.substring(id.length() - SUFFIX);
    }

    private static RefusedException taken() {
        return new RefusedException(Problem.CONFLICT, "There is a domain of that name, or one is being made.");
    }

    /** One page of the domains and creations, by name. */
    public Slice<DomainView> list(Caller caller, Cursor cursor) throws RefusedException {
        operators.require(caller);
        List<Stored> rows = sql.acrossDomains()
                .statement("(" + MADE + behind("d") + ") union all (" + NOT_MADE + " and " + behind("c")
                        + ") order by 2, 1 limit :rows")
                .set("shown", clock.instant().minus(SHOWN))
                .set("name", cursor.key(0))
                .set("id", cursor.id(1))
                .set("rows", cursor.fetch())
                .list(Stored::of);
        Slice<Stored> page = cursor.slice(rows, row -> List.of(row.name(), row.id()));
        return new Slice<>(views(page.items()), page.next());
    }

    /** Those of a page and no more, of each of the two tables. */
    private static String behind(String table) {
        return "(:name is null or %1$s.name > :name or %1$s.name = :name and %1$s.id > :id) order by %1$s.name, %1$s.id limit :rows"
                .formatted(table);
    }

    /** {@code NOT_FOUND} also for whoever is no operator: nobody else is told which domains there are. */
    public DomainView domain(Caller caller, String id) throws RefusedException {
        requireSeen(caller);
        if (!Uuid7.isUuid(id)) {
            throw RefusedException.notFound();
        }
        return found(id).orElseThrow(RefusedException::notFound);
    }

    private void requireSeen(Caller caller) throws RefusedException {
        try {
            operators.require(caller);
        } catch (RefusedException e) {
            throw e.problem() == Problem.FORBIDDEN ? RefusedException.notFound() : e;
        }
    }

    private DomainView one(String id) {
        return found(id).orElseThrow();
    }

    private Optional<DomainView> found(String id) {
        return views(sql.acrossDomains()
                        .statement(MADE + "d.id = :id union all " + NOT_MADE + " and c.id = :id")
                        .set("shown", clock.instant().minus(SHOWN))
                        .set("id", id)
                        .list(Stored::of))
                .stream()
                .findFirst();
    }

    private List<DomainView> views(List<Stored> rows) {
        Map<String, RealmState> realms =
                states.states(rows.stream().filter(Stored::made).map(Stored::id).toList());
        return rows.stream().map(row -> row.view(realms.get(row.id()))).toList();
    }

    private record Stored(
            String id,
            String name,
            String realm,
            Instant created,
            @Nullable String owner,
            String state,
            @Nullable String step,
            int attempts,
            @Nullable String error,
            boolean made) {

        static Stored of(Row row) {
            return new Stored(
                    row.text(1),
                    row.text(2),
                    row.text(3),
                    row.instant(4),
                    row.textOrNull(5),
                    row.text(6),
                    row.textOrNull(7),
                    (int) row.number(8),
                    row.textOrNull(9),
                    row.flag(10));
        }

        DomainView view(@Nullable RealmState of) {
            boolean underWay = state.equals("creating") || state.equals("undoing");
            return new DomainView(
                    id, name, realm, created, owner, state, underWay ? step : null, underWay ? attempts : 0, error, of);
        }
    }

    /** Takes back a creation; {@code CONFLICT} once there is a domain. */
    public DomainView cancel(Caller caller, String id) throws RefusedException {
        DomainView before = domain(caller, id);
        int cancelled = sql.acrossDomains()
                .statement(
                        """
                        update domain_creation set state = 'undoing', step = 'undo', attempts = 0, next_attempt = :now
                        where id = :id and state = 'creating' and step = 'realm'""")
                .set("id", id)
                .set("now", clock.instant())
                .update();
        if (cancelled == 0) {
            throw new RefusedException(Problem.CONFLICT, "This domain has been made, or its creation was taken back.");
        }
        audit.record(caller.did(Operation.DOMAIN_CANCELLED, Outcome.SUCCESS)
                .on(id, before.name())
                .changing(Changes.none().field("state", before.state(), "undoing")));
        return one(id);
    }

    // ---- for the maker
    // -------------------------------------------------------------------------------------------------------------

    /** What is to be done next for one domain. */
    public record Work(
            String id,
            String name,
            String realm,
            String ownerId,
            String ownerName,
            @Nullable String ownerEmail,
            boolean invite,
            byte @Nullable [] firstPassword,
            String requestedBy,
            String step,
            long attempts) {

        @Override
        public String toString() {
            return "Work[" + id + ", " + step + ", [REDACTED]]";
        }
    }

    /** Creations that are to go on now. */
    public List<String> due() {
        return sql.acrossDomains()
                .statement(
                        """
                        select id from domain_creation where state in ('creating', 'undoing') and next_attempt <= :now
                          and (lease_until is null or lease_until <= :now) order by next_attempt limit 20""")
                .set("now", clock.instant())
                .list(row -> row.text(1));
    }

    /** Takes the work on a creation; empty if another node has it, or it has ended. */
    public Optional<Work> take(String id) {
        int taken = sql.acrossDomains()
                .statement(
                        """
                        update domain_creation set lease_until = :until where id = :id and state in ('creating', 'undoing')
                          and (lease_until is null or lease_until <= :now)""")
                .set("until", clock.instant().plus(RealmStates.LEASE))
                .set("now", clock.instant())
                .set("id", id)
                .update();
        if (taken == 0) {
            return Optional.empty();
        }
        return sql.acrossDomains()
                .statement(
                        """
                        select id, name, realm, owner_id, owner_name, owner_email, invite, first_password, requested_by, step, attempts
                        from domain_creation where id = :id""")
                .set("id", id)
                .first(row -> new Work(
                        row.text(1),
                        row.text(2),
                        row.text(3),
                        row.text(4),
                        row.text(5),
                        row.textOrNull(6),
                        row.flag(7),
                        row.bytesOrNull(8),
                        row.text(9),
                        row.text(10),
                        row.number(11)));
    }

    /** The first password of the owner. */
    public String open(Work work) {
        byte[] sealed = work.firstPassword();
        if (sealed == null) {
            throw new IllegalStateException("the first password of " + work.id() + " is gone");
        }
        return new String(sealing.open(ROLE, work.id(), sealed), StandardCharsets.UTF_8);
    }

    /** A step is done; the realm has the password then, and nobody else needs it. False if the creation was taken back meanwhile. */
    public boolean done(String id, String step, String next) {
        return sql.acrossDomains()
                        .statement(
                                """
                                update domain_creation set step = :next, state = :state, attempts = 0, last_error = null, lease_until = null,
                                  first_password = null, next_attempt = :now
                                where id = :id and step = :step""")
                        .set("next", next)
                        .set("state", next.equals("done") ? (step.equals("undo") ? "undone" : "ready") : "creating")
                        .set("now", clock.instant())
                        .set("id", id)
                        .set("step", step)
                        .update()
                == 1;
    }

    /** It failed and is tried again later. */
    public void failed(String id, String step, long attempts, String error) {
        sql.acrossDomains()
                .statement(
                        """
                        update domain_creation set attempts = attempts + 1, next_attempt = :next, last_error = :error, lease_until = null
                        where id = :id and step = :step""")
                .set("next", clock.instant().plus(RealmStates.pause(attempts)))
                .set("error", RealmStates.shortened(error))
                .set("id", id)
                .set("step", step)
                .update();
    }

    /** It cannot be done: what there is of it is taken back. */
    public void giveUp(String id, String step, String error) {
        sql.acrossDomains()
                .statement(
                        """
                        update domain_creation set state = 'undoing', step = 'undo', attempts = 0, next_attempt = :now, last_error = :error,
                          lease_until = null
                        where id = :id and step = :step""")
                .set("now", clock.instant())
                .set("error", RealmStates.shortened(error))
                .set("id", id)
                .set("step", step)
                .update();
    }
}
