package org.bascule.domain.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bascule.domain.access.AccessEntries;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Entries;
import org.bascule.domain.acl.Entry;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Preset;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.acl.Validity;
import org.bascule.domain.contract.Contract;
import org.bascule.domain.contract.Contracts;
import org.bascule.domain.directory.BulkChange;
import org.bascule.domain.directory.BulkChanges;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.sessionpolicy.SessionPolicies;
import org.bascule.domain.sessionpolicy.SessionPolicy;
import org.bascule.domain.testing.Sample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An import does nothing that its user could not do step by step, and tells him nothing that he could not see. */
class ImportRightsTest extends Importing {

    private static final String NO_OWNER =
            "After this no owner who can sign in could manage users and permissions of the whole domain any more.";
    private static final String NOT_YOURS =
            "You may only set entries about permissions that you hold there yourself, may pass on, and hold for as long.";

    private void delegable(Sample of, Caller to, Permission permission) {
        domain.transactions.run(() -> domain.get(Entries.class)
                .add(of.id, of.root, to.userId(), permission, Effect.ALLOW, Validity.ALWAYS, true, Entry.Origin.ENTRY));
    }

    @Test
    void deviceOfAnotherDomainIsAnUnknownOne() throws RefusedException {
        Sample other = new Sample(domain);
        String stranger = other.device(other.root, "stranger");
        assertThat(csv(owner, "kind,id,path", "device," + stranger + ",/mine").problems())
                .extracting(ImportProblem::column)
                .containsExactly("id");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "folder,/below/new,,,,,,,        | manage-folders",
                "device,,ID,root,,,,,            | configure-devices",
                "device,,ID,,,,,,true             | configure-devices",
                "contract,/below,,,C-1,,,,       | manage-permissions",
                "group,/below/team,,,,,,,        | manage-users"
            })
    void everyLineNeedsWhatTheSingleChangeNeeds(String line, String permission) throws RefusedException {
        String below = folder(sample.root, "below");
        String device = sample.device(below, "pump");
        Caller user = sample.user("u");
        sample.entry(below, user.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        sample.entry(below, user.userId(), Permission.SEE_USERS, Effect.ALLOW);
        String[] text = {"kind,path,id,account,reference,group,member,name,assistance", line.replace("ID", device)};
        assertThat(csv(user, text).problems()).singleElement().satisfies(problem -> assertThat(problem.reason())
                .isEqualTo("You do not have the permission '%s' for this.".formatted(permission)));
        sample.entry(below, user.userId(), Permission.ofCode(permission).orElseThrow(), Effect.ALLOW);
        assertThat(csv(user, text).state()).isEqualTo("done");
    }

    @Test
    void importGivesNobodyWhatTheImporterMayNotPassOn() throws RefusedException {
        Caller admin = sample.user("admin");
        Caller friend = sample.user("friend");
        for (Permission permission : List.of(
                Permission.SEE_RESOURCES,
                Permission.SEE_USERS,
                Permission.MANAGE_USERS,
                Permission.MANAGE_PERMISSIONS,
                Permission.TERMINAL)) {
            sample.entry(sample.root, admin.userId(), permission, Effect.ALLOW);
        }
        delegable(sample, admin, Permission.VIEW_DESKTOP);
        String strong = sample.group();
        sample.entry(sample.root, strong, Permission.POWER, Effect.ALLOW);
        String head = "kind,resource,principal,permission,effect,group,member,path";
        for (String permission : List.of("terminal", "power")) {
            assertThat(csv(admin, head, "entry,folder:/,user:friend," + permission + ",allow,,,")
                            .problems())
                    .containsExactly(new ImportProblem(2, "permission", NOT_YOURS));
        }
        assertThat(csv(admin, head, "member,,,,,group:/" + strong + ",user:friend,")
                        .problems())
                .extracting(ImportProblem::reason)
                .containsExactly("This membership would give 'power', which you may not pass on where it is given.");
        assertThat(csv(
                                admin,
                                head,
                                "group,,,,,,,/new",
                                "entry,folder:/,group:/new,view-desktop,allow,,,",
                                "member,,,,,group:/new,user:friend,")
                        .state())
                .isEqualTo("done");
        assertThat(domain.get(Authorization.class).allows(friend, Permission.VIEW_DESKTOP, sample.root))
                .isTrue();
        assertThat(domain.get(Authorization.class).allows(friend, Permission.TERMINAL, sample.root))
                .isFalse();
    }

    @Test
    void fileCannotGiveItsImporterTheRightToGoOn() throws RefusedException {
        Caller admin = sample.user("admin");
        for (Permission permission :
                List.of(Permission.SEE_RESOURCES, Permission.SEE_USERS, Permission.MANAGE_PERMISSIONS)) {
            delegable(sample, admin, permission);
        }
        ImportView view = csv(
                admin,
                "kind,resource,principal,permission,effect,path",
                "entry,folder:/,user:admin,manage-folders,allow,",
                "folder,,,,,/new");
        assertThat(view.problems()).hasSize(2);
    }

    @Test
    void whatIsNotSeenIsNotThereForALine() throws RefusedException {
        String hidden = folder(sample.root, "hidden");
        String shown = folder(sample.root, "shown");
        Caller user = sample.user("u");
        for (Permission permission :
                List.of(Permission.SEE_RESOURCES, Permission.MANAGE_FOLDERS, Permission.MANAGE_PERMISSIONS)) {
            sample.entry(shown, user.userId(), permission, Effect.ALLOW);
        }
        assertThat(export(user, Format.CSV))
                .contains("/shown")
                .doesNotContain("hidden")
                .doesNotContain("owner");
        assertThat(csv(user, "kind,id,path", "folder," + hidden + ",/hidden", "folder,,/hidden/x")
                        .problems())
                .extracting(ImportProblem::line)
                .containsExactlyInAnyOrder(2L, 3L);
        assertThat(csv(user, "kind,id,path,description", "folder,,/shown,mine", "folder,,/shown/x,")
                        .state())
                .isEqualTo("done");
        assertThat(closure()).isEqualTo(closureByParents());
    }

    @Test
    void lastOwnerStays() throws RefusedException {
        String owners = sample.group(owner.userId());
        update("update user_group set built_in = true where domain_id = :domain and id = :id", owners);
        update("update resource set name = 'Owners' where domain_id = :domain and id = :id", owners);
        ImportView view = csv(owner, "kind,action,group,member", "member,delete,group:/Owners,user:owner");
        assertThat(view.problems()).containsExactly(new ImportProblem(0, "", NO_OWNER));
        assertThat(export(owner, Format.CSV)).contains("group:/Owners,user:owner");
        assertThat(run(
                                owner,
                                new ImportRequest(Format.CSV, true, false),
                                "kind,action,group,member\nmember,delete,group:/Owners,user:owner")
                        .problems())
                .as("a dry run knows")
                .containsExactly(new ImportProblem(0, "", NO_OWNER));
    }

    @Test
    void whatOwnersMayPassOnStays() throws RefusedException {
        Caller admin = sample.user("admin");
        sample.everything(admin.userId());
        sample.builtIn(Preset.OWNERS, owner.userId());
        ImportProblem lost = new ImportProblem(
                0, "", "After this no owner who can sign in could pass on 'Terminal' in the whole domain any more.");
        String head = "kind,resource,principal,permission,effect,delegable";
        assertThat(csv(admin, head, "entry,folder:/,user:owner,terminal,deny,").problems())
                .containsExactly(lost);
        assertThat(csv(admin, head, "entry,folder:/,group:/Owners,terminal,deny,true")
                        .state())
                .as("what an owner is given himself decides before what the group is denied")
                .isEqualTo("done");
        assertThat(csv(admin, head, "entry,folder:/,user:owner,see-users,deny,").problems())
                .containsExactly(new ImportProblem(0, "", NO_OWNER));
        assertThat(csv(admin, head, "entry,folder:/,user:owner,terminal,deny,").problems())
                .containsExactly(lost);
    }

    @Test
    void movesNeedWhatTheyGive() throws RefusedException {
        String from = folder(sample.root, "from");
        String into = folder(sample.root, "into");
        String device = sample.device(from, "pump");
        Caller admin = sample.user("admin");
        for (Permission permission : List.of(
                Permission.SEE_RESOURCES,
                Permission.SEE_USERS,
                Permission.MANAGE_PERMISSIONS,
                Permission.MANAGE_FOLDERS,
                Permission.INSTALL_DEVICES,
                Permission.CONFIGURE_DEVICES)) {
            domain.transactions.run(() -> sample.delegable(sample.root, admin.userId(), permission));
        }
        domain.transactions.run(() -> sample.delegable(into, admin.userId(), Permission.TERMINAL));
        ImportProblem missing =
                new ImportProblem(2, "path", "By this somebody may gain 'terminal', which you may not pass on here.");
        assertThat(csv(admin, "kind,id,path", "device," + device + ",/into/pump")
                        .problems())
                .containsExactly(missing);
        String other = folder(sample.root, "other");
        assertThat(csv(admin, "kind,id,path", "device," + device + ",/other/pump")
                        .state())
                .isEqualTo("done");
        assertThat(csv(
                                admin,
                                "kind,id,path,resource,principal,permission,effect",
                                "folder," + other + ",/into/other,,,,")
                        .problems())
                .as("with a folder that is moved")
                .containsExactly(missing);
        assertThat(csv(
                                admin,
                                "kind,id,path,resource,principal,permission,effect",
                                "device," + device + ",/into/new/pump,,,,",
                                "folder,,/into/new,,,,",
                                "entry,,,folder:/into/new,user:admin,terminal,allow")
                        .problems())
                .as("with an entry of the same file")
                .containsExactly(missing);
        assertThat(domain.get(Authorization.class).allows(admin, Permission.TERMINAL, device))
                .isFalse();
    }

    @Test
    void joiningInheritanceGivesNobodyWhatTheImporterMayNotPassOn() throws RefusedException {
        String device = sample.device(sample.root, "pump");
        Caller admin = sample.user("admin");
        for (Permission permission : List.of(Permission.SEE_RESOURCES, Permission.MANAGE_PERMISSIONS)) {
            domain.transactions.run(() -> sample.delegable(sample.root, admin.userId(), permission));
            domain.transactions.run(() -> sample.delegable(device, admin.userId(), permission));
        }
        domain.transactions.run(() -> sample.inherit(device, false));
        assertThat(csv(admin, "kind,id,inherit", "device," + device + ",true").problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.reason())
                        .startsWith("By this somebody may gain '")
                        .endsWith("', which you may not pass on here."));
        assertThat(csv(owner, "kind,id,inherit", "device," + device + ",true").problems())
                .as("the owner does not even see it: it inherits nothing")
                .extracting(ImportProblem::column)
                .containsExactly("id");
    }

    @Test
    void deviceDoesNotLeaveAContractThatTheImporterMayNotLift() throws RefusedException {
        String bound = folder(sample.root, "bound");
        String inner = folder(bound, "inner");
        folder(inner, "other");
        String device = sample.device(inner, "pump");
        domain.transactions.run(() -> domain.get(Contracts.class)
                .put(owner, bound, 0, new Contract("C-1", "", null, null, "", true, List.of())));
        Caller admin = sample.user("admin");
        folder(sample.root, "free");
        for (String where : List.of(inner, id("folder", "free"))) {
            for (Permission permission : Permission.values()) {
                domain.transactions.run(() -> sample.delegable(where, admin.userId(), permission));
            }
        }
        assertThat(csv(admin, "kind,id,path", "device," + device + ",/inner/other/pump")
                        .state())
                .isEqualTo("done");
        assertThat(csv(admin, "kind,id,path", "device," + device + ",/free/pump")
                        .problems())
                .containsExactly(
                        new ImportProblem(
                                2,
                                "path",
                                "What is demanded there now, by contract or session policy, can only be left by who may lift it where it is set."));
    }

    @Test
    void deviceDoesNotLeaveASessionPolicyThatTheImporterMayNotSet() throws RefusedException {
        String bound = folder(sample.root, "bound");
        String inner = folder(bound, "inner");
        String free = folder(sample.root, "free");
        String device = sample.device(inner, "pump");
        SessionPolicies policies = domain.get(SessionPolicies.class);
        long revision = policies.read(owner, bound).revision();
        domain.transactions.run(
                () -> policies.put(owner, bound, revision, new SessionPolicy(Optional.empty(), true, false, 60)));
        Caller admin = sample.user("admin");
        for (String where : List.of(inner, free)) {
            for (Permission permission : Permission.values()) {
                domain.transactions.run(() -> sample.delegable(where, admin.userId(), permission));
            }
        }
        String moved = "device," + device + ",/free/pump";
        assertThat(csv(admin, "kind,id,path", moved).problems())
                .containsExactly(
                        new ImportProblem(
                                2,
                                "path",
                                "What is demanded there now, by contract or session policy, can only be left by who may lift it where it is set."));
        domain.transactions.run(() -> sample.entry(bound, admin.userId(), Permission.SET_CONSENT_POLICY, Effect.ALLOW));
        assertThat(csv(admin, "kind,id,path", moved).problems()).isEmpty();
        assertThat(audited("device.move"))
                .as("the whole path, also what the importer does not see")
                .singleElement()
                .satisfies(text -> assertThat(text)
                        .contains("\"folder\":{\"before\":\"/bound/inner\",\"after\":\"/free\"}")
                        .contains("\"folderId\":{\"before\":\"" + inner + "\",\"after\":\"" + free + "\"}"));
    }

    @Test
    void folderThatInheritsNothingKeepsAManager() throws RefusedException {
        String head = "kind,path,inherit,resource,principal,permission,effect,delegable";
        assertThat(csv(owner, head, "folder,/A,false,,,,,").problems())
                .containsExactly(new ImportProblem(
                        0,
                        "",
                        "After this nobody could manage permissions of '/A'. Give somebody that permission there."));
        assertThat(csv(
                                owner,
                                head,
                                "folder,/A,false,,,,,",
                                "entry,,,folder:/A,user:owner,manage-permissions,allow,true")
                        .state())
                .isEqualTo("done");
        assertThat(audited("permission.inheritance")).hasSize(1);
    }

    @Test
    void nameThatSomethingHiddenHasIsRefused() throws RefusedException {
        String hidden = folder(sample.root, "A");
        Caller user = sample.user("u");
        for (Permission permission : List.of(Permission.SEE_RESOURCES, Permission.MANAGE_FOLDERS)) {
            sample.entry(sample.root, user.userId(), permission, Effect.ALLOW);
            sample.entry(hidden, user.userId(), permission, Effect.DENY);
        }
        assertThat(csv(user, "kind,path", "folder,/A").problems())
                .containsExactly(new ImportProblem(2, "path", "There is a folder of that name already."));
    }

    @Test
    void idsOfAnotherDomainMeanNothing() throws RefusedException {
        Sample other = new Sample(domain);
        other.owner();
        String folder = other.folder(other.root, "theirs");
        String user = other.user("stranger").userId();
        String group = other.group();
        String before = theirs(other);
        assertThat(csv(owner, "kind,id,path", "folder," + folder + ",/mine", "group," + group + ",/ours")
                        .counts()
                        .created())
                .as("new ones, with ids of their own")
                .isEqualTo(2);
        assertThat(csv(
                                owner,
                                "kind,resource,principal,permission,effect,group,member",
                                "entry,folder:/,user:" + user + ",terminal,allow,,",
                                "member,,,,,group:/ours,user:" + user,
                                "entry,device:" + folder + ",user:owner,terminal,allow,,")
                        .problems())
                .extracting(ImportProblem::line)
                .containsExactlyInAnyOrder(2L, 3L, 4L);
        assertThat(theirs(other)).isEqualTo(before);
    }

    private String theirs(Sample other) {
        return String.join(
                "\n",
                domain.sql
                        .in(other.id)
                        .statement("select concat_ws(' ', id, parent_id, name, version) from resource"
                                + " where domain_id = :domain order by id")
                        .list(row -> row.text(1)));
    }

    @Test
    void whoMayNotManagePermissionsFindsNoEntryByTrying() throws RefusedException {
        Caller user = sample.user("u");
        sample.entry(sample.root, user.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        sample.entry(sample.root, user.userId(), Permission.SEE_USERS, Effect.ALLOW);
        for (String permission : List.of("see-users", "terminal")) {
            assertThat(csv(
                                    user,
                                    "kind,resource,principal,effect,permission",
                                    "entry,folder:/,user:u,allow," + permission)
                            .problems())
                    .containsExactly(
                            new ImportProblem(2, "", "You do not have the permission 'manage-permissions' for this."));
        }
    }

    @Test
    void whoMayNotManageUsersFindsNoAwaitedNameByTrying() throws RefusedException {
        csv(owner, "kind,name", "user,Carla");
        Caller user = sample.user("u");
        sample.entry(sample.root, user.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        for (String name : List.of("Carla", "Doris")) {
            assertThat(csv(user, "kind,name", "user," + name).problems())
                    .containsExactly(
                            new ImportProblem(2, "", "You do not have the permission 'manage-users' for this."));
        }
    }

    @Test
    void folderDoesNotLeaveAContractWithOneOfItsOwn() throws RefusedException {
        String bound = folder(sample.root, "bound");
        String inner = folder(bound, "inner");
        String free = folder(sample.root, "free");
        Contract contract = new Contract("C-1", "", null, null, "", true, List.of());
        domain.transactions.run(() -> domain.get(Contracts.class).put(owner, bound, 0, contract));
        domain.transactions.run(() -> domain.get(Contracts.class).put(owner, inner, 0, contract));
        Caller admin = sample.user("admin");
        for (String where : List.of(inner, free)) {
            for (Permission permission : Permission.values()) {
                domain.transactions.run(() -> sample.delegable(where, admin.userId(), permission));
            }
        }
        assertThat(csv(admin, "kind,id,path", "folder," + inner + ",/free/inner")
                        .problems())
                .extracting(ImportProblem::reason)
                .containsExactly(
                        "What is demanded there now, by contract or session policy, can only be left by who may lift it where it is set.");
    }

    /** What asks for a second factor when it is done alone asks for it when it is done to many, or by a file. */
    @Test
    void noWayLeadsPastTheSecondFactorThatTheDomainWants() throws RefusedException {
        String folder = folder(sample.root, "A");
        String device = sample.device(folder, "d");
        domain.transactions.run(() -> {
            domain.sql
                    .in(sample.id)
                    .statement("insert into sign_in_setting (domain_id, fresh_permissions) values (:domain, :codes)")
                    .set("codes", "manage-permissions,configure-devices")
                    .update();
            domain.get(RightsVersion.class).changed(sample.id);
        });
        BulkChange tagging = BulkChange.checked(
                List.of(new BulkChange.Item(device, 0)), BulkChange.Action.TAG, null, List.of("t"), null);
        Caller without = owner.by(new Credential("c", null, null));
        for (ThrowingCallable work : List.<ThrowingCallable>of(
                () -> csv(without, "kind,id,path", "folder,,/B"),
                () -> domain.transactions.run(
                        () -> domain.get(AccessEntries.class).inherit(without, folder, 0, false)),
                () -> domain.transactions.inNew(
                        () -> domain.get(BulkChanges.class).change(without, tagging)))) {
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(work)
                    .matches(e -> e.problem() == Problem.FACTOR_NOT_FRESH);
        }
        Caller fresh = owner.by(new Credential("c", domain.clock.instant(), null));
        assertThat(csv(fresh, "kind,id,path", "folder,,/B").problems()).isEmpty();
        assertThat(domain.transactions
                        .inNew(() -> domain.get(BulkChanges.class).change(fresh, tagging))
                        .done())
                .containsExactly(device);
    }

    @Test
    void whoMayChangeNothingIsRefusedBeforeAFileIsTaken() throws RefusedException {
        Caller user = sample.user("u");
        sample.entry(sample.root, user.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> imports.requireAnyRight(user))
                .matches(e -> e.problem() == Problem.FORBIDDEN);
        sample.entry(folder(sample.root, "A"), user.userId(), Permission.MANAGE_FOLDERS, Effect.ALLOW);
        imports.requireAnyRight(user);
    }
}
