package org.bascule.domain.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Optional;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.relay.FixedRelays;
import org.bascule.domain.sessionpolicy.SessionPolicies;
import org.bascule.domain.sessionpolicy.SessionPolicy;
import org.bascule.wire.ticket.Consent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Session policies and fixed relays in a file. The test's configuration has the relays r1 and r2. */
class ImportPolicyTest extends Importing {

    private static final String POLICY = "kind,action,resource,consent,reasonRequired,fullLog,timeoutSeconds";
    private static final String RELAY = "kind,action,resource,relay";
    private static final SessionPolicy ASKED =
            new SessionPolicy(Optional.of(Consent.DEVICE), true, false, SessionPolicy.DEFAULT.timeoutSeconds());

    private final String plant = folder(sample.root, "plant");
    private final String pump = sample.device(plant, "pump");
    private final Caller admin = sample.user("admin");

    private SessionPolicy policy(String id) {
        return domain.get(SessionPolicies.class).of(sample.id, id);
    }

    private void set(String id, @Nullable SessionPolicy policy) {
        try {
            domain.transactions.run(() -> domain.get(SessionPolicies.class).put(owner, id, version(id), policy));
        } catch (RefusedException e) {
            throw new IllegalStateException(e);
        }
    }

    private long version(String id) {
        return domain.sql
                .in(sample.id)
                .statement("select version from resource where domain_id = :domain and id = :id")
                .set("id", id)
                .number();
    }

    private Optional<String> relay(Caller user) {
        return domain.get(FixedRelays.class).of(sample.id, pump, user.userId());
    }

    private void grant(String resource, Permission... permissions) {
        for (Permission permission : permissions) {
            sample.entry(resource, admin.userId(), permission, Effect.ALLOW);
        }
    }

    @Test
    void policiesAreSetChangedInPartsAndTakenBack() throws RefusedException {
        assertThat(csv(
                                owner,
                                POLICY,
                                "session-policy,,folder:/plant,device,true,,",
                                "session-policy,,device:" + pump + ",approver,,true,30")
                        .counts())
                .isEqualTo(new ImportView.Counts(2, 0, 0, 0, 0, 0));
        assertThat(policy(plant)).isEqualTo(ASKED);
        assertThat(policy(pump)).isEqualTo(new SessionPolicy(Optional.of(Consent.APPROVER), false, true, 30));
        assertThat(audited("session-policy.set")).hasSize(2).first().satisfies(text -> assertThat(text)
                .startsWith("success ")
                .contains("\"consent\":{\"before\":null,\"after\":\"device\"}")
                .contains("\"timeoutSeconds\":{\"before\":null,\"after\":\"60\"}"));
        long before = version(pump);

        ImportView part = csv(owner, "kind,resource,timeoutSeconds", "session-policy,device:" + pump + ",45");
        assertThat(part.counts()).isEqualTo(new ImportView.Counts(0, 1, 0, 0, 0, 0));
        assertThat(changes(owner, part)).singleElement().satisfies(change -> {
            assertThat(change.path()).isEqualTo("device:" + pump);
            assertThat(change.detail()).isEqualTo("timeoutSeconds: '30' → '45'");
        });
        assertThat(policy(pump)).isEqualTo(new SessionPolicy(Optional.of(Consent.APPROVER), false, true, 45));
        assertThat(version(pump))
                .as("whoever looks at the old one does not overwrite it")
                .isEqualTo(before + 1);

        csv(owner, POLICY, "session-policy,,device:" + pump + ",,,,");
        assertThat(policy(pump)).as("emptied").isEqualTo(SessionPolicy.DEFAULT);
        ImportView gone = csv(owner, POLICY, "session-policy,delete,device:" + pump + ",,,,");
        assertThat(gone.counts()).isEqualTo(new ImportView.Counts(0, 0, 0, 1, 0, 0));
        assertThat(policy(pump)).as("that of the folder").isEqualTo(ASKED);
        assertThat(csv(owner, POLICY, "session-policy,delete,device:" + pump + ",,,,")
                        .counts()
                        .unchanged())
                .isEqualTo(1);
    }

    @Test
    void relaysAreSetForFoldersDevicesAndUsersAndTakenBack() throws RefusedException {
        assertThat(csv(owner, RELAY, "fixed-relay,,user:admin,r2", "fixed-relay,,folder:/,r1")
                        .counts()
                        .created())
                .isEqualTo(2);
        assertThat(relay(admin)).contains("r1");
        csv(owner, RELAY, "fixed-relay,,device:" + pump + ",r2", "fixed-relay,delete,folder:/,");
        assertThat(relay(owner)).contains("r2");
        csv(owner, RELAY, "fixed-relay,delete,device:" + pump + ",");
        assertThat(relay(owner)).isEmpty();
        assertThat(relay(admin)).as("his own").contains("r2");
        assertThat(audited("relay.fix")).hasSize(5).last().satisfies(text -> assertThat(text)
                .isEqualTo("success {\"relay\":{\"before\":\"r2\",\"after\":null}}"));
    }

