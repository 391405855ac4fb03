package org.bascule.relay.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.bascule.relay.TestInstallation;
import org.bascule.wire.keys.RelayTokenSigningKey;
import org.bascule.wire.keys.RootSigningKey;
import org.bascule.wire.trust.KeySet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallationKeysTest {

    private final TestInstallation installation = new TestInstallation();
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private Instant now = Instant.now();
    private String served = "";
    private int fetches;

    private final InstallationKeys keys = keys(Optional.empty());

    private InstallationKeys keys(Optional<Path> file) {
        return new InstallationKeys(
                installation.root.publicKey().hash(),
                () -> {
                    fetches++;
                    if (served.isEmpty()) {
                        throw new IOException("status 503");
                    }
                    return served;
                },
                new KeySetFile(file),
                tasks::add,
                () -> now);
    }

    private CompletionStage<KeySet> ask(RelayTokenSigningKey key) {
        CompletionStage<KeySet> asked = keys.forRelayTokenKey(key.publicKey().kid());
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
        return asked;
    }

    private static boolean failed(CompletionStage<KeySet> asked) {
        return asked.toCompletableFuture().isCompletedExceptionally();
    }

    private static long seq(CompletionStage<KeySet> asked) {
        return asked.toCompletableFuture().join().seq();
    }

    @Test
    void fetchesAtFirstNeedAndNotAgainForKnownKeys() {
        served = installation.keySet(3, installation.tokenKey);
        assertThat(keys.current()).isEmpty();
        assertThat(seq(ask(installation.tokenKey))).isEqualTo(3);
        assertThat(seq(ask(installation.tokenKey))).isEqualTo(3);
        assertThat(fetches).isEqualTo(1);
    }

    /** As a time server does at the start of a machine. */
    @Test
    void aClockThatIsSetBackHoldsNothingUp() {
        served = installation.keySet(3, installation.tokenKey);
        ask(installation.tokenKey);
        assertThat(keys.isDue()).isFalse();
        now = now.minusSeconds(3_600);
        assertThat(keys.isDue()).isTrue();
        RelayTokenSigningKey next = RelayTokenSigningKey.generate();
        served = installation.keySet(4, installation.tokenKey, next);
        assertThat(seq(ask(next))).isEqualTo(4);
    }

    @Test
    void failsWhileTheServerIsAwayAndTriesAgainAfterAPause() {
        assertThat(failed(ask(installation.tokenKey))).isTrue();
        assertThat(failed(ask(installation.tokenKey))).isTrue();
        assertThat(fetches).as("at most one fetch in a pause").isEqualTo(1);
        now = now.plus(InstallationKeys.PAUSE);
        assertThat(failed(ask(installation.tokenKey))).isTrue();
        assertThat(fetches).isEqualTo(2);
        served = installation.keySet(1, installation.tokenKey);
        now = now.plus(InstallationKeys.PAUSE);
        assertThat(seq(ask(installation.tokenKey))).isEqualTo(1);
    }

    @Test
    void anErrorWhileFetchingBlocksNobody() {
        InstallationKeys broken = new InstallationKeys(
                new byte[32],
                () -> {
                    throw new NoClassDefFoundError("something");
                },
                new KeySetFile(Optional.empty()),
                Runnable::run,
                () -> now);
        assertThat(failed(broken.refresh())).isTrue();
        now = now.plus(InstallationKeys.PAUSE);
        assertThat(failed(broken.refresh())).isTrue();
    }

    @Test
    void whoComesDuringAFetchSharesIt() {
        served = installation.keySet(1, installation.tokenKey);
        CompletionStage<KeySet> first =
                keys.forRelayTokenKey(installation.tokenKey.publicKey().kid());
        CompletionStage<KeySet> second =
                keys.forRelayTokenKey(installation.tokenKey.publicKey().kid());
        assertThat(first).isNotCompleted();
        tasks.remove().run();
        assertThat(tasks).isEmpty();
        assertThat(seq(first)).isEqualTo(seq(second));
    }

    @Test
    void unknownKeyMakesItFetchAgainButNotTooOften() {
        served = installation.keySet(1, installation.tokenKey);
        ask(installation.tokenKey);
        RelayTokenSigningKey next = RelayTokenSigningKey.generate();
        served = installation.keySet(2, installation.tokenKey, next);
        assertThat(seq(ask(next))).as("within the pause").isEqualTo(1);
        now = now.plus(InstallationKeys.PAUSE);
        assertThat(seq(ask(next))).isEqualTo(2);
        assertThat(fetches).isEqualTo(2);
    }

    /** No token of another key need come. */
    @Test
    void aKeyThatWasWithdrawnDoesNotCountAtARelayThatRuns() {
        RelayTokenSigningKey stolen = RelayTokenSigningKey.generate();
        served = installation.keySet(1, installation.tokenKey, stolen);
        assertThat(keys.isDue()).as("at the start").isTrue();
        ask(installation.tokenKey);
        assertThat(keys.isDue()).isFalse();
        served = installation.keySet(2, installation.tokenKey);
        now = now.plus(InstallationKeys.REFRESH).minusMillis(1);
        assertThat(keys.isDue()).isFalse();
        now = now.plusMillis(1);
        assertThat(keys.isDue()).isTrue();
        keys.refresh();
        tasks.remove().run();
        assertThat(keys.isDue()).isFalse();
        KeySet set = keys.current().orElseThrow();
        assertThat(set.keys())
                .extracting(KeySet.Entry::kid)
                .contains(installation.tokenKey.publicKey().kid())
                .doesNotContain(stolen.publicKey().kid());
    }

    @Test
    void keySetOfAnotherRootIsRefused() {
        served = installation.keySet(RootSigningKey.generate(), 1, installation.tokenKey);
        assertThat(failed(ask(installation.tokenKey))).isTrue();
        assertThat(keys.current()).isEmpty();
    }

    @Test
    void olderKeySetIsRefused() {
        served = installation.keySet(7, installation.tokenKey);
        ask(installation.tokenKey);
        served = installation.keySet(6, RelayTokenSigningKey.generate());
        now = now.plus(InstallationKeys.PAUSE);
        assertThat(seq(ask(RelayTokenSigningKey.generate()))).isEqualTo(7);
        assertThat(fetches).isEqualTo(2);
    }

    @Test
    void aStartWithoutTheAccessServerBeginsWithWhatWasKept(@TempDir Path folder) throws Exception {
        Optional<Path> file = Optional.of(folder.resolve("key-set"));
        served = installation.keySet(7, installation.tokenKey);
        InstallationKeys before = keys(file);
        assertThat(before.isDue()).isTrue();
        before.refresh();
        tasks.remove().run();
        assertThat(before.isDue()).isFalse();

        served = "";
        InstallationKeys after = keys(file);
        assertThat(seq(after.forRelayTokenKey(installation.tokenKey.publicKey().kid())))
                .isEqualTo(7);
        assertThat(tasks).isEmpty();
        assertThat(after.isDue()).as("so it is asked for").isTrue();
        now = now.plus(InstallationKeys.PAUSE);
        served = installation.keySet(6, installation.tokenKey);
        after.refresh();
        tasks.remove().run();
        assertThat(after.current().orElseThrow().seq()).as("none that is older").isEqualTo(7);
        assertThat(after.isDue()).isTrue();

        now = now.plus(InstallationKeys.PAUSE);
        served = installation.keySet(8, installation.tokenKey);
        after.refresh();
        tasks.remove().run();
        assertThat(after.isDue()).isFalse();
        assertThat(keys(file).current().orElseThrow().seq()).isEqualTo(8);
    }

    @Test
    void whatIsKeptCountsOnlyIfItIsTheInstallations(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("key-set");
        for (String text : List.of(
                "",
                "nonsense",
                "x".repeat(KeySet.MAX_LENGTH + 1),
                installation.keySet(RootSigningKey.generate(), 9, installation.tokenKey))) {
            Files.writeString(file, text);
            assertThat(keys(Optional.of(file)).current()).isEmpty();
        }
        assertThat(keys(Optional.of(folder)).current()).as("a folder").isEmpty();
        served = installation.keySet(1, installation.tokenKey);
        InstallationKeys unwritable = keys(Optional.of(folder.resolve("absent/key-set")));
        unwritable.refresh();
        tasks.remove().run();
        assertThat(unwritable.isDue()).isFalse();
    }
}
