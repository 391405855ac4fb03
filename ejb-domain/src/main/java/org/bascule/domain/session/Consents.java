package org.bascule.domain.session;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.device.ConsentTraffic;
import org.bascule.domain.device.DeviceChannels;
import org.bascule.domain.directory.Names;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.sessionpolicy.SessionPolicy;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.control.ConsentMessage;
import org.bascule.wire.ticket.Consent;
import org.jspecify.annotations.Nullable;

/**
 * Questions whether a session may start, until somebody answers (requirement DEV-6). An approver is asked first where the session policy says so, then the person at the device where
 * the device itself demands it. Nothing of an open question survives a restart: the session has ended then.
 */
@ApplicationScoped
public class Consents implements ConsentTraffic {

    /** Requests that wait for one answer: pages of one user. */
    private static final int MAX_WAITING = 8;

    @Inject
    ConsentStore store;

    @Inject
    SessionStore sessions;

    @Inject
    DeviceChannels channels;

    @Inject
    Transactions transactions;

    @Inject
    Clock clock;

    private final Map<SessionId, Open> open = new ConcurrentHashMap<>();
    private final Set<String> demanding = ConcurrentHashMap.newKeySet();

    /** @param patience of the policy, for a second question */
    private record Open(
            ConsentQuestion question, Duration patience, CompletableFuture<ConsentView> answer, AtomicInteger waiting) {

        Open(ConsentQuestion question, Duration patience) {
            this(question, patience, new CompletableFuture<>(), new AtomicInteger());
        }

        Open next(ConsentQuestion other) {
            return new Open(other, patience, answer, waiting);
        }
    }

    /** Who is asked first for a session on a device; empty for nobody. */
    Optional<Consent> whom(SessionPolicy policy, String deviceUid) {
        return policy.consent().isEmpty() && demanding.contains(deviceUid)
                ? Optional.of(Consent.DEVICE)
                : policy.consent();
    }

