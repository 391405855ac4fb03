package org.bascule.control.remote;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.Surroundings;
import org.bascule.control.server.AccessServer;
import org.bascule.session.client.ClientSession;
import org.bascule.session.client.HandshakeExchange;
import org.bascule.session.client.SessionClient;
import org.bascule.session.client.SessionClient.RelayConnector;
import org.bascule.session.handshake.HandshakeException;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.Service;
import org.bascule.session.stream.SessionConfig;
import org.bascule.session.stream.SessionEnd;
import org.bascule.session.stream.SessionListener;
import org.bascule.session.stream.SessionStream;
import org.bascule.session.stream.StreamEndedException;
import org.bascule.session.stream.StreamHandler;
import org.bascule.session.transport.TransportException;
import org.bascule.session.trust.TrustException;
import org.bascule.session.trust.VerifiedDevice;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.session.HandshakeAnswer;
import org.bascule.wire.session.HandshakeRequest;
import org.bascule.wire.session.ReserveRelay;
import org.bascule.wire.session.ReserveRequest;
import org.bascule.wire.session.SessionOpened;
import org.bascule.wire.session.SessionRequest;

/** A running session on a device, whose end is told to the access server. */
public final class DeviceSession implements AutoCloseable {

    /** Why the server ends the sessions of a sign-in or API token that has ended. */
    private static final String SIGNED_OUT = "signed-out";

    private static final int MAX_REASON = 500;

    /** What a person does about a key that nobody has compared. */
    private static final String COMPARE = "compare the words with those that " + KnownKeys.AT_THE_MACHINE
            + "; then run " + "'bascule device trust DEVICE'";

    /** What a person does about another key than the known one. */
    private static final String GIVE_WORDS = "read the words that " + KnownKeys.AT_THE_MACHINE
            + "; then run 'bascule device trust DEVICE' and give them";

    private final AccessServer server;
    private final ClientSession session;
    private final RelayFigures figures;
    private Optional<String> comment = Optional.empty();

    private DeviceSession(AccessServer server, ClientSession session, RelayFigures figures) {
        this.server = server;
        this.session = session;
        this.figures = figures;
    }

    /**
     * Opens a session: permission, checks, handshake, relay.
     *
     * @param device uid, unique name or path
     */
    public static DeviceSession open(
            AccessServer server, Surroundings around, String device, Operations operations, Optional<String> reason)
            throws CommandException {
        String uid = server.deviceAt(device);
        SessionClient client = new SessionClient(
                server.base().toString(),
                server.domain(),
                KnownKeys.check(around),
                RelayConnector.over(server.http().network()),
                SessionConfig.DEFAULT);
        SessionRequest asked = request(client, uid, operations, reason);
        try {
            return measured(server, client, asked, around);
        } catch (CommandException e) {
            if (reason.isPresent() || !e.problem().equals("reason-required")) {
                throw e;
            }
            return measured(server, client, request(client, uid, operations, Optional.of(why(around))), around);
        }
    }

    /** The session policy of the device wants a reason. */
    private static String why(Surroundings around) throws CommandException {
        if (System.console() == null) {
            throw new CommandException(
                    ExitCode.USAGE, "whose device this is wants to know why: say it with --reason TEXT");
        }
        around.warn("Why do you want to do this? (for whose device this is, 1 to %d characters)".formatted(MAX_REASON));
        return new Line(around.in())
                .read()
                .filter(text -> text.length() <= MAX_REASON)
                .orElseThrow(
                        () -> new CommandException(ExitCode.USAGE, "no reason was given, or one that is too long"));
    }

    private static DeviceSession measured(
            AccessServer server, SessionClient client, SessionRequest asked, Surroundings around)
            throws CommandException {
        RelayFigures figures = RelayFigures.begin(server, around);
        boolean running = false;
        try {
            DeviceSession session = open(server, client, asked, figures, around);
            running = true;
            return session;
        } finally {
            if (!running) {
                figures.close();
            }
        }
    }

