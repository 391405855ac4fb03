package org.bascule.domain.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bascule.domain.access.PreviewTest.agreeing;
import static org.bascule.domain.access.PreviewTest.moving;
import static org.bascule.domain.access.PreviewTest.planning;
import static org.bascule.domain.access.PreviewTest.qualifying;
import static org.bascule.domain.access.PreviewTest.refused;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.contract.Contract;
import org.bascule.domain.contract.Contracts;
import org.bascule.domain.contract.PlannedConditions;
import org.bascule.domain.contract.Qualification;
import org.bascule.domain.contract.Qualifications;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.identity.Limits;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.session.SessionPermissions;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is said about contracts and qualifications before they are changed; {@link PreviewTest} changes them and compares. */
class ConditionPreviewTest {

    private final TestDomain domain = new TestDomain().started();
    private final Preview preview = domain.get(Preview.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final Caller ann = sample.user("ann");
    private final Caller bob = sample.user("bob");
    private final String customer = sample.folder(sample.root, "customer");
    private final String plant = sample.folder(customer, "plant");
    private final String gate = sample.device(customer, "gate");
    private final String service = sample.group(ann.userId(), bob.userId());
    private final PrincipalReference team = new PrincipalReference(service, service, "group");
    private final PrincipalReference annHerself = new PrincipalReference(ann.userId(), "ann", "user");

    ConditionPreviewTest() {
        sample.device(plant, "pump");
        sample.device(plant, "press");
        sample.entry(customer, service, Permission.TERMINAL, Effect.ALLOW);
        sample.entry(customer, service, Permission.SEE_RESOURCES, Effect.ALLOW);
    }

    private static Contract demanding(@Nullable Instant from, @Nullable Instant until, String... names) {
        return new Contract("C-17", "", from, until, "", true, List.of(names));
    }

    private Instant in(Duration time) {
        return domain.clock.instant().plus(time);
    }

    private void put(String folder, Contract contract) throws RefusedException {
        Contracts contracts = domain.get(Contracts.class);
        long revision = contracts.read(owner, folder).revision();
        domain.transactions.inNew(() -> contracts.put(owner, folder, revision, contract));
    }

    private void qualify(Caller user, Qualification... items) throws RefusedException {
        Qualifications qualifications = domain.get(Qualifications.class);
        long revision = qualifications.read(owner, user.userId()).revision();
        domain.transactions.inNew(() -> qualifications.put(owner, user.userId(), revision, List.of(items)));
    }

    /** What is said of others than the owner. */
    private List<Preview.EffectView> told(Preview.Request request) throws RefusedException {
        return preview.preview(owner, request).effects().stream()
                .filter(effect -> !effect.principal().id().equals(owner.userId()))
                .toList();
    }

    private Preview.EffectView terminal(PrincipalReference who, long lost, long gained, long users) {
        return new Preview.EffectView(who, Permission.TERMINAL, lost, gained, 0, 0, users);
    }

    @Test
    void contractThatIsNotInForceTakesWhatSessionsNeedFromEverybody() throws Exception {
        Preview.Result result = preview.preview(owner, agreeing(customer, demanding(null, in(Duration.ZERO))));
        assertThat(result.effects())
                .contains(terminal(team, 3, 0, 2))
                .filteredOn(effect -> effect.principal().id().equals(owner.userId()))
                .as("the owner keeps what needs no session")
                .extracting(Preview.EffectView::permission)
                .containsExactlyInAnyOrderElementsOf(SessionPermissions.all());
        assertThat(result.effects()).allSatisfy(effect -> {
            assertThat(effect.lost()).isEqualTo(3);
            assertThat(effect.placesLost() + effect.placesGained()).isZero();
        });
        assertThat(result.ownersLeft()).isTrue();
        assertThat(domain.get(Authorization.class).allows(ann, Permission.TERMINAL, gate))
                .as("it is kept in earnest")
                .isTrue();
    }

    @Test
    void nearestContractCountsAlone() throws Exception {
        put(customer, demanding(null, in(Duration.ZERO)));
        assertThat(told(agreeing(plant, demanding(null, null)))).containsExactly(terminal(team, 0, 2, 2));
        assertThat(told(agreeing(plant, Contract.NONE))).containsExactly(terminal(team, 0, 2, 2));
        put(plant, Contract.NONE);
        assertThat(told(agreeing(plant, null))).containsExactly(terminal(team, 2, 0, 2));
        assertThat(told(agreeing(customer, null))).containsExactly(terminal(team, 0, 1, 2));
    }

    @Test
    void whatBeginsOrEndsLaterChangesNothingNow() throws Exception {
        assertThat(told(agreeing(customer, demanding(null, in(Duration.ofHours(1))))))
                .isEmpty();
        assertThat(told(agreeing(customer, demanding(in(Duration.ofHours(1)), null))))
                .as("until it begins there is none")
                .containsExactly(terminal(team, 3, 0, 2));
        put(customer, demanding(null, null, "Welder"));
        assertThat(told(qualifying(ann.userId(), new Qualification("Welder", in(Duration.ofHours(1))))))
                .containsExactly(terminal(annHerself, 0, 3, 1));
        assertThat(told(qualifying(ann.userId(), new Qualification("Welder", in(Duration.ZERO)))))
                .isEmpty();
    }

    @Test
    void qualificationIsToldOfWhomItQualifiesInAnyLetters() throws Exception {
        put(customer, demanding(null, null, "Schweißer", "Électricien"));
        sample.entry(plant, ann.userId(), Permission.CHAT, Effect.ALLOW);
        Qualification welder = new Qualification("SCHWEISSER", null);
        assertThat(told(qualifying(ann.userId(), welder))).as("not all of them").isEmpty();
        assertThat(told(qualifying(ann.userId(), welder, new Qualification("electricien", null))))
                .containsExactlyInAnyOrder(
                        terminal(annHerself, 0, 3, 1),
                        new Preview.EffectView(annHerself, Permission.CHAT, 0, 2, 0, 0, 1));
        qualify(ann, welder, new Qualification("electricien", null));
        assertThat(told(qualifying(ann.userId(), welder)))
                .extracting(Preview.EffectView::lost)
                .containsExactly(3L, 2L);
        assertThat(told(agreeing(customer, demanding(null, null, "schweisser", "Pilot"))))
                .as("bob has lost it already")
                .contains(terminal(team, 3, 0, 1));
    }

    @Test
    void moveIntoOtherConditionsIsToldToo() throws Exception {
        String free = sample.folder(sample.root, "free");
        sample.entry(free, service, Permission.TERMINAL, Effect.ALLOW);
        assertThat(told(moving(plant, free)))
                .as("the right is kept")
                .extracting(Preview.EffectView::permission)
                .doesNotContain(Permission.TERMINAL);
        put(customer, demanding(null, in(Duration.ZERO)));
        assertThat(told(moving(plant, free))).contains(terminal(team, 0, 2, 2));
        assertThat(told(moving(gate, free))).contains(terminal(team, 0, 1, 2));
        put(plant, demanding(null, in(Duration.ZERO)));
        assertThat(told(moving(plant, free)))
                .as("its own contract goes along")
                .extracting(Preview.EffectView::permission)
                .doesNotContain(Permission.TERMINAL);
        assertThat(told(moving(gate, plant))).as("as bad as before").isEmpty();
    }

    /** Conditions reach below what does not inherit rights. */
    @Test
    void onlyDevicesThatTheCallerSeesAreCounted() throws Exception {
        Caller keeper = sample.user("keeper");
        String vault = sample.folder(plant, "vault");
        sample.device(vault, "safe");
        sample.entry(vault, service, Permission.TERMINAL, Effect.ALLOW);
        sample.inherit(vault, false);
        String hidden = sample.device(plant, "hidden");
        sample.entry(hidden, keeper.userId(), Permission.SEE_RESOURCES, Effect.DENY);
        for (Permission permission :
                List.of(Permission.SEE_RESOURCES, Permission.MANAGE_PERMISSIONS, Permission.SEE_USERS)) {
            sample.entry(customer, keeper.userId(), permission, Effect.ALLOW);
        }
        sample.put(service, plant);
        sample.put(ann.userId(), plant);
        Preview.Request over = agreeing(customer, demanding(null, in(Duration.ZERO)));
        assertThat(preview.preview(keeper, over).effects())
                .as("what bob, whom he does not see, meets is not told")
                .containsExactly(terminal(team, 3, 0, 1));
        assertThat(told(over)).containsExactly(terminal(team, 4, 0, 2));
        sample.put(service, sample.root);
        assertThat(preview.preview(keeper, over).effects())
                .as("whom he does not see is not named")
                .isEmpty();
        Caller blind = owner.by(
                new Credential("t", null, new Limits(Set.of("manage-permissions", "see-users"), Set.of(sample.root))));
        assertThat(preview.preview(blind, over).effects()).isEmpty();
    }

    @Test
    void previewNeedsWhatTheChangeNeeds() throws Exception {
        Contract none = Contract.NONE;
        refused(Problem.NOT_FOUND, () -> preview.preview(bob, agreeing(sample.root, none)));
        refused(Problem.FORBIDDEN, () -> preview.preview(ann, agreeing(customer, none)));
        refused(Problem.NOT_FOUND, () -> preview.preview(owner, agreeing(gate, none)));
        refused(Problem.NOT_FOUND, () -> preview.preview(owner, agreeing(domain.ids.next(), none)));
        refused(Problem.NOT_FOUND, () -> preview.preview(owner, qualifying(service)));
        refused(Problem.NOT_FOUND, () -> preview.preview(owner, qualifying(customer)));
        refused(Problem.NOT_FOUND, () -> preview.preview(ann, qualifying(bob.userId())));
        refused(Problem.INVALID, () -> preview.preview(owner, agreeing(customer, demanding(null, null, " "))));
        refused(
                Problem.INVALID,
                () -> preview.preview(
                        owner, agreeing(customer, demanding(in(Duration.ofDays(2)), in(Duration.ofDays(1))))));
        refused(
                Problem.INVALID,
                () -> preview.preview(
                        owner, qualifying(ann.userId(), new Qualification("a", null), new Qualification("A", null))));
        Map<String, Optional<Contract>> many = new HashMap<>();
        for (int i = 0; i <= Preview.MAX_CONDITIONS; i++) {
            many.put(domain.ids.next(), Optional.empty());
        }
        refused(Problem.INVALID, () -> preview.preview(owner, planning(new PlannedConditions.Change(many, Map.of()))));
    }

    @Test
    void tooManyWithRightsAreNotWorkedOut() throws Exception {
        for (int i = 0; i < 298; i++) {
            sample.entry(customer, sample.group(), Permission.TERMINAL, Effect.ALLOW);
        }
        preview.preview(owner, agreeing(plant, Contract.NONE));
        sample.entry(plant, ann.userId(), Permission.TERMINAL, Effect.ALLOW);
        refused(Problem.INVALID, () -> preview.preview(owner, agreeing(plant, Contract.NONE)));
        preview.preview(owner, agreeing(sample.folder(sample.root, "other"), Contract.NONE));
    }
}
