package org.bascule.agent.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.owner.OwnerSwitch;
import org.bascule.session.handshake.ClientHandshake;
import org.bascule.session.resume.RelayDialer;
import org.bascule.session.resume.ResumeTimes;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.Service;
import org.bascule.session.stream.Session;
import org.bascule.session.stream.SessionEnd;
import org.bascule.wire.SessionId;
import org.bascule.wire.StrictJson;
import org.bascule.wire.control.ReportMessage;
import org.bascule.wire.control.SessionMessage;
import org.bascule.wire.session.RelayAddress;
import org.bascule.wire.session.ReserveRelay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How sessions end, and that both ends and the access server hear why. */
class SessionEndsTest extends DeviceSessionsFixture {

    @Test
    void whatTheOwnerSwitchesOffEndsWithTheReason() throws Exception {
        Opening opening = opening();
        Session session = opening.session();
        Collected terminal = new Collected();
        session.open(Service.TERMINAL, SIZE, terminal);
        await(() -> !terminal.events.isEmpty());
        assertThat(sessions.running()).singleElement().satisfies(running -> {
            assertThat(running.sid()).isEqualTo(opening.ticket.sid);
            assertThat(running.name()).isEqualTo("Ada");
            assertThat(running.from()).isEqualTo("192.0.2.9");
            assertThat(running.tools()).containsExactly("exec", "terminal");
            assertThat(running.started()).isTrue();
            assertThat(SessionSummary.parse(StrictJson.of(running.toJson()))).isEqualTo(running);
        });
        admits = false;
        sessions.switchedOff();
        SessionEnd end = end(session);
        assertThat(end.reason()).isEqualTo(EndReason.SWITCHED_OFF);
        assertThat(end.text()).isEqualTo(OwnerSwitch.SENTENCE);
        assertThat(await(SessionMessage.SessionEnded.class).reason()).isEqualTo("switched-off");
        await(() -> sessions.running().isEmpty());

        opening().offer();
        SessionMessage.SessionRefuse refusal = await(SessionMessage.SessionRefuse.class);
        assertThat(refusal.code()).isEqualTo("switched-off");
        assertThat(refusal.detail()).isEqualTo(OwnerSwitch.SENTENCE);
        awaitEvent("session-refused", "switched-off");
    }

    @Test
    void somebodyAtTheDeviceEndsOneSession() throws Exception {
        Opening opening = opening();
        Session session = opening.session();
        await(() -> !sessions.running().isEmpty());
        assertThat(sessions.endHere(SessionId.random(), "local page")).isFalse();
        assertThat(sessions.endHere(opening.ticket.sid, "local page")).isTrue();
        SessionEnd end = end(session);
        assertThat(end.reason()).isEqualTo(EndReason.ENDED_BY_DEVICE);
        assertThat(end.text()).isEqualTo("The session was ended at the device.");
        awaitEvent("session-ended-here", "local page");
    }

    @Test
    void serverEndsTheSession() throws Exception {
        Opening opening = opening();
        try (Session session = opening.session()) {
            Collected terminal = new Collected();
            session.open(Service.TERMINAL, SIZE, terminal);
            await(() -> !terminal.events.isEmpty());
            sessions.ended(new SessionMessage.SessionEnd(opening.ticket.sid, "rights changed"));
            assertThat(end(session)).isEqualTo(new SessionEnd(EndReason.ENDED_BY_SERVER, true, "rights changed"));
        }
        await(() -> sessions.count() == 0);
        assertThat(await(SessionMessage.SessionEnded.class).reason()).isEqualTo("ended-by-server");
    }

    @Test
    void offerWithoutARelayIsForgotten() throws Exception {
        assertThat(opening().answered().granted()).isEqualTo(BOTH);
        assertThat(sessions.count()).isOne();
        time.advance(Duration.ofSeconds(36));
        await(() -> sessions.count() == 0);
        assertThat(await(SessionMessage.SessionEnded.class).reason()).isEqualTo("interrupted");
    }

    /** The relay's address has come, and the relay has not yet brought both ends together. */
    @Test
    void whoeverIsNotThereYetHearsWhyItWasEnded() throws Exception {
        paired = new CompletableFuture<>();
        Opening opening = opening();
        Session session = opening.session();
        await(() -> joining.get() == 1);
        assertThat(sessions.endHere(opening.ticket.sid, "local page")).isTrue();
        assertThat(await(SessionMessage.SessionEnded.class).reason()).isEqualTo("ended-by-device");
        assertThat(sessions.running()).isEmpty();
        paired.complete(true);
        assertThat(end(session))
                .isEqualTo(new SessionEnd(EndReason.ENDED_BY_DEVICE, true, "The session was ended at the device."));
        awaitEvent("session-ended-here", "local page");
        awaitEvent("session-ended", "ended-by-device");
        assertNothingStarted();
    }

    /** The device has been told to join, and has not begun. */
    @Test
    void whatEndsBeforeTheDeviceJoinsIsToldAtTheRelay() throws Exception {
        Opening opening = opening();
        ClientHandshake.Completed completed = opening.answered();
        held = new CopyOnWriteArrayList<>();
        Session session = opening.joined(completed);
        sessions.endAll("the owner changed");
        List<Runnable> late = held;
        held = null;
        late.forEach(Runnable::run);
        assertThat(end(session)).isEqualTo(new SessionEnd(EndReason.ENDED_BY_DEVICE, true, "the owner changed"));
        awaitEvent("session-ended", "ended-by-device");
        assertThat(sessions.running()).isEmpty();
        assertNothingStarted();
    }

    /** However it goes on at the relay where the device is waiting. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatEndsWhileTheDeviceWaitsAtTheRelayAsksForNothingMore(boolean comes) throws Exception {
        Duration often = Duration.ofMillis(40);
        resume = new ResumeTimes(often, often, often, often, often, often, often, often, often, often);
        sessions = sessions();
        paired = new CompletableFuture<>();
        Opening opening = opening();
        opening.answered();
        RelayAddress named = new RelayAddress("r1", "wss://relay.example/relay");
        sessions.relayed(new SessionMessage.SessionRelay(
                opening.ticket.sid, named, "token", List.of(new ReserveRelay(named, "reserve"))));
        await(() -> joining.get() == 1);
        assertThat(connectWithin).as("it is the only one").containsExactly(RelayDialer.PAIR);
        assertThat(sessions.endHere(opening.ticket.sid, "local page")).isTrue();
        await(SessionMessage.SessionEnded.class);
        if (comes) {
            paired.complete(true);
        } else {
            paired.completeExceptionally(GIVEN_UP);
        }
        TimeUnit.MILLISECONDS.sleep(500);
        assertThat(sent).noneMatch(SessionMessage.SessionRelays.class::isInstance);
        assertNothingStarted();
    }

    private void assertNothingStarted() {
        assertThat(sent.stream()
                        .filter(ReportMessage.Events.class::isInstance)
                        .flatMap(message -> ((ReportMessage.Events) message).events().stream()))
                .noneMatch(event -> event.code().equals("session-started"));
        assertThat(sent.stream().filter(SessionMessage.SessionEnded.class::isInstance))
                .hasSize(1);
    }
}
