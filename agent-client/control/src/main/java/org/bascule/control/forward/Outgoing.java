package org.bascule.control.forward;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.bascule.control.CommandException;
import org.bascule.control.remote.DeviceSession;
import org.bascule.control.remote.Watchers;
import org.bascule.session.forward.Connections;
import org.bascule.session.forward.TcpConnection;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.TcpRequest;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.Service;
import org.bascule.session.stream.SessionStream;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** Makes connections through a session. */
final class Outgoing implements AutoCloseable {

    /** A few fewer than streams of a session: one that has ended here may not have there. */
    private static final int MAX_CONNECTIONS = 240;

    private final DeviceSession session;
    private final Journal journal;
    private final Watchers watchers;
    private final Semaphore room = new Semaphore(MAX_CONNECTIONS);
    private final Connections connections = new Connections("bascule-forward");

    Outgoing(DeviceSession session, Journal journal, Watchers watchers) {
        this.session = session;
        this.journal = journal;
        this.watchers = watchers;
    }

    /** What becomes of the question; called once, must not block. */
    interface Answer {
        void connected() throws IOException;

        void failed(DeviceProblem.Code code);
    }

    /** The socket's bytes go there at once, before it is known whether anybody takes them. */
    void forward(SocketChannel from, TcpRequest to) {
        open(from, to, null);
    }

    /** The socket is told first. It is in blocking mode until then. */
    void forward(SocketChannel from, TcpRequest to, Answer answer) {
        open(from, to, answer);
    }

    /** Waits while there are as many connections as a session may have: whoever comes then waits with it. */
    private void open(SocketChannel from, TcpRequest to, @Nullable Answer answer) {
        try {
            room.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closeQuietly(from);
            return;
        }
        One one = new One(from, to, answer);
        try {
            SessionStream stream = session.openStream(Service.TCP, to.toJson(), one.connection);
            if (answer == null) {
                one.connection.attach(stream, from);
            }
        } catch (CommandException e) {
            one.notOpened(String.valueOf(e.getMessage()));
        }
    }

    private final class One implements TcpConnection.Observer {

        private final long number = journal.next();
        private final SocketChannel socket;
        private final TcpRequest to;
        private final TcpConnection connection = new TcpConnection(connections, this);
        /** Until it is given. */
        private final AtomicReference<@Nullable Answer> answer;

        private final AtomicBoolean failed = new AtomicBoolean();

        One(SocketChannel socket, TcpRequest to, @Nullable Answer answer) {
            this.socket = socket;
            this.to = to;
            this.answer = new AtomicReference<>(answer);
        }

        @Override
        public void event(TcpConnection from, SessionStream stream, JsonObject event) {
            try {
                watchers.event(event);
                Optional<String> address = TcpRequest.parseConnectedEvent(event);
                Optional<DeviceProblem> problem = DeviceProblem.parseEvent(event);
                if (address.isPresent()) {
                    journal.connected(number, to, address.get());
                    connected(stream);
                } else if (problem.isPresent()) {
                    failed(problem.get().code(), problem.get().text());
                }
            } catch (WireException e) {
                stream.reset(EndReason.PROTOCOL_VIOLATION, "event not understood");
            }
        }

        private void connected(SessionStream stream) {
            Answer waiting = answer.getAndSet(null);
            if (waiting == null) {
                return;
            }
            try {
                waiting.connected();
                connection.attach(stream, socket);
            } catch (IOException e) {
                connection.fail("the connection is closed already");
            }
        }

        private void failed(DeviceProblem.Code code, String text) {
            if (failed.compareAndSet(false, true)) {
                journal.failed(number, to, code.text(), text);
            }
            Answer waiting = answer.getAndSet(null);
            if (waiting != null) {
                waiting.failed(code);
            }
        }

        void notOpened(String text) {
            room.release();
            failed(DeviceProblem.Code.BUSY, text);
            closeQuietly(socket);
        }

        @Override
        public void over(TcpConnection ended, EndReason reason, String text) {
            room.release();
            if (reason == EndReason.DONE) {
                journal.closed(number, to, ended.bytesToSocket(), ended.bytesToStream());
            } else {
                failed(
                        reason == EndReason.NOT_PERMITTED
                                ? DeviceProblem.Code.NOT_PERMITTED
                                : DeviceProblem.Code.FAILED,
                        text);
                closeQuietly(socket);
            }
        }
    }

    static void closeQuietly(SocketChannel socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // nothing is left of it
        }
    }

    @Override
    public void close() {
        connections.close();
    }
}
