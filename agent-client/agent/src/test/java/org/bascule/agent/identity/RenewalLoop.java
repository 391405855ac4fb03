package org.bascule.agent.identity;

import java.nio.file.Path;
import java.time.Clock;
import org.bascule.agent.state.DeviceState;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.B64;
import org.bascule.wire.keys.DeviceIdentityKey;

/** A process that changes keys as fast as it can, until it is killed. Its certificates are texts that name their key, which is all that the folder needs. */
final class RenewalLoop {

    private RenewalLoop() {}

    public static void main(String[] arguments) throws Exception {
        DeviceState state = new DeviceState(StateFolder.open(Path.of(arguments[0])));
        DeviceIdentity.open(state, Clock.systemUTC());
        System.out.println("running");
        while (true) {
            DeviceIdentityKey next = DeviceIdentityKey.generate();
            state.saveNext(next);
            state.saveNextChain(java.util.List.of(name(next), "ca"));
            state.adoptNext();
        }
    }

    static String name(DeviceIdentityKey key) {
        return B64.encode(key.publicKey().thumbprint());
    }
}
