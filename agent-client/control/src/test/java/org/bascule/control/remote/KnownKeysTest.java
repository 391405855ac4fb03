package org.bascule.control.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.bascule.control.ExitCode;
import org.bascule.control.FakeServer;
import org.bascule.control.TestUser;
import org.bascule.control.signin.Account;
import org.bascule.session.service.ProcessExit;
import org.bascule.session.stream.EndReason;
import org.bascule.session.vectors.FixedInstallation;
import org.bascule.wire.B64;
import org.bascule.wire.Operations;
import org.bascule.wire.words.FingerprintWords;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code device trust}, and what a session says of a key before and after it. */
@Timeout(60)
class KnownKeysTest {

    private static final byte[] KEY = FixedInstallation.identityThumbprint();
    private static final String WORDS = FingerprintWords.text(KEY);
    private static final byte[] FORMER = new byte[32];
    private static final String NAMED = "'pump-1' (" + FixedInstallation.UID + ")";

    private final FakeServer server;
    private TestUser user;

    KnownKeysTest() throws IOException {
        server = new FakeServer();
        user = new TestUser(Path.of("nowhere"));
    }

    @BeforeEach
    void start(@TempDir Path home) {
        user = new TestUser(home);
        user.now = FixedInstallation.NOW;
        user.environment.put("BASCULE_URL", server.url());
        user.environment.put("BASCULE_TOKEN", "access");
        says(KEY);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** What the access server says that the device's key is. */
    private void says(byte[] key) {
        server.on(
                "GET /api/devices/" + FixedInstallation.UID,
                200,
                "{\"uid\":\"%s\",\"name\":\"pump-1\",\"thumbprint\":\"%s\"}"
                        .formatted(FixedInstallation.UID, B64.encode(key)));
    }

    private FakeDevice device() throws IOException {
        return new FakeDevice(server, (stream, service, arguments) -> {
            Thread program = new Thread(() -> {
                try {
                    stream.sendEvent(ProcessExit.code(0).toEvent());
                    stream.finish();
                } catch (IOException e) {
                    stream.reset(EndReason.FAILED, e.toString());
                }
            });
            program.setDaemon(true);
            program.start();
            return (from, buffer, offset, length) -> {};
        });
    }

    private int exec() throws IOException {
        try (FakeDevice device = device()) {
            return user.run("exec", FixedInstallation.UID, "--", "true");
        }
    }

    /** What is said to a person when a session runs. */
    private Optional<String> said() throws Exception {
        try (FakeDevice device = device();
                DeviceSession session = DeviceSession.open(
                        new Account(user.around()).server(),
                        user.around(),
                        FixedInstallation.UID,
                        Operations.of(Operations.EXEC),
                        Optional.empty())) {
            return session.unverified(true);
        }
    }

    private int trust(String... options) {
        String[] line = new String[options.length + 3];
        line[0] = "device";
        line[1] = "trust";
        line[2] = FixedInstallation.UID;
        System.arraycopy(options, 0, line, 3, options.length);
        return user.run(line);
    }

    private String known() throws IOException {
        return Files.readString(user.config("trust.json"));
    }

    /** The device was known by another key, as before it was revoked and enrolled again. */
    private void knowFormerKey() throws IOException {
        assertThat(exec()).as(user.err()).isZero();
        String met = known();
        assertThat(met).contains(B64.encode(KEY));
        Files.writeString(
                user.config("trust.json"),
                met.replace(B64.encode(KEY), B64.encode(FORMER)).replace("\"counter\":7", "\"counter\":99"));
    }

    @Test
    void aKeyIsUnverifiedUntilItsWordsWereCompared() throws Exception {
        assertThat(said()).hasValueSatisfying(text -> assertThat(text)
                .startsWith("First contact")
                .contains(WORDS)
                .contains("never through a Bascule session")
                .contains("bascule device trust"));
        assertThat(said())
                .hasValueSatisfying(
                        text -> assertThat(text).startsWith("Unverified").contains(WORDS));
        assertThat(trust("--words", WORDS)).as(user.err()).isZero();
        assertThat(user.out()).isEqualTo("compared: " + NAMED + "\n");
        assertThat(said()).isEmpty();
        assertThat(exec()).isZero();
        assertThat(user.err()).isEmpty();
    }

    @Test
    void aChangedKeyIsBlockedUntilTheRightWordsAreGiven() throws Exception {
        knowFormerKey();
        String before = known();
        assertThat(exec()).isEqualTo(ExitCode.SECURITY.code());
        assertThat(user.err())
                .contains(FixedInstallation.UID)
                .contains(FingerprintWords.text(FORMER))
                .doesNotContain(WORDS)
                .contains("never through a Bascule session")
                .contains("bascule device trust")
                .hasLineCount(1);
        for (String wrong :
                new String[] {FingerprintWords.text(FORMER), WORDS.substring(0, WORDS.lastIndexOf(' ')), ""}) {
            assertThat(trust("--words", wrong)).isEqualTo(ExitCode.SECURITY.code());
        }
        assertThat(trust()).isEqualTo(ExitCode.NOT_CONFIRMED.code());
        assertThat(user.err())
                .startsWith(NAMED)
                .contains(FingerprintWords.text(FORMER))
                .doesNotContain(WORDS)
                .contains("or give --words");
        assertThat(known()).isEqualTo(before);
        assertThat(exec()).isEqualTo(ExitCode.SECURITY.code());
        assertThat(trust("--words", WORDS.toUpperCase(Locale.ROOT)))
                .as(user.err())
                .isZero();
        assertThat(exec()).as(user.err()).isZero();
        assertThat(user.err()).isEmpty();
        assertThat(known()).contains("\"counter\":7");
    }

    private void types(String line) {
        user.in = new ByteArrayInputStream((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aPersonMayTypeTheWordsOfAChangedKey() throws Exception {
        knowFormerKey();
        String before = known();
        for (String wrong : new String[] {"yes", FingerprintWords.text(FORMER)}) {
            types(wrong);
            assertThat(trust()).as(wrong).isEqualTo(ExitCode.SECURITY.code());
            assertThat(known()).isEqualTo(before);
        }
        types(WORDS);
        assertThat(trust()).as(user.err()).isZero();
        assertThat(user.out()).isEqualTo("compared, its new key is accepted: " + NAMED + "\n");
        assertThat(exec()).as(user.err()).isZero();
    }

    @Test
    void aPersonMaySayThatTheWordsOfTheKnownKeyAreTheSame() throws Exception {
        assertThat(exec()).as(user.err()).isZero();
        types("no");
        assertThat(trust()).isEqualTo(ExitCode.NOT_CONFIRMED.code());
        assertThat(user.err()).contains("or give --words").doesNotContain("--yes");
        types("yes");
        assertThat(trust()).as(user.err()).isZero();
        assertThat(user.err()).contains(WORDS).contains(NAMED).contains("never through a Bascule session");
        assertThat(said()).isEmpty();
    }

    @Test
    void anotherKeyWithTheWordsOfTheKnownOneIsRefused() throws Exception {
        assertThat(exec()).as(user.err()).isZero();
        String before = known();
        byte[] other = KEY.clone();
        other[31] ^= 1;
        says(other);
        assertThat(trust("--words", WORDS)).isEqualTo(ExitCode.SECURITY.code());
        assertThat(user.err()).contains("another key with the same words").contains(NAMED);
        assertThat(known()).isEqualTo(before);
    }

    @Test
    void whatTheServerSaysOfAKeyOpensNothing() throws Exception {
        knowFormerKey();
        byte[] forged = KEY.clone();
        forged[31] ^= 1;
        says(forged);
        assertThat(FingerprintWords.text(forged))
                .as("words do not reach that far")
                .isEqualTo(WORDS);
        assertThat(trust("--words", WORDS)).isZero();
        assertThat(exec()).as("not the key whose hash was taken").isEqualTo(ExitCode.SECURITY.code());
        byte[] other = KEY.clone();
        other[0] ^= 1;
        says(other);
        assertThat(trust("--words", WORDS)).isEqualTo(ExitCode.SECURITY.code());
        server.on("GET /api/devices/" + FixedInstallation.UID, 200, "{\"thumbprint\":\"AAAA\"}");
        assertThat(trust("--words", WORDS)).isNotZero();
        assertThat(known()).contains(B64.encode(forged));
    }

    @Test
    void aDeviceThatWasNeverMetHasNoKeyToCompare() {
        assertThat(trust("--words", WORDS)).isEqualTo(ExitCode.REFUSED.code());
        assertThat(user.err()).contains("was not met from here yet");
        assertThat(user.config("trust.json")).doesNotExist();
    }
}
