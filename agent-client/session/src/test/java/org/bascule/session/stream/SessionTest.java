package org.bascule.session.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bascule.session.stream.Recorder.take;
import static org.bascule.session.stream.Recorder.within;

import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.bascule.session.record.NullRecordCodec;
import org.bascule.session.transport.TransportEnd;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SessionTest {

    private static final JsonObject EVENT =
            Json.createObjectBuilder().add("hello", 1).build();

    @Test
    void bytesAndEventsArriveInOrderBothWays() throws Exception {
        SessionPair pair = new SessionPair();
        SessionStream stream = pair.open(Service.TERMINAL);
        stream.sendEvent(EVENT);
        stream.write("typed".getBytes(UTF_8));
        SessionStream there = take(pair.atDevice.opened);
        assertThat(pair.atDevice.bytes(5)).isEqualTo("typed".getBytes(UTF_8));
        assertThat(take(pair.atDevice.events)).isEqualTo(EVENT);
        there.write("printed".getBytes(UTF_8));
        there.sendEvent(EVENT);
        assertThat(pair.atClient.bytes(7)).isEqualTo("printed".getBytes(UTF_8));
        assertThat(take(pair.atClient.events)).isEqualTo(EVENT);
        pair.client.close();
    }

    @Test
    void deviceStartsWithTheConfirmation() throws Exception {
        SessionPair pair = new SessionPair();
        assertThat(within(pair.atDevice.started)).isSameAs(pair.device);
        pair.client.close();
    }

    @Test
    void streamEndsWhenBothEndsFinished() throws Exception {
        SessionPair pair = new SessionPair();
        SessionStream stream = pair.open(Service.PROCESS);
        stream.write(new byte[] {1, 2, 3});
        stream.finish();
        SessionStream there = take(pair.atDevice.opened);
        within(pair.atDevice.finished);
        assertThat(there.isOpen()).isTrue();
        there.write(new byte[] {4});
        there.finish();
        assertThat(within(pair.atClient.streamEnded)).isEqualTo(EndReason.DONE);
        assertThat(within(pair.atDevice.streamEnded)).isEqualTo(EndReason.DONE);
        assertThat(pair.atClient.bytes(1)).containsExactly(4);
        assertThatThrownBy(() -> stream.write(new byte[1])).isInstanceOf(StreamEndedException.class);
        pair.client.close();
    }

    /** The end comes from another thread while the service is being opened. */
    @Test
    void aStreamThatEndsWhileItIsOpenedIsEndedForItsHandlerToo() throws Exception {
        CompletableFuture<EndReason> told = new CompletableFuture<>();
        SessionPair pair = new SessionPair(SessionPair.ALL, TestConfig.QUICK, (stream, service, arguments) -> {
            stream.session().narrow(Operations.of(Operations.TERMINAL));
            return new StreamHandler() {
                @Override
                public void data(SessionStream from, byte[] buffer, int offset, int length) {}

                @Override
                public void ended(SessionStream from, EndReason reason, String text) {
                    assertThat(told.complete(reason)).as("told once").isTrue();
                }
            };
        });
        pair.open(Service.PROCESS);
        assertThat(told.get(20, TimeUnit.SECONDS)).isEqualTo(EndReason.NOT_PERMITTED);
        pair.client.close();
    }

    @Test
    void resetEndsBothDirectionsWithItsReason() throws Exception {
        SessionPair pair = new SessionPair();
        SessionStream stream = pair.open(Service.TERMINAL);
        take(pair.atDevice.opened).reset(EndReason.FAILED, "no shell");
        assertThat(within(pair.atClient.streamEnded)).isEqualTo(EndReason.FAILED);
        assertThatThrownBy(() -> stream.write(new byte[1]))
                .isInstanceOfSatisfying(
                        StreamEndedException.class, e -> assertThat(e.reason()).isEqualTo(EndReason.FAILED));
        assertThat(pair.client.isRunning()).isTrue();
        pair.client.close();
    }

    @Test
    void whatTheOtherEndSentBeforeItKnewOfAResetIsIgnored() throws Exception {
        SessionPair pair = new SessionPair();
        SessionStream stream = pair.open(Service.TERMINAL);
        SessionStream there = take(pair.atDevice.opened);
        for (int i = 0; i < 100; i++) {
            stream.write(new byte[100]);
        }
        there.reset(EndReason.FAILED, "");
        assertThat(within(pair.atClient.streamEnded)).isEqualTo(EndReason.FAILED);
        pair.open(Service.TERMINAL).write("still here".getBytes(UTF_8));
        take(pair.atDevice.opened);
        assertThat(pair.device.isRunning()).isTrue();
        pair.client.close();
    }

    @Test
    void streamThatTheTicketDoesNotAllowIsResetAndReported() throws Exception {
        SessionPair pair = new SessionPair(Operations.of(Operations.TERMINAL), TestConfig.QUICK);
        pair.open(Service.PROCESS);
        assertThat(within(pair.atClient.streamEnded)).isEqualTo(EndReason.NOT_PERMITTED);
        assertThat(take(pair.atDevice.refused)).isEqualTo("process");
        assertThat(pair.atDevice.opened).isEmpty();
        assertThat(pair.client.isRunning()).isTrue();
        pair.client.close();
    }

    @Test
    void narrowingResetsWhatIsNoLongerPermitted() throws Exception {
        SessionPair pair = new SessionPair();
        Recorder process = new Recorder();
        pair.client.open(Service.PROCESS, SessionPair.NO_ARGUMENTS, process);
        SessionStream terminal = pair.open(Service.TERMINAL);
        take(pair.atDevice.opened);
        take(pair.atDevice.opened);
        pair.device.narrow(Operations.of(Operations.TERMINAL));
        assertThat(within(process.streamEnded)).isEqualTo(EndReason.NOT_PERMITTED);
        assertThat(terminal.isOpen()).isTrue();
        pair.device.narrow(SessionPair.ALL);
        assertThat(pair.device.granted()).isEqualTo(Operations.of(Operations.TERMINAL));
        pair.client.close();
    }

    @Test
    void serviceThatRefusesOrFailsResetsItsStream() throws Exception {
        ServiceHandler refusing = (stream, service, arguments) -> {
            if (service == Service.TERMINAL) {
                throw new StreamRefusedException(EndReason.BAD_ARGUMENTS, "cols");
            }
            throw new IllegalStateException("a bug");
        };
        SessionPair pair = new SessionPair(SessionPair.ALL, TestConfig.QUICK, refusing);
        pair.open(Service.TERMINAL);
        assertThat(within(pair.atClient.streamEnded)).isEqualTo(EndReason.BAD_ARGUMENTS);
        Recorder second = new Recorder();
        pair.client.open(Service.PROCESS, SessionPair.NO_ARGUMENTS, second);
        assertThat(within(second.streamEnded)).isEqualTo(EndReason.FAILED);
        pair.client.close();
    }

    @Test
    void thirtyThirdStreamIsRefused() throws Exception {
        SessionPair pair = new SessionPair();
        for (int i = 0; i < Session.MAX_STREAMS; i++) {
            pair.open(Service.TERMINAL);
        }
        assertThatThrownBy(() -> pair.open(Service.TERMINAL))
                .isInstanceOfSatisfying(
                        StreamEndedException.class, e -> assertThat(e.reason()).isEqualTo(EndReason.LIMIT));
        pair.client.close();
    }

    @Test
    void endTellsTheReasonAndEndsTheStreams() throws Exception {
        SessionPair pair = new SessionPair();
        pair.open(Service.TERMINAL);
        take(pair.atDevice.opened);
        pair.device.end(EndReason.TICKET_EXPIRED, "the lease ran out");
        assertThat(within(pair.atClient.sessionEnded))
                .isEqualTo(new SessionEnd(EndReason.TICKET_EXPIRED, true, "the lease ran out"));
        assertThat(within(pair.atDevice.sessionEnded).byPeer()).isFalse();
        assertThat(within(pair.atClient.streamEnded)).isEqualTo(EndReason.TICKET_EXPIRED);
        assertThat(pair.transports.client().isClosed()).isTrue();
    }

    @Test
    void everythingWrittenBeforeTheEndArrives() throws Exception {
        SessionPair pair = new SessionPair();
        SessionStream stream = pair.open(Service.PROCESS);
        byte[] all = new byte[200_000];
        stream.write(all);
        pair.client.close();
        assertThat(within(pair.atDevice.sessionEnded).reason()).isEqualTo(EndReason.DONE);
        assertThat(pair.atDevice.count()).isEqualTo(all.length);
    }

    @Test
    void lossOfTheTransportEndsTheSessionAsInterrupted() throws Exception {
        SessionPair pair = new SessionPair();
        pair.open(Service.TERMINAL);
        take(pair.atDevice.opened);
        pair.transports.client().end(new TransportEnd(TransportEnd.Kind.LOST, "cable pulled"));
        assertThat(within(pair.atDevice.sessionEnded).reason()).isEqualTo(EndReason.INTERRUPTED);
        assertThat(within(pair.atClient.sessionEnded).reason()).isEqualTo(EndReason.INTERRUPTED);
        assertThat(within(pair.atDevice.streamEnded)).isEqualTo(EndReason.INTERRUPTED);
    }

    @Test
    void textAndOversizedMessagesAreRejectedRecords() throws Exception {
        for (TransportEnd.Kind kind : List.of(TransportEnd.Kind.TEXT, TransportEnd.Kind.TOO_LARGE)) {
            SessionPair pair = new SessionPair();
            pair.transports.client().end(new TransportEnd(kind, ""));
            SessionEnd end = within(pair.atDevice.sessionEnded);
            assertThat(end.reason()).isEqualTo(EndReason.RECORD_REJECTED);
            assertThat(end.text()).isEqualTo(kind.name());
        }
    }

    @Test
    void silentPeerEndsTheSessionAsInterrupted() throws Exception {
        SessionConfig config = TestConfig.pinging(Duration.ofMillis(20), Duration.ofMillis(60));
        SessionPair pair = new SessionPair(SessionPair.ALL, config);
        pair.transports.device().sendThrough(message -> List.of());
        assertThat(within(pair.atClient.sessionEnded).reason()).isEqualTo(EndReason.INTERRUPTED);
    }

    @Test
    void pingMeasuresTheRoundTrip() throws Exception {
        SessionConfig config = TestConfig.pinging(Duration.ofMillis(10), Duration.ofSeconds(20));
        SessionPair pair = new SessionPair(SessionPair.ALL, config);
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (pair.client.roundTrip().isEmpty() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(pair.client.roundTrip()).isPresent();
        pair.client.close();
    }

    @Test
    void writerOnTheReceivingThreadMustNotWait() throws Exception {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        SessionPair pair = new SessionPair(SessionPair.ALL, TestConfig.QUICK, (stream, service, arguments) -> {
            try {
                stream.write(new byte[SessionStream.FULL_CREDIT + 1]);
            } catch (IllegalStateException | java.io.IOException e) {
                failure.complete(e);
            }
            return new Recorder();
        });
        pair.atClient.consume = false;
        pair.open(Service.PROCESS);
        assertThat(within(failure)).isInstanceOf(IllegalStateException.class);
        pair.client.close();
    }

    @Test
    void tryWriteTakesWhatCreditAllowsAndTellsWhenThereIsMore() throws Exception {
        SessionPair pair = new SessionPair();
        pair.atDevice.consume = false;
        SessionStream stream = pair.open(Service.PROCESS);
        byte[] all = new byte[SessionStream.FIRST_CREDIT + 1_000];
        int first = stream.tryWrite(all, 0, all.length);
        assertThat(first).isEqualTo(SessionStream.FIRST_CREDIT);
        SessionStream there = take(pair.atDevice.opened);
        pair.atDevice.bytes(first);
        assertThat(pair.atClient.writable).isEmpty();
        there.consumed(first);
        assertThat(take(pair.atClient.writable)).isSameAs(stream);
        assertThat(stream.tryWrite(all, first, all.length - first)).isEqualTo(1_000);
        pair.client.close();
    }

    @Test
    void stalledStreamDoesNotStopOthers() throws Exception {
        SessionPair pair = new SessionPair();
        List<SessionStream> stalled = new ArrayList<>();
        for (int i = 0; i < Session.MAX_STREAMS - 1; i++) {
            SessionStream stream = pair.client.open(Service.PROCESS, SessionPair.NO_ARGUMENTS, new Recorder());
            stalled.add(stream);
            take(pair.atDevice.opened);
        }
        pair.atDevice.consume = false;
        byte[] full = new byte[SessionStream.FIRST_CREDIT];
        for (SessionStream stream : stalled) {
            stream.write(full);
        }
        int before = stalled.size() * full.length;
        pair.atDevice.bytes(before);
        SessionStream free = pair.open(Service.TERMINAL);
        free.write("key".getBytes(UTF_8));
        pair.atDevice.bytes(before + 3);
        pair.client.close();
    }

    @Test
    void streamInputReadsWhatCameAndThenTheEnd() throws Exception {
        CompletableFuture<StreamInput> input = new CompletableFuture<>();
        SessionPair pair = new SessionPair(SessionPair.ALL, TestConfig.QUICK, (stream, service, arguments) -> {
            StreamInput made = new StreamInput(stream);
            input.complete(made);
            return new StreamHandler() {
                @Override
                public void data(SessionStream from, byte[] buffer, int offset, int length) {
                    made.add(buffer, offset, length);
                }

                @Override
                public void finished(SessionStream from) {
                    made.end();
                }

                @Override
                public void ended(SessionStream from, EndReason reason, String text) {
                    made.fail(reason, text);
                }
            };
        });
        SessionStream stream = pair.open(Service.PROCESS);
        byte[] sent = new byte[1_000_000];
        for (int i = 0; i < sent.length; i++) {
            sent[i] = (byte) (i * 31 >> 3);
        }
        Thread writer = new Thread(() -> {
            try {
                stream.write(sent);
                stream.finish();
            } catch (java.io.IOException e) {
                throw new IllegalStateException(e);
            }
        });
        writer.start();
        assertThat(within(input).readAllBytes()).isEqualTo(sent);
        writer.join();
        pair.client.close();
    }

    @Test
    void nullCodecWorksSoThatATestCanSeeWhatItWouldFind() throws Exception {
        SessionPair pair = new SessionPair(SessionPair.ALL, TestConfig.QUICK.withCodecs(NullRecordCodec.INSECURE));
        List<byte[]> onTheWay = new ArrayList<>();
        pair.transports.client().sendThrough(message -> {
            onTheWay.add(message);
            return List.of(message);
        });
        pair.open(Service.TERMINAL).write("marker".getBytes(UTF_8));
        pair.atDevice.bytes(6);
        assertThat(onTheWay)
                .anySatisfy(message -> assertThat(new String(message, UTF_8)).contains("marker"));
        pair.client.close();
    }

    @Test
    void withTheProductsCodecNothingIsFoundOnTheWay() throws Exception {
        SessionPair pair = new SessionPair();
        List<byte[]> onTheWay = new ArrayList<>();
        pair.transports.client().sendThrough(message -> {
            onTheWay.add(message);
            return List.of(message);
        });
        pair.open(Service.TERMINAL).write("marker".getBytes(UTF_8));
        pair.atDevice.bytes(6);
        assertThat(onTheWay).isNotEmpty().noneSatisfy(message -> assertThat(new String(message, UTF_8))
                .contains("marker"));
        pair.client.close();
    }
}
