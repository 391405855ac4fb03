package org.bascule.session.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.bascule.session.trust.TrustException.Check;
import org.bascule.session.vectors.FixedCertificates;
import org.bascule.session.vectors.FixedInstallation;
import org.bascule.session.vectors.FixedKeys.P256Key;
import org.bascule.wire.B64;
import org.bascule.wire.keys.RootPublicKey;
import org.bascule.wire.keys.RootSigningKey;
import org.bascule.wire.session.SessionOpened;
import org.bascule.wire.trust.Endorsement;
import org.bascule.wire.trust.KeySet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DeviceCheckTest {

    private static final String SERVER = "https://access.example";

    private final TrustStore store = new MemoryTrustStore();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private VerifiedDevice check(SessionOpened answer) throws TrustException, IOException {
        return checkAt(answer, FixedInstallation.NOW);
    }

    private VerifiedDevice checkAt(SessionOpened answer, Instant now) throws TrustException, IOException {
        return new DeviceCheck(store, () -> now).check(SERVER, FixedInstallation.UID, answer);
    }

    private void refuses(Check check, SessionOpened answer) {
        refusesAt(check, answer, FixedInstallation.NOW);
    }

    private void refusesAt(Check check, SessionOpened answer, Instant now) {
        assertThatThrownBy(() -> checkAt(answer, now))
                .isInstanceOfSatisfying(
                        TrustException.class, e -> assertThat(e.check()).isEqualTo(check));
    }

    /** The good answer with one thing changed. */
    private static SessionOpened with(
            RootPublicKey root, String keySet, List<String> chain, Endorsement endorsement, String issuer) {
        SessionOpened good = FixedInstallation.opened();
        return new SessionOpened(
                good.sid(),
                issuer,
                good.domain(),
                good.user(),
                good.device(),
                good.deviceName(),
                chain,
                endorsement,
                keySet,
                root,
                good.relays(),
                good.operations(),
                good.state());
    }

    private static SessionOpened withKeySet(String keySet) {
        SessionOpened good = FixedInstallation.opened();
        return with(good.root(), keySet, good.chain(), good.endorsement(), good.issuer());
    }

    private static SessionOpened withChain(List<String> chain) {
        SessionOpened good = FixedInstallation.opened();
        return with(good.root(), good.keySet(), chain, good.endorsement(), good.issuer());
    }

    private static SessionOpened withEndorsement(Endorsement endorsement) {
        SessionOpened good = FixedInstallation.opened();
        return with(good.root(), good.keySet(), good.chain(), endorsement, good.issuer());
    }

    @Test
    void goodAnswerIsAFirstContactOnce() throws Exception {
        VerifiedDevice first = check(FixedInstallation.opened());
        assertThat(first.firstContact()).isTrue();
        assertThat(first.staticKey()).isEqualTo(FixedInstallation.STATIC.publicKey());
        assertThat(first.fingerprint()).matches("([0-9a-f]{4} ){3}[0-9a-f]{4}");
        assertThat(check(FixedInstallation.opened()).firstContact()).isFalse();
    }

    @Test
    void anotherDevice() {
        assertThatThrownBy(() -> new DeviceCheck(store, () -> FixedInstallation.NOW)
                        .check(SERVER, FixedInstallation.DOMAIN, FixedInstallation.opened()))
                .isInstanceOfSatisfying(
                        TrustException.class, e -> assertThat(e.check()).isEqualTo(Check.OTHER_ANSWER));
    }

    @Test
    void anotherRootThanPinned() throws Exception {
        check(FixedInstallation.opened());
        RootSigningKey other = RootSigningKey.generate();
        KeySet set = FixedInstallation.keySet(9);
        String signed = new KeySet(set.issuer(), other.publicKey(), 9, set.keys(), set.certificateAuthorities())
                .sign(other, FixedInstallation.START);
        SessionOpened good = FixedInstallation.opened();
        refuses(Check.ROOT_CHANGED, with(other.publicKey(), signed, good.chain(), good.endorsement(), good.issuer()));
        assertThat(check(good).firstContact()).isFalse();
    }

    @Test
    void keySetThatTheRootDidNotSign() {
        RootSigningKey other = RootSigningKey.generate();
        KeySet set = FixedInstallation.keySet(3);
        refuses(
                Check.KEY_SET,
                withKeySet(new KeySet(set.issuer(), other.publicKey(), 3, set.keys(), set.certificateAuthorities())
                        .sign(other, FixedInstallation.START)));
        refuses(Check.KEY_SET, withKeySet("a.b.c"));
    }

    @Test
    void keySetOfAnotherIssuer() {
        SessionOpened good = FixedInstallation.opened();
        refuses(
                Check.KEY_SET,
                with(good.root(), good.keySet(), good.chain(), good.endorsement(), "https://elsewhere.example"));
    }

    @Test
    void olderKeySetThanSeen() throws Exception {
        check(withKeySet(FixedInstallation.signedKeySet(5)));
        refuses(Check.KEY_SET_ROLLED_BACK, withKeySet(FixedInstallation.signedKeySet(4)));
        check(withKeySet(FixedInstallation.signedKeySet(5)));
        check(withKeySet(FixedInstallation.signedKeySet(6)));
    }

    @Test
    void certificateOfAnotherDeviceOrAuthority() {
        List<String> good = FixedInstallation.opened().chain();
        refuses(Check.CERTIFICATE, withChain(List.of(good.get(1), good.get(0))));
        refuses(Check.CERTIFICATE, withChain(List.of(good.get(0))));
        byte[] foreign = FixedCertificates.issue(
                FixedCertificates.device(FixedInstallation.DOMAIN, FixedInstallation.UID, FixedInstallation.START),
                P256Key.of("somebody"),
                "CN=" + FixedInstallation.DOMAIN,
                P256Key.of("another CA"));
        refuses(Check.CERTIFICATE, withChain(List.of(B64.encode(foreign), good.get(1))));
    }

    @Test
    void certificateOutOfTime() {
        refusesAt(Check.CERTIFICATE, FixedInstallation.opened(), FixedInstallation.START.plus(Duration.ofDays(91)));
        refusesAt(Check.CERTIFICATE, FixedInstallation.opened(), FixedInstallation.START.minusSeconds(1));
    }

    @Test
    void endorsementOutOfTimeOrOfAnotherKey() {
        refusesAt(Check.ENDORSEMENT, FixedInstallation.opened(), FixedInstallation.START.plus(Duration.ofHours(49)));
        Endorsement good = FixedInstallation.endorsement(7);
        refuses(
                Check.ENDORSEMENT,
                withEndorsement(new Endorsement(
                        org.bascule.session.handshake.DeviceStaticKey.generate().publicKey(),
                        good.notBefore(),
                        good.notAfter(),
                        good.counter(),
                        good.signature())));
    }

    @Test
    void olderEndorsementThanSeen() throws Exception {
        check(withEndorsement(FixedInstallation.endorsement(8)));
        refuses(Check.ENDORSEMENT_ROLLED_BACK, withEndorsement(FixedInstallation.endorsement(7)));
        check(withEndorsement(FixedInstallation.endorsement(9)));
    }

    @Test
    void anotherIdentityThanSeenIsBlocked() throws Exception {
        store.update(
                SERVER,
                none -> new TrustStore.Decision<>(
                        1,
                        new InstallationTrust(
                                FixedInstallation.ROOT.publicKey(),
                                FixedInstallation.ISSUER,
                                1,
                                Map.of(FixedInstallation.UID, new DeviceTrust(new byte[32], 1)))));
        refuses(Check.IDENTITY_CHANGED, FixedInstallation.opened());
        refuses(Check.IDENTITY_CHANGED, FixedInstallation.opened());
    }

    // ---- the file ----

    private static <T> TrustStore.Change<T> remember(T result, InstallationTrust trust) {
        return remembered -> new TrustStore.Decision<>(result, trust);
    }

    private static InstallationTrust trust(long seq) {
        return new InstallationTrust(
                FixedInstallation.ROOT.publicKey(),
                FixedInstallation.ISSUER,
                seq,
                Map.of(FixedInstallation.UID, new DeviceTrust(FixedInstallation.identityThumbprint(), seq)));
    }

    @Test
    void fileRemembersWithMode0600() throws Exception {
        Path file = folder.resolve("state").resolve("trust.json");
        new FileTrustStore(file).update(SERVER, remember(1, trust(4)));
        Optional<InstallationTrust> read = new FileTrustStore(file)
                .update(SERVER, remembered -> new TrustStore.Decision<>(remembered, remembered.orElseThrow()));
        assertThat(read).contains(trust(4));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("state"))))
                .isEqualTo("rwx------");
    }

    @Test
    void failedDecisionChangesNothing() throws Exception {
        Path file = folder.resolve("trust.json");
        FileTrustStore files = new FileTrustStore(file);
        files.update(SERVER, remember(1, trust(4)));
        byte[] before = Files.readAllBytes(file);
        assertThatThrownBy(() -> files.update(SERVER, remembered -> {
                    throw new TrustException(Check.KEY_SET, "no");
                }))
                .isInstanceOf(TrustException.class);
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void damagedFileIsAnErrorAndNotAnEmptyMemory() throws Exception {
        Path file = folder.resolve("trust.json");
        FileTrustStore files = new FileTrustStore(file);
        files.update(SERVER, remember(1, trust(4)));
        String good = Files.readString(file);
        for (String bad : List.of(
                "",
                "{}",
                good.substring(0, good.length() - 2),
                good.replace("\"version\":1", "\"version\":2"),
                good.replace("\"counter\":4", "\"counter\":\"4\""))) {
            Files.writeString(file, bad);
            assertThatThrownBy(() -> files.update(SERVER, remember(1, trust(5))))
                    .as(bad)
                    .isInstanceOf(IOException.class);
            assertThat(Files.readString(file)).isEqualTo(bad);
        }
    }

    @Test
    void concurrentChangesAreAllKept() throws Exception {
        Path file = folder.resolve("trust.json");
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Future<Integer>> changes = pool.invokeAll(IntStream.range(0, 40)
                    .<Callable<Integer>>mapToObj(i ->
                            () -> new FileTrustStore(file).update("https://server-" + i, remember(i, trust(i + 1))))
                    .toList());
            for (Future<Integer> change : changes) {
                change.get();
            }
        } finally {
            pool.shutdown();
        }
        for (int i = 0; i < 40; i++) {
            long expected = i + 1;
            new FileTrustStore(file).update("https://server-" + i, remembered -> {
                assertThat(remembered.orElseThrow().keySetSeq()).isEqualTo(expected);
                return new TrustStore.Decision<>(1, remembered.orElseThrow());
            });
        }
    }
}
