package org.bascule.agent.desktop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bascule.agent.account.Account;
import org.bascule.agent.account.AccountDirectory;
import org.bascule.agent.account.AccountRules;
import org.bascule.agent.display.Displays;
import org.bascule.agent.policy.AgentPolicy;
import org.bascule.agent.policy.DesktopPolicy;
import org.bascule.session.service.DesktopRequest;
import org.bascule.session.service.DesktopRequest.Mode;
import org.bascule.wire.Json;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Displays that lack something, that are another account's, or that are not there. */
@Timeout(90)
class OtherDisplaysTest {

    private static final DesktopPolicy NONE = new DesktopPolicy(List.of());
    private static final DesktopRequest ANY = new DesktopRequest(Mode.VIEW, Optional.empty(), "");

    private Path folder;

    @BeforeEach
    void setFolder(@TempDir Path temporary) {
        folder = temporary;
    }

    @Test
    void aDisplayWithoutExtensionsIsShownToo() throws Exception {
        try (DesktopFixture fixture = new DesktopFixture(
                folder, 640, 480, "-extension", "MIT-SHM", "-extension", "DAMAGE", "-extension", "RANDR")) {
            fixture.startPainter();
            fixture.paint("fill 4080c0 0 0 640 480");
            DesktopStream stream = new DesktopStream();
            fixture.open(stream, Mode.CONTROL);
            RfbClient client = fixture.client(stream, DesktopFixture.usual());
            client.await("the picture", () -> client.pixel(10, 470) == 0x4080c0);
            fixture.paint("fill ff0000 100 100 50 50");
            client.await("the change", () -> client.pixel(120, 120) == 0xff0000);
            stream.leave();
        }
    }

    @Test
    void aDisplayOfThirteenMegapixelsIsShown() throws Exception {
        try (DesktopFixture fixture = new DesktopFixture(folder, 4_400, 3_000)) {
            DesktopStream stream = new DesktopStream();
            fixture.open(stream, Mode.VIEW);
            RfbClient client = fixture.client(stream, DesktopFixture.usual());
            client.await("the banner", () -> client.updates > 0 && hasColour(client, 0x0b3d66));
            assertThat(client.pixels).hasSize(4_400 * 3_000);
            stream.leave();
        }
    }

    private static boolean hasColour(RfbClient client, int colour) {
        return IntStream.range(0, client.width).anyMatch(x -> client.pixel(x, 15) == colour);
    }

    @Test
    void withoutXtestItIsSeenAndNotControlled() throws Exception {
        try (DesktopFixture fixture = new DesktopFixture(folder, 640, 480, "-extension", "XTEST")) {
            DesktopStream stream = new DesktopStream();
            fixture.open(stream, Mode.CONTROL);
            RfbClient client = fixture.client(stream, DesktopFixture.usual());
            client.await("a picture", () -> client.updates > 0);
            JsonObject error = awaitError(stream);
            assertThat(error.getString("code")).isEqualTo("unsupported");
            assertThat(error.getString("text")).contains("XTEST");
            stream.say(Json.createObjectBuilder().add("mode", "control").build());
            assertThat(awaitError(stream).getString("code")).isEqualTo("unsupported");
            assertThat(stream.failure).isNull();
            stream.leave();
        }
    }

    /** What was said last before it is that the display is only seen. */
    private static JsonObject awaitError(DesktopStream stream) throws InterruptedException {
        JsonObject before = JsonValue.EMPTY_JSON_OBJECT;
        JsonObject event = stream.next();
        while (!event.containsKey("error")) {
            before = event;
            event = stream.next();
        }
        assertThat(before.getJsonObject("desktop").getString("mode")).isEqualTo("view");
        return event.getJsonObject("error");
    }

    @Test
    void anotherColourDepthIsTold() throws Exception {
        try (DesktopFixture fixture = new DesktopFixture(folder, 640, 480, "-screen", "0", "640x480x16")) {
            DesktopStream stream = new DesktopStream();
            fixture.open(stream, Mode.VIEW).get(20, TimeUnit.SECONDS);
            assertThat(stream.events.toString()).contains("unsupported", "24 bits");
        }
    }

