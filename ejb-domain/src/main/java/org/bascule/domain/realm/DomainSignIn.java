package org.bascule.domain.realm;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.FreshFactors;
import org.bascule.domain.acl.LastOwner;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.configuration.IdentitySettings;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.people.Principal;
import org.bascule.domain.realm.SignInSettings.Corporate;
import org.bascule.domain.realm.SignInSettings.FreshFactor;
import org.bascule.domain.realm.SignInSettings.Mode;
import org.bascule.domain.realm.SignInSettings.Password;
import org.bascule.domain.realm.SignInSettings.SecondFactor;
import org.bascule.domain.realm.SignInSettings.Session;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;

/** Reads and changes what a domain has decided about signing in: with {@link Permission#MANAGE_SIGN_IN} on the root folder. */
@Stateless
public class DomainSignIn {

    private static final String PRINCIPALS = "secondFactor.principals";

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    LastOwner owners;

    @Inject
    FreshFactors factors;

    @Inject
    RightsVersion rights;

    @Inject
    RealmStates states;

    @Inject
    IdentitySettings identity;

    @Inject
    AuditLog audit;

    /** The settings in force, for the domain's own use. */
    public SignInSettings of(String domainId) {
        return stored(domainId).settings();
    }

    /** Version of the domain's rights, which grows with every change of the settings too. */
    public long rightsVersion(String domainId) {
        return sql.in(domainId)
                .statement("select rights_version from domain_version where domain_id = :domain")
                .number();
    }

    /** The same with the revision that the realm is to be brought up to. */
    public Stored stored(String domainId) {
        Set<String> principals = new HashSet<>(sql.in(domainId)
                .statement("select principal_id from sign_in_principal where domain_id = :domain")
                .list(row -> row.text(1)));
        return sql.in(domainId)
                .statement(
                        """
                        select min_length, classes, history, not_user_name, second_factor, passwordless, idle_minutes, max_hours,
                          fresh_permissions, fresh_minutes, version, providers_version, corporate_only, break_glass
                        from sign_in_setting where domain_id = :domain""")
                .first(row -> new Stored(settings(row, principals), row.number(11), row.number(12)))
                .orElse(new Stored(SignInSettings.DEFAULT, 0, 0));
    }

    /**
     * Settings and their revision.
     *
     * @param providers revision of the companies' providers
     */
    public record Stored(SignInSettings settings, long revision, long providers) {}

    private static SignInSettings settings(Row row, Set<String> principals) {
        return new SignInSettings(
                new Password((int) row.number(1), (int) row.number(2), (int) row.number(3), row.flag(4)),
                new SecondFactor(Mode.ofCode(row.text(5)).orElse(Mode.EVERYBODY), principals),
                row.flag(6),
                new Session((int) row.number(7), (int) row.number(8)),
                new FreshFactor(permissions(row.text(9)), (int) row.number(10)),
                new Corporate(row.flag(13), row.textOrNull(14)));
    }

    private static Set<Permission> permissions(String codes) {
        Set<Permission> permissions = EnumSet.noneOf(Permission.class);
        Arrays.stream(codes.split(","))
                .flatMap(code -> Permission.ofCode(code).stream())
                .forEach(permissions::add);
        return permissions;
    }

    public SignInView read(Caller caller) throws RefusedException {
        authorization.requireOnDomain(caller, Permission.MANAGE_SIGN_IN);
        return view(caller);
    }

    private SignInView view(Caller caller) {
        Stored stored = stored(caller.domainId());
        return new SignInView(
                stored.settings(),
                named(caller, stored.settings().secondFactor().principals()),
                identity.mail().isPresent(),
                states.state(caller.domainId()),
                stored.revision());
    }

    private List<Principal> named(Caller caller, Set<String> principals) {
        if (principals.isEmpty()) {
            return List.of();
        }
        var permissions = authorization.permissions(caller, principals);
        return sql
                .in(caller.domainId())
                .statement("select id, name, kind from resource where domain_id = :domain and id in (:ids)"
                        + " and kind in ('user', 'group') order by name, id")
                .set("ids", principals)
                .list(row -> new Principal(row.text(1), row.text(2), row.text(3)))
                .stream()
                .map(one -> permissions.getOrDefault(one.id(), Set.of()).contains(Permission.SEE_USERS)
                        ? one
                        : new Principal(one.id(), "", one.kind()))
                .toList();
    }

