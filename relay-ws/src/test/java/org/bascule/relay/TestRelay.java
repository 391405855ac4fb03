package org.bascule.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.bascule.wire.B64;
import org.bascule.wire.SessionId;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.relay.RelayRole;

/** The WAR alone on Payara Micro, of an installation whose access server has the key set in force or none yet. */
final class TestRelay implements AutoCloseable {

    static final String ID = "relay-1";

    final TestInstallation installation = new TestInstallation();
    final TestAccessServer access = new TestAccessServer();
    final PayaraMicro micro;

    record Ends(RelayClient client, RelayClient device) {}

    /**
     * Starts it.
     *
     * @param heap the most that it may take
     * @param settings beside those that every relay has
     */
    TestRelay(Path folder, String heap, Map<String, String> settings) throws IOException, InterruptedException {
        micro = new PayaraMicro(folder, settings(settings), heap);
    }

    /**
     * Starts it.
     *
     * @param jvm options
     */
    TestRelay(Path folder, List<String> jvm) throws IOException, InterruptedException {
        micro = new PayaraMicro(folder, settings(Map.of()), jvm);
    }

    private Map<String, String> settings(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put(RelaySettings.ID, ID);
        all.put(RelaySettings.ACCESS_URL, access.url().toString());
        all.put(
                RelaySettings.ROOT_HASH,
                B64.encode(installation.root.publicKey().hash()));
        return all;
    }

    URI url() {
        return micro.relay();
    }

    /** From then on it admits. */
    void open() throws IOException, InterruptedException {
        access.serve(installation.keySet(5, installation.tokenKey));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (micro.readiness().statusCode() != 200) {
            assertThat(System.nanoTime()).as("the relay takes the key set").isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    RelayClient admitted(SessionId sid, RelayRole role, RelayProofKey proof) {
        return RelayClient.admitted(
                url(), TestInstallation.token(ID, sid, role, 0, proof), installation.tokenKey, proof);
    }

    /** Two ends of a new session. */
    Ends pair() {
        return pair(SessionId.random(), RelayProofKey.generate());
    }

    Ends pair(SessionId sid, RelayProofKey proof) {
        RelayClient client = admitted(sid, RelayRole.CLIENT, proof);
        assertHears(client, "waiting");
        RelayClient device = admitted(sid, RelayRole.DEVICE, proof);
        assertHears(device, "paired");
        assertHears(client, "paired");
        return new Ends(client, device);
    }

    /** Otherwise the failure says what came instead. */
    private static void assertHears(RelayClient end, String text) {
        RelayClient.Event heard = end.next();
        assertThat(heard.text()).as("%s", heard).isEqualTo(text);
    }

    @Override
    public void close() {
        micro.close();
        access.close();
    }
}
