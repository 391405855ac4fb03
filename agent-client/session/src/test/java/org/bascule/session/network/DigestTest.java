package org.bascule.session.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DigestTest {

    private static final String CHALLENGE =
            "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=%s, "
                    + "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";

    private static Digest digest(String challenge) {
        return Digest.of(
                        Challenge.parse(challenge).get(0),
                        "Mufasa",
                        "Circle of Life",
                        "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
                .orElseThrow();
    }

    /** RFC 7616, section 3.9.1. */
    @ParameterizedTest
    @CsvSource({
        "MD5, 8ca523f5e9506fed4657c9700eebdbec",
        "SHA-256, 753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"
    })
    void answersAsTheRfcDoes(String algorithm, String response) {
        Digest digest = digest(CHALLENGE.formatted(algorithm));
        assertThat(digest.isSha256()).isEqualTo(algorithm.equals("SHA-256"));
        assertThat(digest.answer("GET", "/dir/index.html"))
                .startsWith(
                        "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", algorithm="
                                + algorithm)
                .contains("nc=00000001")
                .contains("response=\"" + response + "\"")
                .contains("opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"")
                .doesNotContain("Circle");
        assertThat(digest.answer("GET", "/dir/index.html"))
                .contains("nc=00000002")
                .doesNotContain(response);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=SHA-512-256",
                "Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\"",
                "Digest realm=\"r\", qop=\"auth\"",
                "Basic realm=\"r\"",
                "Negotiate"
            })
    void whatIsNotSpokenIsNotAnswered(String challenge) {
        assertThat(Digest.of(Challenge.parse(challenge).get(0), "u", "p")).isEmpty();
    }

    @Test
    void severalChallengesInOneFieldAreToldApart() {
        List<Challenge> found = Challenge.parse(
                "Negotiate, NTLM TlRMTVNTUAA=, Digest realm=\"a, b \\\"c\\\"\", stale=TRUE,nonce=x==, Basic realm = \"d\"");
        assertThat(found).extracting(Challenge::scheme).containsExactly("negotiate", "ntlm", "digest", "basic");
        assertThat(found.get(2).parameters())
                .containsEntry("realm", "a, b \"c\"")
                .containsEntry("stale", "TRUE");
        assertThat(found.get(3).parameters()).containsEntry("realm", "d");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",,,",
                "=",
                "\"",
                "Digest realm=\"open",
                "Digest =",
                "Digest realm=",
                "\u0000\u00e9",
                "a b c d"
            })
    void hostileChallengesEnd(String value) {
        assertThat(Challenge.parse(value)).hasSizeLessThanOrEqualTo(4);
    }
}
