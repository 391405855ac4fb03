package org.bascule.domain.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.directory.Folders;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.identity.Limits;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.junit.jupiter.api.Test;

class CutOffsTest {

    private final TestDomain domain = new TestDomain().started();
    private final CutOffs cutOffs = domain.get(CutOffs.class);
    private final AccessEntries entries = domain.get(AccessEntries.class);
    private final Folders folders = domain.get(Folders.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();

    private static void refused(Problem problem, ThrowingCallable call) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(call)
                .matches(e -> e.problem() == problem, problem.code());
    }

    private List<CutOffs.CutOff> below(Caller caller, String folder) throws RefusedException {
        return cutOffs.below(caller, folder, Cursor.first(50)).items();
    }

    @Test
    void whoIsShutOutFindsTheFolderAndOpensItAgain() throws Exception {
        String north = sample.folder(sample.root, "north");
        String device = sample.device(north, "pump");
        Caller administrator = sample.user("folder administrator");
        for (Permission permission : List.of(Permission.SEE_RESOURCES, Permission.MANAGE_PERMISSIONS)) {
            sample.delegable(north, administrator.userId(), permission);
            sample.delegable(device, administrator.userId(), permission);
        }
        assertThat(below(owner, sample.root)).isEmpty();
        domain.transactions.run(() -> entries.inherit(administrator, north, 0, false));
        domain.transactions.run(() -> entries.inherit(administrator, device, 0, false));
        refused(Problem.NOT_FOUND, () -> folders.folder(owner, north));
        CutOffs.CutOff found = below(owner, sample.root).get(0);
        assertThat(below(owner, sample.root)).containsExactly(new CutOffs.CutOff(north, "north", "folder", 1));
        domain.transactions.run(() -> entries.inherit(owner, found.id(), found.version(), true));
        assertThat(folders.folder(owner, north).name()).isEqualTo("north");
        assertThat(below(owner, sample.root)).isEmpty();
        assertThat(below(owner, north)).containsExactly(new CutOffs.CutOff(device, "pump", "device", 1));
    }

    /** As the administrators of the operator's domain, whose owners operate the installation. */
    @Test
    void whoMayNotOperateTheInstallationOpensAgainWhatOthersOperate() throws Exception {
        String north = sample.folder(sample.root, "north");
        Caller administrator = sample.user("administrator");
        for (Permission permission : Permission.values()) {
            sample.delegable(sample.root, owner.userId(), permission);
            if (permission != Permission.OPERATE_INSTALLATION) {
                sample.delegable(sample.root, administrator.userId(), permission);
            }
        }
        sample.inherit(north, false);
        CutOffs.CutOff found = below(administrator, sample.root).get(0);
        domain.transactions.run(() -> entries.inherit(administrator, found.id(), found.version(), true));
        assertThat(below(administrator, sample.root)).isEmpty();
    }

    @Test
    void pagesAreByNameAndOfWhatIsDirectlyInTheFolder() throws Exception {
        String north = sample.folder(sample.root, "north");
        String alpha = sample.folder(north, "alpha");
        String beta = sample.device(north, "beta");
        sample.folder(north, "delta");
        String gamma = sample.folder(north, "gamma");
        String deeper = sample.folder(gamma, "deeper");
        for (String each : List.of(alpha, beta, gamma, deeper)) {
            sample.inherit(each, false);
        }
        Slice<CutOffs.CutOff> first = cutOffs.below(owner, north, Cursor.first(2));
        assertThat(first.items()).extracting(CutOffs.CutOff::id).containsExactly(alpha, beta);
        Slice<CutOffs.CutOff> second = cutOffs.below(owner, north, Cursor.checked(first.next(), CutOffs.KEYS, 2));
        assertThat(second.items()).extracting(CutOffs.CutOff::id).containsExactly(gamma);
        assertThat(second.next()).isNull();
    }

    @Test
    void whoDoesNotManageThePermissionsOfTheFolderIsToldNothing() {
        String north = sample.folder(sample.root, "north");
        sample.inherit(sample.folder(north, "vault"), false);
        Caller user = sample.user("user");
        refused(Problem.NOT_FOUND, () -> below(user, north));
        sample.delegable(sample.root, user.userId(), Permission.SEE_RESOURCES);
        refused(Problem.FORBIDDEN, () -> below(user, north));
        Caller token = owner.by(
                new Credential("t", null, new Limits(Set.of("see-resources", "terminal"), Set.of(sample.root))));
        refused(Problem.FORBIDDEN, () -> below(token, north));
        Sample other = new Sample(domain);
        refused(Problem.NOT_FOUND, () -> below(other.owner(), north));
        refused(Problem.NOT_FOUND, () -> below(owner, sample.device(north, "pump")));
        refused(Problem.NOT_FOUND, () -> below(owner, "x"));
    }
}
