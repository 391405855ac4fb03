package org.bascule.domain.device;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bascule.wire.WireException;
import org.bascule.wire.trust.DeviceCertificates;

/**
 * Certificates of domain CAs that were found to be issued by this installation, by their text. All devices of a domain show the same one: it is read once, and an {@link X509Certificate} remembers under which
 * key its signature was found right, so that the next device of the domain costs no signature more. Holds hardly more than there are. Thread-safe.
 */
final class KnownAuthorities {

    private final Map<String, X509Certificate> byText = new ConcurrentHashMap<>();

    /** Device, then domain CA; nothing of it is verified. */
    List<X509Certificate> chain(List<String> chain) throws ChannelRefusedException {
        try {
            X509Certificate known = chain.size() == 2 ? byText.get(chain.get(1)) : null;
            return known == null
                    ? DeviceCertificates.parseChain(chain)
                    : List.of(DeviceCertificates.parse(chain.get(0)), known);
        } catch (WireException e) {
            throw new ChannelRefusedException(ChannelRefusal.BAD_PROOF);
        }
    }

    /** The chain was verified: its CA is one of this installation. */
    void verified(List<String> text, List<X509Certificate> chain) {
        byText.putIfAbsent(text.get(1), chain.get(1));
    }
}
