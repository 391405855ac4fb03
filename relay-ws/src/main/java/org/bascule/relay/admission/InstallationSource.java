package org.bascule.relay.admission;

import java.io.IOException;
import org.bascule.wire.WireException;

/** Where the installation's key set comes from. */
@FunctionalInterface
public interface InstallationSource {

    /** The signed key set as text, not verified; may block for some seconds. */
    String fetchKeySet() throws IOException, WireException;
}
