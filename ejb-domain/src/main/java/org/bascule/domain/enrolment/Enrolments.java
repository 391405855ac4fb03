package org.bascule.domain.enrolment;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Scope;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.directory.Names;
import org.bascule.domain.guard.Attempt;
import org.bascule.domain.guard.AttemptKind;
import org.bascule.domain.guard.Guard;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.pki.CertificateRequest;
import org.bascule.domain.pki.Installation;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.WireException;
import org.bascule.wire.enrol.EnrolAnswer;
import org.bascule.wire.enrol.EnrolRequest;
import org.bascule.wire.enrol.EnrolmentToken;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.jspecify.annotations.Nullable;

/** Enrolment tokens, and the exchange of one for a device's certificate. */
@Stateless
public class Enrolments {

    public static final Duration MAX_VALIDITY = Duration.ofDays(30);
    public static final int MAX_USES = 10_000;

    private static final Duration SHOW_EXPIRED = Duration.ofDays(30);

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    AuditLog audit;

    @Inject
    Installation installation;

    @Inject
    Registrations registrations;

    @Inject
    Guard guard;

    @Inject
    Transactions transactions;

    @Inject
    Clock clock;

    /** Tokens of all folders on which the caller may install devices, newest first; expired ones for 30 days more. */
    public Slice<TokenView> tokens(Caller caller, Cursor cursor) throws RefusedException {
        Scope scope = authorization.scope(caller, Permission.INSTALL_DEVICES);
        List<TokenView> rows = scope.bind(sql.in(caller.domainId())
                        .statement(TOKENS + " and t.expires > :since and " + scope.folders("r")
                                + " and (:at is null or t.created <= :at and (t.created < :at or t.id < :last))"
                                + " order by t.created desc, t.id desc limit :rows"))
                .set("since", clock.instant().minus(SHOW_EXPIRED))
                .set("at", cursor.time(0))
                .set("last", cursor.id(1))
                .set("rows", cursor.fetch())
                .list(Enrolments::view);
        return cursor.slice(rows, token -> List.of(token.created().toString(), token.id()));
    }

    private static final String TOKENS =
            """
            select t.id, t.folder_id, r.name, t.expires, t.uses, t.used, t.created_by, t.created
            from enrolment_token t join resource r on r.id = t.folder_id where t.domain_id = :domain""";

    private static TokenView view(Row row) {
        return new TokenView(
                row.text(1),
                row.text(2),
                row.text(3),
                row.instant(4),
                (int) row.number(5),
                (int) row.number(6),
                row.textOrNull(7),
                row.instant(8));
    }

    /** Makes a token; {@code UNAVAILABLE} while the installation root has not signed the key set. */
    public TokenCreated create(Caller caller, String folderId, Duration expiresIn, int uses) throws RefusedException {
        if (expiresIn.isNegative() || expiresIn.isZero() || expiresIn.compareTo(MAX_VALIDITY) > 0) {
            throw RefusedException.invalid("expiresIn", "A token is valid for 1 second to 30 days.");
        }
        if (uses < 1 || uses > MAX_USES) {
            throw RefusedException.invalid("uses", "A token is for 1 to 10,000 devices.");
        }
        authorization.require(caller, Permission.INSTALL_DEVICES, folderId);
        String folderName = folderName(caller, folderId);
        EnrolmentToken token =
                EnrolmentToken.generate(installation.requireKeySet().keys().root());
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        TokenView view = new TokenView(
                idText(token), folderId, folderName, now.plus(expiresIn), uses, 0, caller.userName(), now);
        sql.in(caller.domainId())
                .statement(
                        """
                        insert into enrolment_token (id, domain_id, folder_id, secret_hash, expires, uses, created_by, creator_id, created)
                        values (:id, :domain, :folder, :hash, :expires, :uses, :by, :creator, :now)""")
                .set("id", view.id())
                .set("folder", folderId)
                .set("hash", token.secretHash())
                .set("expires", view.expires())
                .set("uses", uses)
                .set("by", caller.userName())
                .set("creator", caller.userId())
                .set("now", now)
                .update();
        audit.record(caller.did(Operation.TOKEN_CREATED, Outcome.SUCCESS)
                .on(folderId, folderName)
                .saying("token %s for %d devices until %s".formatted(view.id(), uses, view.expires()))
                .changing(Changes.none().field("uses", null, uses).field("expires", null, view.expires())));
        return new TokenCreated(view, token);
    }

    private String folderName(Caller caller, String folderId) throws RefusedException {
        return sql.in(caller.domainId())
                .statement("select name from resource where domain_id = :domain and id = :id and kind = 'folder'")
                .set("id", folderId)
                .first(row -> row.text(1))
                .orElseThrow(() -> RefusedException.invalid("folder", "This is not a folder."));
    }

    /** Deletes a token; devices that it enrolled stay. */
    public void delete(Caller caller, String tokenId) throws RefusedException {
        if (!Uuid7.isUuid(tokenId)) {
            throw RefusedException.notFound();
        }
        TokenView token = sql.in(caller.domainId())
                .statement(TOKENS + " and t.id = :id")
                .set("id", tokenId)
                .first(Enrolments::view)
                .orElseThrow(RefusedException::notFound);
        authorization.require(caller, Permission.INSTALL_DEVICES, token.folder());
        sql.in(caller.domainId())
                .statement("delete from enrolment_token where domain_id = :domain and id = :id")
                .set("id", tokenId)
                .update();
        audit.record(removal(caller, token));
    }

