package org.bascule.agent.consent;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.bascule.agent.channel.Outbox;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.ticket.OfferRefused;
import org.bascule.agent.ticket.OfferRefused.Code;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.control.ConsentMessage;
import org.bascule.wire.ticket.Ticket;

/**
 * Questions of the server until somebody at the device answers, and what was granted until the session comes. Whoever answers first has answered: the local page, the console and the
 * dialog on the display stand beside each other. Thread-safe; nothing here blocks its caller.
 */
public final class ConsentDesk {

    /** Questions at once; more is somebody who wants to wear the person down. */
    static final int MAX_OPEN = 8;
    /** From the answer to the session's offer. */
    static final Duration REMEMBERED = Duration.ofSeconds(120);
    /** A question does not stay longer than this, whatever the server says. */
    static final Duration MAX_TIME = Duration.ofMinutes(5);

    private static final int MAX_GRANTS = 64;
    /** Operations of this kind look at a session that runs, and are told to its user. */
    private static final Pattern WATCH = Pattern.compile("watch(:.*)?");

    private static final System.Logger LOG = System.getLogger(ConsentDesk.class.getName());

    /** @param user who was said to ask: somebody else has no consent */
    private record Grant(String user, Operations operations, Instant until) {}

    /** A question that nobody has answered; before it is shown nobody can. */
    private static final class Open {
        final Question question;
        boolean shown;

        Open(Question question) {
            this.question = question;
        }

        boolean isFor(Instant now) {
            return shown && now.isBefore(question.until());
        }
    }

    private final InstantSource clock;
    private final Outbox channel;
    private final EventLog events;
    private final Executor executor;
    private final List<QuestionListener> listeners = new CopyOnWriteArrayList<>();
    private final InputHold hold = new InputHold(this::isAsking);

    // guarded by this
    private final Map<SessionId, Open> open = new LinkedHashMap<>();
    private final Map<SessionId, Grant> grants = new LinkedHashMap<>();

    /** @param executor runs what may wait for a disk or a display */
    public ConsentDesk(InstantSource clock, Outbox channel, EventLog events, Executor executor) {
        this.clock = clock;
        this.channel = channel;
        this.events = events;
        this.executor = executor;
    }

    /** Shows questions from now on. */
    public void add(QuestionListener listener) {
        listeners.add(listener);
    }

    /** Keeps those who control a screen of the device from answering. */
    public InputHold hold() {
        return hold;
    }

    private synchronized boolean isAsking() {
        return !open.isEmpty();
    }

    /** The server asks. The same session asked about again is the same question. */
    public void asked(ConsentMessage.Ask ask) {
        Instant now = clock.instant();
        Instant latest = now.plus(MAX_TIME);
        Question question = new Question(
                ask.sid(),
                ask.user(),
                ask.from(),
                ask.reason(),
                ask.operations(),
                ask.until().isAfter(latest) ? latest : ask.until());
        Open asked = new Open(question);
        synchronized (this) {
            if (open.containsKey(ask.sid()) || grants.containsKey(ask.sid())) {
                return;
            }
            if (open.size() < MAX_OPEN && now.isBefore(question.until())) {
                open.put(ask.sid(), asked);
            } else {
                channel.send(new ConsentMessage.Answer(
                        ask.sid(), Optional.empty(), "There are too many questions.", "the agent"));
                return;
            }
        }
        executor.execute(() -> {
            hold.look(); // before anybody sees it
            if (show(asked)) {
                tell(listener -> listener.opened(question));
            }
        });
    }

    /** @return whether it still waits for an answer */
    private synchronized boolean show(Open asked) {
        asked.shown = true;
        return open.get(asked.question.sid()) == asked;
    }

    /** Nobody waits for the answer any more, and what was granted is not wanted. */
    public void cancelled(SessionId sid) {
        Open given;
        synchronized (this) {
            given = open.remove(sid);
            grants.remove(sid);
        }
        if (given != null) {
            closed(given.question);
        }
    }

    /** The channel is gone: the server has given up what it had asked. What was granted is kept. */
    public void disconnected() {
        List<Open> all;
        synchronized (this) {
            all = List.copyOf(open.values());
            open.clear();
        }
        all.forEach(each -> closed(each.question));
    }

