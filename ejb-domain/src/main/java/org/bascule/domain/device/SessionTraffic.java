package org.bascule.domain.device;

import java.time.Instant;
import org.bascule.wire.control.DeviceEvent;
import org.bascule.wire.control.SessionMessage;

/** Receives what devices say about sessions. Called on the thread of the channel, in order for each device. */
public interface SessionTraffic {

    void answered(String uid, SessionMessage.SessionAnswer answer);

    void refused(String uid, SessionMessage.SessionRefuse refusal);

    /** The device wants tokens with which a session of it can go on at other relays. */
    void reserveAsked(String uid, SessionMessage.SessionRelays asked);

    void ended(String uid, SessionMessage.SessionEnded ended);

    /**
     * An event of the device was stored for the first time.
     *
     * @param channelOpened when the channel that brought it was opened
     */
    void reported(String uid, DeviceEvent event, Instant channelOpened);

    /** The device's channel is gone: what it was asked will not be answered. */
    void offline(String uid);
}
