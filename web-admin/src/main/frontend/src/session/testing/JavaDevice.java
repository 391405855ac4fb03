import org.bascule.wire.Json;
import jakarta.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.bascule.session.handshake.DeviceHandshake;
import org.bascule.session.handshake.DeviceStaticKey;
import org.bascule.session.handshake.HeadSeen;
import org.bascule.session.handshake.Prologue;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.ServiceHandler;
import org.bascule.session.stream.Session;
import org.bascule.session.stream.SessionConfig;
import org.bascule.session.stream.SessionEnd;
import org.bascule.session.stream.SessionListener;
import org.bascule.session.stream.SessionStream;
import org.bascule.session.stream.StreamHandler;
import org.bascule.session.transport.Transport;
import org.bascule.session.transport.TransportEnd;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;

/**
 * The agent's session library behind lines of text, for interop.test.ts: first
 * {@code sid issuer domain user uid identityHash staticPrivate m1 ticket granted} (bytes in hexadecimal), answered by {@code m2 HEX}; then {@code r HEX} is a record, in
 * both directions. The device has seen the client's tree head. {@code ended REASON} and {@code closed} tell the end.
 *
 * <p>Its terminal says what was typed back. {@code \x04} exits with 7, {@code !} prints a megabyte.
 */
final class JavaDevice {

    private static final HexFormat HEX = HexFormat.of();
    private static final PrintStream OUT = new PrintStream(System.out, false, StandardCharsets.UTF_8);

    private JavaDevice() {}

    public static void main(String[] arguments) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String[] words = in.readLine().split(" ");
        SessionId sid = SessionId.parse(words[0]);
        Prologue prologue = new Prologue(sid, words[1], words[2], words[3], words[4], HEX.parseHex(words[5]));
        List<DeviceStaticKey> keys = List.of(DeviceStaticKey.restore(HEX.parseHex(words[6])));
        DeviceHandshake handshake = DeviceHandshake.read(prologue, keys, HEX.parseHex(words[7]));
        Operations granted = Operations.of(words[9]);
        DeviceHandshake.Answer answer = handshake.answer(words[8], granted, HeadSeen.of(handshake.head()));
        say("m2 " + HEX.formatHex(answer.m2()));
        Lines transport = new Lines();
        Session.device(answer.keys(), granted, transport, new Echo(), new Listener(), SessionConfig.DEFAULT);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            transport.received(HEX.parseHex(line.substring(2)));
        }
    }

    static void say(String line) {
        synchronized (OUT) {
            OUT.println(line);
            OUT.flush();
        }
    }

    private static final class Listener implements SessionListener {
        @Override
        public void notPermitted(Session session, String service) {
            say("not-permitted " + service);
        }

        @Override
        public void ended(Session session, SessionEnd end) {
            say("ended " + end.reason());
        }
    }

    private static final class Lines implements Transport {
        private volatile Receiver receiver;

        void received(byte[] message) {
            receiver.message(message, 0, message.length);
        }

        @Override
        public void start(Receiver to) {
            receiver = to;
        }

        @Override
        public void send(byte[] message) {
            say("r " + HEX.formatHex(message));
        }

        @Override
        public void close() {
            say("closed");
            receiver.closed(new TransportEnd(TransportEnd.Kind.CLOSED, ""));
        }

        @Override
        public void abort() {
            close();
        }
    }

    private static final class Echo implements ServiceHandler {
        /** Writing may have to wait for credit, which the receiving thread must not. */
        private final ExecutorService writer = Executors.newSingleThreadExecutor();

        @Override
        public StreamHandler open(
                SessionStream stream, org.bascule.session.stream.Service service, JsonObject arguments) {
            JsonObject account = Json.createObjectBuilder().add("account", "operator").build();
            send(stream, Json.createObjectBuilder().add("opened", account).build());
            write(stream, arguments.toString().getBytes(StandardCharsets.UTF_8));
            return new StreamHandler() {
                @Override
                public void data(SessionStream from, byte[] buffer, int offset, int length) {
                    byte[] typed = java.util.Arrays.copyOfRange(buffer, offset, offset + length);
                    from.consumed(length);
                    if (length == 1 && typed[0] == 4) {
                        writer.execute(() -> exit(from));
                    } else if (length == 1 && typed[0] == '!') {
                        write(from, new byte[1 << 20]);
                    } else {
                        write(from, typed);
                    }
                }

                @Override
                public void event(SessionStream from, JsonObject event) {
                    write(from, event.toString().getBytes(StandardCharsets.UTF_8));
                }

                @Override
                public void ended(SessionStream from, EndReason reason, String text) {
                    say("stream-ended " + reason);
                }
            };
        }

        private static void exit(SessionStream stream) {
            JsonObject code = Json.createObjectBuilder().add("code", 7).build();
            send(stream, Json.createObjectBuilder().add("exit", code).build());
            stream.finish();
        }

        private static void send(SessionStream stream, JsonObject event) {
            try {
                stream.sendEvent(event);
            } catch (IOException e) {
                say("failed " + e);
            }
        }

        private void write(SessionStream stream, byte[] bytes) {
            writer.execute(() -> {
                try {
                    stream.write(bytes);
                } catch (IOException e) {
                    say("failed " + e);
                }
            });
        }
    }
}
