package org.bascule.agent.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.bascule.agent.Main;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.session.network.Proxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class AgentProxyTest {

    private static final String SECRET = "s3: cr@t/%";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private record Ran(int code, String out, String err) {}

    private Ran run(String... more) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        String[] all = new String[more.length + 3];
        all[0] = "proxy";
        System.arraycopy(more, 0, all, 1, more.length);
        all[more.length + 1] = "--dir";
        all[more.length + 2] = folder.resolve("state").toString();
        return new Ran(line.execute(all), out.toString(), err.toString());
    }

    private StateFolder state() throws StateException {
        return StateFolder.open(folder.resolve("state"));
    }

    @Test
    void isKeptForItsUserAloneAndShownWithoutThePassword() throws Exception {
        Path password = Files.writeString(folder.resolve("password"), SECRET + "\n");
        Ran set = run("--proxy", "socks5://ann@proxy.example:1081", "--proxy-password-file", password.toString());
        assertThat(set.out).isEqualToIgnoringNewLines("socks5://proxy.example:1081 as ann");
        assertThat(set.out + set.err).doesNotContain("s3");
        Proxy proxy = AgentProxy.read(state()).orElseThrow();
        assertThat(proxy).isEqualTo(new Proxy(Proxy.Kind.SOCKS5, "proxy.example", 1_081, "ann", SECRET));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("state/proxy"))))
                .isEqualTo("rw-------");
        assertThat(run().out).startsWith("socks5://proxy.example:1081");
        assertThat(run("--none").out).startsWith("No proxy");
        assertThat(AgentProxy.read(state())).isEmpty();
    }

    @Test
    void aPasswordOnTheCommandLineIsRefusedAndNotRepeated() {
        Ran set = run("--proxy", "http://ann:hunter2@proxy.example");
        assertThat(set.code).isNotZero();
        assertThat(set.err).contains("--proxy-password-file").doesNotContain("hunter2");
        assertThat(run("--proxy", "ftp://proxy.example").err).contains("http:// or socks5://");
        assertThat(run("--proxy-password-file", "f").err).contains("--proxy URL");
    }

    @Test
    void aDamagedFileIsSaid() throws Exception {
        run();
        state().write("proxy", "http://u:hunter2@p/path");
        assertThatThrownBy(() -> AgentProxy.of(state()))
                .isInstanceOf(StateException.class)
                .hasMessageContaining("damaged")
                .hasMessageNotContaining("hunter2");
    }
}
