package org.bascule.wire.trust;

import java.security.cert.X509Certificate;
import java.util.Base64;
import org.bascule.wire.WireException;

/** A certificate to put into key sets under test. */
public final class TestCa {

    private static final String DER =
            "MIIBfDCCASGgAwIBAgIUGauo/DGPVqDsEYeF1lDWPviBIy0wCgYIKoZIzj0EAwIwEjEQMA4GA1UEAwwHVGVzdCBDQTAgFw0yNjExMjMwNzUzMzFaGA8yMTI2MTAzMDA3NTMzMVowEjEQMA4GA1UEAwwHVGVzdCBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABKWDt0tN0kxIqOWKc3JKBKyGCWaavqGCNijBdN6dXLo32HpEs+MmRVNkdPhrfJEVZGC2rnPRsWBFJEQd3PSzcWGjUzBRMB0GA1UdDgQWBBQhsY6BOItB0f8yIpdnSrso7VANqzAfBgNVHSMEGDAWgBQhsY6BOItB0f8yIpdnSrso7VANqzAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQCbCaMeAWX8byWfb33Nj86H+YxAcvSFL9n+EeaPmQnz0QIhAOSmOcuoGT9Gg7oh0lB6l3tC/vgjKgwx/a45n8RisXEZ";

    private TestCa() {}

    public static X509Certificate certificate() {
        try {
            return KeySet.certificate(Base64.getDecoder().decode(DER));
        } catch (WireException e) {
            throw new AssertionError(e);
        }
    }
}
