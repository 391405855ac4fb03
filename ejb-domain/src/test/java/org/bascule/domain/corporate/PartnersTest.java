package org.bascule.domain.corporate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.bascule.domain.access.AccessRequests;
import org.bascule.domain.access.RequestView;
import org.bascule.domain.acl.Delegation;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.acl.Validity;
import org.bascule.domain.corporate.Way.Oidc;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Identities;
import org.bascule.domain.identity.SignIn;
import org.bascule.domain.people.Users;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.transfer.Format;
import org.bascule.domain.transfer.ImportRequest;
import org.bascule.domain.transfer.ImportView;
import org.bascule.domain.transfer.Imports;
import org.junit.jupiter.api.Test;

/** What an outside organisation's people may do, and for how long (requirement IDN-7). */
class PartnersTest extends ProviderTesting {
    @Test
    void whoWidensAPartnerMustBeAllowedToGiveWhatItsPeopleHave() throws Exception {
        Caller manager = sample.user("manager");
        sample.entry(sample.root, manager.userId(), Permission.MANAGE_SIGN_IN, Effect.ALLOW);
        sample.entry(sample.root, manager.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        String theirs = sample.folder(sample.root, "theirs");
        String others = sample.folder(sample.root, "others");
        Caller paul = sample.user("paul");
        sample.entry(sample.root, paul.userId(), Permission.TERMINAL, Effect.ALLOW);
        ProviderView made = create(partner(theirs));
        vouch(made, paul);
        Partner before = Objects.requireNonNull(made.partner());
        for (Partner wider : List.of(
                new Partner(Set.of(theirs, others), before.ends()),
                new Partner(Set.of(others), before.ends()),
                new Partner(Set.of(theirs), before.ends().plus(Duration.ofDays(1))))) {
            refusedChange(
                    Problem.DELEGATION,
                    manager,
                    made,
                    new ProviderChange("Partner", true, made.way(), null, List.of(), wider));
        }
        Partner narrower = new Partner(Set.of(theirs), before.ends().minus(Duration.ofDays(1)));
        ProviderView less = domain.transactions.inNew(() -> providers.change(
                manager,
                made.id(),
                made.revision(),
                new ProviderChange("Partner", true, made.way(), null, List.of(), narrower)));
        assertThat(less.partner()).isEqualTo(narrower);
        assertThat(change(less, new ProviderChange("Partner", true, made.way(), null, List.of(), before))
                        .partner())
                .isEqualTo(before);
    }

    @Test
    void aPartnersPeopleReachNamedFoldersAlone() throws Exception {
        String theirs = sample.folder(sample.root, "theirs");
        String below = sample.folder(theirs, "below");
        String others = sample.folder(sample.root, "others");
        Caller paul = sample.user("paul");
        sample.entry(sample.root, paul.userId(), Permission.TERMINAL, Effect.ALLOW);
        sample.entry(sample.root, paul.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        assertThat(allows(paul, Permission.TERMINAL, others)).isTrue();
        ProviderView made = create(partner(theirs));
        vouch(made, paul);
        assertThat(allows(paul, Permission.TERMINAL, below)).isTrue();
        assertThat(allows(paul, Permission.TERMINAL, theirs)).isTrue();
        assertThat(allows(paul, Permission.TERMINAL, others)).isFalse();
        assertThat(allows(paul, Permission.TERMINAL, sample.root)).isFalse();
        assertThat(domain.transactions.inNew(() ->
                        authorization.permissions(paul, Set.of(others, below)).keySet()))
                .containsExactly(below);
        assertThat(domain.transactions.inNew(() -> authorization
                        .explain(sample.id, paul.userId(), Permission.TERMINAL, others)
                        .orElseThrow()
                        .granted()))
                .isFalse();
        domain.clock.advance(Duration.ofDays(31));
        assertThat(allows(paul, Permission.TERMINAL, below)).isFalse();
        assertThat(domain.transactions.inNew(() -> authorization.anywhere(paul)))
                .isEmpty();
        // the company's own provider vouching later opens nothing
        vouch(create(oidc(SECRET)), paul);
        assertThat(allows(paul, Permission.TERMINAL, others)).isFalse();
    }

    /** What they give does not outlast them, nor do they make accounts that would. */
    @Test
    void aPartnersPeopleGiveNothingThatOutlastsThem() throws Exception {
        String theirs = sample.folder(sample.root, "theirs");
        Caller paul = sample.user("paul");
        for (Permission each : List.of(Permission.TERMINAL, Permission.MANAGE_USERS, Permission.SEE_RESOURCES)) {
            sample.entry(theirs, paul.userId(), each, Effect.ALLOW);
        }
        domain.transactions.run(() -> domain.sql
                .in(sample.id)
                .statement("update acl_entry set delegable = true where domain_id = :domain")
                .update());
        domain.transactions.run(() -> domain.get(RightsVersion.class).changed(sample.id));
        Delegation delegation = domain.get(Delegation.class);
        assertThat(mayPass(delegation, paul, theirs, Validity.ALWAYS)).isTrue();
        vouch(create(partner(theirs)), paul);
        Instant end = domain.clock.instant().plus(Duration.ofDays(30));
        assertThat(mayPass(delegation, paul, theirs, Validity.ALWAYS)).isFalse();
        assertThat(mayPass(delegation, paul, theirs, new Validity(null, end.plusSeconds(1), null)))
                .isFalse();
        assertThat(mayPass(delegation, paul, theirs, new Validity(null, end, null)))
                .isTrue();
        assertThat(domain.transactions.inNew(
                        () -> delegation.passable(paul, Set.of(Permission.TERMINAL), List.of(theirs))))
                .isEqualTo(Map.of(theirs, Set.of()));
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() ->
                        domain.transactions.inNew(() -> domain.get(Users.class).create(paul, theirs, "paula")))
                .matches(e -> e.problem() == Problem.FORBIDDEN)
                .withMessageContaining("partner organisation");
        Path file = Files.writeString(
                Files.createTempFile(Path.of("target"), "import", ""), "kind,name,path\nuser,paula,/theirs");
        Imports imports = domain.get(Imports.class);
        ImportView begun =
                domain.transactions.inNew(() -> imports.start(paul, new ImportRequest(Format.CSV, false, false), file));
        assertThat(imports.find(paul, begun.id()).problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.reason()).contains("partner organisation"));
    }

