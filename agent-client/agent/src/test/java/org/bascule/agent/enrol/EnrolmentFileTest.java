package org.bascule.agent.enrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bascule.agent.TestInstallation;
import org.bascule.agent.enrol.EnrolException.Reason;
import org.bascule.agent.enrol.TestAccessServer.Answer;
import org.bascule.agent.state.DeviceState;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.Json;
import org.bascule.wire.enrol.EnrolRequest;
import org.bascule.wire.enrol.EnrolmentToken;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The file against a server with TLS that answers as the access server does. */
class EnrolmentFileTest {

    private static final HeadlessEnrolment.Self SELF = new HeadlessEnrolment.Self("press", "Linux", "1");

    private final TestInstallation installation = new TestInstallation();
    private final EnrolmentToken token = EnrolmentToken.generate(installation.root.publicKey());
    private final List<String> waits = new ArrayList<>();
    private final List<Answer> answers = new ArrayList<>();
    private final List<DeviceIdentityPublicKey> asked = new ArrayList<>();
    private final Path folder;
    private final Path file;
    private TestAccessServer server;

    EnrolmentFileTest(@TempDir Path temporary) {
        folder = temporary.resolve("state");
        file = temporary.resolve("enrolment.json");
    }

    @BeforeEach
    void serve() throws Exception {
        server = new TestAccessServer();
        server.at("/api/enrol", (path, body) -> {
            EnrolRequest request = EnrolRequest.parse(body);
            assertThat(request.token()).isEqualTo(token.reveal());
            asked.add(TestAccessServer.key(request.csr()));
            return asked.size() <= answers.size() ? answers.get(asked.size() - 1) : enrolled();
        });
    }

    /** As the access server answers whoever asked last. */
    private Answer enrolled() {
        return new Answer(
                201, installation.enrolAnswer(asked.get(asked.size() - 1)).toJson());
    }

    @AfterEach
    void close() {
        server.close();
    }

    private JsonObjectBuilder right() {
        return Json.createObjectBuilder()
                .add("format", "bascule-enrolment")
                .add("version", 1)
                .add("server", server.url())
                .add("token", token.reveal())
                .add("expires", "2026-03-02T12:00:00Z")
                .add("ca", server.pem());
    }

    private void write(String text) throws IOException {
        Files.writeString(file, text);
        mode(file, "rw-------");
    }

    private static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private HeadlessEnrolment enrolment(DeviceState state) {
        return new HeadlessEnrolment(state, InstantSource.fixed(TestInstallation.NOW), new HeadlessEnrolment.Wait() {
            @Override
            public Duration unreached() {
                waits.add("unreached");
                return Duration.ZERO;
            }

            @Override
            public Duration refused() {
                waits.add("refused");
                return Duration.ZERO;
            }

            @Override
            public void pause(Duration time) {
                assertThat(time).isZero();
            }
        });
    }

    @Test
    void aDeviceIsEnrolledWithTheFileAlone() throws Exception {
        write(right().build().toString());
        DeviceState state = new DeviceState(StateFolder.create(folder));
        answers.add(Answer.refusal(502, "x"));
        answers.add(Answer.refusal(503, "x"));
        answers.add(Answer.refusal(409, "hardware-bound"));
        assertThat(enrolment(state).enrol(EnrolmentFile.read(file), SELF).uid()).isEqualTo(installation.uid);
        assertThat(waits).containsExactly("unreached", "unreached", "refused");
        assertThat(state.isEnrolled()).isTrue();
        assertThat(state.folder().has("ca.pem")).isTrue();
        assertThat(file).doesNotExist();
        assertThat(state.folder().has("enrolment-file.json")).isFalse();
    }

    /** The server has registered the device; the machine hears nothing of it, and is killed. */
    @Test
    void anAnswerThatWasLostIsAskedForWithTheSameKey() throws Exception {
        write(right().build().toString());
        answers.add(new Answer(TestAccessServer.CUT, ""));
        EnrolmentFile read = EnrolmentFile.read(file);
        Enrolment.Wish wish = new Enrolment.Wish(read.server(), read.token(), "press", read.privateCa());
        InstantSource clock = InstantSource.fixed(TestInstallation.NOW);
        EnrolException lost = catchThrowableOfType(
                EnrolException.class,
                () -> new Enrolment(new DeviceState(StateFolder.create(folder)), clock).enrol(wish, "Linux", "1"));
        assertThat(lost.reason()).isEqualTo(Reason.SERVER);
        assertThat(new DeviceState(StateFolder.open(folder)).isEnrolled()).isFalse();

        answers.add(new Answer(TestAccessServer.CUT, ""));
        DeviceState state = new DeviceState(StateFolder.open(folder));
        enrolment(state).enrol(read, SELF);
        assertThat(waits).containsExactly("unreached");
        assertThat(asked).hasSize(3).containsOnly(state.identity().publicKey());
        assertThat(state.next()).isEmpty();
    }

    @Test
    void aKeyThatIsRegisteredOtherwiseIsGivenUp() throws Exception {
        write(right().build().toString());
        DeviceState state = new DeviceState(StateFolder.create(folder));
        answers.add(Answer.refusal(409, "conflict"));
        enrolment(state).enrol(EnrolmentFile.read(file), SELF);
        assertThat(waits).isEmpty();
        assertThat(asked).hasSize(2).doesNotHaveDuplicates();
        assertThat(state.identity().publicKey()).isEqualTo(asked.get(1));
    }

