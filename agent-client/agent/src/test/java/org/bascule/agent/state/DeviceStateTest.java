package org.bascule.agent.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.bascule.agent.TestInstallation;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.DeviceIdentityKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceStateTest {

    private final Path path;
    private final TestInstallation installation = new TestInstallation();

    DeviceStateTest(@TempDir Path temporary) {
        path = temporary.resolve("state");
    }

    @Test
    void folderAndFilesArePrivate() throws Exception {
        installation.enrolled(path);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rwx------");
        try (Stream<Path> files = Files.list(path)) {
            for (Path file : files.toList()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .as(file.toString())
                        .isEqualTo("rw-------");
            }
        }
    }

    @Test
    void everythingComesBack() throws Exception {
        TestInstallation.Enrolled enrolled = installation.enrolled(path);
        DeviceState state = new DeviceState(StateFolder.open(path));
        assertThat(state.isEnrolled()).isTrue();
        assertThat(state.identity().publicKey()).isEqualTo(enrolled.identity().publicKey());
        assertThat(state.registration().toJson())
                .isEqualTo(enrolled.registration().toJson());
        assertThat(KeySets.open(state, state.registration()).current().seq()).isOne();
    }

    @Test
    void folderThatOthersCanEnterIsRefused() throws Exception {
        installation.enrolled(path);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-x---"));
        assertThatThrownBy(() -> StateFolder.open(path))
                .isInstanceOf(StateException.class)
                .hasMessageContaining("chmod 700");
    }

    @Test
    void unfinishedWriteLeavesTheOldContent() throws Exception {
        StateFolder folder = StateFolder.create(path);
        folder.write("a", "old");
        Files.writeString(path.resolve("a.new"), "ne"); // a crash between temporary file and rename
        assertThat(folder.readText("a")).contains("old");
        folder.write("a", "new");
        assertThat(folder.readText("a")).contains("new");
        assertThat(folder.has("a.new")).isFalse();
    }

    @Test
    void folderIsForOneAgent() throws Exception {
        StateFolder folder = StateFolder.create(path);
        try (AutoCloseable lock = folder.lock()) {
            assertThat(lock).isNotNull();
            assertThatThrownBy(folder::lock).isInstanceOf(StateException.class).hasMessageContaining("already running");
        }
        folder.lock().close();
    }

    @Test
    void damagedFilesAreNamed() throws Exception {
        TestInstallation.Enrolled enrolled = installation.enrolled(path);
        for (String file : new String[] {"identity.pem", "registration.json"}) {
            enrolled.state().folder().write(file, "rubbish");
        }
        assertThatThrownBy(() -> enrolled.state().identity()).hasMessageContaining("identity.pem is damaged");
        assertThatThrownBy(() -> enrolled.state().registration()).hasMessageContaining("registration.json is damaged");
    }

    @Test
    void damagedCounterStopsTheAgentInsteadOfStartingAnew() throws Exception {
        TestInstallation.Enrolled enrolled = installation.enrolled(path);
        enrolled.state().folder().write("counter", "x");
        assertThatThrownBy(() -> enrolled.state().nextCounter(TestInstallation.NOW))
                .isInstanceOf(StateException.class);
    }

    @Test
    void keySetsNeverGoBackEvenAfterARestart() throws Exception {
        TestInstallation.Enrolled enrolled = installation.enrolled(path);
        assertThat(enrolled.keySets().offer(installation.keySet(7)).seq()).isEqualTo(7);
        KeySets again = KeySets.open(enrolled.state(), enrolled.registration());
        WireException e = catchThrowableOfType(WireException.class, () -> again.offer(installation.keySet(6)));
        assertThat(e.reason()).isEqualTo(WireException.Reason.REPLAYED);
        assertThat(again.current().seq()).isEqualTo(7);
    }

    @Test
    void keySetOfAnotherRootOrIssuerIsRefused() throws Exception {
        KeySets keySets = installation.enrolled(path).keySets();
        assertThat(catchThrowableOfType(WireException.class, () -> keySets.offer(new TestInstallation().keySet(9)))
                        .reason())
                .isEqualTo(WireException.Reason.BAD_SIGNATURE);
        assertThat(catchThrowableOfType(
                                WireException.class,
                                () -> keySets.offer(installation.keySet(9, "https://elsewhere.example")))
                        .reason())
                .isEqualTo(WireException.Reason.FOREIGN);
        assertThat(keySets.current().seq()).isOne();
    }

    @Test
    void enrolmentThatWasKilledBeforeItsEndIsFinishedAtTheNextStart() throws Exception {
        DeviceState state = new DeviceState(StateFolder.create(path));
        byte[] root = installation.root.publicKey().hash();
        DeviceIdentityKey key = state.askingKey(root);
        assertThat(state.askingKey(root).publicKey()).isEqualTo(key.publicKey());
        state.save(key);
        assertThat(state.isEnrolled()).isFalse();
        assertThat(state.askingKey(root).publicKey()).isEqualTo(key.publicKey());
        state.save(installation.registration(key.publicKey()));
        state.recover();
        assertThat(state.next()).isEmpty();
        assertThat(state.identity().publicKey()).isEqualTo(key.publicKey());
    }

    @Test
    void keyOfADeviceThatWasResetDoesNotAskAgain() throws Exception {
        DeviceState state = installation.enrolled(path).state();
        DeviceIdentityKey next = DeviceIdentityKey.generate();
        state.saveNext(next);
        state.reset();
        assertThat(state.askingKey(installation.root.publicKey().hash()).publicKey())
                .isNotEqualTo(next.publicKey());
    }

    @Test
    void resetLeavesNothingOfTheDomain() throws Exception {
        DeviceState state = installation.enrolled(path).state();
        StateFolder folder = state.folder();
        folder.write("policy.json", "{}");
        folder.write("log-head.json", "{}");
        folder.write("inventory.json", "{}");
        new StateFolder(folder.subfolder("events")).write("000000000000000000.log", "event");
        new StateFolder(folder.subfolder("assistance")).write("request.json", "{}");
        state.reset();
        try (Stream<Path> left = Files.list(folder.path())) {
            assertThat(left.map(file -> String.valueOf(file.getFileName()))).containsExactly("policy.json");
        }
        state.reset();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://a",
                "a",
                "",
                "https://",
                "https://u:p@a",
                "https://a?x",
                "https://a#x",
                "ftp://a",
                "https://a b"
            })
    void serverIsHttpsAlone(String url) {
        assertThatThrownBy(() -> Registration.checkServer(url))
                .isInstanceOf(StateException.class)
                .hasMessage("The server must be given as https://HOST[:PORT].");
    }

    @Test
    void authorityIsWhatIsDialled() throws Exception {
        assertThat(Registration.checkServer("https://Bascule.Example:8443/")).isEqualTo("https://Bascule.Example:8443");
        assertThat(Registration.authority(java.net.URI.create("https://Bascule.Example:8443")))
                .isEqualTo("bascule.example:8443");
        assertThat(Registration.authority(java.net.URI.create("https://bascule.example")))
                .isEqualTo("bascule.example");
    }
}