    @Test
    void relayThatIsGoneStaysWhereItIsSet() throws RefusedException {
        update("insert into fixed_relay (resource_id, domain_id, relay) values (:id, :domain, 'old')", pump);
        assertThat(csv(owner, RELAY, "fixed-relay,,device:" + pump + ",old")
                        .counts()
                        .unchanged())
                .isEqualTo(1);
        assertThat(csv(owner, RELAY, "fixed-relay,,folder:/plant,old").problems())
                .containsExactly(new ImportProblem(2, "relay", "There is no relay of this name."));
    }

    @Test
    void whatTheSameFileMakesGetsPoliciesAndRelays() throws RefusedException {
        ImportView view = csv(
                owner,
                "kind,path,name,resource,consent,relay",
                "folder,/new,,,,",
                "user,/new,carla,,,",
                "session-policy,,,folder:/new,approver,",
                "fixed-relay,,,folder:/new,,r1",
                "fixed-relay,,,user:carla,,r2");
        assertThat(view.problems()).isEmpty();
        assertThat(view.counts().created()).isEqualTo(5);
        assertThat(policy(id("folder", "new")).consent()).contains(Consent.APPROVER);
        assertThat(domain.get(FixedRelays.class).of(sample.id, pump, id("user", "carla")))
                .contains("r2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "folder:/plant | sometimes | ''  | ''  | ''  | consent        | Consent is 'never', 'device' or 'approver'.",
                "folder:/plant | device    | yes | ''  | ''  | reasonRequired | This is neither true nor false.",
                "folder:/plant | device    | ''  | ''  | 9   | timeoutSeconds | A question waits 10 to 300 seconds for its answer.",
                "folder:/plant | device    | ''  | ''  | 301 | timeoutSeconds | A question waits 10 to 300 seconds for its answer.",
                "folder:/none  | device    | ''  | ''  | ''  | resource       | There is no folder '/none', or more than one.",
                "device:none   | device    | ''  | ''  | ''  | resource       | There is no such device.",
                "user:admin    | device    | ''  | ''  | ''  | resource       | A session policy is set for a folder or a device.",
                "''            | device    | ''  | ''  | ''  | resource       | This must not be empty."
            })
    void policyThatIsNoneIsRefused(
            String resource, String consent, String reason, String log, String timeout, String column, String said)
            throws RefusedException {
        assertThat(csv(owner, POLICY, "session-policy,," + String.join(",", resource, consent, reason, log, timeout))
                        .problems())
                .containsExactly(new ImportProblem(2, column, said));
        assertThat(policy(plant)).isEqualTo(SessionPolicy.DEFAULT);
    }

    @Test
    void oneThingIsNamedOnceAndAGroupHasNoRelay() throws RefusedException {
        update("update resource set name = 'team' where domain_id = :domain and id = :id", sample.group());
        assertThat(csv(
                                owner,
                                RELAY,
                                "fixed-relay,,group:/team,r1",
                                "fixed-relay,,folder:/plant,",
                                "fixed-relay,,folder:/,r1",
                                "fixed-relay,delete,folder:/,")
                        .problems())
                .containsExactly(
                        new ImportProblem(2, "resource", "A relay is set for a folder, a device or a user."),
                        new ImportProblem(3, "relay", "This must not be empty."),
                        new ImportProblem(5, "resource", Draft.TWICE));
    }

    @Test
    void policyNeedsItsOwnPermissionWhereItIsSet() throws RefusedException {
        set(plant, ASKED);
        grant(
                sample.root,
                Permission.SEE_RESOURCES,
                Permission.MANAGE_FOLDERS,
                Permission.MANAGE_PERMISSIONS,
                Permission.CONFIGURE_DEVICES);
        grant(pump, Permission.SET_CONSENT_POLICY);
        ImportProblem missing =
                new ImportProblem(2, "", "You do not have the permission 'set-consent-policy' for this.");
        for (String line : List.of(
                "session-policy,,folder:/plant,never,,,",
                "session-policy,delete,folder:/plant,,,,",
                "session-policy,,folder:/,device,,,")) {
            assertThat(csv(admin, POLICY, line).problems()).as(line).containsExactly(missing);
        }
        assertThat(policy(plant)).isEqualTo(ASKED);
        assertThat(csv(admin, POLICY, "session-policy,,folder:/plant,device,true,,60")
                        .counts()
                        .unchanged())
                .as("what is there already needs none")
                .isEqualTo(1);
        assertThat(csv(admin, POLICY, "session-policy,,device:" + pump + ",never,,,")
                        .problems())
                .isEmpty();
        assertThat(policy(pump)).isEqualTo(SessionPolicy.DEFAULT);
        assertThat(csv(
                                admin,
                                "kind,path,resource,consent",
                                "folder,/plant/new,,",
                                "session-policy,,folder:/plant/new,device")
                        .problems())
                .as("a new folder has the rights of the one that it is in")
                .containsExactly(
                        new ImportProblem(3, "", "You do not have the permission 'set-consent-policy' for this."));
    }

