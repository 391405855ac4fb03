package org.bascule.agent.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.util.Optional;
import org.bascule.agent.state.StateException;
import org.bascule.session.network.Network;
import org.bascule.session.network.Proxies;
import org.bascule.session.network.Tls;
import org.bascule.session.network.UserAgent;
import org.bascule.session.tls.Authorities;

/** Whom the agent believes in TLS: the authorities of the Java platform, and a private one if it was given. */
public final class ServerTrust {

    private static final String USER_AGENT =
            UserAgent.of("bascule-agent", ServerTrust.class.getPackage().getImplementationVersion());

    private final Authorities authorities;

    private ServerTrust(Authorities authorities) {
        this.authorities = authorities;
    }

    /** @param pem certificates of private authorities */
    public static ServerTrust of(Optional<byte[]> pem) throws StateException {
        return new ServerTrust(pem.isPresent() ? with(pem.get()) : Authorities.ofPlatform());
    }

    private static Authorities with(byte[] pem) throws StateException {
        try {
            return Authorities.with(new ByteArrayInputStream(pem));
        } catch (CertificateException e) {
            throw new StateException("The file of the certificate authority is not PEM, or holds no certificate.", e);
        } catch (GeneralSecurityException | IOException e) {
            throw new StateException("The certificate authority cannot be used: " + e.getMessage() + ".", e);
        }
    }

    /** The way to relays, which prove themselves by TLS alone: it resumes earlier sessions. */
    public Network relayNetwork(Proxies proxies) {
        return new Network(Tls.resuming(authorities), proxies, USER_AGENT);
    }

    /** The way to the servers. It resumes nothing, so a server's certificate is seen in every handshake. */
    public Network network(Proxies proxies) {
        return new Network(Tls.fresh(authorities), proxies, USER_AGENT);
    }
}
