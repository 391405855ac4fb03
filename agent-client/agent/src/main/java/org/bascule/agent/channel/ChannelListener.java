package org.bascule.agent.channel;

import java.time.Instant;
import org.bascule.wire.control.ChannelMessage;
import org.bascule.wire.control.ReportMessage;
import org.bascule.wire.control.SessionMessage;
import org.bascule.wire.registry.RelayList;

/** What becomes of the server's messages on a channel that stands. Called on the channel's thread; must not block. */
public interface ChannelListener {

    /** The device is online. Messages may be sent from now on. */
    void ready(ChannelMessage.Welcome welcome, Instant channelStart);

    void offered(SessionMessage.SessionOffer offer);

    void relayed(SessionMessage.SessionRelay relay);

    void updated(SessionMessage.SessionUpdate update);

    void ended(SessionMessage.SessionEnd end);

    /** Tokens with which a session can go on at other relays. */
    void reserved(SessionMessage.SessionReserve reserve);

    /** The client of a session has lost its transport. */
    void transportLost(SessionMessage.SessionLost lost);

    /** The relays that there are, signed by the server of this channel. */
    void listed(RelayList relays);

    void acknowledged(ReportMessage.EventsAck ack);

    /** What became of a request for help. */
    void assisted(ReportMessage.AssistState state);

    /** The server refused this device and said why; sessions that it would not allow must not go on. */
    void refused(ChannelException why);

    /** The channel is gone; what is sent now is lost. */
    void lost(ChannelException why);
}
