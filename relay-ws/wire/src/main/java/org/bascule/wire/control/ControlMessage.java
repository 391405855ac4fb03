package org.bascule.wire.control;

import jakarta.json.JsonObjectBuilder;
import java.util.Optional;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.registry.RelayList;

/** A message of the control channel ({@code docs/protocol/control.md}, "Channel"): a record for each type. */
public sealed interface ControlMessage permits ChannelMessage, SessionMessage, ReportMessage {

    /** Characters of a message. */
    int MAX_LENGTH = 64 * 1_024;

    int MAX_EVENTS = 100;

    /** The {@code type} member. */
    String type();

    /** Adds the members beside the type. */
    void write(JsonObjectBuilder json);

    default String toJson() {
        JsonObjectBuilder json = Json.createObjectBuilder().add("type", type());
        write(json);
        return json.build().toString();
    }

    /** Reads a message; empty for a type that this version does not know, which the receiver ignores. */
    static Optional<ControlMessage> parse(String text) throws WireException {
        if (ChannelMessage.Heartbeat.is(text)) {
            return Optional.of(new ChannelMessage.Heartbeat());
        }
        StrictJson json = StrictJson.parse(text, MAX_LENGTH);
        return switch (json.string("type", 64)) {
            case ChannelMessage.Hello.TYPE -> Optional.of(ChannelMessage.Hello.read(json));
            case ChannelMessage.Auth.TYPE -> Optional.of(ChannelMessage.Auth.read(json));
            case ChannelMessage.Welcome.TYPE -> Optional.of(ChannelMessage.Welcome.read(json));
            case ChannelMessage.Ready.TYPE -> Optional.of(ChannelMessage.Ready.read(json));
            case ChannelMessage.Heartbeat.TYPE -> Optional.of(new ChannelMessage.Heartbeat());
            case ChannelMessage.Refusal.TYPE -> Optional.of(ChannelMessage.Refusal.read(json));
            case SessionMessage.SessionOffer.TYPE -> Optional.of(SessionMessage.SessionOffer.read(json));
            case SessionMessage.SessionAnswer.TYPE -> Optional.of(SessionMessage.SessionAnswer.read(json));
            case SessionMessage.SessionRefuse.TYPE -> Optional.of(SessionMessage.SessionRefuse.read(json));
            case SessionMessage.SessionRelay.TYPE -> Optional.of(SessionMessage.SessionRelay.read(json));
            case SessionMessage.SessionRelays.TYPE -> Optional.of(SessionMessage.SessionRelays.read(json));
            case SessionMessage.SessionReserve.TYPE -> Optional.of(SessionMessage.SessionReserve.read(json));
            case SessionMessage.SessionLost.TYPE -> Optional.of(SessionMessage.SessionLost.read(json));
            case SessionMessage.SessionUpdate.TYPE -> Optional.of(SessionMessage.SessionUpdate.read(json));
            case SessionMessage.SessionEnd.TYPE -> Optional.of(SessionMessage.SessionEnd.read(json));
            case SessionMessage.SessionEnded.TYPE -> Optional.of(SessionMessage.SessionEnded.read(json));
            case ReportMessage.Events.TYPE -> Optional.of(ReportMessage.Events.read(json));
            case ReportMessage.EventsAck.TYPE -> Optional.of(ReportMessage.EventsAck.read(json));
            case ReportMessage.InventoryReport.TYPE -> Optional.of(ReportMessage.InventoryReport.read(json));
            case ChannelMessage.EndorsementReport.TYPE -> Optional.of(ChannelMessage.EndorsementReport.read(json));
            case ChannelMessage.Probe.TYPE -> Optional.of(new ChannelMessage.Probe(json.string("id", 64)));
            case ChannelMessage.Renew.TYPE -> Optional.of(ChannelMessage.Renew.read(json));
            case ChannelMessage.Renewed.TYPE ->
                Optional.of(new ChannelMessage.Renewed(json.strings("chain", 4, 8_192)));
            case ReportMessage.Assist.TYPE -> Optional.of(ReportMessage.Assist.read(json));
            case ReportMessage.AssistState.TYPE -> Optional.of(ReportMessage.AssistState.read(json));
            case ChannelMessage.Relays.TYPE ->
                Optional.of(new ChannelMessage.Relays(json.string("list", RelayList.MAX_LENGTH)));
            case ChannelMessage.ProbeReply.TYPE -> Optional.of(new ChannelMessage.ProbeReply(json.string("id", 64)));
            default -> Optional.empty();
        };
    }
}
