package org.bascule.agent.state;

import org.bascule.wire.WireException;
import org.bascule.wire.trust.KeySet;

/** The installation's key set in force: signed by the pinned root, of the registered issuer, never older than the newest seen. Thread-safe. */
public final class KeySets {

    private final DeviceState state;
    private final String issuer;
    private final byte[] rootHash;

    // guarded by this
    private KeySet current;

    private KeySets(DeviceState state, Registration registration, KeySet current) {
        this.state = state;
        this.issuer = registration.issuer();
        this.rootHash = registration.rootHash();
        this.current = current;
    }

    public static KeySets open(DeviceState state, Registration registration) throws StateException {
        String text = state.keySet()
                .orElseThrow(() ->
                        new StateException("The key set of this device's installation is missing; enrol it again."));
        try {
            return new KeySets(state, registration, verify(text, registration.rootHash(), registration.issuer()));
        } catch (WireException e) {
            throw new StateException("The stored key set is not this installation's: " + e.getMessage() + ".", e);
        }
    }

    public synchronized KeySet current() {
        return current;
    }

    /** Takes a key set from the channel: kept if it is newer, refused if it is older or not signed by the pinned root. */
    public synchronized KeySet offer(String text) throws WireException, StateException {
        KeySet offered = verify(text, rootHash, issuer);
        if (offered.seq() < current.seq()) {
            throw new WireException(
                    WireException.Reason.REPLAYED,
                    "key set %d is older than %d, which was seen".formatted(offered.seq(), current.seq()));
        }
        if (offered.seq() > current.seq()) {
            state.saveKeySet(text);
            current = offered;
        }
        return current;
    }

    private static KeySet verify(String text, byte[] rootHash, String issuer) throws WireException {
        KeySet keySet = KeySet.verify(text, rootHash);
        if (!keySet.issuer().equals(issuer)) {
            throw new WireException(WireException.Reason.FOREIGN, "the key set is another installation's");
        }
        return keySet;
    }
}
