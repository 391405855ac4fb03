package org.bascule.domain.account;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.FreshFactors;
import org.bascule.domain.acl.Held;
import org.bascule.domain.acl.LastOwner;
import org.bascule.domain.acl.Memberships;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.configuration.IdentitySettings;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.keycloak.KeycloakException;
import org.bascule.domain.mail.Notice;
import org.bascule.domain.mail.Notices;
import org.bascule.domain.people.PeopleRights;
import org.bascule.domain.people.PeopleRights.Seen;
import org.bascule.domain.people.UserView;
import org.bascule.domain.people.Users;
import org.bascule.domain.realm.AccountNames;
import org.bascule.domain.realm.DomainSignIn;
import org.bascule.domain.realm.FirstPassword;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.token.SignIns;
import org.jspecify.annotations.Nullable;

/**
 * What administrators do to accounts: with {@link Permission#MANAGE_USERS} on the user, and nowhere else. Whatever lets somebody in as that user needs the user's
 * rights as well, to pass on. A realm that refuses takes back what the database was to have; what it has done is recorded from then on, whatever fails later.
 */
@Stateless
public class Accounts {

    private static final Logger LOG = System.getLogger(Accounts.class.getName());
    private static final String KIND = "user";

    /** How many invitations, and how many changes of the address, a user gets in an hour. */
    private static final int MAX_MAILS = 5;

    @Inject
    Sql sql;

    @Inject
    Users users;

    @Inject
    PeopleRights people;

    @Inject
    Authorization authorization;

    @Inject
    FreshFactors factors;

    @Inject
    Memberships memberships;

    @Inject
    LastOwner owners;

    @Inject
    RightsVersion rights;

    @Inject
    RealmUsers realm;

    @Inject
    AccountRenaming renaming;

    @Inject
    DomainSignIn rules;

    @Inject
    IdentitySettings identity;

    @Inject
    Notices notices;

    @Inject
    AuditLog audit;

    @Inject
    SignIns signIns;

    @Inject
    DueSignOuts due;

    @Inject
    Transactions transactions;

    @Inject
    Clock clock;

    /**
     * A user with an account.
     *
     * @param firstPassword to be told this once; null for one who is invited
     */
    public record Created(UserView user, @Nullable String firstPassword) {

        @Override
        public String toString() {
            return "Created[" + user.id() + ", [REDACTED]]";
        }
    }

    /**
     * Makes a user with an account, who has no rights yet.
     *
     * @param invite send a link for choosing a password, instead of a first password
     * @throws RefusedException {@code CONFLICT} if there is an account of that name
     */
    public Created create(
            Caller caller,
            String folder,
            String name,
            @Nullable String email,
            @Nullable Instant expires,
            boolean invite)
            throws RefusedException {
        String account = AccountNames.checked("name", name);
        String address = AccountNames.email("email", email);
        authorization.requirePerson(caller);
        people.requireFolder(caller, folder);
        authorization.requireOwn(caller, Operation.USER_ADDED);
        requireLater(expires);
        if (invite) {
            requireMail(address);
        }
        users.requireNotAwaited(caller.domainId(), account);
        try {
            String subject = realm.create(caller.domainId(), account, address);
            try {
                String password = FirstPassword.make(rules.of(caller.domainId()).password());
                realm.setFirstPassword(caller.domainId(), subject, password);
                // not before: it locks what orders the domain's changes of rights
                UserView user = users.add(caller, folder, account, subject, expires);
                realm.setEnabled(caller.domainId(), subject, true);
                if (invite) {
                    realm.invite(caller.domainId(), subject);
                    audit.record(about(caller, Operation.USER_INVITED, user.id(), account));
                }
                return new Created(user, invite ? null : password);
            } catch (KeycloakException | RefusedException | RuntimeException e) {
                takeBack(caller.domainId(), subject);
                throw e;
            }
        } catch (KeycloakException e) {
            throw e.isConflict()
                    ? new RefusedException(Problem.CONFLICT, "There is an account of that name.")
                    : refused(e);
        }
    }

    /** What is left behind otherwise can do nothing, and gives way to the next attempt. */
    private void takeBack(String domainId, String subject) {
        try {
            realm.remove(domainId, subject);
        } catch (KeycloakException e) {
            LOG.log(Level.WARNING, "an account that could not be made is left in the realm: {0}", e.getMessage());
        }
    }

