package org.bascule.domain.device;

import org.bascule.wire.control.ConsentMessage;

/** Receives what devices say about consent. Called on the thread of the channel, in order for each device. */
public interface ConsentTraffic {

    /** The person at the device answered a question, or somebody pretends to have. */
    void answered(String uid, ConsentMessage.Answer answer);

    /** The device's own policy wants to be asked, or not. */
    void demanded(String uid, ConsentMessage.Demand demand);

    /** The device is not there any more, and with it what it demanded. */
    void offline(String uid);
}
