package org.bascule.domain.people;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bascule.domain.access.AccessEntries;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Entries;
import org.bascule.domain.acl.Entry;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.acl.Validity;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.audit.AuditFilter;
import org.bascule.domain.directory.Named;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Identities;
import org.bascule.domain.identity.SignIn;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.logbook.Logbook;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PeopleTest {

    private final TestDomain domain = new TestDomain().started();
    private final Users users = domain.get(Users.class);
    private final Groups groups = domain.get(Groups.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final String owners = owners();

    private String owners() {
        String group = sample.group(owner.userId());
        domain.transactions.run(() -> {
            domain.sql
                    .in(sample.id)
                    .statement("update resource set name = 'Owners' where domain_id = :domain and id = :id")
                    .set("id", group)
                    .update();
            domain.sql
                    .in(sample.id)
                    .statement("update user_group set built_in = true where domain_id = :domain and id = :id")
                    .set("id", group)
                    .update();
        });
        return group;
    }

    private static void refused(Problem problem, ThrowingCallable work) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(work)
                .matches(e -> e.problem() == problem, "is " + problem);
    }

    private void add(String group, String member) throws RefusedException {
        domain.transactions.run(() -> groups.addMember(owner, group, member));
    }

    private void remove(String group, String member) throws RefusedException {
        domain.transactions.run(() -> groups.removeMember(owner, group, member));
    }

    private GroupView group(String name) throws RefusedException {
        return domain.transactions.inNew(() -> groups.create(owner, sample.root, name, null));
    }

    private static PrincipalQuery query(@Nullable String text, @Nullable String group) {
        return new PrincipalQuery(text, null, group, Cursor.first(50));
    }

    @Test
    void circlesOfGroupsAreRefusedAtAnyDepth() throws RefusedException {
        String a = group("a").id();
        String b = group("b").id();
        String c = group("c").id();
        add(a, b);
        add(b, c);
        add(b, c);
        refused(Problem.GROUP_CYCLE, () -> add(c, a));
        refused(Problem.GROUP_CYCLE, () -> add(a, a));
        assertThat(sample.audited("group.add-member"))
                .filteredOn(row -> row.outcome().equals("denied"))
                .extracting(AuditEntry::detail)
                .containsExactly("a circle of groups with a", "a circle of groups with a");
        assertThat(groups.members(owner, b, Cursor.first(9)).items()).containsExactly(new Principal(c, "c", "group"));
        remove(b, c);
        remove(b, c);
        add(c, a);
    }

    @Test
    void whoWasPutIntoAGroupIsFoundInTheLogByHisName() throws RefusedException {
        String night = group("night").id();
        String anna = sample.user("Anna Berg").userId();
        add(night, anna);
        remove(night, anna);
        assertThat(domain.get(Logbook.class)
                        .query(
                                owner,
                                new AuditFilter(null, null, "anna berg", null, null, null, night, null),
                                Cursor.first(9))
                        .items())
                .extracting(AuditEntry::code)
                .containsExactly("group.remove-member", "group.add-member");
    }

    @Test
    void builtInGroupsKeepTheirNamesAndStay() throws RefusedException {
        assertThat(groups.group(owner, owners).builtIn()).isTrue();
        refused(
                Problem.CONFLICT,
                () -> domain.transactions.inNew(() -> groups.change(owner, owners, 0, "Bosses", null, null)));
        String elsewhere = sample.folder(sample.root, "elsewhere");
        refused(
                Problem.CONFLICT,
                () -> domain.transactions.inNew(() -> groups.change(owner, owners, 0, null, null, elsewhere)));
        refused(Problem.CONFLICT, () -> domain.transactions.run(() -> groups.delete(owner, owners, 0)));
        assertThat(sample.audited("group.delete")).singleElement().satisfies(row -> {
            assertThat(row.outcome()).isEqualTo("denied");
            assertThat(row.resourceName()).isEqualTo(groups.group(owner, owners).name());
        });
        group("a");
        refused(Problem.CONFLICT, () -> group("a"));
    }

    @Test
    void lastOwnerStaysHoweverItIsTried() throws RefusedException {
        refused(Problem.LAST_OWNER, () -> remove(owners, owner.userId()));
        String inner = group("inner").id();
        add(inner, owner.userId());
        add(owners, inner);
        remove(owners, owner.userId());
        assertThat(users.user(owner, owner.userId()).owner()).isTrue();
        refused(Problem.LAST_OWNER, () -> remove(owners, inner));
        refused(Problem.LAST_OWNER, () -> remove(inner, owner.userId()));
        refused(Problem.LAST_OWNER, () -> domain.transactions.run(() -> groups.delete(owner, inner, 0)));
        Caller other = sample.user("other");
        for (Permission permission : Permission.values()) {
            sample.entry(sample.root, other.userId(), permission, Effect.ALLOW);
        }
        refused(Problem.LAST_OWNER, () -> domain.transactions.run(() -> users.delete(other, owner.userId(), 0)));
        UserView pending = domain.transactions.inNew(() -> users.create(owner, sample.root, "awaited"));
        add(owners, pending.id());
        refused(Problem.LAST_OWNER, () -> remove(inner, owner.userId()));
        refused(Problem.CONFLICT, () -> domain.transactions.run(() -> users.delete(owner, owner.userId(), 0)));
    }

    @Test
    void twoOwnersCannotRemoveEachOtherAtTheSameTime() throws Exception {
        Caller second = sample.user("second");
        sample.everything(second.userId());
        for (int round = 0; round < 10; round++) {
            add(owners, owner.userId());
            add(owners, second.userId());
            CountDownLatch both = new CountDownLatch(2);
            try (var threads = new Threads()) {
                CompletableFuture<Boolean> first = threads.run(() -> removed(both, owner, second));
                CompletableFuture<Boolean> other = threads.run(() -> removed(both, second, owner));
                assertThat(List.of(first.get(30, TimeUnit.SECONDS), other.get(30, TimeUnit.SECONDS)))
                        .containsExactlyInAnyOrder(true, false);
            }
        }
    }

    /** Reads first, so that each transaction has its own old view of the members. */
    private boolean removed(CountDownLatch both, Caller caller, Caller whom) {
        try {
            return domain.transactions.inNew(() -> {
                groups.members(caller, owners, Cursor.first(9));
                both.countDown();
                await(both);
                groups.removeMember(caller, owners, whom.userId());
                return true;
            });
        } catch (RefusedException e) {
            assertThat(e.problem()).isEqualTo(Problem.LAST_OWNER);
            return false;
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static final class Threads implements AutoCloseable {
        private final java.util.concurrent.ExecutorService executor = Executors.newFixedThreadPool(2);

        CompletableFuture<Boolean> run(java.util.function.Supplier<Boolean> work) {
            return CompletableFuture.supplyAsync(work, executor);
        }

        @Override
        public void close() {
            executor.shutdownNow();
        }
    }

    @Test
    void pendingUserIsBoundOnceAndTheNameMeansNothingAfterwards() throws RefusedException {
        String folder = sample.folder(sample.root, "f");
        UserView pending = domain.transactions.inNew(() -> users.create(owner, folder, "Anna"));
        assertThat(pending.pending()).isTrue();
        refused(Problem.CONFLICT, () -> domain.transactions.inNew(() -> users.create(owner, folder, "anna")));
        sample.entry(folder, pending.id(), Permission.TERMINAL, Effect.ALLOW);

        String subject = "11111111-1111-4111-8111-" + sample.id.substring(24);
        Caller anna = signIn(subject, "anna");
        assertThat(anna.userId()).isEqualTo(pending.id());
        assertThat(users.user(owner, pending.id()).pending()).isFalse();
        assertThat(domain.get(Authorization.class).allows(anna, Permission.TERMINAL, folder))
                .isTrue();
        assertThat(signIn(subject, "anna-married").userId()).isEqualTo(pending.id());

        Caller again = signIn("22222222-2222-4222-8222-" + sample.id.substring(24), "anna");
        assertThat(again.userId()).isNotEqualTo(pending.id());
        assertThat(domain.get(Authorization.class).allows(again, Permission.TERMINAL, folder))
                .isFalse();
    }

    @Test
    void twoFirstRequestsOfOnePersonAreOneUser() throws Exception {
        UserView pending = domain.transactions.inNew(() -> users.create(owner, sample.root, "Anna"));
        String subject = "11111111-1111-4111-8111-" + sample.id.substring(24);
        Caller second = domain.transactions.inNew(() -> {
            // this transaction looks at the time before the other one
            users.user(owner, pending.id());
            CompletableFuture.supplyAsync(() -> {
                        try {
                            return domain.transactions.inNew(() -> signIn(subject, "anna"));
                        } catch (RefusedException e) {
                            throw new IllegalStateException(e);
                        }
                    })
                    .get(30, TimeUnit.SECONDS);
            return domain.get(Identities.class).signIn(anna(subject));
        });
        assertThat(second.userId()).isEqualTo(pending.id());
        assertThat(domain.sql
                        .in(sample.id)
                        .statement("select count(*) from resource where domain_id = :domain and id = :id")
                        .set("id", subject)
                        .number())
                .isZero();
    }

    private SignIn anna(String subject) {
        return new SignIn(domain.settings.issuerOf(sample.name), subject, "anna", "192.0.2.7", null, null);
    }

    /** An owner of the group is one only by the entry, and an entry makes an owner only in the group. */
    @Test
    void ownerByGroupAndOwnerByEntryAreLookedForTogether() throws Exception {
        AccessEntries entries = domain.get(AccessEntries.class);
        Caller second = sample.user("second");
        add(owners, second.userId());
        refused(Problem.LAST_OWNER, () -> remove(owners, owner.userId()));
        sample.everything(second.userId());
        String own = ownEntry(second);
        domain.transactions.inNew(() -> {
            groups.members(owner, owners, Cursor.first(9));
            CompletableFuture.runAsync(() -> domain.transactions.run(() -> {
                        try {
                            entries.remove(owner, own, 0);
                        } catch (RefusedException e) {
                            throw new IllegalStateException(e);
                        }
                    }))
                    .get(30, TimeUnit.SECONDS);
            refused(Problem.LAST_OWNER, () -> groups.removeMember(owner, owners, owner.userId()));
            return true;
        });
    }

    private String ownEntry(Caller user) {
        return domain.sql
                .in(sample.id)
                .statement("select id from acl_entry where domain_id = :domain and principal_id = :user"
                        + " and permission = 'manage-permissions'")
                .set("user", user.userId())
                .first(row -> row.text(1))
                .orElseThrow();
    }

    /** Whichever comes second must see what the first one did, though its own transaction began to read before. */
    @Test
    void twoOwnersCannotTakeEachOthersEntriesAtTheSameTime() throws Exception {
        AccessEntries entries = domain.get(AccessEntries.class);
        Caller second = sample.user("second");
        sample.everything(second.userId());
        add(owners, second.userId());
        for (int round = 0; round < 10; round++) {
            String ofFirst = ownEntry(owner);
            String ofSecond = ownEntry(second);
            CountDownLatch both = new CountDownLatch(2);
            List<Boolean> removed;
            try (var threads = new Threads()) {
                CompletableFuture<Boolean> first = threads.run(() -> removed(both, entries, owner, ofSecond));
                CompletableFuture<Boolean> other = threads.run(() -> removed(both, entries, second, ofFirst));
                removed = List.of(first.get(30, TimeUnit.SECONDS), other.get(30, TimeUnit.SECONDS));
            }
            assertThat(removed).containsExactlyInAnyOrder(true, false);
            sample.delegable(
                    sample.root, removed.get(0) ? second.userId() : owner.userId(), Permission.MANAGE_PERMISSIONS);
        }
    }

    private boolean removed(CountDownLatch both, AccessEntries entries, Caller caller, String entry) {
        try {
            return domain.transactions.inNew(() -> {
                entries.list(caller, sample.root, false, null, Cursor.first(9));
                both.countDown();
                await(both);
                entries.remove(caller, entry, 0);
                return true;
            });
        } catch (RefusedException e) {
            assertThat(e.problem()).isIn(Problem.LAST_OWNER, Problem.FORBIDDEN, Problem.DELEGATION);
            return false;
        }
    }

    @Test
    void pendingUserIsNoOwnerHoweverTheOtherOneGoes() throws Exception {
        AccessEntries entries = domain.get(AccessEntries.class);
        UserView pending = domain.transactions.inNew(() -> users.create(owner, sample.root, "awaited"));
        add(owners, pending.id());
        sample.everything(pending.id());
        String own = ownEntry(owner);
        refused(Problem.LAST_OWNER, () -> domain.transactions.run(() -> entries.remove(owner, own, 0)));
        signIn("11111111-1111-4111-8111-" + sample.id.substring(24), "awaited");
        domain.transactions.run(() -> entries.remove(owner, own, 0));
    }

    @Test
    void lastOwnerIsNotMadeAMemberOfAGroupThatIsDeniedWhatMakesAnOwner() throws Exception {
        String closed = group("closed").id();
        sample.entry(sample.root, closed, Permission.MANAGE_PERMISSIONS, Effect.DENY);
        // what is allowed to a group counts on the same level only behind a denial
        sample.delegable(sample.root, owners, Permission.MANAGE_PERMISSIONS);
        Caller deputy = sample.user("deputy");
        for (Permission permission : Permission.values()) {
            sample.delegable(sample.root, deputy.userId(), permission);
        }
        String own = ownEntry(owner);
        domain.transactions.run(() -> domain.get(AccessEntries.class).remove(deputy, own, 0));
        refused(
                Problem.LAST_OWNER,
                () -> domain.transactions.run(() -> groups.addMember(deputy, closed, owner.userId())));
    }

    /** Otherwise one who manages the users of a folder would take rights from everybody whom he sees. */
    @Test
    void whoMayNotDenyMakesNobodyAMemberOfAGroupThatIsDenied() throws Exception {
        String plant = sample.folder(sample.root, "plant");
        String suspended = domain.transactions
                .inNew(() -> groups.create(owner, plant, "suspended", null))
                .id();
        sample.entry(sample.root, suspended, Permission.TERMINAL, Effect.DENY);
        Caller admin = sample.user("admin of the plant");
        for (Permission permission : Permission.values()) {
            sample.delegable(plant, admin.userId(), permission);
        }
        sample.entry(sample.root, admin.userId(), Permission.SEE_USERS, Effect.ALLOW);
        refused(Problem.DELEGATION, () -> domain.transactions.run(() -> groups.addMember(admin, suspended, owners)));
        String quiet = domain.transactions
                .inNew(() -> groups.create(owner, plant, "quiet", null))
                .id();
        sample.entry(plant, quiet, Permission.TERMINAL, Effect.DENY);
        domain.transactions.run(() -> groups.addMember(admin, quiet, owners));
    }

    private Caller signIn(String subject, String name) throws RefusedException {
        String issuer = domain.settings.issuerOf(sample.name);
        return domain.transactions.inNew(
                () -> domain.get(Identities.class).signIn(new SignIn(issuer, subject, name, "192.0.2.7", null, null)));
    }

    @Test
    void whatASignInChangesIsAuditedAndTold() throws RefusedException {
        String subject = "33333333-3333-4333-8333-" + sample.id.substring(24);
        signIn(subject, "nora");
        signIn(subject, "nora");
        assertThat(audited("user.add", subject))
                .containsExactly(
                        "{\"name\":{\"before\":null,\"after\":\"nora\"},\"folder\":{\"before\":null,\"after\":\"/\"},"
                                + "\"folderId\":{\"before\":null,\"after\":\"" + sample.root + "\"}}");
        assertThat(domain.live).contains(new LiveEvent.PrincipalChanged(sample.id, subject, "user", "added"));
        long before = users.user(owner, subject).revision();

        signIn(subject, "Nora");

        assertThat(audited("user.update", subject))
                .containsExactly("{\"name\":{\"before\":\"nora\",\"after\":\"Nora\"}}");
        assertThat(users.user(owner, subject).revision()).isGreaterThan(before);
        assertThat(domain.live).contains(new LiveEvent.PrincipalChanged(sample.id, subject, "user", "changed"));
    }

    @Test
    void theLastSignInIsKeptWhateverOrderTheNewsComeIn() throws RefusedException {
        String subject = "44444444-4444-4444-8444-" + sample.id.substring(24);
        String id = signIn(subject, "nils").userId();
        assertThat(users.user(owner, id).lastSignIn()).isNull();
        Instant time = Instant.parse("2026-05-04T06:00:00Z");
        Identities identities = domain.get(Identities.class);
        domain.transactions.run(() -> identities.signedIn(sample.id, id, time));
        domain.transactions.run(() -> identities.signedIn(sample.id, id, time.minusSeconds(60)));
        assertThat(users.user(owner, id).lastSignIn()).isEqualTo(time);
    }

    /** The changes in the records of an operation about a resource, in their order. */
    private List<String> audited(String code, String resource) {
        return domain.sql
                .in(sample.id)
                .statement("select coalesce(changes, '') from bascule_audit.audit_event"
                        + " where domain_id = :domain and code = :code and resource_id = :resource order by id")
                .set("code", code)
                .set("resource", resource)
                .list(row -> row.text(1));
    }

    @Test
    void usersOfASubDomainDoNotSeeThoseAbove() throws RefusedException {
        String folder = sample.folder(sample.root, "sub");
        UserView below = domain.transactions.inNew(() -> users.create(owner, folder, "below"));
        Caller admin = sample.user("admin");
        sample.entry(folder, admin.userId(), Permission.SEE_USERS, Effect.ALLOW);
        assertThat(users.list(admin, query(null, null)).items())
                .extracting(UserView::name)
                .containsExactly("below");
        assertThat(users.user(admin, below.id()).folder())
                .as("the folder is not seen")
                .isNull();
        refused(Problem.NOT_FOUND, () -> users.user(admin, owner.userId()));
        refused(Problem.NOT_FOUND, () -> groups.members(admin, owners, Cursor.first(9)));
        refused(Problem.NOT_FOUND, () -> users.user(new Sample(domain).owner(), below.id()));
        refused(Problem.FORBIDDEN, () -> domain.transactions.run(() -> users.delete(admin, below.id(), 0)));
        assertThat(users.list(owner, query("BEL", null)).items()).hasSize(1);
        assertThat(users.list(owner, query(null, owners)).items())
                .extracting(UserView::id)
                .containsExactly(owner.userId());
    }

    @Test
    void listNamesTheFirstGroupsOfAUserAndSaysHowManyThereAre() throws RefusedException {
        Caller many = sample.user("many");
        for (int i = 0; i < Users.GROUPS_LISTED + 3; i++) {
            add(group("g%02d".formatted(i)).id(), many.userId());
        }
        String few = sample.user("few").userId();
        add(group("only").id(), few);
        Map<String, UserView> listed = users.list(owner, query(null, null)).items().stream()
                .collect(Collectors.toMap(UserView::name, user -> user));
        UserView cut = Objects.requireNonNull(listed.get("many"));
        assertThat(cut.groups())
                .extracting(Named::name)
                .hasSize(Users.GROUPS_LISTED)
                .startsWith("g00", "g01")
                .isSorted();
        assertThat(cut.groupCount()).isEqualTo(Users.GROUPS_LISTED + 3);
        assertThat(Objects.requireNonNull(listed.get("few")).groups())
                .extracting(Named::name)
                .containsExactly("only");
        assertThat(Objects.requireNonNull(listed.get("few")).groupCount()).isEqualTo(1);
        UserView whole = users.user(owner, many.userId());
        assertThat(whole.groups()).hasSize(Users.GROUPS_LISTED + 3);
        assertThat(whole.groupCount()).isEqualTo(Users.GROUPS_LISTED + 3);
        Caller admin = sample.user("admin");
        sample.entry(many.userId(), admin.userId(), Permission.SEE_USERS, Effect.ALLOW);
        sample.entry(whole.groups().get(21).id(), admin.userId(), Permission.SEE_USERS, Effect.ALLOW);
        UserView seen = users.list(admin, query("many", null)).items().get(0);
        assertThat(seen.groups())
                .extracting(Named::name)
                .as("what the caller sees of them")
                .containsExactly("g21");
        assertThat(seen.groupCount()).isEqualTo(1);
    }

    @Test
    void membershipGivesNothingThatTheCallerMayNotGive() throws RefusedException {
        String folder = sample.folder(sample.root, "f");
        String strong = group("strong").id();
        sample.entry(folder, strong, Permission.VPN, Effect.ALLOW);
        String outer = group("outer").id();
        add(outer, strong);
        Caller admin = sample.user("admin");
        Caller friend = sample.user("friend");
        for (Permission permission : List.of(Permission.SEE_USERS, Permission.MANAGE_USERS)) {
            sample.entry(sample.root, admin.userId(), permission, Effect.ALLOW);
        }
        ThrowingCallable adds = () -> domain.transactions.run(() -> groups.addMember(admin, strong, friend.userId()));
        refused(Problem.DELEGATION, adds);
        sample.entry(folder, admin.userId(), Permission.MANAGE_PERMISSIONS, Effect.ALLOW);
        refused(Problem.DELEGATION, adds);
        sample.entry(folder, admin.userId(), Permission.VPN, Effect.ALLOW);
        refused(Problem.DELEGATION, adds);
        domain.transactions.run(() -> {
            domain.sql
                    .in(sample.id)
                    .statement(
                            "delete from acl_entry where domain_id = :domain and principal_id = :admin and permission = 'vpn'")
                    .set("admin", admin.userId())
                    .update();
            domain.get(RightsVersion.class).changed(sample.id);
        });
        domain.transactions.run(() -> domain.get(Entries.class)
                .add(
                        sample.id,
                        folder,
                        admin.userId(),
                        Permission.VPN,
                        Effect.ALLOW,
                        Validity.ALWAYS,
                        true,
                        Entry.Origin.ENTRY));
        domain.transactions.run(() -> groups.addMember(admin, strong, friend.userId()));
        sample.entry(sample.root, outer, Permission.POWER, Effect.ALLOW);
        refused(
                Problem.DELEGATION,
                () -> domain.transactions.run(
                        () -> groups.addMember(admin, strong, sample.user("x").userId())));
    }
}
