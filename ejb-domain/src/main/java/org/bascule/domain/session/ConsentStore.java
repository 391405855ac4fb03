package org.bascule.domain.session;

import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Scope;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.directory.Names;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.WireException;
import org.bascule.wire.ticket.Consent;
import org.jspecify.annotations.Nullable;

/** What the rows of sessions say about consent, and its transitions, each with its audit record in one transaction. */
@Stateless
public class ConsentStore {

    private static final String QUESTION =
            """
            select s.sid, s.domain_id, s.device_id, s.device_name, s.user_id, s.user_name, s.client_address, s.reason,
              s.operations, s.consent, s.consent_until, s.created
            from remote_session s
            """;

    @Inject
    Sql sql;

    @Inject
    AuditLog audit;

    @Inject
    Authorization authorization;

    @Inject
    Clock clock;

    @Inject
    Event<LiveEvent> live;

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static ConsentQuestion question(Row row) {
        try {
            return new ConsentQuestion(
                    SessionId.parse(row.text(1)),
                    row.text(2),
                    row.text(3),
                    row.text(4),
                    row.text(5),
                    row.text(6),
                    row.text(7),
                    row.textOrNull(8),
                    new Operations(Arrays.asList(row.text(9).split(","))),
                    Consent.parse(row.text(10)),
                    row.instant(11));
        } catch (WireException e) {
            throw new IllegalStateException("a stored question is not one", e);
        }
    }

    /** The question of a session that waits for consent. */
    public Optional<ConsentQuestion> open(String domainId, SessionId sid) {
        return sql.in(domainId)
                .statement(QUESTION + "where s.domain_id = :domain and s.sid = :sid and s.state = 'asking'")
                .set("sid", sid.hex())
                .first(ConsentStore::question);
    }

    /** One page of the open questions that the caller may decide about, which are never the caller's own; the oldest first. */
    public Slice<ConsentQuestion> decidable(Caller caller, Cursor cursor) throws RefusedException {
        Scope scope = authorization.scope(caller, Permission.APPROVE_ACCESS);
        if (scope.isEmpty()) {
            return new Slice<>(List.of(), null);
        }
        record Waiting(ConsentQuestion question, Instant since) {}
        List<Waiting> rows = scope.bind(sql.in(caller.domainId())
                        .statement(QUESTION
                                + "join resource r on r.id = s.device_id where s.domain_id = :domain and s.state = 'asking'"
                                + " and s.consent = 'approver' and s.consent_by is null and s.consent_until > :now and s.user_id <> :user and "
                                + scope.things("r")
                                + " and (:at is null or s.created >= :at and (s.created > :at or s.sid > :last))"
                                + " order by s.created, s.sid limit :rows"))
                .set("now", now())
                .set("user", caller.userId())
                .set("at", cursor.time(0))
                .set("last", cursor.id(1))
                .set("rows", cursor.fetch())
                .list(row -> new Waiting(question(row), row.instant(12)));
        Slice<Waiting> page = cursor.slice(
                rows,
                row -> List.of(row.since().toString(), row.question().sid().hex()));
        return new Slice<>(page.items().stream().map(Waiting::question).toList(), page.next());
    }

    /** Whether the user waits for an answer on that device already. */
    public boolean asks(String domainId, String userId, String deviceUid) {
        return sql.in(domainId)
                        .statement("select count(*) from remote_session where domain_id = :domain"
                                + " and user_id = :user and device_id = :device and state = 'asking'")
                        .set("user", userId)
                        .set("device", deviceUid)
                        .number()
                > 0;
    }

    /** How it stands with the consent to a session. */
    public ConsentView view(String domainId, SessionId sid) {
        return sql.in(domainId)
                .statement(
                        """
                        select state, consent, consent_by, consent_refusal, operations, consent_until, end_reason
                        from remote_session where domain_id = :domain and sid = :sid""")
                .set("sid", sid.hex())
                .first(row -> {
                    String whom = row.textOrNull(2);
                    String state = state(row.text(1), whom, row.textOrNull(7));
                    return new ConsentView(
                            state,
                            whom,
                            state.equals(ConsentView.ASKING) ? null : row.textOrNull(3),
                            row.textOrNull(4),
                            List.of(row.text(5).split(",", -1)),
                            row.instantOrNull(6));
                })
                .orElseThrow(() -> new IllegalStateException("a session without a row"));
    }

    private static String state(String state, @Nullable String whom, @Nullable String endReason) {
        if (state.equals("asking")) {
            return ConsentView.ASKING;
        }
        if (EndReason.CONSENT_REFUSED.code().equals(endReason)) {
            return ConsentView.REFUSED;
        }
        if (EndReason.CONSENT_TIMED_OUT.code().equals(endReason)) {
            return ConsentView.TIMED_OUT;
        }
        if (state.equals("ended")) {
            return ConsentView.ENDED;
        }
        return whom == null ? ConsentView.NONE : ConsentView.GRANTED;
    }