    @Test
    void anotherKeyIsTriedOnceAtATime() throws Exception {
        write(right().build().toString());
        DeviceState state = new DeviceState(StateFolder.create(folder));
        answers.add(Answer.refusal(409, "conflict"));
        answers.add(Answer.refusal(409, "conflict"));
        enrolment(state).enrol(EnrolmentFile.read(file), SELF);
        assertThat(waits).containsExactly("unreached");
        assertThat(asked).hasSize(3);
    }

    /** The key that asked another installation proves nothing here. */
    @Test
    void aTokenOfAnotherInstallationIsUsedWithAnotherKey() throws Exception {
        write(right().build().toString());
        DeviceState state = new DeviceState(StateFolder.create(folder));
        DeviceIdentityPublicKey before =
                state.askingKey(new TestInstallation().root.publicKey().hash()).publicKey();
        enrolment(state).enrol(EnrolmentFile.read(file), SELF);
        assertThat(asked).hasSize(1).doesNotContain(before);
    }

    @Test
    void aTokenThatIsRefusedEndsItAndTheFileStays() throws Exception {
        write(right().build().toString());
        DeviceState state = new DeviceState(StateFolder.create(folder));
        answers.add(Answer.refusal(403, "enrolment-token-expired"));
        EnrolmentFile read = EnrolmentFile.read(file);
        EnrolException e = catchThrowableOfType(
                EnrolException.class, () -> enrolment(state).enrol(read, SELF));
        assertThat(e.reason()).isEqualTo(Reason.TOKEN);
        assertThat(asked).hasSize(1);
        assertThat(file).exists();
        assertThat(state.folder().has("enrolment-file.json")).isFalse();
    }

    @Test
    void aFileWhoseAgentWasKilledAfterItsEnrolmentGoesAtTheNextStart() throws Exception {
        write(right().build().toString());
        StateFolder state = installation.enrolled(folder).state().folder();
        EnrolmentFile.read(file).begin(state);
        HeadlessEnrolment.removeUsed(state);
        assertThat(file).doesNotExist();
        assertThat(asked).isEmpty();
    }

    @Test
    void aFileThatCameLaterStays() throws Exception {
        write(right().build().toString());
        StateFolder state = installation.enrolled(folder).state().folder();
        EnrolmentFile.read(file).begin(state);
        write(right().add("expires", "2027-01-01T00:00:00Z").build().toString());
        assertThat(EnrolmentFile.removeUsed(state)).isEmpty();
        assertThat(file).exists();
        assertThat(state.has("enrolment-file.json")).isFalse();
    }

    @Test
    void whatOthersMayWriteIsRefusedAndWhatTheyMayReadIsKnown() throws Exception {
        write(right().build().toString());
        assertThat(EnrolmentFile.read(file).isReadByOthers()).isFalse();
        mode(file, "rw-r-----");
        assertThat(EnrolmentFile.read(file).isReadByOthers()).isTrue();
        for (String mode : List.of("rw--w----", "rw-----w-")) {
            mode(file, mode);
            assertThatThrownBy(() -> EnrolmentFile.read(file))
                    .isInstanceOf(StateException.class)
                    .hasMessageContaining("Others can change");
        }
        mode(file, "rw-------");
        Path link = file.resolveSibling("link.json");
        Files.createSymbolicLink(link, file);
        assertThatThrownBy(() -> EnrolmentFile.read(link)).isInstanceOf(StateException.class);
        mode(file.resolveSibling(""), "rwxrwxrwx");
        assertThatThrownBy(() -> EnrolmentFile.read(file)).hasMessageContaining("Others can change");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "{\"format\":\"x\",\"version\":1}",
                "{\"format\":\"bascule-enrolment\",\"version\":2}",
                "{\"format\":\"bascule-enrolment\",\"version\":1,\"server\":\"https://a\",\"token\":\"x\"}"
            })
    void whatIsNoneIsOneSentence(String text) throws Exception {
        write(text);
        assertThatThrownBy(() -> EnrolmentFile.read(file))
                .isInstanceOf(StateException.class)
                .hasMessageContaining("is not an enrolment file")
                .hasMessageEndingWith(".");
    }

    @Test
    void whatItDoesNotKnowAndWhatIsTooLargeIsRefused() throws Exception {
        write(right().add("run", "/bin/sh").build().toString());
        assertThatThrownBy(() -> EnrolmentFile.read(file)).hasMessageContaining("does not know");
        write(right().add("server", "http://localhost").build().toString());
        assertThatThrownBy(() -> EnrolmentFile.read(file)).hasMessageContaining("https://");
        write(right().add("expires", "tomorrow").build().toString());
        assertThatThrownBy(() -> EnrolmentFile.read(file)).hasMessageContaining("not a time");
        write(right().build() + " ".repeat(70_000));
        assertThatThrownBy(() -> EnrolmentFile.read(file)).hasMessageContaining("64 KB");
        write(right().build().toString());
        assertThat(EnrolmentFile.read(file).toString()).doesNotContain(token.reveal());
    }

    @Test
    void theFileInTheFolderIsFound() throws Exception {
        assertThat(HeadlessEnrolment.file(folder)).isEqualTo(Optional.empty());
        StateFolder.create(folder);
        Files.writeString(folder.resolve("enrolment.json"), "{}");
        assertThat(HeadlessEnrolment.file(folder)).contains(folder.resolve("enrolment.json"));
    }
}
