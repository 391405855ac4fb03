package org.bascule.domain.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.bascule.domain.access.PreviewTest.deleting;
import static org.bascule.domain.access.PreviewTest.refused;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.contract.PlannedConditions;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.identity.Limits;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.junit.jupiter.api.Test;

/** What is said about deletions before they are made; {@link PreviewTest} makes them and compares. */
class DeletionPreviewTest {

    private final TestDomain domain = new TestDomain().started();
    private final Preview preview = domain.get(Preview.class);
    private final Authorization authorization = domain.get(Authorization.class);

    private static String group(Sample sample, String folder) {
        String group = sample.group();
        sample.put(group, folder);
        return group;
    }

    @Test
    void withAGroupGoesWhatTheGroupsAroundItGive() throws Exception {
        Sample sample = new Sample(domain);
        Caller owner = sample.owner();
        Caller ann = sample.user("ann");
        Caller bob = sample.user("bob");
        String north = sample.folder(sample.root, "north");
        String south = sample.folder(sample.root, "south");
        sample.device(north, "gate");
        String pump = sample.device(north, "pump");
        sample.device(south, "press");
        String service = sample.group(ann.userId(), bob.userId());
        String plants = sample.group(service);
        String company = sample.group(plants);
        sample.entry(north, company, Permission.TERMINAL, Effect.ALLOW);
        sample.entry(pump, plants, Permission.CONTROL_DESKTOP, Effect.ALLOW);
        sample.entry(south, ann.userId(), Permission.READ_FILES, Effect.ALLOW);
        sample.entry(south, bob.userId(), Permission.TERMINAL, Effect.ALLOW);
        sample.entry(sample.root, plants, Permission.CHAT, Effect.ALLOW);
        sample.entry(south, service, Permission.CHAT, Effect.DENY);
        PrincipalReference itself = new PrincipalReference(service, service, "group");

        assertThat(preview.preview(owner, deleting(service)).effects())
                .as("it has no entry that allows anything")
                .containsExactlyInAnyOrder(
                        new Preview.EffectView(itself, Permission.TERMINAL, 2, 0, 1, 0, 2),
                        new Preview.EffectView(itself, Permission.CONTROL_DESKTOP, 1, 0, 0, 0, 2),
                        new Preview.EffectView(itself, Permission.CHAT, 2, 0, 2, 0, 2));
        assertThat(preview.preview(owner, deleting(plants)).effects())
                .extracting(Preview.EffectView::principal, Preview.EffectView::permission, Preview.EffectView::lost)
                .as("those of the group within lose it")
                .contains(tuple(new PrincipalReference(plants, plants, "group"), Permission.TERMINAL, 2L));
        sample.entry(south, company, Permission.CHAT, Effect.ALLOW);
        sample.entry(pump, service, Permission.TERMINAL, Effect.DENY);
        sample.entry(pump, ann.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        sample.member(company, ann.userId());
        assertThat(preview.preview(owner, deleting(service)).effects())
                .as("ann is in the outermost group herself: she gains where the deleted one was denied something")
                .contains(
                        new Preview.EffectView(itself, Permission.TERMINAL, 1, 1, 1, 0, 2),
                        new Preview.EffectView(itself, Permission.CHAT, 2, 1, 2, 1, 2));
        assertThat(preview.preview(owner, deleting(ann.userId())).effects())
                .as("a user loses what the groups give, too")
                .extracting(Preview.EffectView::permission)
                .containsExactlyInAnyOrder(
                        Permission.SEE_RESOURCES,
                        Permission.TERMINAL,
                        Permission.CONTROL_DESKTOP,
                        Permission.READ_FILES,
                        Permission.CHAT);
        assertThat(authorization.allows(ann, Permission.CONTROL_DESKTOP, pump))
                .as("nothing was changed")
                .isTrue();
    }

    @Test
    void withAFolderGoWhatItsGroupsGiveElsewhere() throws Exception {
        Sample sample = new Sample(domain);
        Caller owner = sample.owner();
        Caller ann = sample.user("ann");
        Caller bob = sample.user("bob");
        String plant = sample.folder(sample.root, "plant");
        String team = sample.folder(sample.root, "team");
        String night = sample.folder(team, "night");
        sample.device(plant, "gate");
        sample.device(night, "phone");
        String service = group(sample, night);
        sample.member(service, ann.userId());
        sample.member(service, bob.userId());
        sample.put(bob.userId(), team);
        sample.entry(plant, service, Permission.TERMINAL, Effect.ALLOW);
        sample.entry(team, service, Permission.TERMINAL, Effect.ALLOW);
        sample.entry(plant, bob.userId(), Permission.CHAT, Effect.ALLOW);
        Preview.EffectView effect = new Preview.EffectView(
                new PrincipalReference(service, service, "group"), Permission.TERMINAL, 1, 0, 1, 0, 1);

        assertThat(preview.preview(owner, deleting(team)).effects())
                .as("what is in the folder is gone, and bob with it")
                .containsExactly(effect);
        sample.put(bob.userId(), sample.root);
        assertThat(preview.preview(owner, deleting(team)).effects())
                .extracting(Preview.EffectView::users)
                .containsExactly(2L);
        assertThat(preview.preview(owner, deleting(plant)).effects()).isEmpty();
    }

    @Test
    void aDeletionIsPreviewedForWhomItWouldBeDone() throws Exception {
        Sample sample = new Sample(domain);
        Caller owner = sample.owner();
        Caller ann = sample.user("ann");
        Caller keeper = sample.user("keeper");
        String plant = sample.folder(sample.root, "plant");
        String team = sample.folder(sample.root, "team");
        String gate = sample.device(plant, "gate");
        String phone = sample.device(team, "phone");
        String service = group(sample, team);
        sample.member(service, ann.userId());
        sample.entry(plant, service, Permission.TERMINAL, Effect.ALLOW);

        refused(Problem.NOT_FOUND, () -> preview.preview(keeper, deleting(service)));
        refused(Problem.NOT_FOUND, () -> preview.preview(keeper, deleting(team)));
        refused(Problem.NOT_FOUND, () -> preview.preview(keeper, deleting(ann.userId())));
        refused(Problem.NOT_FOUND, () -> preview.preview(owner, deleting(phone)));
        refused(Problem.NOT_FOUND, () -> preview.preview(owner, deleting(domain.ids.next())));
        refused(Problem.NOT_FOUND, () -> preview.preview(owner, deleting("' or 1=1 --")));
        refused(Problem.CONFLICT, () -> preview.preview(owner, deleting(sample.root)));
        refused(Problem.CONFLICT, () -> preview.preview(owner, deleting(owner.userId())));
        String[] many =
                Stream.generate(domain.ids::next).limit(Preview.MAX_DELETED + 1).toArray(String[]::new);
        refused(Problem.INVALID, () -> preview.preview(owner, deleting(many)));

        sample.entry(team, keeper.userId(), Permission.SEE_USERS, Effect.ALLOW);
        refused(Problem.FORBIDDEN, () -> preview.preview(keeper, deleting(service)));
        sample.entry(team, keeper.userId(), Permission.MANAGE_USERS, Effect.ALLOW);
        assertThat(preview.preview(keeper, deleting(service)).effects())
                .as("he does not see the plant, nor ann")
                .isEmpty();
        sample.entry(plant, keeper.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        assertThat(preview.preview(keeper, deleting(service)).effects())
                .as("he does not see ann")
                .isEmpty();
        sample.entry(ann.userId(), keeper.userId(), Permission.SEE_USERS, Effect.ALLOW);
        Preview.EffectView effect = new Preview.EffectView(
                new PrincipalReference(service, service, "group"), Permission.TERMINAL, 1, 0, 1, 0, 1);
        assertThat(preview.preview(keeper, deleting(service)).effects()).containsExactly(effect);
        sample.entry(gate, keeper.userId(), Permission.SEE_RESOURCES, Effect.DENY);
        assertThat(preview.preview(keeper, deleting(service)).effects())
                .extracting(Preview.EffectView::lost, Preview.EffectView::placesLost)
                .containsExactly(tuple(0L, 1L));

        sample.entry(team, keeper.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        refused(Problem.FORBIDDEN, () -> preview.preview(keeper, deleting(team)));
        sample.entry(team, keeper.userId(), Permission.MANAGE_FOLDERS, Effect.ALLOW);
        refused(Problem.FORBIDDEN, () -> preview.preview(keeper, deleting(team)));
        assertThat(sample.audited("access"))
                .extracting(AuditEntry::resourceId, AuditEntry::detail)
                .as("nothing was to be deleted, but a permission was missing to read")
                .contains(tuple(team, "without the permission remove-devices on everything in it"));
        sample.entry(team, keeper.userId(), Permission.REMOVE_DEVICES, Effect.ALLOW);
        assertThat(preview.preview(keeper, deleting(team)).effects()).hasSize(1);
        sample.entry(service, keeper.userId(), Permission.SEE_USERS, Effect.DENY);
        assertThat(preview.preview(keeper, deleting(team)).effects())
                .as("a group that is hidden is not named")
                .isEmpty();
        refused(
                Problem.FORBIDDEN,
                () -> preview.preview(
                        owner.by(new Credential("t", null, new Limits(Set.of("manage-users"), Set.of(sample.root)))),
                        deleting(ann.userId())));
    }

    @Test
    void whatIsOnlyPreviewedIsNoAttempt() {
        Sample sample = new Sample(domain);
        Caller owner = sample.owner();
        String owners = sample.group();
        domain.sql
                .in(sample.id)
                .statement("update user_group set built_in = true where domain_id = :domain and id = :id")
                .set("id", owners)
                .update();
        refused(Problem.CONFLICT, () -> preview.preview(owner, deleting(owners)));
        assertThat(sample.audited("group.delete")).isEmpty();
    }

    @Test
    void aDeletionIsPreviewedByItself() {
        Sample sample = new Sample(domain);
        String plant = sample.folder(sample.root, "plant");
        String hall = sample.folder(plant, "hall");
        refused(
                Problem.INVALID,
                () -> preview.preview(
                        sample.owner(),
                        new Preview.Request(
                                List.of(),
                                List.of(),
                                Map.of(),
                                Map.of(hall, sample.root),
                                List.of(),
                                List.of(),
                                List.of(plant),
                                PlannedConditions.Change.NONE)));
    }
}