    @Test
    void relayNeedsWhatItsSingleChangeNeeds() throws RefusedException {
        grant(sample.root, Permission.SEE_RESOURCES, Permission.SEE_USERS, Permission.MANAGE_FOLDERS);
        assertThat(csv(admin, RELAY, "fixed-relay,,folder:/plant,r1", "fixed-relay,,user:owner,r1")
                        .problems())
                .containsExactly(
                        new ImportProblem(2, "", "You do not have the permission 'configure-devices' for this."),
                        new ImportProblem(3, "", "You do not have the permission 'manage-users' for this."));
        grant(plant, Permission.CONFIGURE_DEVICES);
        assertThat(csv(admin, RELAY, "fixed-relay,,folder:/plant,r1").problems())
                .isEmpty();
        grant(sample.root, Permission.MANAGE_USERS);
        assertThat(csv(admin, RELAY, "fixed-relay,,user:owner,r1").problems()).isEmpty();
    }

    @Test
    void whatIsNotSeenIsNeitherExportedNorFound() throws RefusedException {
        String hidden = folder(sample.root, "hidden");
        set(hidden, ASKED);
        set(pump, ASKED);
        update("insert into fixed_relay (resource_id, domain_id, relay) values (:id, :domain, 'r1')", hidden);
        update("insert into fixed_relay (resource_id, domain_id, relay) values (:id, :domain, 'r2')", owner.userId());
        grant(plant, Permission.SEE_RESOURCES, Permission.SET_CONSENT_POLICY);
        assertThat(export(admin, Format.CSV).lines().filter(line -> line.matches("(session-policy|fixed-relay),.*")))
                .singleElement()
                .matches(line -> line.contains("device:" + pump) && line.contains("device,true,false,60"));
        assertThat(export(owner, Format.CSV).lines().filter(line -> line.matches("(session-policy|fixed-relay),.*")))
                .hasSize(4);
        assertThat(csv(admin, POLICY, "session-policy,,folder:/hidden,never,,,").problems())
                .containsExactly(new ImportProblem(2, "resource", "There is no folder '/hidden', or more than one."));
    }

    /** Two lines cannot do what one change may not. */
    @Test
    void movesAreJudgedByThePoliciesThatTheFileLeaves() throws RefusedException {
        String other = folder(sample.root, "other");
        set(plant, ASKED);
        set(other, ASKED);
        for (String place : List.of(pump, other)) {
            for (Permission permission : Permission.values()) {
                domain.transactions.run(() -> sample.delegable(place, admin.userId(), permission));
            }
        }
        String head = "kind,action,id,path,resource,consent,reasonRequired";
        String move = "device,,%s,/other/pump,,,".formatted(pump);
        ImportProblem leaves = new ImportProblem(
                2,
                "path",
                "What is demanded there now, by contract or session policy, can only be left by who may lift it where it is set.");
        assertThat(csv(admin, head, move, "session-policy,delete,,,folder:/other,,")
                        .problems())
                .as("what asks there now is to go")
                .containsExactly(leaves);
        assertThat(csv(admin, head, move, "session-policy,,,,folder:/other,approver,true")
                        .problems())
                .as("less")
                .containsExactly(leaves);
        set(other, null);
        assertThat(csv(admin, head, move).problems()).containsExactly(leaves);
        assertThat(csv(admin, head, move, "session-policy,,,,folder:/other,device,true")
                        .problems())
                .as("the file asks for as much there")
                .isEmpty();
        assertThat(policy(pump)).isEqualTo(ASKED);
    }

    @Test
    void policyThatSomebodyElseSetsMeanwhileStays() throws RefusedException {
        SessionPolicy theirs = new SessionPolicy(Optional.of(Consent.APPROVER), true, true, 20);
        beforeWriting(() -> set(plant, theirs));
        ImportView view = csv(owner, POLICY, "session-policy,,folder:/plant,never,,,");
        assertThat(view.problems())
                .containsExactly(new ImportProblem(
                        0, "", "The directory was changed while the import was prepared. Start it again."));
        assertThat(policy(plant)).isEqualTo(theirs);
    }

    @Test
    void whoSetsPoliciesMayImportAndProvesTheFactorThatTheDomainWants() throws RefusedException {
        grant(sample.root, Permission.SEE_RESOURCES);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> imports.requireAnyRight(admin))
                .matches(e -> e.problem() == Problem.FORBIDDEN);
        grant(plant, Permission.SET_CONSENT_POLICY);
        imports.requireAnyRight(admin);
        domain.transactions.run(() -> {
            domain.sql
                    .in(sample.id)
                    .statement("insert into sign_in_setting (domain_id, fresh_permissions) values (:domain, :codes)")
                    .set("codes", "set-consent-policy")
                    .update();
            domain.get(RightsVersion.class).changed(sample.id);
        });
        String line = "session-policy,,folder:/plant,device,,,";
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> csv(admin.by(new Credential("c", null, null)), POLICY, line))
                .matches(e -> e.problem() == Problem.FACTOR_NOT_FRESH);
        assertThat(csv(admin.by(new Credential("c", domain.clock.instant(), null)), POLICY, line)
                        .problems())
                .isEmpty();
    }
}