    private void requireLater(@Nullable Instant expires) throws RefusedException {
        if (expires != null && !expires.isAfter(clock.instant())) {
            throw RefusedException.invalid("expires", "This is over.");
        }
    }

    private void requireMail(@Nullable String address) throws RefusedException {
        if (address == null) {
            throw RefusedException.invalid("email", "An invitation needs an address.");
        }
        if (identity.mail().isEmpty()) {
            throw new RefusedException(Problem.CONFLICT, "This installation sends no e-mail.");
        }
    }

    private static AuditEvent about(Caller caller, Operation operation, String id, String name) {
        return caller.did(operation, Outcome.SUCCESS).on(id, name);
    }

    static RefusedException refused(KeycloakException e) {
        LOG.log(Level.WARNING, "an account could not be changed: {0}", e.getMessage());
        if (e.status() == 404) {
            return new RefusedException(Problem.CONFLICT, "The realm does not know this user any more.");
        }
        return new RefusedException(
                Problem.UNAVAILABLE, "Accounts cannot be changed at the moment. Try again in a while.");
    }

    private record Bound(Seen seen, String subject, boolean enabled, @Nullable Instant expires) {}

    /** A user whom the caller manages and who has an account. */
    private Bound managed(Caller caller, String id) throws RefusedException {
        authorization.requirePerson(caller);
        Seen seen = people.seen(caller, KIND, id);
        people.require(caller, Permission.MANAGE_USERS, seen);
        return bound(caller, seen)
                .orElseThrow(() -> new RefusedException(
                        Problem.CONFLICT, "Nobody has signed in under this name yet: there is no account."));
    }

    private Optional<Bound> bound(Caller caller, Seen seen) {
        return sql.in(caller.domainId())
                .statement("select subject, enabled, expires from user_ref"
                        + " where domain_id = :domain and id = :id and subject is not null")
                .set("id", seen.id())
                .first(row -> new Bound(seen, row.text(1), row.flag(2), row.instantOrNull(3)));
    }

    /** The same where the change lets somebody in as that user: not oneself, and nobody who is allowed more. */
    private Bound takenOver(Caller caller, String id) throws RefusedException {
        Bound bound = managed(caller, id);
        if (id.equals(caller.userId())) {
            throw new RefusedException(Problem.CONFLICT, "Change this for yourself in 'My account'.");
        }
        memberships.require(caller, id, Effect.ALLOW);
        return bound;
    }

    /** How a user signs in, for who manages the user. */
    public AccountView account(Caller caller, String id) throws RefusedException {
        Seen seen = people.seen(caller, KIND, id);
        people.require(caller, Permission.MANAGE_USERS, seen);
        Optional<Bound> bound = bound(caller, seen);
        if (bound.isEmpty()) {
            return new AccountView(false, true, null, null);
        }
        boolean enabled = bound.get().enabled();
        Instant expires = bound.get().expires();
        try {
            Optional<AccountView.Facts> facts =
                    realm.facts(caller.domainId(), bound.get().subject());
            return new AccountView(facts.isPresent(), enabled, expires, facts.orElse(null));
        } catch (KeycloakException e) {
            LOG.log(Level.WARNING, "an account cannot be read: {0}", e.getMessage());
            return new AccountView(true, enabled, expires, null);
        }
    }

    /** Moves or renames a user as {@link Users#change} does, and changes the account; the name of one by itself, see {@link AccountRenaming}. */
    public UserView change(
            Caller caller,
            String id,
            long revision,
            @Nullable String name,
            @Nullable String folder,
            AccountChange change)
            throws RefusedException {
        Optional<AccountRenaming.Renaming> renamed = renaming.checked(caller, id, name);
        if (renamed.filter(AccountRenaming.Renaming::isNew).isPresent() && (folder != null || !change.isNone())) {
            // a realm that refuses the name could not take the rest back, nor is it to be waited for with more than the
            // user locked
            throw RefusedException.invalid("name", "The name of an account is changed by itself.");
        }
        UserView user = users.change(
                caller,
                id,
                revision,
                renamed.map(AccountRenaming.Renaming::name).orElse(name),
                folder);
        if (!change.isNone()) {
            changeAccount(caller, id, folder != null, change);
        }
        if (renamed.isPresent()) {
            renaming.apply(caller, id, renamed.get());
        }
        return change.isNone() ? user : users.user(caller, id);
    }

