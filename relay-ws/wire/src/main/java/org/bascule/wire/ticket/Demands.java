package org.bascule.wire.ticket;

import jakarta.json.JsonObjectBuilder;
import java.util.Optional;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * What the session policy of the device demands (DEV-6, AUD-3); the optional claims {@code consent}, {@code approver} and {@code log} of a ticket. They
 * bind an agent that keeps to them: nothing of the access server's own checks hangs on them.
 *
 * @param consent who had to be asked; empty if nobody
 * @param approver name of the person that approved, for display and log; hostile text of at most {@value #MAX_APPROVER} characters. Only with
 *     {@link Consent#APPROVER}
 * @param fullLog whether the agent records each single thing that the tools do
 */
public record Demands(Optional<Consent> consent, Optional<String> approver, boolean fullLog) {

    public static final Demands NONE = new Demands(Optional.empty(), Optional.empty(), false);
    public static final int MAX_APPROVER = 256;

    public Demands {
        if (approver.isPresent() && consent.filter(Consent.APPROVER::equals).isEmpty()) {
            throw new IllegalArgumentException("an approver is named where one had to be asked");
        }
    }

    /** The agent has to have the consent of the person at the device, for this session. */
    public boolean asksAtDevice() {
        return consent.filter(Consent.DEVICE::equals).isPresent();
    }

    void addTo(JsonObjectBuilder claims) {
        consent.ifPresent(value -> claims.add("consent", value.text()));
        approver.ifPresent(value -> claims.add("approver", value));
        if (fullLog) {
            claims.add("log", true);
        }
    }

    /** An unknown kind of consent is refused: an agent that does not know whom to ask must not let anybody in. */
    static Demands read(StrictJson claims) throws WireException {
        Optional<String> text = claims.optionalString("consent", 16);
        return new Demands(
                text.isPresent() ? Optional.of(Consent.parse(text.get())) : Optional.empty(),
                claims.optionalString("approver", MAX_APPROVER),
                claims.optionalFlag("log"));
    }
}
