package org.bascule.domain.transparency;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** Connections to a syslog server (RFC 5425). Its certificate must name its host and be issued by one of the CAs. */
final class SyslogTls {

    static final int TIMEOUT_MILLIS = 5_000;

    private static final Pattern NO_HEADER = Pattern.compile("[^\\x21-\\x7e]");

    private SyslogTls() {}

    /** A header field of RFC 5424: printable ASCII without spaces, {@code -} for nothing. */
    static String header(String text, int max) {
        String clean = NO_HEADER.matcher(text).replaceAll("");
        return clean.isEmpty() ? "-" : clean.substring(0, Math.min(clean.length(), max));
    }

    /** Octet counting: {@code length SP message}. */
    static byte[] framed(byte[] message) {
        byte[] length = (message.length + " ").getBytes(StandardCharsets.US_ASCII);
        byte[] frame = new byte[length.length + message.length];
        System.arraycopy(length, 0, frame, 0, length.length);
        System.arraycopy(message, 0, frame, length.length, message.length);
        return frame;
    }

    /**
     * Connects, each step within {@link #TIMEOUT_MILLIS}.
     *
     * @param plain not connected; closed if there is no connection, and for the caller to close from outside, which a TLS socket that writes does not let happen
     */
    static SSLSocket connect(Socket plain, AnchorSettings.Syslog settings) throws IOException {
        try {
            plain.connect(new InetSocketAddress(settings.host(), settings.port()), TIMEOUT_MILLIS);
            SSLSocket made = (SSLSocket)
                    context(settings).getSocketFactory().createSocket(plain, settings.host(), settings.port(), true);
            SSLParameters parameters = made.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            made.setSSLParameters(parameters);
            made.setSoTimeout(TIMEOUT_MILLIS);
            made.startHandshake();
            return made;
        } catch (IOException | GeneralSecurityException e) {
            plain.close();
            throw new IOException("no TLS connection to the syslog server: " + e.getMessage(), e);
        }
    }

    /**
     * Whether the server has ended the connection. It never says anything: the end of its stream is the end of the connection.
     *
     * @param millis to wait for that, at least 1
     */
    static boolean hasEnded(SSLSocket present, int millis) {
        try {
            present.setSoTimeout(millis);
            return present.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static SSLContext context(AnchorSettings.Syslog settings) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(settings.caFile())) {
            int number = 0;
            for (Certificate ca :
                    List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in))) {
                trusted.setCertificateEntry("ca" + number++, ca);
            }
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
