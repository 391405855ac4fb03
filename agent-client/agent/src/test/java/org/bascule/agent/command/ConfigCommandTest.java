package org.bascule.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.bascule.agent.Main;
import org.bascule.agent.TestInstallation;
import org.bascule.agent.local.LocalCommands;
import org.bascule.agent.local.LocalException;
import org.bascule.agent.local.LocalSocket;
import org.bascule.agent.page.LocalPage;
import org.bascule.agent.policy.VncPolicy;
import org.bascule.agent.state.StateFolder;
import org.bascule.agent.tls.AgentProxy;
import org.bascule.wire.StrictJson;
import org.bascule.wire.TcpTarget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ConfigCommandTest {

    private static final String POLICY =
            "{\"operations\":[\"terminal\"],\"consent\":\"ask\",\"vnc\":{\"passwords\":{\"device:5900\":\"s3cr3t\"},\"withoutBanner\":true}}";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }

    private StateFolder device(String name) throws Exception {
        return new TestInstallation().enrolled(temporary.resolve(name)).state().folder();
    }

    /** As a file, what a device has exported. */
    private Path exported(StateFolder device) throws Exception {
        out.getBuffer().setLength(0);
        assertThat(run("config", "export", "--dir", device.path().toString())).isZero();
        return Files.writeString(temporary.resolve("settings.json"), out.toString());
    }

    private int take(StateFolder device, Path file, String... options) {
        String[] all = new String[options.length + 5];
        System.arraycopy(
                new String[] {
                    "config", "import", file.toString(), "--dir", device.path().toString()
                },
                0,
                all,
                0,
                5);
        System.arraycopy(options, 0, all, 5, options.length);
        return run(all);
    }

    private StateFolder configured(String name) throws Exception {
        StateFolder device = device(name);
        device.write("policy.json", POLICY);
        Path password = Files.writeString(temporary.resolve("password"), "hunter2");
        AgentProxy.set(device, "http://ann@proxy.example:3128", password);
        String dir = device.path().toString();
        assertThat(run(
                        "switch",
                        "--mode",
                        "key-switch",
                        "--invert",
                        "--gpio",
                        "/sys/class/gpio/gpio17/value",
                        "--dir",
                        dir))
                .isZero();
        assertThat(run("off", "--reason", "welding", "--dir", dir)).isZero();
        assertThat(run("page", "--port", "6001", "--dir", dir)).isZero();
        return device;
    }

    @Test
    void whatWasExportedIsInForceOnAnotherDeviceWithoutSecretsAndWithoutBeingOff() throws Exception {
        Path file = exported(configured("one"));
        assertThat(file)
                .content()
                .doesNotContain("s3cr3t")
                .doesNotContain("hunter2")
                .doesNotContain("welding")
                .contains("ann@proxy.example");
        StateFolder other = device("other");
        assertThat(take(other, file)).as(err.toString()).isZero();
        assertThat(out.toString()).contains("The settings are in force.").contains("started again");
        StrictJson policy = StrictJson.parse(other.readText("policy.json").orElseThrow(), 10_000);
        assertThat(policy.object().toString())
                .isEqualTo("{\"operations\":[\"terminal\"],\"consent\":\"ask\",\"vnc\":{\"withoutBanner\":true}}");
        assertThat(other.readText("switch.json").orElseThrow())
                .startsWith(
                        "{\"mode\":\"key-switch\",\"on\":true,\"gpio\":\"/sys/class/gpio/gpio17/value\",\"invert\":true");
        assertThat(other.readText("local-page.json")).contains("{\"enabled\":true,\"port\":6001}");
        assertThat(AgentProxy.read(other).orElseThrow().reveal()).isEqualTo("http://ann@proxy.example:3128");
        assertThat(exported(other)).content().isEqualTo(Files.readString(file));
    }

    @Test
    void passwordsThatTheDeviceHasStay() throws Exception {
        StateFolder device = configured("one");
        Path file = exported(device);
        assertThat(take(device, file)).as(err.toString()).isZero();
        assertThat(AgentProxy.read(device).orElseThrow().password()).isEqualTo("hunter2");
        assertThat(VncPolicy.load(device)
                        .password(TcpTarget.parsePlain("device:5900").orElseThrow()))
                .contains("s3cr3t");
        assertThat(device.readText("switch.json").orElseThrow()).contains("welding");
    }

    @Test
    void whatIsNotNamedStays() throws Exception {
        StateFolder device = configured("one");
        Path file = Files.writeString(
                temporary.resolve("part.json"),
                "{\"format\":\"bascule-agent-config\",\"version\":1,\"page\":{\"enabled\":false}}");
        assertThat(take(device, file, "--check")).isZero();
        assertThat(device.readText("local-page.json").orElseThrow()).contains("6001");
        assertThat(take(device, file)).isZero();
        assertThat(device.readText("local-page.json")).contains("{\"enabled\":false,\"port\":5936}");
        assertThat(device.readText("policy.json")).contains(POLICY);
        assertThat(AgentProxy.read(device)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{\"format\":\"bascule-enrolment\",\"version\":1}",
                "{\"format\":\"bascule-agent-config\"}",
                "{\"format\":\"bascule-agent-config\",\"version\":2}",
                "{\"format\":\"bascule-agent-config\",\"version\":1,\"polcy\":{}}",
                "{\"format\":\"bascule-agent-config\",\"version\":1,\"page\":{\"port\":6002},\"policy\":{\"operation\":[]}}",
                "{\"format\":\"bascule-agent-config\",\"version\":1,\"page\":{\"port\":6002},\"policy\":{\"restart\":[\"reboot\"]}}",
                "{\"format\":\"bascule-agent-config\",\"version\":1,\"page\":{\"port\":6002},\"policy\":{\"vnc\":{\"passwords\":{\"device:1\":\"x\"}}}}",
                "{\"format\":\"bascule-agent-config\",\"version\":1,\"page\":{\"port\":80}}",
                "{\"format\":\"bascule-agent-config\",\"version\":1,\"page\":{\"port\":6002},\"switch\":{\"on\":false}}",
                "{\"format\":\"bascule-agent-config\",\"version\":1,\"page\":{\"port\":6002},\"switch\":{\"mode\":\"always\",\"on\":false}}",
                "{\"format\":\"bascule-agent-config\",\"version\":1,\"page\":{\"port\":6002},\"switch\":{\"mode\":\"key-switch\",\"key\":{\"gpio\":\"/dev/null\",\"inverted\":true}}}",
                "{\"format\":\"bascule-agent-config\",\"version\":1,\"page\":{\"port\":6002},\"proxy\":\"http://a:b@proxy.example\"}",
                "{\"format\":\"bascule-agent-config\",\"version\":1,\"page\":{\"port\":6002},\"proxy\":\"ftp://proxy.example\"}"
            })
    void whatIsNotRightChangesNothing(String text) throws Exception {
        StateFolder device = configured("one");
        Path before = exported(device);
        String settings = Files.readString(before);
        err.getBuffer().setLength(0);
        assertThat(take(device, Files.writeString(temporary.resolve("wrong.json"), text)))
                .isEqualTo(ExitCode.FAILED);
        assertThat(err.toString().strip())
                .startsWith("Nothing was changed: ")
                .endsWith(".")
                .doesNotContain("..", "\n");
        assertThat(exported(device)).content().isEqualTo(settings);
    }

    @Test
    void whatTheDeviceHasBesidesIsLookedAtFirst() throws Exception {
        StateFolder device = configured("one");
        Path file = Files.writeString(
                temporary.resolve("settings.json"),
                "{\"format\":\"bascule-agent-config\",\"version\":1,\"policy\":{},\"page\":{\"port\":6002},\"proxy\":\"http://proxy.example:1\"}");
        device.write("proxy", "ftp://proxy.example");
        for (String[] options : new String[][] {{}, {"--check"}}) {
            assertThat(take(device, file, options)).isEqualTo(ExitCode.FAILED);
        }
        assertThat(err.toString()).contains("proxy is damaged");
        assertThat(device.readText("policy.json")).contains(POLICY);
        assertThat(device.readText("local-page.json").orElseThrow()).contains("6001");
    }

    /** With the passwords of the device it would be longer than what is read as a policy. */
    @Test
    void aPolicyThatCouldNotBeReadAfterwardsChangesNothing() throws Exception {
        StateFolder device = configured("one");
        String name = "/" + "x".repeat(199);
        String root = name.repeat(20);
        String roots = ("\"" + root + "\",").repeat(16) + "\"" + name.repeat(7) + "/" + "x".repeat(46) + "\"";
        Path file = Files.writeString(
                temporary.resolve("settings.json"),
                "{\"format\":\"bascule-agent-config\",\"version\":1,\"policy\":{\"roots\":[" + roots + "]}}");
        for (String[] options : new String[][] {{}, {"--check"}}) {
            assertThat(take(device, file, options)).isEqualTo(ExitCode.FAILED);
        }
        assertThat(err.toString()).contains("Nothing was changed: ").doesNotContain("'roots'");
        assertThat(device.readText("policy.json")).contains(POLICY);
        device.write("policy.json", "{}");
        assertThat(take(device, file)).as(err.toString()).isZero();
    }

    private static String page(String config) {
        return "{\"format\":\"bascule-agent-config\",\"version\":1,\"page\":" + config + "}";
    }

    /** A running agent cannot open the page, because its port is in use, or has closed it. */
    @Test
    void aPageThatCannotBeOpenedIsNoSuccess() throws Exception {
        StateFolder device = device("one");
        LocalCommands commands = new LocalCommands();
        commands.add(LocalPage.COMMAND, (arguments, by) -> {
            throw new LocalException(LocalPage.CLOSED, "The local page cannot be opened on port 6001.");
        });
        ExecutorService threads = Executors.newCachedThreadPool();
        ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
        try (LocalSocket socket = LocalSocket.open(device, commands, threads, timer)) {
            Path file = temporary.resolve("page.json");
            Files.writeString(file, page("{\"enabled\":true,\"port\":6001}"));
            assertThat(take(device, file)).isEqualTo(ExitCode.FAILED);
            assertThat(err.toString()).contains("cannot be opened on port 6001");
            assertThat(out.toString()).isEmpty();
            Files.writeString(file, page("{\"enabled\":false,\"port\":6001}"));
            assertThat(take(device, file)).isZero();
            assertThat(out.toString()).contains("The settings are in force.");
        } finally {
            threads.shutdownNow();
            timer.shutdownNow();
        }
    }

    @Test
    void aDeviceThatIsNotEnrolledHasNone() {
        assertThat(run("config", "export", "--dir", temporary.resolve("none").toString()))
                .isEqualTo(ExitCode.STATE);
        assertThat(run("config")).isEqualTo(ExitCode.USAGE);
    }
}
