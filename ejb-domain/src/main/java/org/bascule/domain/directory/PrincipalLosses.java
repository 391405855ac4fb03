package org.bascule.domain.directory;

import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.function.UnaryOperator;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Scope;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Statement;
import org.bascule.domain.identity.Caller;

/** Counts what goes with users and groups; each thing counts for who could list it. Statements are few however many they are. */
@Dependent
public class PrincipalLosses {

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    Clock clock;

    /**
     * What is deleted, as conditions of statements.
     *
     * @param principals the users and groups: a condition for {@code %s}, a column of ids
     * @param resources everything: a condition for rows {@code r} of {@code resource}
     * @param values binds what the conditions need, where the statement uses it
     */
    record Going(String principals, String resources, UnaryOperator<Statement> values) {

        private String about(String column) {
            return principals.formatted(column);
        }
    }

    /** With one user or group, whoever may be told of that. */
    public PrincipalDeletion of(Caller caller, String id) {
        return of(caller, new Going("%s = :going", "r.id = :going", statement -> statement.set("going", id)));
    }

    PrincipalDeletion of(Caller caller, Going going) {
        Scope managed = authorization.scope(caller, Permission.MANAGE_USERS);
        Scope seen = authorization.scope(caller, Permission.SEE_USERS);
        Scope entries = authorization.scope(caller, Permission.MANAGE_PERMISSIONS);
        Scope logged = authorization.scope(caller, Permission.VIEW_CONNECTION_LOG);
        return new PrincipalDeletion(
                entries.bind(statement(
                                caller,
                                going,
                                "acl_entry e join resource r on r.id = e.resource_id where e.domain_id = :domain and ("
                                        + going.resources() + " or " + going.about("e.principal_id") + ") and "
                                        + entries.resources("r")))
                        .number(),
                seen.bind(statement(
                                caller,
                                going,
                                "group_member m join resource g on g.id = m.group_id join resource u on u.id = m.member_id"
                                        + " where m.domain_id = :domain and (" + going.about("m.group_id") + " or "
                                        + going.about("m.member_id") + ") and " + seen.things("g") + " and "
                                        + seen.things("u")))
                        .number(),
                statement(
                                caller,
                                going,
                                "user_qualification q where q.domain_id = :domain and " + going.about("q.user_id"))
                        .number(),
                managed.bind(statement(
                                caller,
                                going,
                                "api_token t join resource u on u.id = t.user_id where t.domain_id = :domain and "
                                        + going.about("t.user_id") + " and " + managed.things("u")))
                        .number(),
                accessRequests(caller, going),
                statement(
                                caller,
                                going,
                                "fixed_relay f where f.domain_id = :domain and " + going.about("f.resource_id"))
                        .number(),
                managed.bind(statement(
                                caller,
                                going,
                                "sign_in s join resource u on u.id = s.user_id where s.domain_id = :domain and s.ended is null"
                                        + " and (s.client = 'program' or :now < s.until)"
                                        + " and :now < timestampadd(second, s.idle_seconds, s.last_used) and "
                                        + going.about("s.user_id") + " and " + managed.things("u")))
                        .set("now", clock.instant())
                        .number(),
                signInRules(caller, going),
                // those that go on are few among all that ever were
                logged.bind(statement(
                                caller,
                                going,
                                "remote_session s join resource r on r.id = s.device_id where s.domain_id = :domain"
                                        + " and s.state in ('asking', 'ready', 'offered', 'running') and ("
                                        + going.resources() + " or " + going.about("s.user_id")
                                        + ") and (s.user_id = :user or " + logged.things("r") + ")"))
                        .set("user", caller.userId())
                        .number());
    }

    private Statement statement(Caller caller, Going going, String what) {
        return going.values().apply(sql.in(caller.domainId()).statement("select count(*) from " + what));
    }

    /** As their list shows them: the caller's own, and those that the caller decides; with an API token these alone. */
    private long accessRequests(Caller caller, Going going) {
        Scope decides = authorization.scope(caller, Permission.APPROVE_ACCESS);
        Scope seen = authorization.scope(caller, Permission.SEE_RESOURCES).named("seen");
        return seen.bind(decides.bind(statement(
                        caller,
                        going,
                        "access_request q join resource r on r.id = q.resource_id where q.domain_id = :domain"
                                + " and q.state = 'open' and (" + going.resources() + " or "
                                + going.about("q.user_id") + ") and (:own and q.user_id = :user and "
                                + seen.resources("r") + " or " + decides.resources("r") + ")")))
                .set("own", !caller.credential().isToken())
                .set("user", caller.userId())
                .number();
    }

    /** For who may read the settings. */
    private long signInRules(Caller caller, Going going) {
        return authorization.holdsOnDomain(caller, Permission.MANAGE_SIGN_IN)
                ? statement(
                                        caller,
                                        going,
                                        "sign_in_principal p where p.domain_id = :domain and "
                                                + going.about("p.principal_id"))
                                .number()
                        + statement(
                                        caller,
                                        going,
                                        "identity_provider_group p where p.domain_id = :domain and "
                                                + going.about("p.group_id"))
                                .number()
                : 0;
    }
}