    private void changeAccount(Caller caller, String id, boolean moved, AccountChange change) throws RefusedException {
        Bound before = managed(caller, id);
        boolean enabled = change.enabled().orElse(before.enabled());
        Instant expires = change.expires().isPresent() ? change.expires().get().orElse(null) : before.expires();
        String email = AccountNames.email("email", change.email().orElse(null));
        boolean own = id.equals(caller.userId());
        if (isMore(before, enabled, expires) || change.email().isPresent() && !own) {
            memberships.require(caller, id, Effect.ALLOW);
        }
        if (change.email().isPresent() && own) {
            // the link for a new password goes there
            factors.requireForOwnAccount(caller);
        }
        if (!enabled && before.enabled() && own) {
            throw new RefusedException(Problem.CONFLICT, "You cannot switch yourself off.");
        }
        if (change.expires().isPresent() && !Objects.equals(expires, before.expires())) {
            requireLater(expires);
        }
        try {
            // until the database has it too, nobody is let in by it
            if (enabled && !before.enabled()) {
                if (due.remove(caller.domainId(), before.subject())) {
                    // what it knew before the account was switched off is no way in now
                    realm.signOut(caller.domainId(), before.subject());
                }
                realm.setEnabled(caller.domainId(), before.subject(), true);
            }
            if (change.email().isPresent()) {
                requireFew(caller, Operation.USER_UPDATED, id, "%\"email\":{%");
                setEmail(caller, before, email == null ? "" : email, moved);
            }
        } catch (KeycloakException e) {
            throw refused(e);
        }
        restrict(caller, before, enabled, expires);
    }

    /** Whether somebody gets in by this who did not before. */
    private static boolean isMore(Bound before, boolean enabled, @Nullable Instant expires) {
        Instant until = before.expires();
        boolean longer = until != null && (expires == null || expires.isAfter(until));
        return enabled && !before.enabled() || longer;
    }

    /** Whoever is switched off is refused here from now on, also where the realm cannot be told. */
    private void restrict(Caller caller, Bound before, boolean enabled, @Nullable Instant expires)
            throws RefusedException {
        String id = before.seen().id();
        Changes changes =
                Changes.none().field("enabled", before.enabled(), enabled).field("expires", before.expires(), expires);
        if (changes.isEmpty()) {
            return;
        }
        owners.lock(caller.domainId());
        Held held = owners.held(caller.domainId());
        sql.in(caller.domainId())
                .statement("update user_ref set enabled = :enabled, expires = :expires"
                        + " where domain_id = :domain and id = :id")
                .set("enabled", enabled)
                .set("expires", expires)
                .set("id", id)
                .update();
        owners.requireOwner(caller, held, Operation.USER_UPDATED, id);
        audit.record(
                about(caller, Operation.USER_UPDATED, id, before.seen().name()).changing(changes));
        rights.changed(caller.domainId());
        if (before.enabled() && !enabled) {
            signIns.allEnded(caller.domainId(), id);
            due.add(caller.domainId(), before.subject());
            try {
                realm.end(caller.domainId(), before.subject(), true);
                due.remove(caller.domainId(), before.subject());
            } catch (KeycloakException e) {
                LOG.log(Level.WARNING, "an account is switched off here and not in its realm: {0}", e.getMessage());
            }
        }
    }

    /** @param moved whether this transaction has locked the domain, which whoever queues a notice waits for */
    private void setEmail(Caller caller, Bound before, String email, boolean moved) throws KeycloakException {
        Optional<String> former =
                realm.email(caller.domainId(), before.subject()).filter(address -> !address.equalsIgnoreCase(email));
        realm.setEmail(caller.domainId(), before.subject(), email);
        Runnable record = () -> {
            audit.record(about(
                            caller,
                            Operation.USER_UPDATED,
                            before.seen().id(),
                            before.seen().name())
                    // the former address is the realm's, and none of the log's business
                    .changing(Changes.none().field("email", "", email.isEmpty() ? "taken away" : email)));
            former.ifPresent(address -> notices.addTo(
                    address,
                    caller.domainId(),
                    Notice.ADDRESS_CHANGED,
                    before.subject(),
                    before.seen().name(),
                    clock.instant()));
        };
        if (moved) {
            record.run();
        } else {
            stays(record);
        }
    }

