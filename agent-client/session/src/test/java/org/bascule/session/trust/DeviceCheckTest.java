package org.bascule.session.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bascule.session.trust.TrustException.Check;
import org.bascule.session.vectors.FixedCertificates;
import org.bascule.session.vectors.FixedInstallation;
import org.bascule.session.vectors.FixedKeys.P256Key;
import org.bascule.session.vectors.FixedLog;
import org.bascule.session.vectors.LogVectors;
import org.bascule.session.vectors.VectorFile;
import org.bascule.wire.B64;
import org.bascule.wire.StrictJson;
import org.bascule.wire.keys.DeviceIdentityKey;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.bascule.wire.keys.RootPublicKey;
import org.bascule.wire.keys.RootSigningKey;
import org.bascule.wire.log.LogProofs;
import org.bascule.wire.log.TreeHead;
import org.bascule.wire.session.SessionOpened;
import org.bascule.wire.session.SessionRequest;
import org.bascule.wire.trust.Continuity;
import org.bascule.wire.trust.Endorsement;
import org.bascule.wire.trust.KeySet;
import org.bascule.wire.words.FingerprintWords;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DeviceCheckTest {

    private static final String SERVER = "https://access.example";
    private static final String SIGN_IN = "example";

    private final TrustStore store = new MemoryTrustStore();
    private ProofSource proofs = (first, second) -> Optional.empty();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private VerifiedDevice check(SessionOpened answer) throws TrustException, IOException, InterruptedException {
        return checkAt(answer, FixedInstallation.NOW);
    }

    private VerifiedDevice checkAt(SessionOpened answer, Instant now)
            throws TrustException, IOException, InterruptedException {
        DeviceCheck check = new DeviceCheck(store, () -> now);
        VerifiedDevice device = check.check(SERVER, SIGN_IN, asked(check), answer, proofs);
        check.remember(SERVER, device);
        return device;
    }

    private static SessionRequest asked(DeviceCheck check) throws IOException {
        return check.request(SERVER, FixedInstallation.UID, FixedInstallation.REQUESTED, Optional.empty());
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
                good.state(),
                good.continuity(),
                good.log());
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
                        .check(
                                SERVER,
                                SIGN_IN,
                                new SessionRequest(
                                        FixedInstallation.DOMAIN, FixedInstallation.REQUESTED, Optional.empty()),
                                FixedInstallation.opened(),
                                proofs))
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

    private void remember(DeviceTrust device) throws Exception {
        store.update(
                SERVER,
                none -> new TrustStore.Decision<>(
                        1,
                        new InstallationTrust(
                                FixedInstallation.ROOT.publicKey(),
                                FixedInstallation.ISSUER,
                                1,
                                Map.of(FixedInstallation.UID, device))));
    }

    private DeviceTrust known() throws IOException {
        return new DeviceCheck(store, () -> FixedInstallation.NOW)
                .known(SERVER, FixedInstallation.UID)
                .orElseThrow();
    }

    private void compared(DeviceTrust known, byte[] identity) throws TrustException, IOException {
        new DeviceCheck(store, () -> FixedInstallation.NOW).compared(SERVER, FixedInstallation.UID, known, identity);
    }

    @Test
    void anotherIdentityThanSeenIsBlockedWhoeverComparedThatOne() throws Exception {
        for (boolean compared : new boolean[] {false, true}) {
            DeviceTrust seen = new DeviceTrust(new byte[32], 1, compared);
            remember(seen);
            refuses(Check.IDENTITY_CHANGED, FixedInstallation.opened());
            refuses(Check.IDENTITY_CHANGED, FixedInstallation.opened());
            assertThat(known()).isEqualTo(seen);
        }
        assertThatThrownBy(() -> check(FixedInstallation.opened()))
                .hasMessageContaining(FixedInstallation.UID)
                .hasMessageContaining(FingerprintWords.text(new byte[32]))
                .hasMessageNotContaining(FingerprintWords.text(FixedInstallation.identityThumbprint()));
    }

    /** As after a revocation: nothing leads to the new key, and its endorsements begin anew. */
    @Test
    void aChangedKeyIsTakenOnlyAfterItsWordsWereCompared() throws Exception {
        DeviceTrust former = new DeviceTrust(new byte[32], 99, true);
        remember(former);
        byte[] other = FixedInstallation.identityThumbprint();
        other[31] ^= 1;
        compared(former, other);
        refuses(Check.IDENTITY_CHANGED, FixedInstallation.opened());
        assertThatThrownBy(() -> compared(former, FixedInstallation.identityThumbprint()))
                .as("compared with what is not known any more")
                .isInstanceOfSatisfying(
                        TrustException.class, e -> assertThat(e.check()).isEqualTo(Check.IDENTITY_CHANGED));
        refuses(Check.IDENTITY_CHANGED, FixedInstallation.opened());
        compared(known(), FixedInstallation.identityThumbprint());
        VerifiedDevice device = check(FixedInstallation.opened());
        assertThat(device.compared()).isTrue();
        assertThat(device.firstContact()).isFalse();
        assertThat(known()).isEqualTo(new DeviceTrust(FixedInstallation.identityThumbprint(), 7, true));
    }

    @Test
    void aKeyIsUnverifiedUntilItsWordsWereCompared() throws Exception {
        assertThat(check(withEndorsement(FixedInstallation.endorsement(8))).compared())
                .isFalse();
        assertThat(check(withEndorsement(FixedInstallation.endorsement(9))).compared())
                .isFalse();
        compared(known(), FixedInstallation.identityThumbprint());
        refuses(Check.ENDORSEMENT_ROLLED_BACK, withEndorsement(FixedInstallation.endorsement(8)));
        for (int session = 0; session < 2; session++) {
            assertThat(check(withEndorsement(FixedInstallation.endorsement(9))).compared())
                    .isTrue();
        }
    }

    @Test
    void aKeyThatIsComparedDuringAHandshakeStaysCompared() throws Exception {
        check(FixedInstallation.opened());
        DeviceCheck check = new DeviceCheck(store, () -> FixedInstallation.NOW);
        VerifiedDevice device =
                check.check(SERVER, SIGN_IN, asked(check), withEndorsement(FixedInstallation.endorsement(8)), proofs);
        compared(known(), FixedInstallation.identityThumbprint());
        check.remember(SERVER, device);
        assertThat(known()).isEqualTo(new DeviceTrust(FixedInstallation.identityThumbprint(), 8, true));
    }

    /** The answer of a device whose former key leads to the one it has. */
    private static SessionOpened renewed(DeviceIdentityKey former) throws Exception {
        SessionOpened good = FixedInstallation.opened();
        return new SessionOpened(
                good.sid(),
                good.issuer(),
                good.domain(),
                good.user(),
                good.device(),
                good.deviceName(),
                good.chain(),
                good.endorsement(),
                good.keySet(),
                good.root(),
                good.relays(),
                good.operations(),
                good.state(),
                List.of(Continuity.sign(
                        former,
                        good.device(),
                        good.domain(),
                        DeviceIdentityPublicKey.parse(FixedInstallation.IDENTITY.spki()))),
                good.log());
    }

    @Test
    void aKeyToWhichTheComparedOneLeadsIsCompared() throws Exception {
        DeviceIdentityKey former = DeviceIdentityKey.generate();
        SessionOpened renewed = renewed(former);
        for (boolean compared : new boolean[] {false, true}) {
            remember(new DeviceTrust(former.publicKey().thumbprint(), 1, compared));
            refuses(Check.IDENTITY_CHANGED, FixedInstallation.opened());
            assertThat(check(renewed).compared()).isEqualTo(compared);
            assertThat(known()).isEqualTo(new DeviceTrust(FixedInstallation.identityThumbprint(), 7, compared));
        }
    }

    @Test
    void aKeyThatIsComparedWhileItIsRenewedStaysCompared() throws Exception {
        DeviceIdentityKey former = DeviceIdentityKey.generate();
        DeviceTrust seen = new DeviceTrust(former.publicKey().thumbprint(), 1, false);
        remember(seen);
        DeviceCheck check = new DeviceCheck(store, () -> FixedInstallation.NOW);
        VerifiedDevice device = check.check(SERVER, SIGN_IN, asked(check), renewed(former), proofs);
        compared(seen, seen.identity());
        check.remember(SERVER, device);
        assertThat(known()).isEqualTo(new DeviceTrust(FixedInstallation.identityThumbprint(), 7, true));
    }

    @Test
    void theDomainOfASignInStaysTheSame() throws Exception {
        check(FixedInstallation.opened());
        assertThat(store.remembered(SERVER).orElseThrow().domain(SIGN_IN)).hasValue(FixedInstallation.DOMAIN);
        InstallationTrust trust = store.remembered(SERVER).orElseThrow();
        InstallationTrust other = new InstallationTrust(
                trust.root(),
                trust.issuer(),
                trust.keySetSeq(),
                Map.of(),
                Map.of(),
                Map.of(SIGN_IN, "01900000-0000-7000-8000-0000000000ff"));
        store.update(SERVER, none -> new TrustStore.Decision<>(1, other));
        refuses(Check.DOMAIN_CHANGED, FixedInstallation.opened());
        assertThat(store.remembered(SERVER)).as("as before").hasValue(other);
        DeviceCheck check = new DeviceCheck(store, () -> FixedInstallation.NOW);
        check.check(SERVER, "another sign-in", asked(check), FixedInstallation.opened(), proofs);
        assertThat(store.remembered(SERVER).orElseThrow().domains())
                .containsOnlyKeys(SIGN_IN, "another sign-in")
                .containsValue(FixedInstallation.DOMAIN);
    }

    @Test
    void aDeviceIsMetOnlyWhenTheHandshakeSucceeded() throws Exception {
        DeviceCheck check = new DeviceCheck(store, () -> FixedInstallation.NOW);
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThat(check.check(SERVER, SIGN_IN, asked(check), FixedInstallation.opened(), proofs)
                            .firstContact())
                    .isTrue();
        }
        assertThat(store.remembered(SERVER).orElseThrow().devices()).isEmpty();
        assertThat(store.remembered(SERVER).orElseThrow().logs()).isNotEmpty();
    }

    @Test
    void whatAnotherProcessMetMeanwhileStays() throws Exception {
        DeviceCheck check = new DeviceCheck(store, () -> FixedInstallation.NOW);
        VerifiedDevice older =
                check.check(SERVER, SIGN_IN, asked(check), withEndorsement(FixedInstallation.endorsement(7)), proofs);
        check(withEndorsement(FixedInstallation.endorsement(9)));
        check.remember(SERVER, older);
        InstallationTrust trust = store.remembered(SERVER).orElseThrow();
        assertThat(trust.device(FixedInstallation.UID).orElseThrow().counter()).isEqualTo(9);
        InstallationTrust other = trust.with(FixedInstallation.UID, new DeviceTrust(new byte[32], 1, false));
        store.update(SERVER, none -> new TrustStore.Decision<>(1, other));
        assertThatThrownBy(() -> check.remember(SERVER, older))
                .isInstanceOfSatisfying(
                        TrustException.class, e -> assertThat(e.check()).isEqualTo(Check.IDENTITY_CHANGED));
        assertThat(store.remembered(SERVER)).hasValue(other);
    }

    // ---- the log ----

    private void remember(TreeHead head) throws Exception {
        store.update(
                SERVER,
                none -> new TrustStore.Decision<>(
                        1,
                        new InstallationTrust(
                                FixedInstallation.ROOT.publicKey(),
                                FixedInstallation.ISSUER,
                                1,
                                Map.of(),
                                Map.of(head.tree(), head),
                                Map.of())));
    }

    private Optional<TreeHead> remembered() throws IOException {
        return store.remembered(SERVER).flatMap(trust -> trust.log(FixedInstallation.DOMAIN));
    }

    @TestFactory
    Stream<DynamicTest> refusedLogs() throws Exception {
        JsonObject file = VectorFile.readOrWrite("log-proofs.json", LogVectors.produce());
        return file.getJsonArray("refused").getValuesAs(JsonObject.class).stream()
                .map(bad -> DynamicTest.dynamicTest(bad.getString("name"), () -> {
                    MemoryTrustStore fresh = new MemoryTrustStore();
                    Optional<TreeHead> seen = Optional.empty();
                    if (bad.containsKey("remembered")) {
                        seen = Optional.of(TreeHead.parse(StrictJson.of(bad.getJsonObject("remembered"))));
                        InstallationTrust trust = new InstallationTrust(
                                FixedInstallation.ROOT.publicKey(),
                                FixedInstallation.ISSUER,
                                1,
                                Map.of(),
                                Map.of(FixedInstallation.DOMAIN, seen.get()),
                                Map.of(SIGN_IN, bad.getString("domain", FixedInstallation.DOMAIN)));
                        fresh.update(SERVER, none -> new TrustStore.Decision<>(1, trust));
                    }
                    Optional<LogProofs> log = bad.containsKey("proofs")
                            ? Optional.of(LogProofs.parse(StrictJson.of(bad.getJsonObject("proofs"))))
                            : Optional.empty();
                    DeviceCheck check = new DeviceCheck(fresh, () -> FixedInstallation.NOW);
                    SessionRequest asked = asked(check, bad);
                    assertThatThrownBy(() -> check.check(SERVER, SIGN_IN, asked, FixedInstallation.opened(log), proofs))
                            .isInstanceOfSatisfying(
                                    TrustException.class,
                                    e -> assertThat(e.check().name()).isEqualTo(bad.getString("reason")));
                    assertThat(fresh.remembered(SERVER).flatMap(trust -> trust.log(FixedInstallation.DOMAIN)))
                            .as("what was seen stays remembered")
                            .isEqualTo(seen);
                }));
    }

    private static SessionRequest asked(DeviceCheck check, JsonObject bad) throws IOException {
        SessionRequest asked = asked(check);
        assertThat(asked.heads().isEmpty()).isEqualTo(!bad.containsKey("remembered"));
        return asked;
    }

    @Test
    void theHeadIsRememberedAndNamedInTheNextRequest() throws Exception {
        DeviceCheck check = new DeviceCheck(store, () -> FixedInstallation.NOW);
        assertThat(asked(check).heads()).isEmpty();
        TreeHead earlier = FixedLog.HONEST.head(FixedLog.EARLIER);
        check(FixedInstallation.opened(Optional.of(FixedLog.HONEST.proofs(earlier, Optional.empty()))));
        assertThat(asked(check).heads()).isEqualTo(Map.of(FixedInstallation.DOMAIN, (long) FixedLog.EARLIER));
        assertThat(check(FixedInstallation.opened()).head()).isEqualTo(FixedLog.HONEST.head(FixedLog.SIZE));
        assertThat(remembered()).hasValue(FixedLog.HONEST.head(FixedLog.SIZE));
        check(FixedInstallation.opened(Optional.of(FixedLog.HONEST.proofs(Optional.empty()))));
    }

    @Test
    void whatAnotherProcessSawMeanwhileIsAskedForAndStaysRemembered() throws Exception {
        DeviceCheck check = new DeviceCheck(store, () -> FixedInstallation.NOW);
        SessionRequest asked = asked(check);
        TreeHead earlier = FixedLog.HONEST.head(FixedLog.EARLIER);
        SessionOpened answer = FixedInstallation.opened(Optional.of(FixedLog.HONEST.proofs(earlier, Optional.empty())));
        remember(FixedLog.HONEST.head(FixedLog.SIZE));
        List<Long> fetched = new ArrayList<>();
        check.check(SERVER, SIGN_IN, asked, answer, (first, second) -> {
            fetched.addAll(List.of(first, second));
            return Optional.of(FixedLog.HONEST.consistency(first, second));
        });
        assertThat(fetched).containsExactly((long) FixedLog.EARLIER, (long) FixedLog.SIZE);
        assertThat(remembered()).hasValue(FixedLog.HONEST.head(FixedLog.SIZE));

        remember(FixedLog.FORKED.head(FixedLog.SIZE));
        assertThatThrownBy(() -> check.check(
                        SERVER,
                        SIGN_IN,
                        asked,
                        answer,
                        (first, second) -> Optional.of(FixedLog.HONEST.consistency(first, second))))
                .isInstanceOfSatisfying(
                        TrustException.class, e -> assertThat(e.check()).isEqualTo(Check.LOG_FORKED));
    }

    /** In every node of every path; every bit is the wire module's test. */
    @Test
    void flippedBitsOfProofsAreRefused() throws Exception {
        remember(FixedLog.HONEST.head(FixedLog.EARLIER));
        LogProofs good = FixedLog.HONEST.proofs(Optional.of((long) FixedLog.EARLIER));
        LogProofs.Consistency growth = good.consistency().orElseThrow();
        for (int node = 0; node < good.inclusion().size(); node++) {
            for (int bit = 0; bit < 256; bit += 9) {
                List<byte[]> path = flipped(good.inclusion(), node, bit);
                refuses(
                        Check.LOG_INCLUSION,
                        FixedInstallation.opened(
                                Optional.of(new LogProofs(good.head(), good.index(), path, good.consistency()))));
            }
        }
        for (int node = 0; node < growth.path().size(); node++) {
            for (int bit = 0; bit < 256; bit += 9) {
                List<byte[]> path = flipped(growth.path(), node, bit);
                refuses(
                        Check.LOG_FORKED,
                        FixedInstallation.opened(Optional.of(new LogProofs(
                                good.head(),
                                good.index(),
                                good.inclusion(),
                                Optional.of(new LogProofs.Consistency(growth.first(), path))))));
            }
        }
        check(FixedInstallation.opened(Optional.of(good)));
    }

    private static List<byte[]> flipped(List<byte[]> path, int node, int bit) {
        List<byte[]> changed = new ArrayList<>(path);
        byte[] hash = path.get(node).clone();
        hash[bit / 8] ^= (byte) (1 << bit % 8);
        changed.set(node, hash);
        return changed;
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
                Map.of(FixedInstallation.UID, new DeviceTrust(FixedInstallation.identityThumbprint(), seq, true)),
                Map.of(FixedInstallation.DOMAIN, FixedLog.HONEST.head(seq % FixedLog.SIZE)),
                Map.of(SIGN_IN, FixedInstallation.DOMAIN));
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
    void fileFromBeforeTheLogWasChecked() throws Exception {
        Path file = folder.resolve("trust.json");
        FileTrustStore files = new FileTrustStore(file);
        files.update(SERVER, remember(1, trust(4)));
        Files.writeString(file, Files.readString(file).replaceAll(",\"logs\":\\{.*?\\}\\}.*?\\}", ""));
        assertThat(Files.readString(file)).doesNotContain("logs").doesNotContain("domains");
        assertThat(files.remembered(SERVER).orElseThrow().logs()).isEmpty();
        assertThat(files.remembered(SERVER).orElseThrow().domains()).isEmpty();
    }

    @Test
    void fileFromBeforeWordsWereCompared() throws Exception {
        Path file = folder.resolve("trust.json");
        FileTrustStore files = new FileTrustStore(file);
        files.update(SERVER, remember(1, trust(4)));
        Files.writeString(file, Files.readString(file).replace(",\"compared\":true", ""));
        assertThat(files.remembered(SERVER).orElseThrow().device(FixedInstallation.UID))
                .hasValue(new DeviceTrust(FixedInstallation.identityThumbprint(), 4, false));
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
