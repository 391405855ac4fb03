package org.bascule.agent.owner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class OwnerSwitchTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final String WHO = "account root on the command line";

    private final List<String> events = new CopyOnWriteArrayList<>();
    private final AtomicInteger told = new AtomicInteger();
    private Instant wall = NOW;
    private String boot = "boot-1";
    private long uptime = 1_000;
    private long nanos;
    private StateFolder folder;
    private OwnerSwitch owner;

    @BeforeEach
    void open(@TempDir Path temporary) throws Exception {
        folder = StateFolder.create(temporary.resolve("state"));
        start();
    }

    /** The agent starts. */
    private void start() throws Exception {
        owner = new OwnerSwitch(
                folder, this::moment, () -> nanos, Runnable::run, (code, detail) -> events.add(code + " " + detail));
        owner.onChange(told::incrementAndGet);
    }

    private Moment moment() {
        return new Moment(wall, boot, uptime);
    }

    private void pass(Duration time) {
        wall = wall.plus(time);
        uptime += time.toSeconds();
        nanos += time.toNanos();
    }

    private void restartMachine() throws Exception {
        boot = boot + "x";
        uptime = 10;
        start();
    }

    private void off() throws StateException {
        owner.change(new SwitchOrder.Off(Optional.empty(), "welding"), WHO);
    }

    private void off(Duration length) throws StateException {
        owner.change(new SwitchOrder.Off(Optional.of(length), "welding"), WHO);
    }

    private void mode(SwitchMode mode) throws StateException {
        owner.change(new SwitchOrder.Mode(mode, Optional.empty()), WHO);
    }

    @Test
    void isOnUntilSomebodySwitchesItOff() throws Exception {
        assertThat(owner.isOn()).isTrue();
        assertThat(folder.has(SwitchSetting.FILE)).isFalse();
        off();
        assertThat(owner.isOn()).isFalse();
        assertThat(owner.state())
                .isEqualTo(new SwitchState(false, SwitchMode.ALWAYS, Optional.empty(), WHO, NOW, "welding"));
        assertThat(told).hasValue(1);
        assertThat(events).containsExactly("switched-off by " + WHO + "; mode always: welding");
        owner.change(new SwitchOrder.On(), "the local page");
        assertThat(owner.isOn()).isTrue();
        assertThat(told).hasValue(2);
        assertThat(events.get(1)).isEqualTo("switched-on by the local page; mode always");
    }

    @Test
    void staysOffWhenTheAgentStartsAnewAndComesOnWithTheMachine() throws Exception {
        off();
        start();
        assertThat(owner.isOn()).as("an agent that was killed").isFalse();
        restartMachine();
        assertThat(owner.isOn()).isTrue();
        assertThat(events).hasSize(2).last().asString().startsWith("switched-on by start of the machine");
    }

    @Test
    void asLeftStaysOffOverARestartOfTheMachine() throws Exception {
        mode(SwitchMode.AS_LEFT);
        off();
        restartMachine();
        assertThat(owner.isOn()).isFalse();
        owner.change(new SwitchOrder.On(), WHO);
        restartMachine();
        assertThat(owner.isOn()).isTrue();
    }

    @Test
    void aTimeEndsByItself() throws Exception {
        off(Duration.ofHours(8));
        assertThat(owner.state().until()).contains(NOW.plus(Duration.ofHours(8)));
        pass(Duration.ofHours(8).minusSeconds(1));
        owner.look();
        assertThat(owner.isOn()).isFalse();
        assertThat(told).as("nothing is new").hasValue(1);
        pass(Duration.ofSeconds(1));
        owner.look();
        assertThat(owner.isOn()).isTrue();
        assertThat(events.get(1)).startsWith("switched-on by time");
        start();
        assertThat(owner.isOn()).isTrue();
        assertThat(events).hasSize(2);
    }

    @Test
    void aTimeGoesOnOverRestarts() throws Exception {
        off(Duration.ofHours(8));
        pass(Duration.ofHours(5));
        start();
        assertThat(owner.isOn()).isFalse();
        restartMachine();
        assertThat(owner.isOn())
                .as("it was said for a time, not until the restart")
                .isFalse();
        wall = wall.plus(Duration.ofHours(3));
        owner.look();
        assertThat(owner.isOn()).isTrue();
    }

    @Test
    void nobodyShortensATimeByTheClock() throws Exception {
        off(Duration.ofHours(8));
        wall = wall.plus(Duration.ofDays(400));
        owner.look();
        assertThat(owner.isOn()).isFalse();
        assertThat(owner.state().until()).as("the end by the clock of now").contains(wall.plus(Duration.ofHours(8)));
        assertThat(told).hasValue(2);
        start();
        assertThat(owner.isOn()).isFalse();
        pass(Duration.ofHours(8));
        owner.look();
        assertThat(owner.isOn()).isTrue();
    }

    @Test
    void aClockThatLostItsTimeKeepsNobodyOutForLonger() throws Exception {
        off(Duration.ofHours(8));
        wall = Instant.EPOCH;
        restartMachine();
        assertThat(owner.state().until()).contains(wall.plus(Duration.ofHours(8)));
    }

    @Test
    void whatACommandDidWhileNoAgentRanIsAnEventOfTheNext() throws Exception {
        OwnerSwitch.changeFile(folder, new SwitchOrder.Off(Optional.empty(), ""), WHO, moment());
        assertThat(events).isEmpty();
        assertThat(OwnerSwitch.peek(folder, moment()).on()).isFalse();
        start();
        assertThat(owner.isOn()).isFalse();
        assertThat(events).containsExactly("switched-off by " + WHO + "; mode always");
        start();
        assertThat(events).hasSize(1);
    }

    @Test
    void aFileThatChangesIsNoticed() throws Exception {
        OwnerSwitch.changeFile(folder, new SwitchOrder.Off(Optional.empty(), ""), WHO, moment());
        assertThat(owner.isOn()).isTrue();
        owner.look();
        assertThat(owner.isOn()).isFalse();
        assertThat(told).hasValue(1);
        folder.write(SwitchSetting.FILE, "{\"mode\":\"always\",\"on\":true}");
        owner.look();
        assertThat(owner.isOn()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{}",
                "{\"mode\":\"always\"}",
                "{\"mode\":\"never\",\"on\":true}",
                "{\"mode\":\"key-switch\",\"on\":true}",
                "{\"mode\":\"always\",\"on\":true,\"gpio\":\"/x\"}",
                "{\"mode\":\"key-switch\",\"on\":true,\"command\":[\"relative\"]}",
                "{\"mode\":\"always\",\"on\":true,\"untill\":\"2026-03-01T12:00:00Z\"}",
                "{\"mode\":\"always\",\"on\":false,\"until\":\"tomorrow\"}",
                "{\"mode\":\"always\",\"on\":\"false\"}"
            })
    void aFileThatCannotBeUnderstoodIsOff(String text) throws Exception {
        folder.write(SwitchSetting.FILE, text);
        owner.look();
        assertThat(owner.isOn()).isFalse();
        assertThat(owner.state().reason()).contains("switch.json is wrong");
        assertThatThrownBy(() -> owner.change(new SwitchOrder.On(), WHO)).isInstanceOf(StateException.class);
        assertThat(owner.isOn()).isFalse();
        mode(SwitchMode.ALWAYS);
        assertThat(owner.isOn()).isTrue();
    }

    @Test
    void whatCannotBeKeptIsInEffectAllTheSame() throws Exception {
        Files.createDirectories(folder.path().resolve("switch.json.new/in-the-way"));
        assertThatThrownBy(() -> off()).isInstanceOf(StateException.class);
        assertThat(owner.isOn()).isFalse();
        owner.look();
        assertThat(owner.isOn()).isFalse();
        assertThat(told).hasValue(1);
    }

    @Test
    void theInputOfAKeySwitchDecides() throws Exception {
        Path input = folder.path().resolve("value");
        Files.writeString(input, "1\n");
        owner.change(
                new SwitchOrder.Mode(
                        SwitchMode.KEY_SWITCH, Optional.of(KeySwitch.of(List.of(), Optional.of(input), false))),
                WHO);
        assertThat(owner.isOn()).isTrue();
        assertThat(told).as("the mode is news").hasValue(1);
        Files.writeString(input, "0\n");
        pass(Duration.ofSeconds(1));
        owner.look();
        assertThat(owner.isOn()).isFalse();
        assertThat(owner.state().by()).isEqualTo("key switch");
        assertThat(events).last().isEqualTo("switched-off by key switch");
        start();
        assertThat(owner.isOn()).as("read before anybody is let in").isFalse();
        Files.writeString(input, "1\n");
        pass(Duration.ofSeconds(1));
        owner.look();
        assertThat(owner.isOn()).isTrue();
        assertThat(events).last().isEqualTo("switched-on by key switch");
        off(Duration.ofHours(1));
        assertThat(owner.isOn())
                .as("the key does not switch on what the owner has switched off")
                .isFalse();
        Files.delete(input);
        owner.change(new SwitchOrder.On(), WHO);
        pass(Duration.ofSeconds(1));
        owner.look();
        assertThat(owner.isOn()).as("what cannot be read is off").isFalse();
    }

    @Test
    void theCommandOfAKeySwitchDecides() throws Exception {
        Path on = folder.path().resolve("on");
        KeySwitch key = KeySwitch.of(List.of("/usr/bin/test", "-e", on.toString()), Optional.empty(), false);
        owner.change(new SwitchOrder.Mode(SwitchMode.KEY_SWITCH, Optional.of(key)), WHO);
        assertThat(owner.isOn()).isFalse();
        Files.writeString(on, "");
        pass(Duration.ofSeconds(1));
        owner.look();
        assertThat(owner.isOn()).as("asked every 2 s").isFalse();
        pass(Duration.ofSeconds(1));
        owner.look();
        assertThat(owner.isOn()).isTrue();
    }

    @Test
    void readingFailsToOff() throws Exception {
        assertThat(read(false, "/usr/bin/true")).isTrue();
        assertThat(read(true, "/usr/bin/true")).isFalse();
        assertThat(read(false, "/usr/bin/false")).isFalse();
        assertThat(read(true, "/usr/bin/false")).isTrue();
        assertThat(read(true, "/no/such/command")).isFalse();
        assertThat(read(true, "/bin/sh", "-c", "kill -9 $$")).isFalse();
        long begin = System.nanoTime();
        assertThat(read(true, "/bin/sh", "-c", "sleep 30; exit 1")).isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
    }

    private static boolean read(boolean invert, String... command) throws WireException, InterruptedException {
        return KeySwitchReader.isOn(KeySwitch.of(List.of(command), Optional.empty(), invert));
    }

    @Test
    void ordersAndStatesComeBackAsTheyWere() throws Exception {
        KeySwitch key = KeySwitch.of(List.of("/bin/key", "a b"), Optional.empty(), true);
        for (SwitchOrder order : List.of(
                new SwitchOrder.On(),
                new SwitchOrder.Off(Optional.empty(), ""),
                new SwitchOrder.Off(Optional.of(Duration.ofMinutes(5)), "r\u202e"),
                new SwitchOrder.Mode(SwitchMode.AS_LEFT, Optional.empty()),
                new SwitchOrder.Mode(SwitchMode.KEY_SWITCH, Optional.of(key)))) {
            // as a running agent is told
            JsonObject request = Json.createObjectBuilder(order.toJson())
                    .add("command", "switch")
                    .build();
            assertThat(SwitchOrder.parse(StrictJson.of(request))).isEqualTo(order);
            owner.change(order, WHO);
            assertThat(SwitchState.parse(StrictJson.of(owner.state().toJson()))).isEqualTo(owner.state());
            assertThat(SwitchSetting.load(folder).toJson())
                    .isEqualTo(SwitchSetting.parse(SwitchSetting.load(folder).toJson())
                            .toJson());
        }
        for (String wrong : List.of("{}", "{\"mode\":\"key-switch\"}", "{\"on\":false,\"seconds\":0}", "{\"on\":1}")) {
            assertThatThrownBy(() -> SwitchOrder.parse(StrictJson.parse(wrong, 100)))
                    .isInstanceOf(WireException.class);
        }
    }

    @Test
    void theMachineTellsItsRun() throws Exception {
        Moment first = Moment.now(Instant::now);
        assertThat(first.boot()).isNotEmpty();
        assertThat(first.uptime()).isPositive();
        assertThat(Moment.now(Instant::now).isSameRunAs(first.boot(), first.uptime()))
                .isTrue();
        assertThat(first.isSameRunAs("other", 0)).isFalse();
    }
}
