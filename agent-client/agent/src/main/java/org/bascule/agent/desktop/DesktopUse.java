package org.bascule.agent.desktop;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bascule.agent.account.AccountException;
import org.bascule.agent.consent.InputHold;
import org.bascule.agent.desktop.DesktopProblem.Code;
import org.bascule.agent.desktop.link.Link;
import org.bascule.agent.display.Display;
import org.bascule.agent.log.SessionLog;
import org.bascule.agent.service.Launcher;
import org.bascule.agent.service.ServiceStream;
import org.bascule.agent.service.Teller;
import org.bascule.session.service.DesktopRequest;
import org.bascule.session.service.DesktopRequest.Mode;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** One stream that shows a display, from its beginning to its end. Rights and mode are the agent's; the helper does what it is told. */
final class DesktopUse {

    static final String TOOL = "desktop";

    private static final System.Logger LOG = System.getLogger(DesktopUse.class.getName());
    /** Rights are looked at so often. */
    private static final int TICK_MILLIS = 500;

    private static final int MAX_ORDERS = 256;
    private static final int MAX_TEXT = 1_000;
    private static final String CLIPBOARD = "clipboard";

    private final ServiceStream stream;
    private final DesktopRequest request;
    private final Display display;
    private final int row;
    private final DesktopService.Caller caller;
    private final SessionLog log;
    private final Executor executor;
    private final InputHold hold;
    private final Teller teller;
    private final ModeOrders modes;
    private final Absence absence;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicBoolean looking = new AtomicBoolean();
    /** The helper asks for one use of the clipboard at a time. */
    private final AtomicBoolean recording = new AtomicBoolean();
    /** The person at the device has ended it. */
    private final AtomicBoolean endedThere = new AtomicBoolean();
    /** Held while the mode changes here and the helper is told, so that both agree. */
    private final Object changing = new Object();
    /** The records of what was taken away, one after the other; guarded by {@link #changing}. */
    private CompletableFuture<Void> records = CompletableFuture.completedFuture(null);

    /** What the client and the helper want, for the thread that may wait. */
    private final BlockingQueue<Order> orders = new LinkedBlockingQueue<>(MAX_ORDERS);

    // guarded by this
    private Mode mode;
    private boolean controlled;
    private JsonObject state = JsonValue.EMPTY_JSON_OBJECT;
    private boolean shown;
    private Clipboard clipboard = new Clipboard(false, false);

    private record Clipboard(boolean toDevice, boolean fromDevice) {
        JsonObject toJson() {
            return Json.createObjectBuilder()
                    .add("toDevice", toDevice)
                    .add("fromDevice", fromDevice)
                    .build();
        }
    }

    /** Something for the thread that orders. */
    @FunctionalInterface
    private interface Order {
        void run(Helper helper) throws IOException, WireException;
    }

    /** What one of the threads does again and again. */
    @FunctionalInterface
    private interface Step {
        void run() throws IOException, WireException, DesktopProblem, InterruptedException;
    }

    DesktopUse(
            ServiceStream stream,
            DesktopRequest request,
            Display display,
            int row,
            DesktopService.Caller caller,
            SessionLog log,
            Executor executor,
            InputHold hold) {
        this.hold = hold;
        this.stream = stream;
        this.request = request;
        this.display = display;
        this.row = row;
        this.caller = caller;
        this.log = log;
        this.executor = executor;
        this.mode = request.mode();
        this.controlled = mode == Mode.CONTROL;
        this.teller = new Teller(stream, executor, this::event);
        this.modes = new ModeOrders(executor);
        this.absence = new Absence(stream::isConnected);
    }

    /** Blocks on the thread that starts the helper: with it, the helper would end. */
    void run(Launcher launcher, List<String> programme)
            throws IOException, InterruptedException, DesktopProblem, AccountException {
        require(mode);
        clipboard = clipboard();
        log.toolStarted(TOOL, mode.text(), display.account().name());
        try {
            require(mode); // the log may have waited for room
            Helper helper = new Helper(launcher, programme, display);
            HelperHold held = new HelperHold(helper, executor, this::isControlled, () -> notHeld(helper));
            try {
                follow(helper, held);
            } finally {
                stop(helper);
                held.over();
                hold.remove(held);
                letGo(helper);
            }
        } finally {
            taken().join();
            log.toolEnded(TOOL, mode().text());
        }
    }

    /** After {@link #stop}: nothing is added any more. */
    private CompletableFuture<Void> taken() {
        synchronized (changing) {
            return records;
        }
    }

