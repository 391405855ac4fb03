package org.bascule.agent.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.policy.PolicyFile;
import org.bascule.agent.state.StateFolder;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.TcpRequest;
import org.bascule.wire.Operations;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ReachTest {

    /** Whose rights change while what begins is recorded. */
    private static final class Changing implements Reach.Visitor {
        private final Runnable meanwhile;
        private volatile Operations permitted;
        private volatile Reach.@Nullable Route taken;

        Changing(String operation, Runnable meanwhile) {
            this.permitted = Operations.of(operation);
            this.meanwhile = meanwhile;
        }

        @Override
        public Operations permitted() {
            return permitted;
        }

        @Override
        public boolean isOver() {
            return false;
        }

        @Override
        public void begins(Reach.Route route) {
            taken = route;
            meanwhile.run();
        }
    }

    @Test
    void nothingIsConnectedWhenTheRightWentWhileTheLogWaited(@TempDir Path path) throws Exception {
        StateFolder folder = StateFolder.create(path.resolve("agent"));
        Reach reach = new Reach(folder);
        try (ServerSocket target = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            target.setSoTimeout(500);
            String operation = "tcp:device:" + target.getLocalPort();
            TcpRequest request = new TcpRequest("127.0.0.1", target.getLocalPort());
            Changing[] visitor = new Changing[1];
            visitor[0] = new Changing(operation, () -> visitor[0].permitted = new Operations(List.of()));
            assertThatThrownBy(() -> reach.connect(Reach.Purpose.FORWARD, request, visitor[0]))
                    .isInstanceOfSatisfying(DeviceProblem.class, problem -> assertThat(problem.code())
                            .isEqualTo(DeviceProblem.Code.NOT_PERMITTED));
            assertThatThrownBy(target::accept).isInstanceOf(SocketTimeoutException.class);

            // the owner has just permitted it, after it was looked at
            folder.write(PolicyFile.NAME, "{\"forward\":{\"allow\":[]}}");
            Changing allowed = new Changing(operation, () -> {});
            Reach.Route taken = Objects.requireNonNull(visitor[0].taken);
            while (taken.objection(allowed.permitted()).isEmpty()) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
            folder.write(PolicyFile.NAME, "{}");
            try (SocketChannel channel =
                    reach.connect(Reach.Purpose.FORWARD, request, allowed).orElseThrow()) {
                assertThat(channel.isConnected()).isTrue();
                target.accept().close();
            }
        }
    }
}