    Instant until(SessionPolicy policy) {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS).plus(policy.timeout());
    }

    /** Asks, after the session was stored. */
    void ask(ConsentQuestion question, Duration patience) throws RefusedException {
        Open entry = new Open(question, patience);
        open.put(question.sid(), entry);
        transactions.inNew(() -> {
            store.asked(question);
            return question;
        });
        if (question.whom() == Consent.DEVICE && !atDevice(question)) {
            wentOffline(entry);
            throw Handshakes.offline();
        }
    }

    private boolean atDevice(ConsentQuestion question) {
        return channels.send(
                question.deviceUid(),
                new ConsentMessage.Ask(
                        question.sid(),
                        question.userName(),
                        question.from(),
                        Optional.ofNullable(question.reason()),
                        question.operations(),
                        question.until()));
    }

    /**
     * How it stands, at once if nobody is asked any more.
     *
     * @param patience how long to wait for the answer
     */
    CompletableFuture<ConsentView> wait(String domainId, SessionId sid, Duration patience) throws RefusedException {
        ConsentView now = store.view(domainId, sid);
        Open entry = open.get(sid);
        if (!now.isAsking() || entry == null || patience.isZero()) {
            return CompletableFuture.completedFuture(now);
        }
        if (entry.waiting().incrementAndGet() > MAX_WAITING) {
            entry.waiting().decrementAndGet();
            throw new RefusedException(Problem.TOO_MANY_REQUESTS, "Too many attempts at once. Try again in a moment.");
        }
        CompletableFuture<ConsentView> answer =
                entry.answer().copy().completeOnTimeout(now, patience.toMillis(), TimeUnit.MILLISECONDS);
        answer.whenComplete((view, failure) -> entry.waiting().decrementAndGet());
        return answer;
    }

    /** One page of the questions that the caller may decide about, the oldest first. */
    public Slice<ConsentQuestion> decidable(Caller caller, Cursor cursor) throws RefusedException {
        return store.decidable(caller, cursor);
    }

    /**
     * An approver decides.
     *
     * @param granted a part of what was asked for; empty to refuse
     * @param reason for a refusal
     */
    public ConsentView decide(Caller caller, SessionId sid, Optional<Operations> granted, String reason)
            throws RefusedException {
        ConsentQuestion question = transactions.inNew(() -> store.decide(caller, sid));
        Open entry = open.get(sid);
        if (entry == null || entry.question().whom() != Consent.APPROVER) {
            throw ConsentStore.notOpen();
        }
        boolean done;
        if (granted.isPresent()) {
            Operations operations = granted.get().intersect(question.operations());
            if (operations.isEmpty() || !granted.get().isSubsetOf(question.operations())) {
                throw RefusedException.invalid("operations", "Grant a part of what was asked for.");
            }
            done = grant(entry, operations, caller.userName(), caller.actor());
        } else {
            done = refuse(entry, caller.userName(), reason, caller.actor());
        }
        if (!done) {
            throw ConsentStore.notOpen();
        }
        return store.view(caller.domainId(), sid);
    }

    @Override
    public void answered(String uid, ConsentMessage.Answer answer) {
        Open entry = open.get(answer.sid());
        if (entry == null
                || !entry.question().deviceUid().equals(uid)
                || entry.question().whom() != Consent.DEVICE) {
            return;
        }
        String by = Names.cleaned(answer.by(), "the person at the device");
        Actor actor = Actor.unknown(by, channels.address(uid));
        Operations granted = answer.granted()
                .map(operations -> entry.question().operations().intersect(operations))
                .filter(operations -> !operations.isEmpty())
                .orElse(null);
        if (granted == null) {
            refuse(entry, by, answer.refusal(), actor);
        } else {
            grant(entry, granted, by, actor);
        }
    }

    private boolean grant(Open entry, Operations granted, String by, Actor actor) {
        ConsentQuestion question = entry.question();
        boolean askNext = question.whom() == Consent.APPROVER && demanding.contains(question.deviceUid());
        Instant next = askNext ? clock.instant().truncatedTo(ChronoUnit.MILLIS).plus(entry.patience()) : null;
        Open following = next == null ? null : entry.next(question.askingAtDevice(granted, next));
        if (following == null ? !open.remove(question.sid(), entry) : !open.replace(question.sid(), entry, following)) {
            return false;
        }
        boolean done;
        try {
            done = transactions.inNew(() -> store.grant(question, granted, by, actor, next));
        } catch (RuntimeException e) {
            open.put(question.sid(), entry);
            throw e;
        }
        if (!done) {
            open.remove(question.sid());
        } else if (following == null) {
            finish(entry);
        } else if (!atDevice(following.question())) {
            wentOffline(following);
        }
        return done;
    }

    private boolean refuse(Open entry, @Nullable String by, String reason, Actor actor) {
        ConsentQuestion question = entry.question();
        if (!open.remove(question.sid(), entry)) {
            return false;
        }
        boolean done;
        try {
            done = transactions.inNew(() -> store.refuse(question, by, reason, actor));
        } catch (RuntimeException e) {
            open.put(question.sid(), entry);
            throw e;
        }
        finish(entry);
        if (question.whom() == Consent.DEVICE && by == null) {
            channels.send(question.deviceUid(), new ConsentMessage.Cancel(question.sid()));
        }
        return done;
    }

    private void finish(Open entry) {
        ConsentQuestion question = entry.question();
        entry.answer().complete(store.view(question.domainId(), question.sid()));
    }

    private void wentOffline(Open entry) {
        ConsentQuestion question = entry.question();
        transactions.inNew(() -> sessions.end(
                question.domainId(),
                question.sid(),
                Actor.SERVER,
                EndReason.INTERRUPTED.code(),
                SessionStore.Facts.NONE));
    }

    /** Whatever ended the session: nobody has to answer any more. */
    public void ended(@Observes(during = TransactionPhase.AFTER_SUCCESS) LiveEvent.SessionChanged session) {
        if (!session.state().equals("ended")) {
            return;
        }
        Open entry = open.remove(new SessionId(session.sid()));
        if (entry == null) {
            return;
        }
        ConsentQuestion question = entry.question();
        entry.answer()
                .complete(new ConsentView(
                        ConsentView.ENDED,
                        question.whom().text(),
                        null,
                        null,
                        question.operations().names(),
                        question.until()));
        if (question.whom() == Consent.DEVICE) {
            channels.send(question.deviceUid(), new ConsentMessage.Cancel(question.sid()));
        } else {
            transactions.inNew(() -> {
                store.ended(question);
                return question;
            });
        }
    }

    @Override
    public void demanded(String uid, ConsentMessage.Demand demand) {
        if (demand.ask()) {
            demanding.add(uid);
        } else {
            demanding.remove(uid);
        }
    }

    @Override
    public void offline(String uid) {
        demanding.remove(uid);
        for (Open entry : List.copyOf(open.values())) {
            ConsentQuestion question = entry.question();
            if (question.deviceUid().equals(uid) && question.whom() == Consent.DEVICE) {
                wentOffline(entry);
            }
        }
    }

    /** Refuses what nobody answered. Called every second. */
    public void sweep() {
        Instant now = clock.instant();
        for (Open entry : List.copyOf(open.values())) {
            if (!now.isBefore(entry.question().until())) {
                refuse(entry, null, "", Actor.SERVER);
            }
        }
    }
}
