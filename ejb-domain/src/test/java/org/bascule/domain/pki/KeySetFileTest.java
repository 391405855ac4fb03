package org.bascule.domain.pki;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.bascule.domain.testing.TestClock;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RootSigningKey;
import org.bascule.wire.trust.KeySetRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeySetFileTest {

    private static final String ISSUER = TestDomain.PUBLIC_URL;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    private final TestClock clock = new TestClock();
    private final LoadedKeys keys =
            new TestDomain().started().get(Installation.class).keys();
    private final Remembered remembered = new Remembered();

    @SuppressWarnings("NullAway.Init")
    private KeySetFile file;

    private static final class Remembered implements KeySetFile.Acceptance {
        byte @Nullable [] root;
        long seq;

        @Override
        public Optional<byte[]> root() {
            return Optional.ofNullable(root);
        }

        @Override
        public long seq() {
            return seq;
        }

        @Override
        public void accept(byte[] accepted, long number) {
            root = accepted;
            seq = number;
        }
    }

    @BeforeEach
    void start() {
        file = new KeySetFile(path(), ISSUER, keys, clock, remembered);
    }

    private Path path() {
        return directory.resolve("keys").resolve("keyset.jws");
    }

    private void write(String text) throws IOException {
        Files.writeString(path(), text);
        clock.advance(Duration.ofSeconds(2));
    }

    private KeySetRequest request() throws IOException, WireException {
        return KeySetRequest.parse(Files.readString(directory.resolve("keys").resolve("key-request.json")));
    }

    @Test
    void signedRequestComesIntoForceWhenItAppears() throws Exception {
        RootSigningKey root = RootSigningKey.generate();
        file.writeRequest();
        assertThat(file.current()).isEmpty();
        String text = request().sign(root, clock.instant());
        write(text + "\n");
        assertThat(file.current()).map(SignedKeySet::text).contains(text);
        assertThat(remembered.root).isEqualTo(root.publicKey().raw());
        assertThat(remembered.seq).isEqualTo(1);
    }

    @Test
    void anotherRootIssuerOlderNumberOrMissingKeyIsRefused() throws Exception {
        RootSigningKey root = RootSigningKey.generate();
        file.writeRequest();
        KeySetRequest good = request();
        write(new KeySetRequest(ISSUER, 5, good.keys(), good.certificateAuthorities()).sign(root, clock.instant()));
        assertThat(file.current()).map(set -> set.keys().seq()).contains(5L);

        write(new KeySetRequest(ISSUER, 6, good.keys(), good.certificateAuthorities())
                .sign(RootSigningKey.generate(), clock.instant()));
        stillInForce(5);
        write(new KeySetRequest(ISSUER, 4, good.keys(), good.certificateAuthorities()).sign(root, clock.instant()));
        stillInForce(5);
        write(new KeySetRequest("https://other.example", 6, good.keys(), good.certificateAuthorities())
                .sign(root, clock.instant()));
        stillInForce(5);
        write(new KeySetRequest(ISSUER, 6, good.keys().subList(0, 3), good.certificateAuthorities())
                .sign(root, clock.instant()));
        stillInForce(5);
        for (String rubbish : List.of("", "rubbish", "a.b.c", "x".repeat(100_000))) {
            write(rubbish);
            stillInForce(5);
        }
        write(new KeySetRequest(ISSUER, 6, good.keys(), good.certificateAuthorities()).sign(root, clock.instant()));
        stillInForce(6);
    }

    private void stillInForce(long seq) {
        assertThat(file.current()).map(set -> set.keys().seq()).contains(seq);
    }
}
