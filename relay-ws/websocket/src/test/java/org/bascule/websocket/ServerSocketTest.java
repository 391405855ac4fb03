package org.bascule.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a container does to a socket only now and then: it always has something more, it ends, it fails. */
class ServerSocketTest {

    private final Sockets sockets = new Sockets(Executors.defaultThreadFactory());
    private final Heard heard = new Heard();

    @AfterEach
    void stop() {
        sockets.stop(0);
    }

    private static final class Heard implements Receiver {

        private final AtomicInteger messages = new AtomicInteger();
        private final AtomicInteger held = new AtomicInteger();
        private final CountDownLatch ended = new CountDownLatch(1);
        /** The threads of the application get no further here. */
        private final Semaphore others = new Semaphore(0);

        private final Thread container = Thread.currentThread();

        @Override
        public void came(int bytes) {
            if (Thread.currentThread() != container) {
                others.acquireUninterruptibly();
            }
        }

        @Override
        public void text(String message) {
            throw new AssertionError("no text comes");
        }

        @Override
        public void binary(ByteBuffer message) {
            messages.incrementAndGet();
        }

        @Override
        public void holds(int bytes) {
            held.set(bytes);
        }

        @Override
        public void tooLong() {
            throw new AssertionError("messages are short");
        }

        @Override
        public void ended() {
            ended.countDown();
        }

        private void awaitEnd() throws InterruptedException {
            assertThat(ended.await(20, TimeUnit.SECONDS)).as("it has ended").isTrue();
        }
    }

    /** Ready for everything, with the same frame for ever. */
    private static final class Endless implements WebConnection {

        private final byte[] frame;
        private final IntUnaryOperator reads;
        private final AtomicInteger read = new AtomicInteger();
        private final CountDownLatch asked = new CountDownLatch(1);
        private volatile boolean ready = true;
        private volatile boolean failsToWrite;
        private volatile @Nullable Thread closedBy;

        /**
         * @param frame that comes again and again
         * @param reads the length of a read that could be so long
         */
        private Endless(byte[] frame, IntUnaryOperator reads) {
            this.frame = frame;
            this.reads = reads;
        }

        @Override
        public ServletInputStream getInputStream() {
            return new ServletInputStream() {
                @Override
                public boolean isFinished() {
                    return false;
                }

                @Override
                public boolean isReady() {
                    asked.countDown();
                    return ready;
                }

                @Override
                public void setReadListener(ReadListener listener) {
                    // called by the test
                }

                @Override
                public int read() {
                    throw new AssertionError("bytes are not read one by one");
                }

                @Override
                public int read(byte[] buffer, int offset, int length) {
                    read.incrementAndGet();
                    int count = reads.applyAsInt(length);
                    for (int at = 0; at < count; at += frame.length) {
                        System.arraycopy(frame, 0, buffer, offset + at, frame.length);
                    }
                    return count;
                }
            };
        }

        @Override
        public ServletOutputStream getOutputStream() {
            return new ServletOutputStream() {
                @Override
                public boolean isReady() {
                    return true;
                }

                @Override
                public void setWriteListener(WriteListener listener) {
                    // called by the test
                }

                @Override
                public void write(int one) {
                    if (failsToWrite) {
                        throw new IllegalStateException("taken back");
                    }
                }
            };
        }

        @Override
        public void close() {
            closedBy = Thread.currentThread();
        }
    }

    /** A masked binary message of so many bytes. */
    private static byte[] frame(int length) {
        byte[] frame = new byte[6 + length];
        frame[0] = (byte) 0x82;
        frame[1] = (byte) (0x80 | length);
        return frame;
    }

    private ServerSocket open(Endless connection) throws IOException {
        ServerSocket socket = new ServerSocket(new TestRequest().request, "192.0.2.1", sockets, 1_000);
        socket.serve(heard);
        socket.open(connection);
        socket.onWritePossible();
        return socket;
    }

