package org.bascule.domain.enrolment;

import jakarta.ejb.Stateless;
import java.time.Duration;
import java.util.List;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.enrol.EnrolAnswer;
import org.bascule.wire.enrol.EnrolRequest;

/** Enrolment tokens, and the exchange of one for a device's certificate. */
@Stateless
public class Enrolments {

    public static final Duration MAX_VALIDITY = Duration.ofDays(30);
    public static final int MAX_USES = 10_000;

    /** Tokens of all folders on which the caller may install devices, newest first; expired ones for 30 days more. */
    public List<TokenView> tokens(Caller caller) {
        throw new UnsupportedOperationException();
    }

    /** Makes a token; {@code UNAVAILABLE} while the installation root has not signed the key set. */
    public TokenCreated create(Caller caller, String folderId, Duration expiresIn, int uses) throws RefusedException {
        throw new UnsupportedOperationException();
    }

    public void delete(Caller caller, String tokenId) throws RefusedException {
        throw new UnsupportedOperationException();
    }

    /**
     * Enrols one device: claims one use of the token by a single conditional statement, adds the device and issues its certificate, all or
     * nothing. Refusals are audited where the token tells the domain.
     *
     * @param address where the request came from
     */
    public EnrolAnswer enrol(EnrolRequest request, String address) throws RefusedException {
        throw new UnsupportedOperationException();
    }
}
