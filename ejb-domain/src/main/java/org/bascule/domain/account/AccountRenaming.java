package org.bascule.domain.account;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.FreshFactors;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.database.Sql;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.keycloak.KeycloakException;
import org.bascule.domain.people.PeopleRights;
import org.bascule.domain.people.PeopleRights.Seen;
import org.bascule.domain.people.Users;
import org.bascule.domain.realm.AccountNames;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * Another name for somebody who has an account: the one to sign in with, in the directory and in the realm. The realm is told last, so that one that refuses takes back
 * everything; where it did it and the database does not keep it, the next sign-in brings the new name.
 */
@Stateless
public class AccountRenaming {

    /** By how much the realm's clock may be behind this one. */
    private static final Duration SKEW = Duration.ofMinutes(1);

    @Inject
    Sql sql;

    @Inject
    PeopleRights people;

    @Inject
    Users users;

    @Inject
    Authorization authorization;

    @Inject
    FreshFactors factors;

    @Inject
    RealmUsers realm;

    @Inject
    Clock clock;

    /**
     * What is to be done.
     *
     * @param name in the form that the realm has it in
     * @param isNew false where it is the name that there is
     */
    public record Renaming(String subject, String name, boolean isNew) {}

    /**
     * Checks a new name; empty where the realm has nothing to do with it, as nobody has signed in yet.
     *
     * @throws RefusedException {@code CONFLICT} for who comes with a company's provider or directory, which gives the name
     */
    public Optional<Renaming> checked(Caller caller, String id, @Nullable String name) throws RefusedException {
        if (name == null) {
            return Optional.empty();
        }
        Seen seen = people.seen(caller, "user", id);
        Optional<String> subject = sql.in(caller.domainId())
                .statement(
                        "select subject from user_ref where domain_id = :domain and id = :id and subject is not null")
                .set("id", id)
                .first(row -> row.text(1));
        if (subject.isEmpty() || name.strip().equals(seen.name())) {
            return Optional.empty();
        }
        authorization.requirePerson(caller);
        people.require(caller, Permission.MANAGE_USERS, seen);
        String account = AccountNames.checked("name", name);
        if (account.equals(seen.name())) {
            return Optional.of(new Renaming(subject.get(), account, false));
        }
        if (id.equals(caller.userId())) {
            factors.requireForOwnAccount(caller);
        }
        users.requireNotAwaited(caller.domainId(), account);
        try {
            if (realm.isNamedElsewhere(caller.domainId(), subject.get())) {
                throw new RefusedException(
                        Problem.CONFLICT,
                        "The name of this user comes from an identity provider or directory: it is changed there.");
            }
        } catch (KeycloakException e) {
            throw Accounts.refused(e);
        }
        return Optional.of(new Renaming(subject.get(), account, true));
    }

    /** Renames the account of a user who was renamed here in this transaction. */
    public void apply(Caller caller, String id, Renaming renaming) throws RefusedException {
        if (!renaming.isNew()) {
            return;
        }
        try {
            realm.rename(caller.domainId(), renaming.subject(), renaming.name());
        } catch (KeycloakException e) {
            throw e.isConflict()
                    ? new RefusedException(Problem.CONFLICT, "There is an account of that name.")
                    : Accounts.refused(e);
        }
        sql.in(caller.domainId())
                .statement("update user_ref set renamed = :time where domain_id = :domain and id = :id")
                .set("time", clock.instant().plus(SKEW))
                .set("id", id)
                .update();
    }
}
