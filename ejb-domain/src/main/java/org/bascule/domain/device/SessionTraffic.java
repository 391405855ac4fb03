package org.bascule.domain.device;

import org.bascule.wire.control.ControlMessage;

/** Receives what devices say about sessions. Called on the thread of the channel, in order for each device. */
public interface SessionTraffic {

    void answered(String uid, ControlMessage.SessionAnswer answer);

    void refused(String uid, ControlMessage.SessionRefuse refusal);

    void ended(String uid, ControlMessage.SessionEnded ended);

    /** The device's channel is gone: what it was asked will not be answered. */
    void offline(String uid);
}