    /** What one turn of the container's thread takes, while the application's do nothing. */
    private int turn(Endless connection, boolean onEventLoop) throws IOException {
        ServerSocket socket = open(connection);
        if (onEventLoop) {
            socket.stayOnEventLoop();
        }
        socket.onDataAvailable();
        int messages = heard.messages.get();
        socket.close(CloseCode.GOING_AWAY, "");
        heard.others.release(1_000);
        return messages;
    }

    @Test
    void oneThatIsAlwaysReadyHasFourReadsOfTheEventLoop() throws Exception {
        assertThat(turn(new Endless(frame(94), length -> 10_000), true)).isEqualTo(4 * 100);
    }

    @Test
    void aWorkerReadsMoreAtOnce() throws Exception {
        assertThat(turn(new Endless(frame(94), length -> 10_000), false)).isEqualTo(64 * 100);
    }

    @Test
    void manySmallFramesEndTheTurnOnTheEventLoopEarlier() throws Exception {
        assertThat(turn(new Endless(frame(4), length -> 6_000), true)).isEqualTo(2 * 600);
    }

    @Test
    void theReceiverHearsWhatHalfAMessageTakes() throws Exception {
        byte[] frame = frame(94);
        AtomicReference<Endless> read = new AtomicReference<>();
        Endless connection = new Endless(Arrays.copyOf(frame, 50), length -> {
            Objects.requireNonNull(read.get()).ready = false;
            return 50;
        });
        read.set(connection);
        ServerSocket socket = open(connection);
        socket.onDataAvailable();
        assertThat(heard.held.get()).isBetween(44, 8_192);
        connection.ready = true;
        socket.onDataAvailable();
        assertThat(heard.messages).as("the rest of it is the same").hasValue(1);
        assertThat(heard.held).hasValue(0);
    }

    /** Who is refused and does not answer keeps his socket for a while; strangers have no more than so many of these. */
    @Test
    void thereIsNoTimeForAllWhoAreDismissed() throws Exception {
        List<Endless> refused = new ArrayList<>();
        long begun = System.nanoTime();
        for (int i = 0; i <= Sockets.MOST_DISMISSED; i++) {
            Endless connection = new Endless(frame(0), length -> 0);
            connection.ready = false;
            refused.add(connection);
            open(connection).dismiss(CloseCode.TRY_AGAIN_LATER, "");
        }
        heard.awaitEnd();
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .as("before its time")
                .isLessThan(Duration.ofSeconds(3));
        assertThat(refused.get(0).closedBy).isNotNull();
        assertThat(refused.get(1).closedBy).isNull();
    }

    @Test
    void anEndIsNotHandledWhereItIsFound() throws Exception {
        Endless connection = new Endless(frame(0), length -> -1);
        ServerSocket socket = open(connection);
        socket.stayOnEventLoop();
        socket.onDataAvailable();
        heard.awaitEnd();
        assertThat(connection.closedBy).isNotNull().isNotSameAs(Thread.currentThread());
        socket.onDataAvailable();
        assertThat(connection.read).as("nothing follows it").hasValue(1);
    }

    @Test
    void whatWasClosedByBothIsNotEndedWhereItIsRead() throws Exception {
        byte[] close = {(byte) 0x88, (byte) 0x80, 0, 0, 0, 0};
        Endless connection = new Endless(close, length -> close.length);
        connection.ready = false;
        ServerSocket socket = open(connection);
        socket.stayOnEventLoop();
        socket.close(CloseCode.GOING_AWAY, "");
        assertThat(connection.asked.await(20, TimeUnit.SECONDS))
                .as("it has said so, and looked for an answer")
                .isTrue();
        connection.ready = true;
        socket.onDataAvailable();
        heard.awaitEnd();
        assertThat(connection.closedBy).isNotNull().isNotSameAs(Thread.currentThread());
    }

    /** The container calls no listener then, and keeps the connection until somebody closes it. */
    @Test
    void aConnectionThatCannotBeWrittenIsClosed() throws Exception {
        Endless connection = new Endless(frame(0), length -> -1);
        ServerSocket socket = open(connection);
        connection.failsToWrite = true;
        socket.sendText("lost");
        heard.awaitEnd();
        assertThat(connection.closedBy).isNotNull();
    }
}
