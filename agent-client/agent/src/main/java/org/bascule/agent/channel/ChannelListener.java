package org.bascule.agent.channel;

import java.time.Instant;
import org.bascule.wire.control.ControlMessage;
import org.bascule.wire.registry.RelayList;

/** What becomes of the server's messages on a channel that stands. Called on the channel's thread; must not block. */
public interface ChannelListener {

    /** The device is online. Messages may be sent from now on. */
    void ready(ControlMessage.Welcome welcome, Instant channelStart);

    void offered(ControlMessage.SessionOffer offer);

    void relayed(ControlMessage.SessionRelay relay);

    void updated(ControlMessage.SessionUpdate update);

    void ended(ControlMessage.SessionEnd end);

    /** Tokens with which a session can go on at other relays. */
    void reserved(ControlMessage.SessionReserve reserve);

    /** The client of a session has lost its transport. */
    void transportLost(ControlMessage.SessionLost lost);

    /** The relays that there are, signed by the server of this channel. */
    void listed(RelayList relays);

    void acknowledged(ControlMessage.EventsAck ack);

    /** What became of a request for help. */
    void assisted(ControlMessage.AssistState state);

    /** The server refused this device and said why; sessions that it would not allow must not go on. */
    void refused(ChannelException why);

    /** The channel is gone; what is sent now is lost. */
    void lost(ChannelException why);
}