    private void follow(Helper helper, HelperHold held) throws IOException, DesktopProblem, InterruptedException {
        helper.to.message(Json.createObjectBuilder()
                .add(
                        "start",
                        Json.createObjectBuilder(clipboard.toJson())
                                .add("mode", mode.text())
                                .add("user", caller.user())
                                .add("row", row)
                                .add("name", display.name())
                                .add("screen", request.screen()))
                .build());
        stream.onEnd(() -> executor.execute(() -> stop(helper)));
        stream.onEvent(event -> orders.offer(to -> asked(to, event)));
        executor.execute(() -> {
            hold.add(held);
            if (stopped.get()) {
                hold.remove(held);
            }
            executor.execute(() -> order(helper));
            feed(helper);
        });
        executor.execute(() -> watch(helper));
        helper.onEndedThere(executor, () -> endedThere(helper));
        Optional<Link.Arrived> next;
        try {
            next = helper.from.next();
            while (next.isPresent()) {
                if (next.get().message().isPresent()) {
                    if (stopped.get()) {
                        return; // nobody is there to hear it
                    }
                    told(helper, held, next.get().message().get());
                } else {
                    modes.waitForClient(true);
                    try {
                        stream.write(helper.from.buffer(), 0, next.get().data());
                    } finally {
                        modes.waitForClient(false);
                    }
                }
                next = helper.from.next();
            }
        } catch (WireException e) {
            throw new DesktopProblem(Code.FAILED, "The desktop has ended: " + e.getMessage() + ".");
        } catch (IOException e) {
            if (stopped.get()) {
                return;
            }
            throw e;
        }
        if (!stopped.get()) {
            if (helper.isEndedThere()) {
                tellEnded();
                throw endedByPerson();
            }
            throw new DesktopProblem(
                    Code.FAILED,
                    "The programme that shows the display has ended, perhaps because the display has. Open the desktop again.");
        }
    }

    /** On a thread of its own: the one that follows may wait for a client that takes nothing. */
    private void endedThere(Helper helper) {
        tellEnded();
        end(helper, endedByPerson());
    }

    private void tellEnded() {
        if (endedThere.compareAndSet(false, true)) {
            caller.end().accept(display.account().name() + " on display " + display.name());
        }
    }

    private static DesktopProblem endedByPerson() {
        return new DesktopProblem(Code.FAILED, "Somebody at the device has ended it.");
    }

    /** It may still press what was sent before: nobody is asked with that on the screen. The client is not waited for. */
    private void notHeld(Helper helper) {
        if (stop(helper)) {
            executor.execute(
                    () -> tell(
                            new DesktopProblem(
                                    Code.FAILED,
                                    "Somebody at the device is asked something, and what was sent to the desktop could not be held back in time. Open the desktop again.")));
        }
    }

    /**
     * On return nothing is pressed any more.
     *
     * @return whether it was not over yet
     */
    private boolean stop(Helper helper) {
        boolean first = stopped.compareAndSet(false, true);
        try {
            helper.end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return first;
    }

    /** After a helper that was killed. */
    private void letGo(Helper helper) throws InterruptedException {
        helper.end();
        if (isControlled() && !helper.isOrderly()) {
            try {
                helper.release();
            } catch (AccountException | IOException e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "keys may be held on display {0}: {1}",
                        display.name(),
                        e.getMessage());
            }
        }
    }

    // ---- from the client ----

    private void feed(Helper helper) {
        byte[] buffer = new byte[8 << 10];
        try {
            for (int length = stream.read(buffer); length >= 0; length = stream.read(buffer)) {
                if (!isTaken(helper, buffer, length)) {
                    return;
                }
            }
            stream.close();
        } catch (IOException e) {
            // the client has left
        }
        stop(helper);
    }