    @Test
    void aPartnersApproverGivesNothingThatOutlastsHim() throws Exception {
        String theirs = sample.folder(sample.root, "theirs");
        Caller paul = sample.user("paul");
        Caller anna = sample.user("anna");
        for (Caller each : List.of(paul, anna)) {
            sample.entry(theirs, each.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        }
        sample.entry(theirs, paul.userId(), Permission.APPROVE_ACCESS, Effect.ALLOW);
        vouch(create(partner(theirs)), paul);
        domain.clock.advance(Duration.ofDays(15));
        AccessRequests requests = domain.get(AccessRequests.class);
        Instant after = domain.clock.instant().plus(Duration.ofDays(20));
        RequestView asked = domain.transactions.inNew(
                () -> requests.create(anna, theirs, Set.of(Permission.TERMINAL), "the pump\n\u202Eleaks", after));
        assertThat(asked.reason()).isEqualTo("the pump leaks");
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> domain.transactions.inNew(() -> requests.approve(paul, asked.id(), null)))
                .matches(e -> e.problem() == Problem.INVALID);
        domain.transactions.inNew(
                () -> requests.approve(paul, asked.id(), domain.clock.instant().plus(Duration.ofDays(10))));
        assertThat(allows(anna, Permission.TERMINAL, theirs)).isTrue();
    }