    /** Records that somebody is asked, and tells who may decide. */
    public void asked(ConsentQuestion question) {
        audit.record(about(question, requester(question), Operation.CONSENT_ASKED, Outcome.SUCCESS)
                .saying("%s of %s%s; asked: %s"
                        .formatted(
                                question.operations(),
                                question.userName(),
                                question.reason() == null ? "" : ", reason: " + question.reason(),
                                question.whom() == Consent.DEVICE ? "the person at the device" : "an approver")));
        tell(question, ConsentView.ASKING);
    }

    private static Actor requester(ConsentQuestion question) {
        return new Actor(question.userId(), question.userName(), question.from());
    }

    private static AuditEvent about(ConsentQuestion question, Actor actor, Operation operation, Outcome outcome) {
        return AuditEvent.of(question.domainId(), actor, operation, outcome)
                .on(question.deviceUid(), question.deviceName())
                .inSession(question.sid().hex());
    }

    private void tell(ConsentQuestion question, String state) {
        live.fire(new LiveEvent.ConsentChanged(
                question.domainId(), question.sid().hex(), question.deviceUid(), question.userId(), state));
    }

    /** Tells that nobody has to answer any more. */
    public void ended(ConsentQuestion question) {
        tell(question, ConsentView.ENDED);
    }

    /**
     * Takes the question of which an approver wants to decide.
     *
     * @throws RefusedException {@code NOT_FOUND} if there is no such session to see, {@code FORBIDDEN} without the permission, or for one's own; {@code CONFLICT} if it is not open any more
     */
    public ConsentQuestion decide(Caller caller, SessionId sid) throws RefusedException {
        String device = sql.in(caller.domainId())
                .statement("select device_id from remote_session where domain_id = :domain and sid = :sid")
                .set("sid", sid.hex())
                .first(row -> row.text(1))
                .orElseThrow(RefusedException::notFound);
        authorization.require(caller, Permission.APPROVE_ACCESS, device);
        ConsentQuestion question = open(caller.domainId(), sid)
                .filter(one -> one.whom() == Consent.APPROVER)
                .orElseThrow(ConsentStore::notOpen);
        if (question.userId().equals(caller.userId())) {
            audit.recordRefused(about(question, caller.actor(), Operation.CONSENT_GRANTED, Outcome.DENIED));
            throw new RefusedException(Problem.FORBIDDEN, "A second person decides about your own request.");
        }
        return question;
    }

    static RefusedException notOpen() {
        return new RefusedException(Problem.CONFLICT, "This request is not open any more.");
    }

    /**
     * The session may start, or the next one is asked.
     *
     * @param granted a part of what was asked for, not empty
     * @param actor who granted it, for the audit log
     * @param next until when the person at the device is asked as well; null if the session may start
     * @return false if the question was not open any more
     */
    public boolean grant(ConsentQuestion question, Operations granted, String by, Actor actor, @Nullable Instant next) {
        int done = sql.in(question.domainId())
                .statement(
                        """
                        update remote_session set state = :state, operations = :operations, consent_by = coalesce(consent_by, :by),
                          consent_until = coalesce(:next, consent_until)
                        where domain_id = :domain and sid = :sid and state = 'asking' and operations = :asked""")
                .set("state", next == null ? "ready" : "asking")
                .set("operations", granted.toString())
                .set("asked", question.operations().toString())
                .set("by", by)
                .set("next", next)
                .set("sid", question.sid().hex())
                .update();
        if (done == 0) {
            return false;
        }
        audit.record(about(question, actor, Operation.CONSENT_GRANTED, Outcome.SUCCESS)
                .saying("%s to %s by %s%s"
                        .formatted(
                                granted,
                                question.userName(),
                                by,
                                granted.equals(question.operations()) ? "" : "; asked for: " + question.operations())));
        tell(question, next == null ? ConsentView.GRANTED : ConsentView.ASKING);
        return true;
    }

    /**
     * No session comes of it.
     *
     * @param by who refused; null for nobody in time
     * @param reason in that person's words; empty for none
     * @return false if the question was not open any more
     */
    public boolean refuse(ConsentQuestion question, @Nullable String by, String reason, Actor actor) {
        String why = Names.cleaned(reason, "");
        EndReason end = by == null ? EndReason.CONSENT_TIMED_OUT : EndReason.CONSENT_REFUSED;
        int done = sql.in(question.domainId())
                .statement(
                        """
                        update remote_session set state = 'ended', ended = :now, end_reason = :end, consent_by = :by, consent_refusal = :why
                        where domain_id = :domain and sid = :sid and state = 'asking'""")
                .set("now", now())
                .set("end", end.code())
                .set("by", by)
                .set("why", why.isEmpty() ? null : why)
                .set("sid", question.sid().hex())
                .update();
        if (done == 0) {
            return false;
        }
        audit.record(
                by == null
                        ? about(question, Actor.SERVER, Operation.CONSENT_TIMED_OUT, Outcome.DENIED)
                                .saying("%s of %s: nobody answered in time"
                                        .formatted(question.operations(), question.userName()))
                        : about(question, actor, Operation.CONSENT_REFUSED, Outcome.DENIED)
                                .saying("%s of %s by %s%s"
                                        .formatted(
                                                question.operations(),
                                                question.userName(),
                                                by,
                                                why.isEmpty() ? "" : ": " + why)));
        tell(question, by == null ? ConsentView.TIMED_OUT : ConsentView.REFUSED);
        return true;
    }
}
