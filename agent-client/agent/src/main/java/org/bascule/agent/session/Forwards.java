package org.bascule.agent.session;

import jakarta.json.JsonObject;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.forward.ForwardService;
import org.bascule.agent.forward.Reach;
import org.bascule.agent.log.SessionLog;
import org.bascule.agent.service.EventSink;
import org.bascule.agent.watch.WatchDesk;
import org.bascule.session.stream.SessionStream;
import org.bascule.session.stream.StreamHandler;
import org.bascule.session.stream.StreamRefusedException;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.ticket.Ticket;

/** Opens streams of the service {@code tcp}: they need no account and no thread, and have room of their own. */
final class Forwards {

    private final EventLog events;
    private final WatchDesk watch;
    private final ForwardService service;

    Forwards(Reach reach, EventLog events, WatchDesk watch, Executor executor) {
        this.events = events;
        this.watch = watch;
        this.service = new ForwardService(reach, events, executor);
    }

    StreamHandler open(SessionStream stream, JsonObject arguments, Supplier<Ticket> ticket)
            throws StreamRefusedException {
        return service.open(stream, arguments, new OfSession(stream, ticket));
    }

    private final class OfSession implements ForwardService.Caller {

        private final SessionStream stream;
        private final Supplier<Ticket> ticket;
        private final EventSink told;

        OfSession(SessionStream stream, Supplier<Ticket> ticket) {
            this.stream = stream;
            this.ticket = ticket;
            this.told = stream::sendEvent;
        }

        @Override
        public SessionId sid() {
            return ticket.get().sid();
        }

        @Override
        public Operations permitted() {
            return stream.isOpen() ? stream.session().granted() : new Operations(List.of());
        }

        @Override
        public SessionLog log(BooleanSupplier over) {
            return new SessionLog(events, sid(), () -> ticket.get().demands().fullLog(), over);
        }

        @Override
        public void joined(SessionStream from) {
            watch.find(sid()).ifPresent(session -> session.join(told));
        }

        @Override
        public void left(SessionStream from) {
            watch.find(sid()).ifPresent(session -> session.leave(told));
        }
    }
}
