package org.bascule.control.remote;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Surroundings;
import org.bascule.session.service.WatchRequest;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.Service;
import org.bascule.session.stream.SessionStream;
import org.bascule.session.stream.StreamEndedException;
import org.bascule.session.stream.StreamHandler;
import org.bascule.session.stream.StreamInput;
import org.bascule.wire.SessionId;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** Shows what the terminals of a running session put out, one at a time, and sends nothing. */
public final class RemoteWatch {

    private static final int BUFFER = 64 * 1_024;
    /** That wait to be shown: each is behind 64 KiB of output. */
    private static final int MAX_PICTURES = 64;

    private static final String TERMINAL = "terminal";
    /** RIS: the picture begins anew. */
    private static final byte[] CLEAR = "\033c".getBytes(StandardCharsets.US_ASCII);
    /** Whatever the other terminal left switched on ends. */
    private static final byte[] RESTORE =
            "\033[?1049l\033[?1000;1002;1003;1006;2004l\033[!p\033[?25h\r\n".getBytes(StandardCharsets.US_ASCII);

    private final DeviceSession session;
    private final Surroundings around;
    private final boolean terminal;
    private final SessionId watched;

    /** @param terminal whether standard output is one */
    public RemoteWatch(DeviceSession session, Surroundings around, boolean terminal, SessionId watched) {
        this.session = session;
        this.around = around;
        this.terminal = terminal;
        this.watched = watched;
    }

    /**
     * Shows it until the watched session is over.
     *
     * @param only the number of one terminal, to end with it; otherwise always the newest
     */
    public int run(Optional<Integer> only) throws CommandException {
        Listing listing = new Listing();
        SessionStream list =
                session.openStream(Service.WATCH, new WatchRequest(watched, Optional.empty()).toJson(), listing);
        try {
            if (only.isPresent()) {
                show(only.get());
                return ExitCode.OK.code();
            }
            int last = 0;
            for (Optional<Integer> tool = listing.next(last); tool.isPresent(); tool = listing.next(last)) {
                last = tool.get();
                around.warn("Terminal " + last + ":");
                show(last);
            }
            around.warn("The session that was watched has ended.");
            return ExitCode.OK.code();
        } finally {
            list.reset(EndReason.DONE, "");
        }
    }

    private void show(int tool) throws CommandException {
        Shown shown = new Shown();
        SessionStream stream =
                session.openStream(Service.WATCH, new WatchRequest(watched, Optional.of(tool)).toJson(), shown);
        shown.drain(stream);
    }

    /** Which terminals there are. */
    private static final class Listing implements StreamHandler {

        // guarded by this
        private List<WatchRequest.Tool> tools = List.of();
        private @Nullable EndReason end;
        private String text = "";

        @Override
        public void data(SessionStream stream, byte[] buffer, int offset, int length) {
            stream.consumed(length);
        }

        @Override
        public void event(SessionStream stream, JsonObject event) {
            try {
                Optional<List<WatchRequest.Tool>> now = WatchRequest.parseToolsEvent(event);
                synchronized (this) {
                    tools = now.orElse(tools);
                    notifyAll();
                }
            } catch (WireException e) {
                stream.reset(EndReason.PROTOCOL_VIOLATION, "event not understood");
            }
        }

        @Override
        public void finished(SessionStream stream) {
            stream.finish();
        }

        @Override
        public synchronized void ended(SessionStream stream, EndReason reason, String why) {
            end = reason;
            text = why;
            notifyAll();
        }

        /** The newest terminal that is newer than this; waits for one, and is empty if there will be none. */
        synchronized Optional<Integer> next(int after) throws CommandException {
            try {
                while (true) {
                    Optional<Integer> newest = tools.stream()
                            .filter(tool -> tool.service().equals(TERMINAL) && tool.number() > after)
                            .map(WatchRequest.Tool::number)
                            .max(Integer::compare);
                    EndReason over = end;
                    if (newest.isPresent() && over == null) {
                        return newest;
                    }
                    if (over == EndReason.DONE) {
                        return Optional.empty();
                    }
                    if (over != null) {
                        throw DeviceSession.ended(over, text);
                    }
                    wait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CommandException(ExitCode.CONNECTION, "interrupted", e);
            }
        }
    }

    /** What one terminal shows. */
    private final class Shown implements StreamHandler {

        // guarded by this
        private @Nullable StreamInput input;
        /** Where in the bytes the picture begins anew. */
        private final Deque<Long> pictures = new ArrayDeque<>();

        private long received;
        private long shown;

        private synchronized StreamInput input(SessionStream stream) {
            StreamInput present = input;
            if (present == null) {
                present = new StreamInput(stream);
                input = present;
            }
            return present;
        }

        @Override
        public void data(SessionStream stream, byte[] buffer, int offset, int length) {
            synchronized (this) {
                received += length;
            }
            input(stream).add(buffer, offset, length);
        }

        @Override
        public void event(SessionStream stream, JsonObject event) {
            try {
                if (terminal && WatchRequest.parsePictureEvent(event).isPresent()) {
                    begins(stream);
                }
            } catch (WireException e) {
                stream.reset(EndReason.PROTOCOL_VIOLATION, "event not understood");
            }
        }

        private synchronized void begins(SessionStream stream) {
            if (pictures.size() == MAX_PICTURES) {
                stream.reset(EndReason.PROTOCOL_VIOLATION, "too many pictures");
            } else {
                pictures.add(received);
            }
        }

        /** Where in the next bytes the screen is to be emptied, or their length. */
        private synchronized int next(int length) {
            Long picture = pictures.peek();
            return picture != null && picture - shown < length ? (int) (picture - shown) : length;
        }

        private synchronized boolean passed(int length) {
            shown += length;
            Long picture = pictures.peek();
            boolean begins = picture != null && picture == shown;
            if (begins) {
                pictures.remove();
            }
            return begins;
        }

        private void write(byte[] bytes, int length) throws IOException {
            for (int done = 0; done < length; ) {
                int part = next(length - done);
                RemoteWatch.this.write(bytes, done, part);
                done += part;
                if (passed(part)) {
                    RemoteWatch.this.write(CLEAR, 0, CLEAR.length);
                }
            }
        }

        @Override
        public void finished(SessionStream stream) {
            input(stream).end();
            stream.finish();
        }

        @Override
        public void ended(SessionStream stream, EndReason reason, String text) {
            input(stream).fail(reason, text);
        }

        void drain(SessionStream stream) throws CommandException {
            StreamInput from = input(stream);
            byte[] buffer = new byte[BUFFER];
            try {
                for (int length = from.read(buffer, 0, BUFFER); length >= 0; length = from.read(buffer, 0, BUFFER)) {
                    write(buffer, length);
                }
            } catch (StreamEndedException e) {
                if (e.reason() != EndReason.DONE) {
                    throw DeviceSession.ended(e.reason(), e.text());
                }
            } catch (IOException e) {
                throw new CommandException(ExitCode.FAILED, "the output cannot be written", e);
            } finally {
                restore();
            }
        }

        private void restore() {
            if (terminal) {
                try {
                    RemoteWatch.this.write(RESTORE, 0, RESTORE.length);
                } catch (IOException e) {
                    // nobody sees it
                }
            }
        }
    }

    private void write(byte[] bytes, int offset, int length) throws IOException {
        around.out().write(bytes, offset, length);
        around.out().flush();
    }
}
