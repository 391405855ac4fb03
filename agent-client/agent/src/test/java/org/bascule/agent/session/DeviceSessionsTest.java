package org.bascule.agent.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.bascule.agent.TestInstallation;
import org.bascule.agent.policy.PolicyFile;
import org.bascule.agent.service.TestShell;
import org.bascule.agent.transparency.LogMemory;
import org.bascule.agent.transparency.TestTree;
import org.bascule.session.handshake.ClientHandshake;
import org.bascule.session.handshake.HeadSeen;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.Service;
import org.bascule.session.stream.Session;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.control.ConsentMessage;
import org.bascule.wire.control.SessionMessage;
import org.bascule.wire.keys.DeviceStaticPublicKey;
import org.bascule.wire.ticket.Consent;
import org.bascule.wire.ticket.Demands;
import org.junit.jupiter.api.Test;

/** What becomes of offers: which of them are answered, and which are refused and why. */
class DeviceSessionsTest extends DeviceSessionsFixture {

    private static final Demands AT_DEVICE = new Demands(Optional.of(Consent.DEVICE), Optional.empty(), false);

    private void grant(SessionId sid, Operations granted) throws Exception {
        consent.asked(new ConsentMessage.Ask(
                sid, "Ada", "192.0.2.9", Optional.empty(), BOTH, clock.instant().plusSeconds(60)));
        await(() -> !consent.open().isEmpty());
        assertThat(consent.answer(sid.hex(), Optional.of(granted), "Eve")).isTrue();
    }

    @Test
    void whatATicketDemandsIsGrantedBeforeAndNothingMore() throws Exception {
        Opening opening = new Opening(BOTH, ticket -> ticket.demands = AT_DEVICE);
        grant(opening.ticket.sid, Operations.of(Operations.EXEC));
        ClientHandshake.Completed completed = opening.answered();
        assertThat(completed.granted()).isEqualTo(Operations.of(Operations.EXEC));
        assertThat(await(ConsentMessage.Answer.class).granted()).contains(Operations.of(Operations.EXEC));
    }

    @Test
    void withoutConsentNothingStarts() throws Exception {
        new Opening(BOTH, ticket -> ticket.demands = AT_DEVICE).offer();
        assertThat(await(SessionMessage.SessionRefuse.class).code()).isEqualTo("consent-required");
        awaitEvent("session-refused", "consent-required");
    }

    @Test
    void theDevicesOwnPolicyDemandsItWhateverTheTicketSays() throws Exception {
        device.state()
                .folder()
                .write(
                        PolicyFile.NAME,
                        "{\"allowRoot\":" + account.equals("root") + ",\"shell\":\"" + TestShell.PLAIN
                                + "\",\"consent\":\"ask\"}");
        opening().offer();
        assertThat(await(SessionMessage.SessionRefuse.class).code()).isEqualTo("consent-required");
        Opening granted = opening();
        grant(granted.ticket.sid, BOTH);
        assertThat(granted.answered().granted()).isEqualTo(BOTH);
    }

    @Test
    void thePolicyCanForbidWatching() throws Exception {
        device.state().folder().write(PolicyFile.NAME, "{\"allowRoot\":true,\"operations\":[\"exec\",\"terminal\"]}");
        Operations watch = Operations.of(Operations.watch(SessionId.random()));
        new Opening(watch, ticket -> ticket.operations = watch).offer();
        assertRefused("not-permitted", "nothing");
    }

    @Test
    void grantedIsWhatAllThreeAllow() throws Exception {
        device.state().folder().write(PolicyFile.NAME, "{\"allowRoot\":true,\"operations\":[\"exec\"]}");
        assertThat(opening().answered().granted()).isEqualTo(Operations.of(Operations.EXEC));
    }

    @Test
    void theClientsHeadIsComparedAndTheAnswerSaysHowFarTheRelaysAre() throws Exception {
        Opening opening = opening();
        opening.offer();
        SessionMessage.SessionAnswer answer = await(SessionMessage.SessionAnswer.class);
        assertThat(answer.log()).isEqualTo(TestTree.SIZE);
        assertThat(answer.rtts()).isEqualTo(Map.of("r1", 12L));
        assertThat(opening.handshake.finish(answer.m2(), opening.text).seen())
                .isEqualTo(HeadSeen.of(tree.head(TestTree.SIZE)));
    }

    @Test
    void aForkedLogIsReportedAndTheClientLearnsOfIt() throws Exception {
        TestTree other = new TestTree(installation, "forked");
        LogMemory.open(device.state().folder(), device.keySets(), installation.domain, clock, detail -> {})
                .meet(other.head(TestTree.SIZE), Optional.empty());
        sessions = sessions();
        HeadSeen seen = opening().answered().seen();
        assertThat(seen).isEqualTo(HeadSeen.of(other.head(TestTree.SIZE)));
        awaitEvent("log-forked", "seen " + TestTree.SIZE + ":");
    }

