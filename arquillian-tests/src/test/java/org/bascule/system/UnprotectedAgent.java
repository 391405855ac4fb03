package org.bascule.system;

import java.nio.file.Path;
import org.bascule.agent.Agent;
import org.bascule.agent.state.StateFolder;
import org.bascule.session.record.NullRecordCodec;
import org.bascule.session.stream.SessionConfig;

/** An agent whose records are not protected: to show that the search for plaintext on the way finds it. On the test class path alone. */
final class UnprotectedAgent {

    private UnprotectedAgent() {}

    public static void main(String[] arguments) throws Exception {
        new Agent(StateFolder.open(Path.of(arguments[0])), SessionConfig.DEFAULT.withCodecs(NullRecordCodec.INSECURE))
                .run();
    }
}
