package org.bascule.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.bascule.agent.Main;
import org.bascule.agent.TestInstallation;
import org.bascule.agent.assist.AssistanceFolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Without a running agent: what it says about a request is written here. */
class AssistCommandTest {

    private final Path path;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private AssistanceFolder folder;

    AssistCommandTest(@TempDir Path temporary) {
        path = temporary.resolve("state");
    }

    @BeforeEach
    void enrol() throws Exception {
        folder = AssistanceFolder.in(
                new TestInstallation().enrolled(path).state().folder());
    }

    private int run(String... arguments) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        String[] all = new String[arguments.length + 3];
        all[0] = "assist";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[arguments.length + 1] = "--dir";
        all[arguments.length + 2] = path.toString();
        return line.execute(all);
    }

    private void asks(String text) throws Exception {
        assertThat(run(text)).isEqualTo(ExitCode.NOT_RUNNING);
        assertThat(folder.request().orElseThrow().text()).isEqualTo(text);
    }

    private void told(String state, String detail) throws Exception {
        folder.tell(
                new AssistanceFolder.Told(folder.request().orElseThrow().id(), state, detail, TestInstallation.NOW));
    }

    private void asksInVain(String text) throws Exception {
        String before = folder.request().orElseThrow().id();
        assertThat(run(text)).isEqualTo(ExitCode.STATE);
        assertThat(err.toString()).contains("Help was asked for already");
        assertThat(folder.request().orElseThrow().id()).isEqualTo(before);
    }

    /** The server may know it once it was sent: what becomes of it would never be shown. */
    @Test
    void requestIsReplacedUntilItWasSent() throws Exception {
        asks("stuck");
        asks("really stuck");
        assertThat(run("--status")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("will be sent when the server can be reached");
        folder.sent(folder.request().orElseThrow().id());
        asksInVain("stuck fast");
        assertThat(run("--status")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("the server has not answered yet");
    }

    @Test
    void nextRequestIsTakenWhenTheLastIsOver() throws Exception {
        asks("stuck");
        told("open", "");
        asksInVain("really stuck");
        told("taken", "Bob");
        asksInVain("really stuck");
        told("closed", "done");
        asks("stuck again");
        told("refused", "too-many");
        asks("and again");
    }

    @Test
    void everyRefusalIsASentence() throws Exception {
        asks("stuck");
        for (String code : new String[] {
            "disabled", "already-open", "too-many", "invalid", "contact-name", "contact-phone", "contact-email"
        }) {
            told("refused", code);
            out.getBuffer().setLength(0);
            assertThat(run("--status")).isEqualTo(ExitCode.SERVER);
            assertThat(out.toString().strip()).as(code).matches("Not accepted: \\w+ .+\\.");
        }
    }
}
