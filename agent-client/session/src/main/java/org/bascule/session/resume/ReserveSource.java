package org.bascule.session.resume;

import java.util.List;
import java.util.OptionalLong;

/** Where tokens in reserve come from: the access server. Does not block; the answer goes to {@link Resumer#reserve}, none if there is none. */
@FunctionalInterface
public interface ReserveSource {

    /**
     * Asks for new ones.
     *
     * @param relays ids of those held, in order
     * @param struck ids of those not to be used
     * @param lost attempt of the transport that was lost; empty while there is one
     */
    void ask(List<String> relays, List<String> struck, OptionalLong lost);
}