    /** One that takes nothing any more has refused the client or is about to end: the reason is what it still says, so it is not stopped before. */
    private boolean isTaken(Helper helper, byte[] bytes, int length) {
        try {
            helper.to.data(bytes, 0, length);
            return true;
        } catch (IOException e) {
            try {
                if (!helper.awaitEnd()) {
                    stop(helper);
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            return false;
        }
    }

    private void asked(Helper helper, JsonObject event) throws IOException, WireException {
        StrictJson json = StrictJson.of(event);
        if (json.has("mode")) {
            change(helper, Mode.parse(json.string("mode", 16)));
        } else if (json.has("screen")) {
            helper.to.message(Json.createObjectBuilder()
                    .add("screen", json.text("screen", 64))
                    .build());
        } else if (json.has("quality")) {
            boolean auto = event.get("quality") instanceof JsonString;
            helper.to.message(Json.createObjectBuilder()
                    .add("quality", auto ? 0 : json.number("quality", 1, 9))
                    .build());
        } else if (json.has("lock")) {
            boolean lock = json.optionalFlag("lock");
            if (lock && mode() != Mode.CONTROL) {
                stream.event(new DesktopProblem(
                                Code.NOT_PERMITTED, "Take control before you lock the device's own mouse and keyboard.")
                        .toEvent());
            } else {
                lookForClient(helper); // it may be back since the last look
                helper.to.message(Json.createObjectBuilder().add("lock", lock).build());
            }
        }
    }

    private void change(Helper helper, Mode wanted) throws IOException {
        Mode before = mode();
        if (wanted != before) {
            try {
                require(wanted);
                become(helper, wanted, before);
            } catch (DesktopProblem e) {
                stream.event(e.toEvent());
                return;
            }
        }
        teller.tell();
    }

    /** What begins is recorded first; the log may wait for room, so the right is looked at once more. */
    private void become(Helper helper, Mode wanted, Mode before) throws IOException, DesktopProblem {
        log.toolStarted(TOOL, wanted.text(), display.account().name());
        boolean done;
        synchronized (changing) {
            done = !stopped.get() && permits(wanted) && mode() == before;
            if (done) {
                set(helper, wanted);
            }
        }
        log.toolEnded(TOOL, (done ? before : wanted).text());
        if (!done) {
            require(wanted);
        }
    }

    private void set(Helper helper, Mode wanted) throws IOException {
        synchronized (this) {
            mode = wanted;
            controlled |= wanted == Mode.CONTROL;
        }
        modes.tell(helper, wanted);
    }

    // ---- orders and rights ----

    /** Does what may wait, one after the other, until the stream is over. */
    private void order(Helper helper) {
        attend(helper, () -> {
            Order next = orders.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
            if (next != null) {
                next.run(helper);
            }
        });
    }

    /** Looks at the rights, and whether the client is there, again and again, whatever the log waits for. */
    private void watch(Helper helper) {
        attend(helper, () -> {
            rights(helper);
            lookForClientMeanwhile(helper);
            TimeUnit.MILLISECONDS.sleep(TICK_MILLIS);
        });
    }

    /** A helper that reads nothing holds up no look at the rights. */
    private void lookForClientMeanwhile(Helper helper) {
        if (looking.compareAndSet(false, true)) {
            executor.execute(() -> {
                try {
                    lookForClient(helper);
                } catch (IOException e) {
                    // its end is seen by whoever reads it
                } finally {
                    looking.set(false);
                }
            });
        }
    }

    private void lookForClient(Helper helper) throws IOException {
        synchronized (absence) {
            if (absence.changes()) {
                helper.to.message(Json.createObjectBuilder()
                        .add("absent", absence.isAbsent())
                        .build());
            }
        }
    }

    private void attend(Helper helper, Step step) {
        try {
            while (!stopped.get()) {
                step.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (WireException e) {
            end(
                    helper,
                    new DesktopProblem(
                            Code.FAILED, "The client sent an event that is not known: " + e.getMessage() + "."));
        } catch (DesktopProblem e) {
            end(helper, e);
        } catch (IOException e) {
            if (!stopped.get()) {
                end(
                        helper,
                        new DesktopProblem(Code.FAILED, "The device could not go on with it: " + e.getMessage() + "."));
            }
        }
    }

    /** It is over before the client is told, which may wait for the client. */
    private void end(Helper helper, DesktopProblem problem) {
        if (stop(helper)) {
            tell(problem);
        }
    }

    private void tell(DesktopProblem problem) {
        try {
            stream.event(problem.toEvent());
        } catch (IOException e) {
            // it is over already
        }
        stream.fail(String.valueOf(problem.getMessage()));
    }

    private void rights(Helper helper) throws IOException, DesktopProblem {
        require(Mode.VIEW);
        boolean taken;
        synchronized (changing) {
            taken = !stopped.get() && mode() == Mode.CONTROL && !permits(Mode.CONTROL);
            if (taken) {
                // what is taken away needs no record before it is
                records = records.thenRunAsync(() -> recordTaken(helper), executor);
                modes.requireNext(() -> end(helper, notTaken()));
                set(helper, Mode.VIEW);
            }
        }
        Clipboard permitted = clipboard();
        boolean changed;
        synchronized (this) {
            changed = !permitted.equals(clipboard);
            clipboard = permitted;
        }
        if (changed) {
            helper.to.message(Json.createObjectBuilder()
                    .add(CLIPBOARD, permitted.toJson())
                    .build());
        }
        if (changed || taken) {
            teller.tellSoon();
        }
    }

    private static DesktopProblem notTaken() {
        return new DesktopProblem(
                Code.FAILED,
                "You may not control the desktop any more, and what was sent to it could not be held back in time. Open it again.");
    }

    private void recordTaken(Helper helper) {
        try {
            log.toolStarted(TOOL, Mode.VIEW.text(), display.account().name());
        } catch (IOException e) {
            if (!stopped.get()) {
                end(
                        helper,
                        new DesktopProblem(Code.FAILED, "The device could not go on with it: " + e.getMessage() + "."));
            }
        }
        log.toolEnded(TOOL, Mode.CONTROL.text());
    }

    private void require(Mode wanted) throws DesktopProblem {
        if (!permits(wanted)) {
            throw new DesktopProblem(
                    Code.NOT_PERMITTED,
                    wanted == Mode.CONTROL
                            ? "You may not control this device's desktop. Ask whoever administers it for the permission."
                            : "You may not see this device's desktop. Ask whoever administers it for the permission.");
        }
    }

    /** Control includes seeing. */
    private boolean permits(Mode wanted) {
        Operations now = caller.permitted().get();
        return now.allows(Operations.DESKTOP_CONTROL) || (wanted == Mode.VIEW && now.allows(Operations.DESKTOP_VIEW));
    }

    private Clipboard clipboard() {
        Operations now = caller.permitted().get();
        return new Clipboard(now.allows(Operations.CLIPBOARD_TO_DEVICE), now.allows(Operations.CLIPBOARD_FROM_DEVICE));
    }

    private synchronized Mode mode() {
        return mode;
    }

    private synchronized boolean isControlled() {
        return controlled;
    }

    // ---- from the helper ----

    private void told(Helper helper, HelperHold held, StrictJson message)
            throws WireException, IOException, DesktopProblem {
        if (message.has("state")) {
            StrictJson now = message.child("state");
            held.counts(now.number("hold", 0, Integer.MAX_VALUE));
            synchronized (this) {
                state = now.object();
                shown = true;
            }
            teller.tell();
        } else if (message.has("mode")) {
            modes.done(message.number("mode", 0, Integer.MAX_VALUE));
        } else if (message.has("error")) {
            throw problem(message.child("error"));
        } else if (message.has("notice")) {
            stream.event(problem(message.child("notice")).toEvent());
        } else if (message.has("view")) {
            onlySeen(helper);
            teller.tell();
            stream.event(problem(message.child("view")).toEvent());
        } else if (message.has("log")) {
            StrictJson use = message.child("log");
            long id = use.number("id", 0, Integer.MAX_VALUE);
            boolean toDevice = use.string("direction", 32).equals(SessionLog.Direction.TO_DEVICE.text());
            long length = use.number("length", 0, Integer.MAX_VALUE);
            if (recording.compareAndSet(false, true)) {
                executor.execute(() -> clipboardUsed(helper, id, toDevice, length));
            }
        }
    }

    private static DesktopProblem problem(StrictJson told) throws WireException {
        return new DesktopProblem(Code.of(told.string("code", 64)), told.string("text", MAX_TEXT));
    }

    /** The helper cannot control the display, and has stopped it by itself. */
    private void onlySeen(Helper helper) {
        synchronized (changing) {
            if (stopped.get() || mode() != Mode.CONTROL) {
                return;
            }
            synchronized (this) {
                mode = Mode.VIEW;
            }
            records = records.thenRunAsync(() -> recordTaken(helper), executor);
        }
    }

    /** On a thread of its own: where the log waits for room, rights are looked at none the less. */
    private void clipboardUsed(Helper helper, long id, boolean toDevice, long length) {
        boolean recorded = false;
        String operation = toDevice ? Operations.CLIPBOARD_TO_DEVICE : Operations.CLIPBOARD_FROM_DEVICE;
        try {
            if (caller.permitted().get().allows(operation)) {
                log.clipboard(toDevice ? SessionLog.Direction.TO_DEVICE : SessionLog.Direction.FROM_DEVICE, length);
                recorded = true;
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the clipboard is not used: {0}", e.getMessage());
        }
        recording.set(false);
        try {
            helper.to.message(Json.createObjectBuilder()
                    .add("logged", Json.createObjectBuilder().add("id", id).add("ok", recorded))
                    .build());
        } catch (IOException e) {
            // it has ended meanwhile
        }
    }

    /** What the client is told. */
    private synchronized Optional<JsonObject> event() {
        if (!shown) {
            return Optional.empty();
        }
        JsonObjectBuilder desktop = Json.createObjectBuilder()
                .add("display", display.name())
                .add("account", display.account().name())
                .add("mode", mode.text());
        copy(desktop, "screens");
        copy(desktop, "locked");
        copy(desktop, "localInput");
        copy(desktop, "held");
        return Optional.of(Json.createObjectBuilder()
                .add("desktop", desktop.add(CLIPBOARD, clipboard.toJson()))
                .build());
    }

    private void copy(JsonObjectBuilder to, String name) {
        @Nullable JsonValue value = state.get(name);
        if (value != null) {
            to.add(name, value);
        }
    }
}
