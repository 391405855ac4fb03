package org.bascule.wire.control;

import jakarta.json.JsonObjectBuilder;
import java.time.Instant;
import java.util.Optional;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** Messages about the consent of the person at the device ({@code docs/protocol/consent.md}). */
public sealed interface ConsentMessage extends ControlMessage {

    int MAX_USER = 256;
    int MAX_FROM = 64;
    int MAX_REASON = 500;
    int MAX_BY = 200;

    /** The message of that type; empty if it is none about consent. */
    static Optional<ControlMessage> read(String type, StrictJson json) throws WireException {
        return switch (type) {
            case Ask.TYPE -> Optional.of(Ask.read(json));
            case Answer.TYPE -> Optional.of(Answer.read(json));
            case Cancel.TYPE -> Optional.of(new Cancel(ControlJson.sid(json)));
            case Demand.TYPE -> Optional.of(new Demand(json.optionalFlag("ask")));
            default -> Optional.empty();
        };
    }

    /**
     * Server: may this session start?
     *
     * @param user name of who asks; hostile text, as is the reason
     * @param from network address that the request came from
     * @param until when the question is refused by itself
     */
    record Ask(SessionId sid, String user, String from, Optional<String> reason, Operations operations, Instant until)
            implements ConsentMessage {
        static final String TYPE = "consent.ask";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("sid", sid.hex()).add("user", user).add("from", from);
            reason.ifPresent(value -> json.add("reason", value));
            json.add("operations", ControlJson.array(operations.names())).add("until", until.toEpochMilli());
        }

        static Ask read(StrictJson json) throws WireException {
            return new Ask(
                    ControlJson.sid(json),
                    json.string("user", MAX_USER),
                    json.text("from", MAX_FROM),
                    json.optionalString("reason", MAX_REASON),
                    Operations.of(json.strings("operations", 16, 128)),
                    Instant.ofEpochMilli(json.number("until", 0, 1L << 50)));
        }
    }

    /**
     * Agent: what the person at the device said.
     *
     * @param granted empty if it was refused
     * @param refusal why, in that person's words; empty for no words, and if it was granted
     * @param by who answered, or how: text of the device
     */
    record Answer(SessionId sid, Optional<Operations> granted, String refusal, String by) implements ConsentMessage {
        static final String TYPE = "consent.answer";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("sid", sid.hex());
            granted.ifPresentOrElse(
                    operations -> json.add("operations", ControlJson.array(operations.names())),
                    () -> json.add("refused", refusal));
            json.add("by", by);
        }

        /** One of {@code operations} and {@code refused}. */
        static Answer read(StrictJson json) throws WireException {
            boolean granted = json.has("operations");
            if (granted == json.has("refused")) {
                throw WireException.malformed("consent is granted or refused");
            }
            return new Answer(
                    ControlJson.sid(json),
                    granted ? Optional.of(Operations.of(json.strings("operations", 16, 128))) : Optional.empty(),
                    granted ? "" : json.text("refused", MAX_REASON),
                    json.text("by", MAX_BY));
        }
    }

    /** Server: nobody waits for the answer any more. */
    record Cancel(SessionId sid) implements ConsentMessage {
        static final String TYPE = "consent.cancel";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("sid", sid.hex());
        }
    }

    /**
     * Agent: whether the device's own policy wants to be asked before every session. Said when the channel stands, and when it changes.
     *
     * @param ask without having said it: no
     */
    record Demand(boolean ask) implements ConsentMessage {
        static final String TYPE = "consent.demand";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("ask", ask);
        }
    }
}
