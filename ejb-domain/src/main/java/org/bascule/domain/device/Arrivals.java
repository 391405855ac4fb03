package org.bascule.domain.device;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import org.bascule.domain.lifecycle.HardwareBindings;
import org.bascule.domain.lifecycle.Renewals;
import org.bascule.wire.control.ChannelMessage;

/** What is looked at and stored when a device that has proved its key is there: all of it in one transaction, because after a restart of the server thousands come at once. */
@Stateless
public class Arrivals {

    @Inject
    DeviceStore store;

    @Inject
    ChannelProofs proofs;

    @Inject
    HardwareBindings bindings;

    @Inject
    Renewals renewals;

    /**
     * It is online, with what it told about itself.
     *
     * @param serial of the certificate that it showed
     * @throws ChannelRefusedException if its endorsement is not valid or older than one that was seen, it comes from another machine (which is marked), or it was revoked
     */
    public void arrive(KnownDevice device, ChannelMessage.Ready ready, String serial, String address)
            throws ChannelRefusedException {
        boolean stored = proofs.verify(device, ready.endorsement());
        if (!bindings.arrives(device.domainId(), device.uid(), device.name(), ready.hardware(), address)) {
            throw new ChannelRefusedException(ChannelRefusal.HARDWARE_CHANGED);
        }
        if ((!stored && !store.endorse(device, ready.endorsement())) || !store.online(device, ready, address)) {
            throw new ChannelRefusedException(
                    ChannelRefusal.BAD_PROOF, "An endorsement with a higher counter was seen.");
        }
        renewals.used(device.domainId(), device.uid(), serial);
    }
}