    private DisplayChoice choice() throws Exception {
        Files.createDirectories(folder.resolve("sessions"));
        Files.createDirectories(folder.resolve("proc"));
        Files.createDirectories(folder.resolve("sockets"));
        AccountDirectory accounts = new AccountDirectory();
        return new DisplayChoice(
                new Displays(
                        folder.resolve("sessions"),
                        folder.resolve("proc"),
                        folder.resolve("sockets"),
                        accounts,
                        AccountDirectory.ownUid()),
                new AccountRules(accounts));
    }

    private void session(String lines) throws Exception {
        Account own = new AccountDirectory().own();
        Files.writeString(
                folder.resolve("sessions/c1"),
                "ACTIVE=1\nSEAT=seat0\nUSER=" + own.name() + "\nUID=" + own.uid() + "\nCLASS=user\n" + lines);
    }

    @Test
    void nobodyInFrontAndWaylandAreTold() throws Exception {
        DisplayChoice choice = choice();
        Account own = new AccountDirectory().own();
        assertThatThrownBy(() -> choice.choose(ANY, own, AgentPolicy.DEFAULT, NONE))
                .isInstanceOfSatisfying(
                        DesktopProblem.class, e -> assertThat(e.code()).isEqualTo(DesktopProblem.Code.NO_DISPLAY));
        session("TYPE=wayland\n");
        assertThatThrownBy(() -> choice.choose(ANY, own, AgentPolicy.DEFAULT, NONE))
                .isInstanceOfSatisfying(
                        DesktopProblem.class, e -> assertThat(e.code()).isEqualTo(DesktopProblem.Code.WAYLAND));
        Files.createFile(folder.resolve("sockets/X0"));
        session("TYPE=wayland\nDISPLAY=:0\n");
        assertThatThrownBy(() -> choice.choose(ANY, own, AgentPolicy.DEFAULT, NONE))
                .hasMessageContaining("X11");
        session("TYPE=x11\nDISPLAY=:0\n");
        assertThat(choice.choose(ANY, own, AgentPolicy.DEFAULT, NONE).name()).isEqualTo(":0");
    }

    @Test
    void anotherAccountsDisplayNeedsThePolicy() throws Exception {
        DisplayChoice choice = choice();
        Files.createFile(folder.resolve("sockets/X0"));
        session("TYPE=x11\nDISPLAY=:0\n");
        Account other = new Account("somebody", 64_321, 64_321, Path.of("/"), Path.of("/bin/sh"));
        AgentPolicy narrow =
                new AgentPolicy(true, Optional.of(List.of("somebody")), AgentPolicy.ALL, Optional.empty(), false);
        assertThatThrownBy(() -> choice.choose(ANY, other, narrow, NONE))
                .isInstanceOfSatisfying(
                        DesktopProblem.class, e -> assertThat(e.code()).isEqualTo(DesktopProblem.Code.DENIED));
        AgentPolicy wide = new AgentPolicy(true, Optional.empty(), AgentPolicy.ALL, Optional.empty(), false);
        assertThat(choice.choose(ANY, other, wide, NONE).account()).isEqualTo(new AccountDirectory().own());
    }

    @Test
    void theOwnerNamesADisplay() throws Exception {
        DisplayChoice choice = choice();
        Files.createFile(folder.resolve("sockets/X7"));
        Account account = new AccountDirectory().own();
        DesktopPolicy named = new DesktopPolicy(List.of(":7", ":8"));
        assertThat(choice.choose(ANY, account, AgentPolicy.DEFAULT, named).name())
                .isEqualTo(":7");
        assertThat(choice.ofPeople(account, AgentPolicy.DEFAULT, named).name()).isEqualTo(":7");
        Files.createFile(folder.resolve("sockets/X0"));
        session("TYPE=x11\nDISPLAY=:0\n");
        assertThat(choice.choose(ANY, account, AgentPolicy.DEFAULT, named).name())
                .isEqualTo(":7");
        assertThat(choice.ofPeople(account, AgentPolicy.DEFAULT, named).name())
                .as("where they are told of something")
                .isEqualTo(":0");
        assertThatThrownBy(() -> choice.choose(
                        new DesktopRequest(Mode.VIEW, Optional.of(":8"), ""), account, AgentPolicy.DEFAULT, named))
                .hasMessageContaining(":8");
    }
}
