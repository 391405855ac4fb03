package org.bascule.web.login;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.net.MalformedURLException;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bascule.web.login.LoginRefusedException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Verifies tokens of the realms: signature by a key that the realm publishes, issuer, audience, kind, time.
 *
 * <p>Keys are fetched from the realm of a <em>known</em> domain alone, cached, and fetched anew for an unknown key id at a bounded rate, so that
 * forged tokens cannot make this server call others or call often. Only asymmetric algorithms are accepted.
 */
final class RealmTokens {

    /** Audience of access tokens for the API. */
    static final String API = "bascule-api";

    static final Duration SKEW = Duration.ofSeconds(30);

    private static final int MAX_TOKEN = 16_384;
    private static final int MAX_KEYS = 128 * 1024;
    private static final int FETCH_MILLIS = 5_000;

    /** How long keys are used before the realm is asked for them again. */
    private static final Duration FRESH = Duration.ofMinutes(5);

    /** How long they are used where it does not give them: a token that it gave before is good to its end. */
    private static final Duration OUTAGE = Duration.ofHours(1);

    private static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256, JWSAlgorithm.ES256);

    /** The three kinds of tokens; each is told from the others by audience and by Keycloak's {@code typ} claim. */
    enum Kind {
        ACCESS("Bearer", "at+jwt"),
        ID("ID", null),
        LOGOUT("Logout", "logout+jwt");

        private final String claim;
        private final @Nullable String header;

        Kind(String claim, @Nullable String header) {
            this.claim = claim;
            this.header = header;
        }

        JOSEObjectType[] headers() {
            return header == null
                    ? new @Nullable JOSEObjectType[] {JOSEObjectType.JWT, null}
                    : new @Nullable JOSEObjectType[] {JOSEObjectType.JWT, new JOSEObjectType(header), null};
        }
    }

    /** A token whose signature and frame are good. */
    record Verified(Realm realm, JWTClaimsSet claims) {

        /** A claim that must be a string of 1 to {@code max} characters. */
        String text(String name, int max) throws LoginRefusedException {
            String value = optionalText(name, max);
            if (value == null || value.isEmpty()) {
                throw new LoginRefusedException(Reason.MALFORMED, "claim " + name + " is missing");
            }
            return value;
        }

        @Nullable
        String optionalText(String name, int max) throws LoginRefusedException {
            Object value = claims.getClaim(name);
            if (value == null) {
                return null;
            }
            if (!(value instanceof String text) || text.length() > max) {
                throw new LoginRefusedException(Reason.MALFORMED, "claim " + name + " is not a short string");
            }
            return text;
        }

        @Nullable
        Instant optionalTime(String name) throws LoginRefusedException {
            try {
                Date time = claims.getDateClaim(name);
                return time == null ? null : time.toInstant();
            } catch (ParseException e) {
                throw new LoginRefusedException(Reason.MALFORMED, "claim " + name + " is not a time", e);
            }
        }
    }

    private final Client client;
    private final Realms realms;
    private final Clock clock;
    private final Duration fresh;
    private final Map<String, JWKSource<SecurityContext>> keys = new ConcurrentHashMap<>();

    /** When keys were last wanted of a realm that did not give them. */
    private final Map<String, Instant> outages = new ConcurrentHashMap<>();

    RealmTokens(Client client, Realms realms, Clock clock) {
        this(client, realms, clock, FRESH);
    }

    RealmTokens(Client client, Realms realms, Clock clock, Duration fresh) {
        this.client = client;
        this.realms = realms;
        this.clock = clock;
        this.fresh = fresh;
    }

    /** Verifies a token of any known realm; the realm is the one that its issuer names and whose key signed it. */
    Verified verify(String token, Kind kind) throws LoginRefusedException {
        if (token.length() > MAX_TOKEN) {
            throw new LoginRefusedException(Reason.MALFORMED, "token of " + token.length() + " characters");
        }
        SignedJWT jwt = parse(token);
        Realm realm = realmOf(jwt);
        JWTClaimsSet claims = signed(jwt, kind, realm);
        // the claims that the signature covers, not those that named the key
        if (!realm.issuer().equals(claims.getIssuer())) {
            throw new LoginRefusedException(Reason.UNKNOWN_ISSUER, "issuer changed");
        }
        checkAudience(claims, kind);
        requireTime(claims);
        return new Verified(realm, claims);
    }

    private static SignedJWT parse(String token) throws LoginRefusedException {
        try {
            return SignedJWT.parse(token);
        } catch (ParseException e) {
            throw new LoginRefusedException(Reason.MALFORMED, "not a signed token", e);
        }
    }

    private Realm realmOf(SignedJWT jwt) throws LoginRefusedException {
        try {
            JWTClaimsSet claims = jwt.getJWTClaimsSet();
            String issuer = claims == null ? null : claims.getIssuer();
            if (issuer != null) {
                return realms.ofIssuer(issuer)
                        .orElseThrow(() -> new LoginRefusedException(Reason.UNKNOWN_ISSUER, "issuer is not known"));
            }
            throw new LoginRefusedException(Reason.UNKNOWN_ISSUER, "no issuer");
        } catch (ParseException e) {
            throw new LoginRefusedException(Reason.MALFORMED, "claims are not readable", e);
        }
    }

    private JWTClaimsSet signed(SignedJWT jwt, Kind kind, Realm realm) throws LoginRefusedException {
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(kind.headers()));
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, keysOf(realm)));
        // time, issuer and audience are checked below, against our clock
        processor.setJWTClaimsSetVerifier((claims, context) -> {});
        try {
            return processor.process(jwt, null);
        } catch (BadJOSEException e) {
            // a realm that does not answer may have a new key: that is no guess
            throw isAway(realm)
                    ? new LoginRefusedException(Reason.PROVIDER, "keys of " + realm.issuer() + " may be old", e)
                    : new LoginRefusedException(Reason.BAD_SIGNATURE, "token does not verify", e);
        } catch (KeySourceException e) {
            throw new LoginRefusedException(Reason.PROVIDER, "keys of " + realm.issuer() + " not available", e);
        } catch (JOSEException e) {
            throw new LoginRefusedException(Reason.BAD_SIGNATURE, "token does not verify", e);
        }
    }

    private boolean isAway(Realm realm) {
        Instant outage = outages.get(realm.issuer());
        return outage != null && clock.instant().isBefore(outage.plus(SKEW));
    }

    private void checkAudience(JWTClaimsSet claims, Kind kind) throws LoginRefusedException {
        String wanted = kind == Kind.ACCESS ? API : client.id();
        List<String> audience = claims.getAudience();
        if (audience == null || !audience.contains(wanted)) {
            throw new LoginRefusedException(Reason.WRONG_AUDIENCE, "token is not for " + wanted);
        }
        Object type = claims.getClaim("typ");
        if (type != null && !kind.claim.equals(type)) {
            throw new LoginRefusedException(Reason.WRONG_AUDIENCE, "token is not of kind " + kind);
        }
    }

    /** Refuses what has expired or is not yet valid. */
    void requireTime(JWTClaimsSet claims) throws LoginRefusedException {
        Instant now = clock.instant();
        Date expires = claims.getExpirationTime();
        Date issued = claims.getIssueTime();
        Date notBefore = claims.getNotBeforeTime();
        if (expires == null || issued == null) {
            throw new LoginRefusedException(Reason.MALFORMED, "token without a time");
        }
        if (!now.isBefore(expires.toInstant().plus(SKEW))) {
            throw new LoginRefusedException(Reason.EXPIRED, "token has expired");
        }
        if (issued.toInstant().isAfter(now.plus(SKEW))
                || (notBefore != null && notBefore.toInstant().isAfter(now.plus(SKEW)))) {
            throw new LoginRefusedException(Reason.EXPIRED, "token is not yet valid");
        }
    }

    private JWKSource<SecurityContext> keysOf(Realm realm) {
        return keys.computeIfAbsent(realm.issuer(), issuer -> source(realm));
    }

    private JWKSource<SecurityContext> source(Realm realm) {
        try {
            return JWKSourceBuilder.create(
                            realm.keys().toURL(), new DefaultResourceRetriever(FETCH_MILLIS, FETCH_MILLIS, MAX_KEYS))
                    // others wait for whoever fetches, and that is tried again once
                    .cache(fresh.toMillis(), 5L * FETCH_MILLIS)
                    .rateLimited(fresh.toMillis() / 10)
                    .refreshAheadCache(false)
                    .outageTolerant(OUTAGE.toMillis(), event -> outages.put(realm.issuer(), clock.instant()))
                    .retrying(true)
                    .build();
        } catch (MalformedURLException e) {
            throw new IllegalStateException("the provider's URL was checked", e);
        }
    }
}
