package org.bascule.domain.assistance;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.inject.Inject;
import org.bascule.domain.device.AssistanceTraffic;
import org.bascule.domain.device.DeviceChannels;
import org.bascule.domain.device.KnownDevice;
import org.bascule.domain.live.LiveEvent;
import org.bascule.wire.control.ReportMessage;

/** Between the channels of devices and the requests: what comes in is raised, what changes goes out to a device that is online. */
@ApplicationScoped
public class AssistanceDesk implements AssistanceTraffic {

    @Inject
    Assistance assistance;

    @Inject
    DeviceChannels channels;

    @Override
    public ReportMessage.AssistState requested(KnownDevice device, ReportMessage.Assist request, String address) {
        return assistance.raise(device, request, address);
    }

    /** A device that is offline asks by itself when it is back. */
    public void changed(@Observes(during = TransactionPhase.AFTER_SUCCESS) LiveEvent.AssistanceChanged event) {
        channels.send(event.deviceUid(), new ReportMessage.AssistState(event.id(), event.state(), event.detail()));
    }
}