    /** What waits for an answer and may be shown, oldest first. */
    public List<Question> open() {
        Instant now = clock.instant();
        synchronized (this) {
            return open.values().stream()
                    .filter(each -> each.isFor(now))
                    .map(each -> each.question)
                    .toList();
        }
    }

    /** The same without a reason for a refusal. */
    public boolean answer(String id, Optional<Operations> granted, String by) {
        return answer(id, granted, "", by);
    }

    /**
     * A person answers.
     *
     * @param id of the question
     * @param granted what is granted of what was asked for; empty to refuse, as is nothing of it
     * @param refusal why, for who asked; may be empty
     * @param by who answers and how, for people
     * @return false if it does not wait for an answer any more
     */
    public boolean answer(String id, Optional<Operations> granted, String refusal, String by) {
        Instant now = clock.instant();
        Question question;
        Optional<Operations> part;
        synchronized (this) {
            question = open.values().stream()
                    .filter(each -> each.isFor(now))
                    .map(each -> each.question)
                    .filter(one -> one.id().equals(id))
                    .findFirst()
                    .orElse(null);
            if (question == null) {
                return false;
            }
            open.remove(question.sid());
            Operations asked = question.operations();
            part = granted.map(asked::intersect).filter(operations -> !operations.isEmpty());
            part.ifPresent(operations ->
                    remember(question.sid(), new Grant(question.user(), operations, now.plus(REMEMBERED))));
            channel.send(new ConsentMessage.Answer(
                    question.sid(),
                    part,
                    part.isPresent() ? "" : cut(refusal, ConsentMessage.MAX_REASON),
                    cut(by, ConsentMessage.MAX_BY)));
        }
        executor.execute(() -> events.record(
                part.isPresent() ? "consent-granted" : "consent-refused",
                question.sid(),
                part.map(operations -> operations + " to ").orElse("") + question.user() + " by " + by));
        closed(question);
        return true;
    }

    private static String cut(String text, int max) {
        return text.length() > max ? text.substring(0, max) : text;
    }

    // guarded by this
    private void remember(SessionId sid, Grant grant) {
        grants.put(sid, grant);
        Iterator<SessionId> oldest = grants.keySet().iterator();
        while (grants.size() > MAX_GRANTS) {
            oldest.next();
            oldest.remove();
        }
    }

    /** Gives up what nobody answered, as the server does by itself, and forgets what was granted and not used. Called every second. */
    public void sweep() {
        Instant now = clock.instant();
        List<Question> late = new ArrayList<>();
        synchronized (this) {
            open.values().removeIf(each -> {
                boolean over = !now.isBefore(each.question.until());
                if (over) {
                    late.add(each.question);
                }
                return over;
            });
            grants.values().removeIf(grant -> !now.isBefore(grant.until()));
        }
        for (Question question : late) {
            executor.execute(() -> events.record("consent-timed-out", question.sid(), "asked by " + question.user()));
            closed(question);
        }
    }

    /**
     * What a session may do as far as consent goes. What was granted counts for one offer.
     *
     * @param ownDemand whether the device's own policy wants to be asked, whatever the ticket says
     * @throws OfferRefused {@code consent-required} if nobody has granted anything
     */
    public Operations consented(Ticket ticket, boolean ownDemand) throws OfferRefused {
        boolean watches = ticket.operations().names().stream()
                .allMatch(name -> WATCH.matcher(name).matches());
        if (watches || !ownDemand && !ticket.demands().asksAtDevice()) {
            return ticket.operations();
        }
        Instant now = clock.instant();
        Grant grant;
        synchronized (this) {
            grant = grants.remove(ticket.sid());
        }
        if (grant == null || !now.isBefore(grant.until()) || !grant.user().equals(ticket.userName())) {
            throw new OfferRefused(Code.CONSENT_REQUIRED, "nobody at the device has consented to this session");
        }
        return grant.operations();
    }

    private void closed(Question question) {
        executor.execute(hold::look);
        tell(listener -> listener.closed(question));
    }

    private void tell(Consumer<QuestionListener> what) {
        for (QuestionListener listener : listeners) {
            executor.execute(() -> {
                try {
                    what.accept(listener);
                } catch (RuntimeException e) {
                    LOG.log(System.Logger.Level.WARNING, "a question could not be shown", e);
                }
            });
        }
    }
}