    /**
     * Makes these the settings. Whoever asks less of people than before has just proved a second factor, by the rules that hold: otherwise somebody else at
     * an administrator's browser would begin with this.
     *
     * @throws RefusedException {@code PRECONDITION_FAILED} unless {@code revision} is the present one; {@code FACTOR_NOT_FRESH}; {@code FORBIDDEN} with an API token
     */
    public SignInView change(Caller caller, long revision, SignInSettings settings) throws RefusedException {
        authorization.requirePerson(caller);
        authorization.requireOnDomain(caller, Permission.MANAGE_SIGN_IN);
        lock(caller.domainId());
        Stored present = stored(caller.domainId());
        if (present.revision() != revision) {
            throw changedMeanwhile();
        }
        SignInSettings before = present.settings();
        SignInSettings checked = settings.checked();
        boolean looser = checked.secondFactor().isLooserThan(before.secondFactor())
                || checked.freshFactor().isLooserThan(before.freshFactor());
        if (looser) {
            factors.requireForToken(caller);
        }
        requireKnown(
                caller,
                checked.secondFactor().principals(),
                before.secondFactor().principals());
        requireProvider(caller.domainId(), checked.corporate());
        if (write(caller.domainId(), revision, checked) == 0) {
            throw changedMeanwhile();
        }
        requireOwner(caller, checked.corporate());
        audit.record(caller.did(Operation.SIGN_IN_CHANGED, Outcome.SUCCESS)
                .on(caller.domainId(), caller.domainName())
                .changing(changes(before, checked)));
        // whoever has worked out who must have a second factor does so again
        rights.changed(caller.domainId());
        // not asked again: what is in force would be remembered as that of the version that is yet to come
        return view(caller);
    }

    private static RefusedException changedMeanwhile() {
        return new RefusedException(Problem.PRECONDITION_FAILED, "The settings were changed in the meantime.");
    }

    /** Orders changes within a domain, and makes the row where there is none. */
    private void lock(String domainId) {
        sql.in(domainId)
                .statement("insert into sign_in_setting (domain_id) values (:domain)"
                        + " on duplicate key update version = version")
                .update();
    }

    /** Those that were chosen by somebody else may stay. */
    private void requireKnown(Caller caller, Set<String> principals, Set<String> before) throws RefusedException {
        Set<String> seen = named(caller, principals).stream()
                .filter(one -> !one.name().isEmpty() || before.contains(one.id()))
                .map(Principal::id)
                .collect(Collectors.toSet());
        if (!seen.equals(principals)) {
            throw RefusedException.invalid(PRINCIPALS, "One of these is not a user or group.");
        }
    }

    /** One that is not an outside organisation's. */
    private void requireProvider(String domainId, Corporate corporate) throws RefusedException {
        if (corporate.only()
                && sql.in(domainId)
                        .statement(
                                "select id from identity_provider where domain_id = :domain and enabled and not partner")
                        .first(row -> row.text(1))
                        .isEmpty()) {
            throw RefusedException.invalid("corporateOnly", "There is no provider that is switched on.");
        }
    }

    /** The settings are written already: whoever is named must be an owner with an account of the domain's own, where it matters. */
    private void requireOwner(Caller caller, Corporate corporate) throws RefusedException {
        String named = corporate.breakGlass();
        if (named == null) {
            return;
        }
        boolean own = Uuid7.isUuid(named)
                && sql.in(caller.domainId())
                        .statement(
                                """
                                select u.id from user_ref u where u.domain_id = :domain and u.id = :id
                                  and not exists (select 1 from corporate_user c where c.user_id = u.id)""")
                        .set("id", named)
                        .first(row -> row.text(1))
                        .isPresent();
        if (!own || corporate.only() && !owners.isLeft(caller.domainId())) {
            throw RefusedException.invalid(
                    "breakGlass",
                    "This must be an owner with an account of this domain, who can sign in at all times.");
        }
    }