    private static AuditEvent removal(Caller caller, TokenView token) {
        return caller.did(Operation.TOKEN_DELETED, Outcome.SUCCESS)
                .on(token.folder(), token.folderName())
                .saying("token " + token.id())
                .changing(Changes.none()
                        .field("uses", token.uses(), null)
                        .field("used", token.used(), null)
                        .field("expires", token.expires(), null)
                        .field("createdBy", token.createdBy(), null)
                        .field("created", token.created(), null));
    }

    /** What the log says of the tokens of some folders that are about to be deleted. */
    public List<AuditEvent> removals(Caller caller, Collection<String> folders) {
        return sql.in(caller.domainId())
                .statement(TOKENS + " and t.folder_id in (:folders) order by t.id lock in share mode")
                .set("folders", folders)
                .list(row -> removal(caller, view(row)));
    }

    /**
     * Enrols one device: claims one use of the token by a single conditional statement, adds the device and issues its certificate, all or
     * nothing. A machine that was enrolled with this key by this token has missed the answer: it gets it again, and nothing is claimed or recorded. Refusals are
     * audited where the token tells the domain; guesses count against the address ({@link Guard}).
     *
     * @param address where the request came from
     */
    public EnrolAnswer enrol(EnrolRequest request, String address) throws RefusedException {
        installation.requireKeySet();
        KnownToken token = find(request, address);
        String name = Names.cleaned(request.name(), "Device");
        Actor actor = Actor.unknown(null, address);
        try {
            DeviceIdentityPublicKey key =
                    CertificateRequest.parse(request.csr()).key();
            requireValid(token);
            Optional<EnrolAnswer> missed = registrations
                    .registered(token.domainId(), key)
                    .filter(device -> token.id().equals(device.token()))
                    .map(Registrations.Registered::answer);
            if (missed.isPresent()) {
                return missed.get();
            }
            claim(token);
            return registrations.register(
                    new Registrations.Place(token.domainId(), token.domainName(), token.folderId(), token.creatorId()),
                    new Registrations.Newcomer(
                            key, token.id(), name, request.os(), request.version(), request.hardware(), address),
                    actor,
                    Operation.DEVICE_ENROLLED,
                    "token " + token.id());
        } catch (RefusedException e) {
            refused(token, actor, name, e.problem().code());
            throw e;
        }
    }

    private void refused(KnownToken token, Actor actor, String name, String why) {
        audit.recordRefused(AuditEvent.of(token.domainId(), actor, Operation.DEVICE_ENROLLED, Outcome.DENIED)
                .on(token.folderId(), name)
                .saying("token %s: %s".formatted(token.id(), why)));
    }

    private record KnownToken(
            String id,
            String domainId,
            String domainName,
            String folderId,
            byte[] secretHash,
            @Nullable String creatorId) {}

    /** The row of a token whose secret is right. Malformed, unknown and wrong are one answer, and a guess; who has the secret of one that has expired does not guess. */
    private KnownToken find(EnrolRequest request, String address) throws RefusedException {
        Optional<EnrolmentToken> presented = parse(request.token());
        Optional<KnownToken> named = presented.flatMap(this::named);
        Attempt attempt = Attempt.at(AttemptKind.ENROLMENT_TOKEN, address)
                .in(named.map(KnownToken::domainId).orElse(null));
        Optional<KnownToken> right = guard.check(
                attempt,
                () -> named.filter(token -> MessageDigest.isEqual(
                        token.secretHash(), presented.orElseThrow().secretHash())));
        if (right.isEmpty()) {
            named.ifPresent(token -> refused(
                    token, Actor.unknown(null, address), Names.cleaned(request.name(), "Device"), "wrong secret"));
            throw unknown();
        }
        return right.get();
    }

    private static Optional<EnrolmentToken> parse(String text) {
        try {
            return Optional.of(EnrolmentToken.parse(text));
        } catch (WireException e) {
            return Optional.empty();
        }
    }

    /** In a transaction of its own: that of the enrolment reads nothing before it has its turn, so that it sees what those before it have done. */
    private Optional<KnownToken> named(EnrolmentToken presented) {
        return transactions.inNew(() -> sql.acrossDomains()
                .statement(
                        """
                        select t.id, t.domain_id, d.name, t.folder_id, t.secret_hash, t.creator_id
                        from enrolment_token t join domain d on d.id = t.domain_id where t.id = :id""")
                .set("id", idText(presented))
                .first(row -> new KnownToken(
                        row.text(1), row.text(2), row.text(3), row.text(4), row.bytes(5), row.textOrNull(6))));
    }

    private static RefusedException unknown() {
        return new RefusedException(Problem.ENROLMENT_TOKEN_UNKNOWN, "This enrolment token is not known.");
    }

    private static String idText(EnrolmentToken token) {
        ByteBuffer id = ByteBuffer.wrap(token.id());
        return new UUID(id.getLong(), id.getLong()).toString();
    }

    /** Locks its row: those who come by one token have their turns. */
    private void requireValid(KnownToken token) throws RefusedException {
        boolean valid = sql.in(token.domainId())
                .statement("select 1 from enrolment_token"
                        + " where domain_id = :domain and id = :id and expires > :now for update")
                .set("id", token.id())
                .set("now", clock.instant())
                .first(row -> row.number(1))
                .isPresent();
        if (!valid) {
            throw new RefusedException(Problem.ENROLMENT_TOKEN_EXPIRED, "This enrolment token has expired.");
        }
    }

    /** One statement decides who is among the first n. */
    private void claim(KnownToken token) throws RefusedException {
        int claimed = sql.in(token.domainId())
                .statement("update enrolment_token set used = used + 1"
                        + " where domain_id = :domain and id = :id and used < uses")
                .set("id", token.id())
                .update();
        if (claimed == 0) {
            throw new RefusedException(
                    Problem.ENROLMENT_TOKEN_USED_UP, "This enrolment token has been used for all its devices.");
        }
    }
}