    /** He would come again by another reference. */
    @Test
    void whoMayNotDenyDeletesNobodyWhoIsDeniedSomethingAndComesAgain() throws Exception {
        String plant = sample.folder(sample.root, "plant");
        Caller admin = sample.user("admin");
        for (Permission permission : Permission.values()) {
            sample.delegable(plant, admin.userId(), permission);
        }
        Caller luigi = sample.user("luigi");
        domain.transactions.run(() -> domain.sql
                .in(sample.id)
                .statement("update resource set parent_id = :plant where domain_id = :domain and id = :id")
                .set("plant", plant)
                .set("id", luigi.userId())
                .update());
        domain.transactions.run(() -> domain.get(RightsVersion.class).changed(sample.id));
        vouch(create(oidc(SECRET)), luigi);
        sample.entry(sample.root, luigi.userId(), Permission.TERMINAL, Effect.DENY);
        Users people = domain.get(Users.class);
        long revision = domain.transactions.inNew(
                () -> people.user(owner, luigi.userId()).revision());
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> domain.transactions.run(() -> people.delete(admin, luigi.userId(), revision)))
                .matches(e -> e.problem() == Problem.DELEGATION);
        domain.transactions.run(() -> people.delete(owner, luigi.userId(), revision));
    }

    @Test
    void aPartnerIsNotTheWholeDomainAndStaysAPartner() throws Exception {
        refused(Problem.INVALID, owner, partner(sample.root));
        refused(Problem.INVALID, owner, partner(new Sample(domain).root));
        ProviderView made = create(partner(sample.folder(sample.root, "theirs")));
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> change(
                        made,
                        new ProviderChange(
                                "Partner", true, new Oidc(issuer, "bascule", "groups"), null, List.of(), null)))
                .matches(e -> e.problem() == Problem.INVALID);
    }

    @Test
    void aPartnersNamesAreNotThoseForWhomRightsWerePrepared() throws Exception {
        ProviderView company = create(oidc(SECRET));
        ProviderView partner = create(partner(sample.folder(sample.root, "theirs")));
        CorporateSignIns signIns = domain.get(CorporateSignIns.class);
        assertThat(domain.transactions.inNew(() -> signIns.isTrustedWithNames(sample.id, company.id())))
                .isTrue();
        assertThat(domain.transactions.inNew(() -> signIns.isTrustedWithNames(sample.id, partner.id())))
                .isFalse();
        String awaited = domain.ids.next();
        domain.transactions.run(() -> {
            domain.sql
                    .in(sample.id)
                    .statement("insert into resource (id, domain_id, parent_id, kind, name, created)"
                            + " values (:id, :domain, :root, 'user', 'berta', :now)")
                    .set("id", awaited)
                    .set("root", sample.root)
                    .set("now", domain.clock.instant())
                    .update();
            domain.sql
                    .in(sample.id)
                    .statement("insert into user_ref (id, domain_id, pending_name) values (:id, :domain, 'berta')")
                    .set("id", awaited)
                    .update();
        });
        String realm = domain.settings.issuerOf(sample.name);
        String subject = UUID.randomUUID().toString();
        Caller theirs = domain.transactions.inNew(() -> domain.get(Identities.class)
                .signIn(new SignIn(realm, subject, "berta", "192.0.2.7", null, null, false, null)));
        assertThat(theirs.userId()).isEqualTo(subject);
        Caller ours = domain.transactions.inNew(() -> domain.get(Identities.class)
                .signIn(new SignIn(realm, UUID.randomUUID().toString(), "berta", "192.0.2.7", null, null)));
        assertThat(ours.userId()).isEqualTo(awaited);
    }

    /** What a partner's people were given was given within the partner's limit. */
    @Test
    void whoCameWithAPartnerThatIsRemovedKeepsNoRights() throws Exception {
        String theirs = sample.folder(sample.root, "theirs");
        Caller paul = sample.user("paul");
        ProviderView made = create(partner(theirs));
        vouch(made, paul);
        sample.entry(sample.root, paul.userId(), Permission.TERMINAL, Effect.ALLOW);
        sample.entry(sample.root, sample.group(paul.userId()), Permission.SEE_RESOURCES, Effect.ALLOW);
        domain.transactions.run(() -> providers.delete(owner, made.id(), made.revision()));
        domain.sql
                .in(sample.id)
                .statement("update user_ref set enabled = true where domain_id = :domain and id = :id")
                .set("id", paul.userId())
                .update();
        assertThat(groupsOf(paul)).isEmpty();
        assertThat(allows(paul, Permission.TERMINAL, theirs)).isFalse();
        assertThat(allows(paul, Permission.SEE_RESOURCES, sample.root)).isFalse();
        assertThat(sample.audited("permission.remove")).hasSize(1);
        assertThat(sample.audited("group.remove-member")).hasSize(1);
    }
}