    private int write(String domainId, long revision, SignInSettings settings) {
        int changed = sql.in(domainId)
                .statement(
                        """
                        update sign_in_setting set min_length = :length, classes = :classes, history = :history, not_user_name = :notName,
                          second_factor = :mode, passwordless = :passwordless, idle_minutes = :idle, max_hours = :hours,
                          fresh_permissions = :fresh, fresh_minutes = :minutes, corporate_only = :only, break_glass = :glass,
                          version = version + 1
                        where domain_id = :domain and version = :revision""")
                .set("length", settings.password().minLength())
                .set("classes", settings.password().classes())
                .set("history", settings.password().history())
                .set("notName", settings.password().notUserName())
                .set("mode", settings.secondFactor().mode().code())
                .set("passwordless", settings.passwordless())
                .set("idle", settings.session().idleMinutes())
                .set("hours", settings.session().maxHours())
                .set("fresh", codes(settings.freshFactor().permissions()))
                .set("minutes", settings.freshFactor().minutes())
                .set("only", settings.corporate().only())
                .set("glass", settings.corporate().breakGlass())
                .set("revision", revision)
                .update();
        if (changed == 1) {
            sql.in(domainId)
                    .statement("delete from sign_in_principal where domain_id = :domain")
                    .update();
            sql.in(domainId)
                    .statement("insert into sign_in_principal (domain_id, principal_id) values (:domain, :id)")
                    .updateEach(
                            List.copyOf(settings.secondFactor().principals()),
                            (statement, id) -> statement.set("id", id));
        }
        return changed;
    }

    /** What the log says of the rule of second factors, from which users and groups that are about to be deleted fall out. */
    public List<AuditEvent> removals(Caller caller, Collection<String> ids) {
        Set<String> before = new HashSet<>(sql.in(caller.domainId())
                .statement("select principal_id from sign_in_principal where domain_id = :domain lock in share mode")
                .list(row -> row.text(1)));
        Set<String> after = new HashSet<>(before);
        after.removeAll(Set.copyOf(ids));
        return after.size() == before.size()
                ? List.of()
                : List.of(caller.did(Operation.SIGN_IN_CHANGED, Outcome.SUCCESS)
                        .on(caller.domainId(), caller.domainName())
                        .changing(Changes.none().field(PRINCIPALS, ids(before), ids(after))));
    }

    private static String codes(Set<Permission> permissions) {
        return permissions.stream().map(Permission::code).sorted().collect(Collectors.joining(","));
    }

    /** What lies between two states, for the audit log. */
    private static Changes changes(SignInSettings before, SignInSettings after) {
        return Changes.none()
                .field(
                        "password.minLength",
                        before.password().minLength(),
                        after.password().minLength())
                .field(
                        "password.classes",
                        before.password().classes(),
                        after.password().classes())
                .field(
                        "password.history",
                        before.password().history(),
                        after.password().history())
                .field(
                        "password.notUserName",
                        before.password().notUserName(),
                        after.password().notUserName())
                .field(
                        "secondFactor.mode",
                        before.secondFactor().mode().code(),
                        after.secondFactor().mode().code())
                .field(
                        PRINCIPALS,
                        ids(before.secondFactor().principals()),
                        ids(after.secondFactor().principals()))
                .field("passwordless", before.passwordless(), after.passwordless())
                .field(
                        "session.idleMinutes",
                        before.session().idleMinutes(),
                        after.session().idleMinutes())
                .field(
                        "session.maxHours",
                        before.session().maxHours(),
                        after.session().maxHours())
                .field(
                        "freshFactor.permissions",
                        codes(before.freshFactor().permissions()),
                        codes(after.freshFactor().permissions()))
                .field(
                        "freshFactor.minutes",
                        before.freshFactor().minutes(),
                        after.freshFactor().minutes())
                .field(
                        "corporateOnly",
                        before.corporate().only(),
                        after.corporate().only())
                .field(
                        "breakGlass",
                        before.corporate().breakGlass(),
                        after.corporate().breakGlass());
    }

    private static String ids(Set<String> principals) {
        return principals.stream().sorted(Comparator.naturalOrder()).collect(Collectors.joining(","));
    }
}
