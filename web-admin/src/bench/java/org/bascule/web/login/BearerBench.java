package org.bascule.web.login;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.sun.net.httpserver.HttpServer;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.bascule.domain.corporate.CorporateSignIns;
import org.jspecify.annotations.Nullable;
import java.util.Arrays;
import java.util.Date;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.account.AccountState;
import org.bascule.domain.account.AccountStates;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.guard.Guard;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.identity.DomainReference;
import org.bascule.domain.identity.Identities;
import org.bascule.domain.identity.Limits;
import org.bascule.domain.identity.SignIn;
import org.bascule.domain.realm.SecondFactorRule;
import org.bascule.domain.token.ApiTokenSecret;
import org.bascule.domain.token.ApiTokens;
import org.bascule.domain.token.PresentedToken;
import org.bascule.domain.token.SignIns;

/**
 * What it costs to know who makes a request, from the header to the identity and its standing, without the database, which is asked once a second: an
 * access token as the realms sign them (ES256, about 1,400 characters), the first time and again, and an API token.
 */
final class BearerBench {

    private static final String USER = "018f0000-0000-7000-8000-000000000001";
    private static final LoginJournal.Origin ORIGIN = new LoginJournal.Origin("192.0.2.7", "bench");
    private static final int WARM = 200_000;
    private static final int BATCHES = 15;

    private BearerBench() {}

    private interface Work {
        void run() throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        ECKey key = new ECKeyGenerator(Curve.P_256).keyID("k").generate();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] keys = new JWKSet(key.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, keys.length);
            exchange.getResponseBody().write(keys);
            exchange.close();
        });
        server.start();
        try {
            measure(key, "http://127.0.0.1:" + server.getAddress().getPort() + "/realms/demo");
        } finally {
            server.stop(0);
        }
    }

    private static void measure(ECKey key, String issuer) throws Exception {
        Clock clock = Clock.systemUTC();
        DomainDirectory directory = directory(issuer);
        RealmTokens realms = new RealmTokens(new Client("bascule-web", new Secret("s")), directory, clock);
        BearerTokens bearers = new BearerTokens(realms, clock);
        String access = sign(key, issuer);
        print("access token of %d characters", access.length());
        time("signature and claims of an access token, each time anew", 2_000, () -> realms.verify(access, RealmTokens.Kind.ACCESS));
        time("access token, warm: header to standing", WARM, () -> {
            Identity identity = directory.seen(bearers.proof(BearerTokens.token("Bearer " + access), () -> {}), ORIGIN);
            require(directory.standing(identity));
        });
        String own = "bascule_" + "A".repeat(43);
        time("API token, warm: header to standing", WARM, () -> {
            ApiTokenSecret secret =
                    ApiTokenSecret.parse(BearerTokens.token("Bearer " + own)).orElseThrow();
            require(directory.standing(directory.seen(secret, ORIGIN)));
        });
        print("load %.1f", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    private static void require(Standing standing) {
        if (standing != Standing.GOOD) {
            throw new IllegalStateException(standing.name());
        }
    }

    private static void time(String what, int times, Work work) throws Exception {
        double[] micros = new double[BATCHES];
        for (int batch = -3; batch < BATCHES; batch++) {
            long begin = System.nanoTime();
            for (int i = 0; i < times; i++) {
                work.run();
            }
            if (batch >= 0) {
                micros[batch] = (System.nanoTime() - begin) / 1_000.0 / times;
            }
        }
        Arrays.sort(micros);
        print("%s: median %.1f µs, min %.1f, max %.1f", what, micros[BATCHES / 2], micros[0], micros[BATCHES - 1]);
    }

    private static void print(String format, Object... values) {
        System.out.println("bench: " + format.formatted(values));
    }

    private static DomainDirectory directory(String issuer) {
        DomainReference domain = new DomainReference("domain-a", "A", "demo", issuer);
        DomainDirectory directory = new DomainDirectory();
        directory.identities = new Identities() {
            @Override
            public Optional<DomainReference> domainOfIssuer(String asked) {
                return Optional.of(domain).filter(one -> one.issuer().equals(asked));
            }

            @Override
            public Caller signIn(SignIn signIn) {
                return new Caller(USER, "anna", domain.id(), domain.name(), signIn.address(), null, null);
            }
        };
        directory.corporate = new CorporateSignIns() {
            @Override
            public boolean isTrustedWithNames(String domainId, @Nullable String provider) {
                return true;
            }

            @Override
            public Admission admit(
                    Caller caller, String subject, @Nullable String provider, @Nullable Instant authenticated) {
                return Admission.OWN;
            }
        };
        directory.signIns = new SignIns() {
            @Override
            public boolean isKnown(String domainId, String userId, Client client, String realmSession) {
                return false;
            }

            @Override
            public Optional<String> present(String domainId, String userId, Presented presented) {
                return Optional.of("sign-in");
            }

            @Override
            public boolean isLive(String domainId, String id) {
                return true;
            }
        };
        directory.tokens = new ApiTokens() {
            @Override
            public Optional<PresentedToken> presented(ApiTokenSecret secret, String address) {
                return Optional.of(new PresentedToken(
                        domain,
                        USER,
                        "anna",
                        USER,
                        new Credential("t", null, new Limits(Set.of("terminal"), Set.of("f"))),
                        Instant.now().plus(Duration.ofHours(1))));
            }
        };
        directory.guard = new Guard() {
            @Override
            public Duration blockedFor(String address) {
                return Duration.ZERO;
            }
        };
        directory.accounts = new AccountStates() {
            @Override
            public AccountState state(String domainId, String userId) {
                return AccountState.ACTIVE;
            }
        };
        directory.rule = new SecondFactorRule() {
            @Override
            public boolean isRequired(String domainId, String userId) {
                return false;
            }
        };
        directory.transactions = new Transactions() {
            @Override
            public <T, E extends Exception> T inNew(Work<T, E> work) throws E {
                return work.run();
            }
        };
        return directory;
    }

    private static String sign(ECKey key, String issuer) throws Exception {
        Instant now = Instant.now();
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .keyID("k")
                        .type(JOSEObjectType.JWT)
                        .build(),
                new JWTClaimsSet.Builder()
                        .issuer(issuer)
                        .audience("bascule-api")
                        .subject("6f1c2f1e-6a55-4c0a-9d7e-0a3f5f0e7a11")
                        .issueTime(Date.from(now))
                        .expirationTime(Date.from(now.plusSeconds(3_600)))
                        .claim("typ", "Bearer")
                        .claim("sid", "realm-session-1")
                        .claim("preferred_username", "anna")
                        .claim("name", "x".repeat(700))
                        .build());
        jwt.sign(new ECDSASigner(key));
        return jwt.serialize();
    }
}
