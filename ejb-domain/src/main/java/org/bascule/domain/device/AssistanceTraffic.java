package org.bascule.domain.device;

import org.bascule.wire.control.ReportMessage;

/** Receives what devices say about requests for help. Called on the thread of the channel, in order for each device. */
public interface AssistanceTraffic {

    /** Somebody at the device asks for help, perhaps not for the first time; the answer goes back to it. */
    ReportMessage.AssistState requested(KnownDevice device, ReportMessage.Assist request, String address);
}
