package org.bascule.domain.pki;

import org.bascule.wire.trust.KeySet;

/**
 * A verified key set and the text that was verified.
 *
 * @param text compact JWS, as it is handed to agents, relays and clients
 */
public record SignedKeySet(KeySet keys, String text) {}