    @Test
    void offerIsRefusedWhenNothingIsLeft() throws Exception {
        new Opening(Operations.of(Operations.TERMINAL), ticket -> ticket.operations = Operations.of(Operations.EXEC))
                .offer();
        assertRefused("not-permitted", "nothing");
    }

    private void assertRefused(String code, String detail) throws Exception {
        SessionMessage.SessionRefuse refusal = await(SessionMessage.SessionRefuse.class);
        assertThat(refusal.code()).isEqualTo(code);
        assertThat(refusal.detail()).contains(detail);
        awaitEvent("session-refused", code);
        assertThat(sent).noneMatch(SessionMessage.SessionAnswer.class::isInstance);
        assertThat(sessions.count()).isZero();
    }

    @Test
    void forgedTicketIsRefusedAndReported() throws Exception {
        Opening opening = opening();
        sessions.offered(new SessionMessage.SessionOffer(
                opening.ticket.sid,
                opening.handshake.message1(),
                TestInstallation.withBrokenSignature(opening.text),
                ""));
        assertRefused("ticket-invalid", "");
    }

    @Test
    void ticketOfAnotherSessionIsForeign() throws Exception {
        Opening opening = opening();
        sessions.offered(
                new SessionMessage.SessionOffer(SessionId.random(), opening.handshake.message1(), opening.text, ""));
        assertRefused("ticket-foreign", "another session");
    }

    @Test
    void withoutAnAccountNothingStarts() throws Exception {
        new Opening(BOTH, ticket -> ticket.account = "").offer();
        assertRefused("not-permitted", "no account is set for this device");
    }

    @Test
    void accountThatDoesNotExistIsRefused() throws Exception {
        new Opening(BOTH, ticket -> ticket.account = "no-such-account").offer();
        assertRefused("not-permitted", "there is no account no-such-account");
    }

    @Test
    void brokenPolicyAllowsNothing() throws Exception {
        device.state().folder().write(PolicyFile.NAME, "{\"allowRoot\":true,\"acounts\":[]}");
        opening().offer();
        assertRefused("not-permitted", "acounts");
    }

    @Test
    void handshakeForAnotherKeyFails() throws Exception {
        DeviceStaticPublicKey other =
                org.bascule.session.handshake.DeviceStaticKey.generate().publicKey();
        new Opening(BOTH, other, ticket -> {}).offer();
        assertRefused("handshake-failed", "BAD_TAG");
    }

    @Test
    void offerWorksOnce() throws Exception {
        Opening opening = opening();
        assertThat(opening.answered().granted()).isEqualTo(BOTH);
        opening.offer();
        assertThat(await(SessionMessage.SessionRefuse.class).code()).isEqualTo("ticket-replayed");
    }

    @Test
    void keyBeforeTheRenewalWorksForAnHour() throws Exception {
        DeviceStaticPublicKey old = staticKeys.current().key();
        time.advance(Duration.ofHours(16));
        assertThat(staticKeys.renewIfDue()).isPresent();
        assertThat(new Opening(BOTH, old, ticket -> {}).answered().granted()).isEqualTo(BOTH);
    }

    @Test
    void floodOfOffersIsRefusedCheaply() throws Exception {
        Opening opening = opening();
        for (int i = 0; i < 100; i++) {
            opening.offer();
        }
        await(() -> sent.stream()
                        .filter(message -> message instanceof SessionMessage.SessionRefuse refuse
                                && refuse.detail().equals("too many offers"))
                        .count()
                == 70);
    }

    /** Between the check of the offer and the answer there is time. */
    @Test
    void anOfferThatIsUnderWayWhenItIsSwitchedOffIsRefused() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        sessions = sessions(() -> asked.getAndIncrement() == 0);
        opening().offer();
        assertThat(await(SessionMessage.SessionRefuse.class).code()).isEqualTo("switched-off");
        assertThat(sessions.running()).isEmpty();
        assertThat(asked).hasValue(2);
    }

    @Test
    void aRenewedTicketGivesNothingBackThatWasNotGranted() throws Exception {
        Opening opening = new Opening(BOTH, ticket -> ticket.demands = AT_DEVICE);
        grant(opening.ticket.sid, Operations.of(Operations.EXEC));
        try (Session session = opening.session()) {
            opening.ticket.seq = 2;
            opening.ticket.jti = "second";
            sessions.updated(new SessionMessage.SessionUpdate(opening.ticket.sid, opening.ticket.sign()));
            await(() -> sessions.ticketNumber(opening.ticket.sid).orElse(0L) == 2);
            Collected terminal = new Collected();
            session.open(Service.TERMINAL, SIZE, terminal);
            assertThat(terminal.end.get(20, TimeUnit.SECONDS)).isEqualTo(EndReason.NOT_PERMITTED);
        }
    }
}
