package org.bascule.agent.enrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.bascule.agent.TestInstallation;
import org.bascule.agent.channel.TestServer;
import org.bascule.agent.enrol.EnrolException.Reason;
import org.bascule.agent.state.DeviceState;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.enrol.EnrolRequest;
import org.bascule.wire.enrol.EnrolmentToken;
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
    private final List<Integer> answers = new ArrayList<>();
    private final Path folder;
    private final Path file;
    private HttpsServer server;
    private String pem = "";
    private int asked;

    EnrolmentFileTest(@TempDir Path temporary) {
        folder = temporary.resolve("state");
        file = temporary.resolve("enrolment.json");
    }

    @BeforeEach
    void serve() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair key = generator.generateKeyPair();
        X509Certificate certificate = TestServer.selfSigned("localhost", key);
        pem = "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
                + "\n-----END CERTIFICATE-----\n";
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(TestServer.context(key, certificate)));
        server.createContext("/api/enrol", exchange -> {
            String body;
            int status = asked < answers.size() ? answers.get(asked) : 201;
            asked++;
            try {
                EnrolRequest request = EnrolRequest.parse(StrictJson.parse(
                        new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8), 65_536));
                body = status == 201
                        ? installation
                                .enrolAnswer(new DeviceState(new StateFolder(folder))
                                        .identity()
                                        .publicKey())
                                .toJson()
                        : "{\"type\":\"urn:bascule:problem:"
                                + (status == 403 ? "enrolment-token-expired" : status == 409 ? "hardware-bound" : "x")
                                + "\"}";
                assertThat(request.token()).isEqualTo(token.reveal());
            } catch (WireException | StateException e) {
                throw new IOException(e);
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    private JsonObjectBuilder right() {
        return Json.createObjectBuilder()
                .add("format", "bascule-enrolment")
                .add("version", 1)
                .add("server", "https://localhost:" + server.getAddress().getPort())
                .add("token", token.reveal())
                .add("expires", "2026-03-02T12:00:00Z")
                .add("ca", pem);
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
        answers.addAll(List.of(502, 503, 409));
        assertThat(enrolment(state).enrol(EnrolmentFile.read(file), SELF).uid()).isEqualTo(installation.uid);
        assertThat(waits).containsExactly("unreached", "unreached", "refused");
        assertThat(state.isEnrolled()).isTrue();
        assertThat(state.folder().has("ca.pem")).isTrue();
        assertThat(file).doesNotExist();
        assertThat(state.folder().has("enrolment-file.json")).isFalse();
    }

    @Test
    void aTokenThatIsRefusedEndsItAndTheFileStays() throws Exception {
        write(right().build().toString());
        DeviceState state = new DeviceState(StateFolder.create(folder));
        answers.add(403);
        EnrolmentFile read = EnrolmentFile.read(file);
        EnrolException e = catchThrowableOfType(
                EnrolException.class, () -> enrolment(state).enrol(read, SELF));
        assertThat(e.reason()).isEqualTo(Reason.TOKEN);
        assertThat(asked).isEqualTo(1);
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
        assertThat(asked).isZero();
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
