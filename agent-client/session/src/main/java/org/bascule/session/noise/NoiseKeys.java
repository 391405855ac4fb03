package org.bascule.session.noise;

/**
 * What a finished handshake gives.
 *
 * @param initiatorToResponder 32 bytes
 * @param responderToInitiator 32 bytes
 * @param handshakeHash 32 bytes, not secret
 */
public record NoiseKeys(byte[] initiatorToResponder, byte[] responderToInitiator, byte[] handshakeHash) {

    @Override
    public String toString() {
        return "NoiseKeys[REDACTED]";
    }
}