    /** The realm has done it and does not undo it: what this writes stays, whatever fails from now on. */
    private void stays(Runnable work) {
        transactions.<Boolean, RuntimeException>inNew(() -> {
            work.run();
            return true;
        });
    }

    /** The mailbox of a user is nobody's to fill. */
    private void requireFew(Caller caller, Operation operation, String id, String changes) throws RefusedException {
        long before = sql.in(caller.domainId())
                .statement("select count(*) from bascule_audit.audit_event where domain_id = :domain"
                        + " and code = :code and resource_id = :id and outcome = 'success' and occurred > :since"
                        + " and coalesce(changes, '') like :changes")
                .set("code", operation.code())
                .set("id", id)
                .set("since", clock.instant().minus(Duration.ofHours(1)))
                .set("changes", changes)
                .number();
        if (before >= MAX_MAILS) {
            throw new RefusedException(Problem.TOO_MANY_REQUESTS, "This was done %d times within an hour.", MAX_MAILS);
        }
    }

    /** Sign-ins have ended here; what the realm does not end now is due, and {@link SignOutRetries} asks again. */
    private void signOut(Caller caller, Bound bound) {
        try {
            realm.signOut(caller.domainId(), bound.subject());
            stays(() -> due.remove(caller.domainId(), bound.subject()));
        } catch (KeycloakException e) {
            LOG.log(Level.WARNING, "sessions of a user have ended here and not in the realm: {0}", e.getMessage());
        }
    }

    private void tell(Caller caller, Bound bound, Notice notice) {
        notices.add(caller.domainId(), notice, bound.subject(), bound.seen().name(), clock.instant());
    }

    /** Gives a user a new first password, tells the user so, and ends every sign-in. Returns the password, to be told this once. */
    public String resetPassword(Caller caller, String id) throws RefusedException {
        Bound bound = takenOver(caller, id);
        String password = FirstPassword.make(rules.of(caller.domainId()).password());
        try {
            realm.setFirstPassword(caller.domainId(), bound.subject(), password);
        } catch (KeycloakException e) {
            throw refused(e);
        }
        stays(() -> {
            audit.record(
                    about(caller, Operation.PASSWORD_RESET, id, bound.seen().name()));
            tell(caller, bound, Notice.PASSWORD_RESET);
            signIns.allEnded(caller.domainId(), id);
            due.add(caller.domainId(), bound.subject());
        });
        signOut(caller, bound);
        return password;
    }

    /** Sends a user a link by which to choose a password. */
    public void invite(Caller caller, String id) throws RefusedException {
        Bound bound = takenOver(caller, id);
        authorization.requireOwn(caller, Operation.USER_INVITED);
        requireFew(caller, Operation.USER_INVITED, id, "%");
        try {
            requireMail(realm.facts(caller.domainId(), bound.subject())
                    .map(AccountView.Facts::email)
                    .orElse(null));
            audit.record(about(caller, Operation.USER_INVITED, id, bound.seen().name()));
            realm.invite(caller.domainId(), bound.subject());
        } catch (KeycloakException e) {
            throw refused(e);
        }
    }

    /** Removes every second factor and passkey of a user and ends every sign-in. */
    public void resetFactors(Caller caller, String id) throws RefusedException {
        Bound bound = takenOver(caller, id);
        List<String> removed = new ArrayList<>();
        try {
            realm.removeFactors(caller.domainId(), bound.subject(), removed::add);
        } catch (KeycloakException e) {
            if (!removed.isEmpty()) {
                factorsGone(caller, bound, removed);
            }
            throw refused(e);
        }
        factorsGone(caller, bound, removed);
    }

    private void factorsGone(Caller caller, Bound bound, List<String> removed) {
        String id = bound.seen().id();
        stays(() -> {
            audit.record(about(caller, Operation.FACTORS_RESET, id, bound.seen().name())
                    .changing(Changes.none()
                            .field("factors", removed.stream().sorted().collect(Collectors.joining(", ")), "")));
            tell(caller, bound, Notice.FACTORS_RESET);
            signIns.allEnded(caller.domainId(), id);
            due.add(caller.domainId(), bound.subject());
        });
        signOut(caller, bound);
    }
}
