package org.bascule.domain.directory;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.List;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Scope;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Statement;
import org.bascule.domain.directory.PrincipalLosses.Going;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.RefusedException;

/** Tells before a folder is deleted what goes with it; each thing counts for who could list it. Statements are few however much it is. */
@Stateless
public class FolderDeletions {

    private static final String BELOW =
            """
            case when r.kind = 'folder' then r.id else r.parent_id end in
              (select b.descendant_id from folder_closure b where b.ancestor_id = :folder)""";

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    Folders folders;

    @Inject
    PrincipalLosses losses;

    /** Of one folder, for who may delete it. */
    public FolderDeletion of(Caller caller, String id) throws RefusedException {
        folders.folder(caller, id);
        authorization.require(caller, Permission.MANAGE_FOLDERS, id);
        Scope resources = within(caller, Permission.SEE_RESOURCES, id);
        Scope people = within(caller, Permission.SEE_USERS, id);
        Scope installed = within(caller, Permission.INSTALL_DEVICES, id);
        Scope helped = within(caller, Permission.RECEIVE_ASSISTANCE_REQUESTS, id);
        Going going = going(people.named("people"), id);
        PrincipalDeletion principals = losses.of(caller, going);
        String devices = "resource r where r.domain_id = :domain and r.kind = 'device' and " + resources.things("r");
        return new FolderDeletion(
                number(caller, resources, kind("folder") + resources.folders("r")),
                number(caller, resources, devices),
                number(
                        caller,
                        resources,
                        "sub_device s where s.domain_id = :domain and s.device_id in (select r.id from " + devices
                                + ")"),
                number(caller, people, kind("user") + people.things("r")),
                number(caller, people, kind("group") + people.things("r")),
                number(caller, installed, of("enrolment_token", "folder_id") + installed.folders("r")),
                number(
                        caller,
                        helped,
                        of("assistance_request", "device_id") + "t.state in ('open', 'taken') and "
                                + helped.things("r")),
                principals.settings()
                        + number(caller, resources, of("session_policy", "resource_id") + resources.resources("r"))
                        + number(
                                caller,
                                resources,
                                of("fixed_relay", "resource_id") + "r.kind in ('folder', 'device') and "
                                        + resources.resources("r")),
                number(caller, resources, of("contract", "folder_id") + resources.folders("r")),
                limitedTokens(caller, resources, going),
                authorization.holdsOnDomain(caller, Permission.MANAGE_SIGN_IN)
                        ? number(
                                caller, resources, of("identity_provider_folder", "folder_id") + resources.folders("r"))
                        : 0,
                principals,
                names(caller, resources, devices));
    }

    private Scope within(Caller caller, Permission permission, String id) throws RefusedException {
        return authorization.scope(caller, permission, id).orElseThrow(RefusedException::notFound);
    }

    private static Going going(Scope people, String id) {
        return new Going(
                "%s in (select p.id from resource p where p.domain_id = :domain and p.kind in ('user', 'group') and "
                        + people.things("p") + ")",
                BELOW,
                statement -> {
                    if (statement.has("folder")) {
                        statement.set("folder", id);
                    }
                    return people.bind(statement);
                });
    }

    private static String kind(String kind) {
        return "resource r where r.domain_id = :domain and r.kind = '" + kind + "' and ";
    }

    /** Rows {@code t} that belong to resources {@code r}. */
    private static String of(String table, String column) {
        return table + " t join resource r on r.id = t." + column + " where t.domain_id = :domain and ";
    }

    private long number(Caller caller, Scope scope, String what) {
        return scope.bind(sql.in(caller.domainId()).statement("select count(*) from " + what))
                .number();
    }

    /** As their users or who manages these sees them. */
    private long limitedTokens(Caller caller, Scope resources, Going going) {
        Scope managed = authorization.scope(caller, Permission.MANAGE_USERS).named("managed");
        Statement statement = sql.in(caller.domainId())
                .statement(
                        """
                        select count(distinct a.id) from api_token_folder t join resource r on r.id = t.folder_id
                          join api_token a on a.id = t.token_id join resource u on u.id = a.user_id
                        where t.domain_id = :domain and (a.user_id = :user or\s"""
                                + managed.things("u") + ") and " + resources.folders("r") + " and not ("
                                + going.principals().formatted("a.user_id") + ")");
        return managed.bind(resources.bind(going.values().apply(statement)))
                .set("user", caller.userId())
                .number();
    }

    private List<String> names(Caller caller, Scope resources, String devices) {
        return resources.isEmpty()
                ? List.of()
                : resources
                        .bind(sql.in(caller.domainId())
                                .statement("select r.name from " + devices + " order by r.name, r.id limit 20"))
                        .list(row -> row.text(1));
    }
}
