package org.bascule.agent.enrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bascule.agent.TestInstallation;
import org.bascule.agent.enrol.EnrolException.Reason;
import org.bascule.agent.state.Registration;
import org.bascule.wire.enrol.EnrolAnswer;
import org.bascule.wire.keys.DeviceIdentityKey;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class EnrolmentCheckTest {

    private static final TestInstallation INSTALLATION = new TestInstallation();
    private static final TestInstallation OTHER = new TestInstallation();
    private static final DeviceIdentityKey IDENTITY = DeviceIdentityKey.generate();

    private static Registration check(EnrolAnswer answer, Instant now) throws EnrolException {
        return EnrolmentCheck.check(
                "https://bascule.example", answer, INSTALLATION.root.publicKey().hash(), IDENTITY.publicKey(), now);
    }

    private static EnrolAnswer right() {
        return INSTALLATION.enrolAnswer(IDENTITY.publicKey());
    }

    @Test
    void rightAnswerRegisters() throws Exception {
        Registration registration = check(right(), TestInstallation.NOW);
        assertThat(registration.uid()).isEqualTo(INSTALLATION.uid);
        assertThat(registration.domain()).isEqualTo(INSTALLATION.domain);
        assertThat(registration.issuer()).isEqualTo(TestInstallation.ISSUER);
        assertThat(registration.rootHash())
                .isEqualTo(INSTALLATION.root.publicKey().hash());
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                row("everything of another installation", a -> OTHER.enrolAnswer(IDENTITY.publicKey())),
                row(
                        "another root key",
                        a -> new EnrolAnswer(
                                a.uid(),
                                a.name(),
                                a.domain(),
                                a.domainName(),
                                a.chain(),
                                a.issuer(),
                                OTHER.root.publicKey(),
                                a.keySet())),
                row("a key set of another root", a -> with(a, a.chain(), OTHER.keySet(1))),
                row(
                        "a key set with a broken signature",
                        a -> with(a, a.chain(), TestInstallation.withBrokenSignature(a.keySet()))),
                row(
                        "a key set of another issuer",
                        a -> with(a, a.chain(), INSTALLATION.keySet(1, "https://elsewhere.example"))),
                row(
                        "a certificate for another key",
                        a -> with(
                                a,
                                INSTALLATION.chain(DeviceIdentityKey.generate().publicKey()),
                                a.keySet())),
                row("a chain of another installation", a -> with(a, OTHER.chain(IDENTITY.publicKey()), a.keySet())),
                row("a chain without the domain CA", a -> with(a, a.chain().subList(0, 1), a.keySet())),
                row(
                        "a chain in the wrong order",
                        a -> with(a, List.of(a.chain().get(1), a.chain().get(0)), a.keySet())),
                row(
                        "another uid than the certificate's",
                        a -> new EnrolAnswer(
                                UUID.randomUUID().toString(),
                                a.name(),
                                a.domain(),
                                a.domainName(),
                                a.chain(),
                                a.issuer(),
                                a.root(),
                                a.keySet())),
                row(
                        "another domain than the certificate's",
                        a -> new EnrolAnswer(
                                a.uid(),
                                a.name(),
                                UUID.randomUUID().toString(),
                                a.domainName(),
                                a.chain(),
                                a.issuer(),
                                a.root(),
                                a.keySet())));
    }

    private static EnrolAnswer with(EnrolAnswer a, List<String> chain, String keySet) {
        return new EnrolAnswer(a.uid(), a.name(), a.domain(), a.domainName(), chain, a.issuer(), a.root(), keySet);
    }

    private static Arguments row(String name, UnaryOperator<EnrolAnswer> change) {
        return Arguments.of(name, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void wrongAnswerIsNotTrusted(String name, UnaryOperator<EnrolAnswer> change) {
        EnrolAnswer answer = change.apply(right());
        EnrolException e = catchThrowableOfType(EnrolException.class, () -> check(answer, TestInstallation.NOW));
        assertThat(e).as(name).isNotNull();
        assertThat(e.reason()).isEqualTo(Reason.NOT_TRUSTED);
        assertThat(e.getMessage()).endsWith(".").doesNotContain("\n");
    }

    @Test
    void expiredCertificateMentionsTheClock() {
        EnrolException e = catchThrowableOfType(
                EnrolException.class, () -> check(right(), TestInstallation.NOW.plus(Duration.ofDays(91))));
        assertThat(e).hasMessageContaining("clock");
    }

    @Test
    void requestProvesPossessionOfTheIdentityKey() throws Exception {
        PKCS10CertificationRequest request = new PKCS10CertificationRequest(CertificateRequest.of(IDENTITY));
        assertThat(new JcaPKCS10CertificationRequest(request).getPublicKey())
                .isEqualTo(IDENTITY.publicKey().toJca());
        assertThat(request.isSignatureValid(new org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder()
                        .build(IDENTITY.publicKey().toJca())))
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusalIsOneSentence(int status, String body, Reason reason, String part) {
        EnrolException e = Enrolment.refusal(status, body);
        assertThat(e.reason()).isEqualTo(reason);
        assertThat(e.getMessage())
                .contains(part)
                .endsWith(".")
                .doesNotContain("\n")
                .doesNotContain("\u001b");
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of(401, problem("enrolment-token-unknown"), Reason.TOKEN, "does not know"),
                Arguments.of(403, problem("enrolment-token-expired"), Reason.TOKEN, "expired"),
                Arguments.of(403, problem("enrolment-token-used-up"), Reason.TOKEN, "as often"),
                Arguments.of(400, problem("csr-invalid"), Reason.SERVER, "400"),
                Arguments.of(502, "<html>\u001b[31mBad gateway", Reason.SERVER, "502"),
                Arguments.of(500, "{\"type\":\"x\",\"detail\":\"a\\u001b[2Jb.\"}", Reason.SERVER, "a?[2Jb"));
    }

    private static String problem(String code) {
        return "{\"type\":\"urn:bascule:problem:" + code + "\",\"detail\":\"No.\"}";
    }
}