    private static DeviceSession open(
            AccessServer server, SessionClient client, SessionRequest asked, RelayFigures figures, Surroundings around)
            throws CommandException {
        SessionOpened opened = server.openSession(asked);
        try {
            ClientSession session =
                    client.open(asked, opened, new ServerExchange(server, figures, around), new SessionListener() {});
            return new DeviceSession(server, session, figures);
        } catch (TrustException | HandshakeException | IOException e) {
            abandon(server, opened);
            throw explain(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException(ExitCode.CONNECTION, "interrupted", e);
        }
    }

    private static SessionRequest request(
            SessionClient client, String uid, Operations operations, Optional<String> reason) throws CommandException {
        try {
            return client.request(uid, operations, reason);
        } catch (IOException e) {
            throw explain(e);
        }
    }

    private record ServerExchange(AccessServer server, RelayFigures figures, Surroundings around)
            implements HandshakeExchange {

        @Override
        public void awaitConsent(SessionOpened opened) throws IOException {
            try {
                new ConsentWait(server, around).until(opened);
            } catch (CommandException e) {
                throw new IOException(e);
            }
        }

        @Override
        public Map<String, Long> roundTrips() throws InterruptedException {
            return figures.roundTrips();
        }

        @Override
        public HandshakeAnswer send(SessionId sid, HandshakeRequest request) throws IOException {
            try {
                return server.handshake(sid, request);
            } catch (CommandException e) {
                throw new IOException(e);
            }
        }

        @Override
        public List<ReserveRelay> reserve(SessionId sid, ReserveRequest request) throws IOException {
            try {
                return server.reserve(sid, request);
            } catch (CommandException e) {
                throw new IOException(e);
            }
        }

        @Override
        public Optional<List<byte[]>> consistency(long first, long second) throws IOException {
            try {
                return server.consistency(first, second);
            } catch (CommandException e) {
                throw new IOException(e);
            }
        }
    }

    /** The access server knows that the session is over, if it can be told. */
    static void abandon(AccessServer server, SessionOpened opened) {
        try {
            server.endSession(opened.sid(), "failed", 0, 0, Optional.empty());
        } catch (CommandException e) {
            // what made it fail is the news
        }
    }

    private static CommandException explain(Exception e) {
        if (e.getCause() instanceof CommandException refused) {
            return refused;
        }
        if (e instanceof TrustException trust) {
            String hint = trust.check() == TrustException.Check.IDENTITY_CHANGED
                    ? ". If it was enrolled anew: " + GIVE_WORDS
                    : "";
            return new CommandException(
                    ExitCode.SECURITY,
                    "security check failed: " + Printable.of(String.valueOf(trust.getMessage())) + hint,
                    e);
        }
        if (e instanceof HandshakeException) {
            return new CommandException(
                    ExitCode.SECURITY, "security check failed: the handshake with the device was refused", e);
        }
        if (e instanceof StreamEndedException end) {
            return ended(end.reason(), end.text());
        }
        if (e instanceof TransportException transport) {
            if (transport.end().detail().contains("UntrustedIssuerException")) {
                return new CommandException(
                        ExitCode.SECURITY,
                        "the certificate of the relay is not trusted: is a CA file needed (--ca, BASCULE_CA)?",
                        e);
            }
            return new CommandException(
                    ExitCode.CONNECTION,
                    "no connection through the relay: "
                            + Printable.of(transport.end().detail()),
                    e);
        }
        return new CommandException(ExitCode.FAILED, "no session: " + Printable.of(String.valueOf(e.getMessage())), e);
    }

    /**
     * That nobody compared the words of the device's key yet: said at the first contact in any case, later to a person.
     *
     * @param person whether somebody reads it
     */
    public Optional<String> unverified(boolean person) {
        VerifiedDevice device = session.device();
        if (device.compared() || !person && !device.firstContact()) {
            return Optional.empty();
        }
        return Optional.of("%s: the words of its key are %s (%s). To be sure, %s."
                .formatted(
                        device.firstContact()
                                ? "First contact with this device"
                                : "Unverified device, the same as last time",
                        device.words(),
                        device.fingerprint(),
                        COMPARE));
    }

    /** Of the device. */
    public String uid() {
        return session.device().uid();
    }

    public SessionStream openStream(Service service, JsonObject arguments, StreamHandler handler)
            throws CommandException {
        try {
            return session.session().open(service, arguments, handler);
        } catch (StreamEndedException e) {
            throw ended(e.reason(), e.text());
        }
    }

    /** Turns the reason for which a stream ended too early into an exit code and a sentence. */
    static CommandException ended(EndReason reason, String text) {
        String detail = text.isEmpty() ? "" : ": " + Printable.of(text);
        return switch (reason) {
            case NOT_PERMITTED ->
                new CommandException(
                        ExitCode.REFUSED, "the device does not permit this (" + reason.text() + ")" + detail);
            case NO_SUCH_SERVICE, BAD_ARGUMENTS, FAILED, LIMIT, DONE ->
                new CommandException(ExitCode.FAILED, "the device could not do this (" + reason.text() + ")" + detail);
            case PROTOCOL_VIOLATION, RECORD_REJECTED ->
                new CommandException(
                        ExitCode.SECURITY,
                        "the connection was tampered with or is damaged (" + reason.text() + ")" + detail);
            case ENDED_BY_SERVER ->
                isSignedOut(text)
                        ? new CommandException(
                                ExitCode.NOT_SIGNED_IN,
                                "the sign-in or API token was ended, and the session with it: sign in anew")
                        : new CommandException(ExitCode.REFUSED, EndedByServer.sentence(text));
            case TICKET_EXPIRED, ENDED_BY_DEVICE ->
                new CommandException(ExitCode.REFUSED, "the session was ended (" + reason.text() + ")" + detail);
            case SWITCHED_OFF ->
                new CommandException(
                        ExitCode.REFUSED,
                        text.isEmpty() ? "remote access was switched off at the device" : Printable.of(text));
            case INTERRUPTED -> new CommandException(ExitCode.CONNECTION, "the connection was lost" + detail);
        };
    }

    /** The device passes on the server's reason; whoever has lost the device hears it in a sentence of the server. */
    private static boolean isSignedOut(String text) {
        return text.equals(SIGNED_OUT) || text.endsWith("(" + SIGNED_OUT + ").");
    }

    /**
     * Waits until the session ends by itself.
     *
     * @return why, as an exit code and a sentence
     */
    public CommandException awaitEnd() throws InterruptedException {
        try {
            SessionEnd end = session.session().ended().get();
            return ended(end.reason(), end.text());
        } catch (ExecutionException e) {
            return new CommandException(ExitCode.FAILED, "the session has failed", e);
        }
    }

    /** What was done, to be told with the end. */
    public void comment(Optional<String> text) {
        comment = text;
    }

    /**
     * Ends the session in order, if it has not ended, and tells the access server how it ended: it keeps what it hears first, from here or from the device. Waits for
     * each no longer than a few seconds.
     */
    @Override
    public void close() {
        session.session().end(EndReason.DONE, "");
        EndReason reason = session.session()
                .ended()
                .completeOnTimeout(new SessionEnd(EndReason.DONE, false, ""), 1, TimeUnit.SECONDS)
                .join()
                .reason();
        try {
            server.endSession(
                    session.session().sid(),
                    reason.text(),
                    session.session().bytesOut(),
                    session.session().bytesIn(),
                    comment);
        } catch (CommandException e) {
            // the device reports the end as well
        }
        session.close();
        figures.close();
    }

    /** Ends it on the way out of a dying process. */
    public void abort() {
        session.session().end(EndReason.DONE, "");
    }
}
