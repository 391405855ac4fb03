package org.bascule.control.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.bascule.control.ExitCode;
import org.bascule.control.TestUser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The environment's proxy is used, and what it answers is said without its password. */
@Timeout(60)
class ProxyTest {

    @Test
    void theProxyOfTheEnvironmentIsAskedAndItsRefusalSaid(@TempDir Path home) throws Exception {
        BlockingQueue<String> requests = new LinkedBlockingQueue<>();
        try (ServerSocket proxy = new ServerSocket(0, 4, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> refuse(proxy, requests), "proxy");
            thread.setDaemon(true);
            thread.start();
            TestUser user = new TestUser(home);
            user.environment.put("BASCULE_URL", "https://access.example");
            user.environment.put("BASCULE_TOKEN", "opaque");
            user.environment.put("HTTPS_PROXY", "http://ann:hunter2@127.0.0.1:" + proxy.getLocalPort());
            assertThat(user.run("ls")).isEqualTo(ExitCode.CONNECTION.code());
            assertThat(user.err())
                    .contains("no connection to access.example: the proxy http://127.0.0.1:" + proxy.getLocalPort())
                    .contains("offers only NTLM")
                    .doesNotContain("hunter2")
                    .hasLineCount(1);
            assertThat(requests.poll(10, TimeUnit.SECONDS)).startsWith("CONNECT access.example:443 HTTP/1.1");
            assertThat(requests).as("asked once, not for each port").isEmpty();
        }
    }

    @Test
    void aVariableThatIsNoProxyIsAUsageError(@TempDir Path home) {
        TestUser user = new TestUser(home);
        user.environment.put("BASCULE_URL", "https://access.example");
        user.environment.put("BASCULE_TOKEN", "opaque");
        user.environment.put("BASCULE_PROXY", "ftp://ann:hunter2@proxy.example");
        assertThat(user.run("ls")).isEqualTo(ExitCode.USAGE.code());
        assertThat(user.err()).contains("BASCULE_PROXY").doesNotContain("hunter2");
    }

    private static void refuse(ServerSocket proxy, BlockingQueue<String> requests) {
        while (true) {
            try (Socket client = proxy.accept()) {
                InputStream in = client.getInputStream();
                byte[] request = new byte[4_000];
                int count = in.read(request);
                requests.add(new String(request, 0, Math.max(0, count), StandardCharsets.US_ASCII));
                client.getOutputStream()
                        .write("HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                return;
            }
        }
    }
}
