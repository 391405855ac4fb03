package org.bascule.wire.ticket;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.jws.Jws;
import org.bascule.wire.keys.TicketSigningKey;
import org.bascule.wire.trust.KeySet;

/**
 * The access server's statement that this user may do these operations on this device now: a JWS of type {@value #TYP}
 * ({@code docs/protocol/session.md}, "Ticket"). {@link #verify} checks form and signature; whom it is for and when it is valid is the agent's to check.
 *
 * @param issuer public URL of the installation
 * @param device device UID ({@code aud})
 * @param deviceThumbprint SHA-256 of the device's SubjectPublicKeyInfo ({@code dki})
 * @param userName for display and log; hostile text
 * @param cnf SHA-256(m1)
 * @param account account on the device; empty where none is set
 * @param demands what the session's policy demands of the agent
 */
public record Ticket(
        String issuer,
        String device,
        byte[] deviceThumbprint,
        String domain,
        String user,
        String userName,
        SessionId sid,
        String jti,
        long seq,
        byte[] cnf,
        Operations operations,
        String account,
        Optional<String> acr,
        Optional<Instant> authTime,
        Optional<String> reason,
        Instant issuedAt,
        Instant notBefore,
        Instant expires,
        Instant leaseExpires,
        Instant sessionExpires,
        Demands demands) {

    public static final String TYP = "bascule-ticket+jwt";
    public static final int MAX_LENGTH = 8 * 1_024;
    /** Time to start a session with it. */
    public static final Duration START = Duration.ofSeconds(60);
    /** A session ends then unless a newer ticket came. */
    public static final Duration LEASE = Duration.ofMinutes(5);

    public static final Duration MAX_SESSION = Duration.ofHours(12);

    private static final int HASH = 32;
    private static final long MAX_TIME = 1L << 40;

    public Ticket {
        if (deviceThumbprint.length != HASH || cnf.length != HASH) {
            throw new IllegalArgumentException("dki and cnf have 32 bytes");
        }
        if (expires.isAfter(issuedAt.plus(START)) || leaseExpires.isAfter(issuedAt.plus(LEASE))) {
            throw new IllegalArgumentException("a ticket starts within 60 s and is a lease of at most 5 minutes");
        }
        if (seq < 1) {
            throw new IllegalArgumentException("seq starts at 1");
        }
        if (operations.isEmpty()) {
            throw new IllegalArgumentException("a ticket grants something");
        }
        deviceThumbprint = deviceThumbprint.clone();
        cnf = cnf.clone();
    }

    @Override
    public byte[] deviceThumbprint() {
        return deviceThumbprint.clone();
    }

    @Override
    public byte[] cnf() {
        return cnf.clone();
    }

    public String sign(TicketSigningKey key) {
        JsonArrayBuilder ops = Json.createArrayBuilder();
        operations.names().forEach(ops::add);
        JsonObjectBuilder claims = Json.createObjectBuilder()
                .add("iss", issuer)
                .add("aud", device)
                .add("dki", B64.encode(deviceThumbprint))
                .add("dom", domain)
                .add("sub", user)
                .add("usr", userName)
                .add("sid", sid.hex())
                .add("jti", jti)
                .add("seq", seq)
                .add("cnf", B64.encode(cnf))
                .add("ops", ops)
                .add("acct", account);
        acr.ifPresent(value -> claims.add("acr", value));
        authTime.ifPresent(value -> claims.add("auth_time", value.getEpochSecond()));
        reason.ifPresent(value -> claims.add("reason", value));
        claims.add("iat", issuedAt.getEpochSecond())
                .add("nbf", notBefore.getEpochSecond())
                .add("exp", expires.getEpochSecond())
                .add("lease_exp", leaseExpires.getEpochSecond())
                .add("session_exp", sessionExpires.getEpochSecond());
        demands.addTo(claims);
        return Jws.sign(TYP, claims.build(), key);
    }

    /** Fails unless a ticket key of the key set, valid at that time, signed this text. */
    public static Ticket verify(String text, KeySet keys, Instant at) throws WireException {
        Jws jws = Jws.parse(text, TYP, MAX_LENGTH);
        StrictJson claims = jws.verify(keys.ticketKey(jws.kid(), at));
        return read(claims);
    }

    private static Ticket read(StrictJson claims) throws WireException {
        try {
            return new Ticket(
                    claims.string("iss", 300),
                    claims.string("aud", 36),
                    claims.bytes("dki", HASH),
                    claims.string("dom", 36),
                    claims.string("sub", 64),
                    claims.string("usr", 256),
                    SessionId.parse(claims.string("sid", 32)),
                    claims.string("jti", 64),
                    claims.number("seq", 1, Integer.MAX_VALUE),
                    claims.bytes("cnf", HASH),
                    Operations.of(claims.strings("ops", 16, 128)),
                    claims.text("acct", 32),
                    claims.optionalString("acr", 64),
                    claims.optionalNumber("auth_time", 0, MAX_TIME).map(Instant::ofEpochSecond),
                    claims.optionalString("reason", 500),
                    time(claims, "iat"),
                    time(claims, "nbf"),
                    time(claims, "exp"),
                    time(claims, "lease_exp"),
                    time(claims, "session_exp"),
                    Demands.read(claims));
        } catch (IllegalArgumentException e) {
            throw new WireException(WireException.Reason.MALFORMED, String.valueOf(e.getMessage()), e);
        }
    }

    private static Instant time(StrictJson claims, String name) throws WireException {
        return Instant.ofEpochSecond(claims.number(name, 0, MAX_TIME));
    }
}
