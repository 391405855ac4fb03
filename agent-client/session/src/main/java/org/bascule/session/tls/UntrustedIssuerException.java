package org.bascule.session.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;

/** A server's certificate comes from an authority that nobody here trusts: another private one, or a proxy in between that reads along. */
public final class UntrustedIssuerException extends CertificateException {

    private static final long serialVersionUID = 1L;
    private static final int MAX_NAME = 120;

    private UntrustedIssuerException(String message) {
        super(message);
    }

    static UntrustedIssuerException of(X509Certificate[] chain, Optional<X509Certificate> expected) {
        String issuer = printable(chain[chain.length - 1].getIssuerX500Principal());
        return new UntrustedIssuerException(
                expected.isPresent()
                        ? "issued by \"%s\" and not by \"%s\": something in between inspects TLS, or the server has another authority"
                                .formatted(issuer, printable(expected.get().getSubjectX500Principal()))
                        : "issued by \"%s\", which is not trusted here: a private authority, or something in between inspects TLS"
                                .formatted(issuer));
    }

    /** A name from the network, as far as it is harmless on a terminal and in a log. */
    private static String printable(X500Principal name) {
        String text = name.getName(X500Principal.RFC2253);
        StringBuilder out = new StringBuilder();
        text.codePoints()
                .limit(MAX_NAME)
                .forEach(point -> out.appendCodePoint(
                        Character.isLetterOrDigit(point) || " .,=-+_:/@()&'".indexOf(point) >= 0 ? point : '?'));
        return out.toString();
    }
}
