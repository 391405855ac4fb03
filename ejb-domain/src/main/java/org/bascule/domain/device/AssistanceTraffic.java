package org.bascule.domain.device;

import org.bascule.wire.control.ControlMessage;

/** Receives what devices say about requests for help. Called on the thread of the channel, in order for each device. */
public interface AssistanceTraffic {

    /** Somebody at the device asks for help, perhaps not for the first time; the answer goes back to it. */
    ControlMessage.AssistState requested(KnownDevice device, ControlMessage.Assist request, String address);
}
