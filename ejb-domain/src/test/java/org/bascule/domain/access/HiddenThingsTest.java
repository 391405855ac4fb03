package org.bascule.domain.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.acl.Validity;
import org.bascule.domain.directory.DeviceDeletions;
import org.bascule.domain.directory.Directory;
import org.bascule.domain.directory.FolderDeletions;
import org.bascule.domain.directory.Folders;
import org.bascule.domain.directory.SubDevices;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.lifecycle.Lifecycle;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.people.Groups;
import org.bascule.domain.people.PrincipalDeletions;
import org.bascule.domain.people.Users;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Whoever reaches for what is hidden is told that there is nothing, and the log knows better. */
class HiddenThingsTest {

    private final TestDomain domain = new TestDomain().started();
    private final Sample sample = new Sample(domain);
    private final Caller guest = sample.user("guest");

    private record Attempt(String what, Kind kind, Work work) {
        @Override
        public String toString() {
            return what;
        }
    }

    private enum Kind {
        DEVICE,
        FOLDER,
        USER,
        GROUP
    }

    private interface Work {
        void as(TestDomain domain, Caller caller, String id) throws RefusedException;
    }

    static final List<Attempt> ATTEMPTS = List.of(
            new Attempt("device", Kind.DEVICE, (domain, caller, id) -> domain.get(Directory.class)
                    .device(caller, id)),
            new Attempt("lifecycle of a device", Kind.DEVICE, (domain, caller, id) -> domain.get(Lifecycle.class)
                    .of(caller, id)),
            new Attempt(
                    "what goes with a device", Kind.DEVICE, (domain, caller, id) -> domain.get(DeviceDeletions.class)
                            .of(caller, id)),
            new Attempt("sub-devices", Kind.DEVICE, (domain, caller, id) -> domain.get(SubDevices.class)
                    .list(caller, id, Cursor.first(9))),
            new Attempt("folder", Kind.FOLDER, (domain, caller, id) -> domain.get(Folders.class)
                    .folder(caller, id)),
            new Attempt("user", Kind.USER, (domain, caller, id) -> domain.get(Users.class)
                    .user(caller, id)),
            new Attempt("group", Kind.GROUP, (domain, caller, id) -> domain.get(Groups.class)
                    .group(caller, id)),
            new Attempt(
                    "what goes with a folder", Kind.FOLDER, (domain, caller, id) -> domain.get(FolderDeletions.class)
                            .of(caller, id)),
            new Attempt("what goes with a user", Kind.USER, (domain, caller, id) -> domain.get(PrincipalDeletions.class)
                    .ofUser(caller, id)),
            new Attempt(
                    "what goes with a group", Kind.GROUP, (domain, caller, id) -> domain.get(PrincipalDeletions.class)
                            .ofGroup(caller, id)));

    @ParameterizedTest
    @FieldSource("ATTEMPTS")
    void attemptIsAudited(Attempt attempt) {
        String folder = sample.folder(sample.root, "site");
        String id =
                switch (attempt.kind()) {
                    case DEVICE -> sample.device(folder, "pump");
                    case FOLDER -> folder;
                    case USER -> sample.user("hidden").userId();
                    case GROUP -> sample.group();
                };
        notFound(() -> attempt.work().as(domain, guest, id));
        assertThat(refusals(id)).hasSize(1);
    }

    private static void notFound(ThrowingCallable work) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(work)
                .matches(e -> e.problem() == Problem.NOT_FOUND, "is not found");
    }

    private List<String> refusals(String id) {
        return domain.sql
                .in(sample.id)
                .statement(
                        "select detail from bascule_audit.audit_event where domain_id = :domain and resource_id = :id"
                                + " and outcome = 'denied' and user_id = :user")
                .set("id", id)
                .set("user", guest.userId())
                .list(row -> row.text(1));
    }

    @Test
    void hiddenPrincipalIsAuditedWhereverItIsNamed() {
        String hidden = sample.user("hidden").userId();
        String group = sample.group();
        for (Permission permission : List.of(Permission.MANAGE_PERMISSIONS, Permission.SEE_RESOURCES)) {
            sample.delegable(sample.root, guest.userId(), permission);
        }
        sample.entry(hidden, guest.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        for (Permission permission : List.of(Permission.SEE_USERS, Permission.MANAGE_USERS)) {
            sample.entry(group, guest.userId(), permission, Effect.ALLOW);
        }
        assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> domain.get(AccessEntries.class)
                .create(
                        guest,
                        new EntryRequest(
                                sample.root,
                                hidden,
                                Set.of(Permission.SEE_RESOURCES),
                                Effect.ALLOW,
                                Validity.ALWAYS,
                                false)));
        notFound(() -> domain.get(EffectiveRights.class).effective(guest, hidden, sample.root));
        notFound(() -> domain.get(Groups.class).addMember(guest, group, hidden));
        notFound(() -> domain.get(Users.class).user(guest, hidden));
        assertThat(refusals(hidden)).hasSize(4).allMatch(text -> text.equals("without the permission see-users"));
    }

    /** Whoever asked knows what it was called then. What it is called now, and where it is, is for those who see it. */
    @Test
    void whatWasAskedForHasNoNameWhereItIsHidden() throws Exception {
        String site = sample.folder(sample.root, "site");
        String vault = sample.folder(sample.root, "vault");
        String device = sample.device(site, "pump");
        AccessRequests requests = domain.get(AccessRequests.class);
        sample.entry(sample.root, guest.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        sample.entry(vault, guest.userId(), Permission.SEE_RESOURCES, Effect.DENY);
        domain.transactions.inNew(() -> requests.create(
                guest,
                device,
                Set.of(Permission.TERMINAL),
                "repair",
                domain.clock.instant().plus(Duration.ofHours(1))));
        assertThat(asked(guest)).extracting(ResourceReference::name).containsExactly("pump");
        assertThat(asked(guest).get(0).path())
                .extracting(ResourceReference.Step::id)
                .containsExactly(sample.root, site);
        domain.transactions.run(() -> domain.sql
                .in(sample.id)
                .statement(
                        "update resource set name = 'safe 7', parent_id = :vault where domain_id = :domain and id = :device")
                .set("vault", vault)
                .set("device", device)
                .update());
        domain.get(RightsVersion.class).changed(sample.id);
        assertThat(asked(guest)).containsExactly(new ResourceReference(device, null, "device", List.of()));
        sample.entry(vault, guest.userId(), Permission.APPROVE_ACCESS, Effect.ALLOW);
        assertThat(asked(guest))
                .as("who decides about it knows what it is")
                .containsExactly(new ResourceReference(
                        device, "safe 7", "device", List.of(new ResourceReference.Step(sample.root, sample.name))));
    }

    private List<ResourceReference> asked(Caller by) throws RefusedException {
        return domain.get(AccessRequests.class).list(by, null, true, Cursor.first(9)).items().stream()
                .map(RequestView::resource)
                .toList();
    }

    @Test
    void whatDoesNotExistHereLeavesNoRow() {
        Sample other = new Sample(domain);
        Stream.of(domain.ids.next(), other.device(other.root, "pump"), "no-id").forEach(id -> {
            notFound(() -> domain.get(Directory.class).device(guest, id));
            assertThat(refusals(id)).isEmpty();
        });
    }
}
