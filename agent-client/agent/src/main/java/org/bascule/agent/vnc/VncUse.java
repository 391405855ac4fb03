package org.bascule.agent.vnc;

import jakarta.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bascule.agent.consent.InputHold;
import org.bascule.agent.desktop.BannerRows;
import org.bascule.agent.desktop.DesktopProblem;
import org.bascule.agent.desktop.DesktopProblem.Code;
import org.bascule.agent.forward.Reach;
import org.bascule.agent.log.SessionLog.Direction;
import org.bascule.agent.policy.VncPolicy;
import org.bascule.agent.service.Teller;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.session.service.DesktopRequest.Mode;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.VncRequest;
import org.bascule.session.stream.StreamEndedException;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** One stream that shows the screen of a VNC server, from its beginning to its end: connects, asks for the password, and watches over rights and mode while both directions run. */
final class VncUse implements Rights, Reach.Visitor {

    private static final System.Logger LOG = System.getLogger(VncUse.class.getName());
    /** Rights are looked at so often. */
    private static final int TICK_MILLIS = 500;

    private static final int MAX_ORDERS = 64;
    /** Passwords; servers count them, too. */
    private static final int MAX_TRIES = 5;

    private static final long ASK_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final int RELEASE_MILLIS = 500;
    private static final String PASSWORD = "password";

    private final VncService.Use use;
    private final VncRequest request;
    private final Reach reach;
    private final StateFolder folder;
    private final Executor executor;
    private final InputHold hold;
    private final BannerRows rows;
    private final VncLog log;
    private final AtomicBoolean stopped = new AtomicBoolean();
    /** Held while the mode changes. */
    private final Object changing = new Object();
    /** The records of what was taken away, one after the other; guarded by {@link #changing}. */
    private CompletableFuture<Void> records = CompletableFuture.completedFuture(null);

    private final BlockingQueue<JsonObject> orders = new LinkedBlockingQueue<>(MAX_ORDERS);
    private final BlockingQueue<String> passwords = new LinkedBlockingQueue<>(1);
    private final PageStream page;
    private final Teller teller;

    private volatile @Nullable VncConnection connection;
    private volatile Reach.@Nullable Route route;
    private volatile @Nullable ServerOutput server;
    private volatile @Nullable ClientMessages client;
    private volatile @Nullable VncBanner banner;

    // guarded by this
    private Mode mode;
    private @Nullable ServerHello hello;
    private boolean toDevice;
    private boolean fromDevice;

    VncUse(VncService.Use use, Reach reach, StateFolder folder, Executor executor, InputHold hold, BannerRows rows) {
        this.hold = hold;
        this.rows = rows;
        this.use = use;
        this.request = use.request().vnc().orElseThrow();
        this.reach = reach;
        this.folder = folder;
        this.executor = executor;
        this.mode = use.request().mode();
        this.log = new VncLog(use.log(), request.target(), use.follower());
        this.page = new PageStream(use.stream());
        this.teller = new Teller(use.stream(), executor, this::state);
    }

    void run() throws IOException, InterruptedException, StateException, DesktopProblem {
        require(mode());
        readClipboard();
        use.stream().onEnd(() -> executor.execute(this::stop));
        use.stream().onEvent(orders::offer);
        executor.execute(this::order);
        executor.execute(this::watch);
        try {
            Greeted greeted = connect();
            if (greeted != null) {
                show(greeted);
            }
        } catch (IOException e) {
            if (!stopped.get()) {
                throw e;
            }
        } finally {
            stop();
            taken().join();
            log.ended(mode());
        }
    }

    /** After {@link #stop}: nothing is added any more. */
    private CompletableFuture<Void> taken() {
        synchronized (changing) {
            return records;
        }
    }

    // ---- connecting ----

    private record Greeted(VncConnection connection, ServerHello hello, Optional<String> password) {}

    /** Null if it was ended meanwhile. */
    private @Nullable Greeted connect() throws IOException, InterruptedException, StateException, DesktopProblem {
        Optional<String> given = request.password();
        for (int tries = 0; !stopped.get(); tries++) {
            Optional<SocketChannel> channel = channel();
            if (channel.isEmpty()) {
                return null;
            }
            VncConnection next = new VncConnection(channel.get());
            connection = next;
            if (stopped.get()) {
                next.close();
            }
            Optional<String> password = given.isPresent() ? given : ofPolicy();
            try {
                return new Greeted(next, next.greet(password), password);
            } catch (PasswordException e) {
                next.close();
                if (tries == MAX_TRIES - 1) {
                    throw new DesktopProblem(
                            Code.PASSWORD_WRONG, "The VNC server has refused " + MAX_TRIES + " passwords.");
                }
                given = ask(e);
            } catch (DesktopProblem e) {
                next.close();
                if (stopped.get()) {
                    return null;
                }
                throw e;
            }
        }
        return null;
    }

    private Optional<SocketChannel> channel() throws IOException, StateException, DesktopProblem {
        try {
            return reach.connect(Reach.Purpose.VNC, request.target(), this);
        } catch (DeviceProblem e) {
            Code code = e.code() == DeviceProblem.Code.NOT_PERMITTED ? Code.NOT_PERMITTED : Code.UNREACHABLE;
            throw new DesktopProblem(code, e.text());
        }
    }

    private Optional<String> ofPolicy() throws StateException {
        Reach.Route present = route;
        return present == null ? Optional.empty() : VncPolicy.load(folder).password(present.target());
    }

    /** Waits for the person. */
    private Optional<String> ask(PasswordException e) throws IOException, InterruptedException, DesktopProblem {
        if (!use.asks()) {
            throw new DesktopProblem(
                    Code.PASSWORD_WRONG, "The VNC server wants another password than when the watched session began.");
        }
        passwords.clear();
        use.stream()
                .event(Json.createObjectBuilder()
                        .add(
                                PASSWORD,
                                Json.createObjectBuilder()
                                        .add("wrong", e.isWrong())
                                        .add("text", String.valueOf(e.getMessage())))
                        .build());
        long until = System.nanoTime() + ASK_NANOS;
        while (!stopped.get()) {
            String given = passwords.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
            if (given != null) {
                return Optional.of(given);
            }
            if (System.nanoTime() > until) {
                throw new DesktopProblem(
                        Code.PASSWORD_WRONG, "Nobody gave the password of the VNC server in 5 minutes.");
            }
        }
        return Optional.empty();
    }

    @Override
    public Operations permitted() {
        return use.caller().permitted().get();
    }

    @Override
    public boolean isOver() {
        return stopped.get();
    }

    @Override
    public void begins(Reach.Route next) throws IOException {
        InetAddress address = next.address();
        log.begins(mode(), address);
        route = next;
    }

    // ---- both directions ----

    private void show(Greeted greeted) throws IOException, InterruptedException, StateException, DesktopProblem {
        Asked asked = new Asked();
        ServerOutput output = new ServerOutput(greeted.connection().out());
        DataInputStream fromPage = new DataInputStream(new BufferedInputStream(page.in(), 8 << 10));
        ClientMessages messages = new ClientMessages(fromPage, output, this, asked);
        Passage passage = new Passage(greeted.connection().in(), page.out());
        VncHold held = new VncHold(output, passage, executor, teller::tellSoon, this::notHeld);
        boolean own = isOwn();
        boolean needed = own && !VncPolicy.load(folder).withoutBanner();
        VncBanner shown = VncBanner.show(use, request.target(), rows, own, needed, mode(), executor, this::bannerOver);
        banner = shown;
        shown.mode(mode()); // it may be another by now
        if (stopped.get()) {
            shown.close();
            return; // nobody sees what the person in front of it is not told of
        }
        server = output;
        client = messages;
        synchronized (this) {
            hello = greeted.hello();
            output.control(mode == Mode.CONTROL);
        }
        try {
            if (own) {
                hold.add(held);
            }
            use.follower().shown(new VncRequest(request.target(), greeted.password()));
            teller.tell();
            page.greet(fromPage, greeted.hello());
            executor.execute(() -> feed(messages));
            new ServerMessages(passage, greeted.hello(), this, asked).run();
            if (!stopped.get()) {
                throw ended();
            }
        } catch (BadRfbException e) {
            if (!stopped.get()) {
                throw new DesktopProblem(e.isClient() ? Code.BAD_CLIENT : Code.BAD_SERVER, e.sentence());
            }
        } catch (StreamEndedException e) {
            // the client has left, though nobody has said so yet
        } catch (IOException e) {
            if (!stopped.get()) {
                throw ended();
            }
        } finally {
            held.over();
            hold.remove(held);
            shown.close();
        }
    }

    private DesktopProblem ended() {
        use.follower().endedByServer();
        return new DesktopProblem(Code.FAILED, "The VNC server has ended the connection.");
    }

    private void feed(ClientMessages messages) {
        try {
            messages.run();
            use.stream().close();
            stop();
        } catch (BadRfbException e) {
            end(new DesktopProblem(Code.BAD_CLIENT, "The client " + e.getMessage() + "."));
        } catch (EOFException e) {
            end(new DesktopProblem(Code.BAD_CLIENT, "The client ended in the middle of a message."));
        } catch (IOException e) {
            // the stream is over or the server gone, which is learnt where one reads from it
        }
    }

    private void bannerOver(Optional<String> problem) {
        if (problem.isEmpty()) {
            use.caller().end().accept("a person at the device");
        }
        end(new DesktopProblem(Code.FAILED, problem.orElse("Somebody at the device has ended it.")));
    }

    /** @return whether it was not over yet */
    private boolean stop() {
        if (!stopped.compareAndSet(false, true)) {
            return false;
        }
        ServerOutput output = server;
        if (output != null) {
            output.control(false);
            output.releaseWithin(RELEASE_MILLIS, executor);
        }
        VncConnection present = connection;
        if (present != null) {
            present.close();
        }
        return true;
    }

    /** It is over before the client is told, which may wait for the client. */
    private void end(DesktopProblem problem) {
        if (stop()) {
            tell(problem);
        }
    }

    /** The same for a question that is not shown before; it waits for the connection alone. */
    private void notHeld() {
        if (stop()) {
            executor.execute(
                    () -> tell(
                            new DesktopProblem(
                                    Code.FAILED,
                                    "Somebody at the device is asked something, and what was sent to the VNC server could not be held back in time. Connect again.")));
        }
    }

    private void tell(DesktopProblem problem) {
        try {
            use.stream().event(problem.toEvent());
        } catch (IOException e) {
            // it is over already
        }
        use.stream().fail(String.valueOf(problem.getMessage()));
    }

    // ---- orders and rights ----

    /** What one of the threads does again and again. */
    @FunctionalInterface
    private interface Step {
        void run() throws IOException, WireException, DesktopProblem, InterruptedException;
    }

    /** Does what the client wants, one after the other, until the stream is over: the log and the client may be waited for. */
    private void order() {
        attend(() -> {
            JsonObject next = orders.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
            if (next != null) {
                asked(StrictJson.of(next));
            }
        });
    }

    /** Looks at the rights again and again, and waits for nobody. */
    private void watch() {
        attend(() -> {
            rights();
            VncConnection present = connection;
            if (present != null && present.isLate()) {
                present.close();
            }
            TimeUnit.MILLISECONDS.sleep(TICK_MILLIS);
        });
    }

    private void attend(Step step) {
        try {
            while (!stopped.get()) {
                step.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (WireException e) {
            end(new DesktopProblem(
                    Code.BAD_CLIENT, "The client sent an event that is not known: " + e.getMessage() + "."));
        } catch (DesktopProblem e) {
            end(e);
        } catch (IOException e) {
            end(new DesktopProblem(Code.FAILED, "The device could not go on with it: " + e.getMessage() + "."));
        }
    }

    private void asked(StrictJson event) throws IOException, WireException {
        if (event.has("mode")) {
            change(Mode.parse(event.string("mode", 16)));
        } else if (event.has(PASSWORD)) {
            if (!passwords.offer(event.string(PASSWORD, VncRequest.MAX_PASSWORD))) {
                LOG.log(System.Logger.Level.DEBUG, "a password that nobody waits for");
            }
        } else if (event.has("quality")) {
            int level = event.object().get("quality") instanceof jakarta.json.JsonString
                    ? 0
                    : (int) event.number("quality", 1, 9);
            ClientMessages messages = client;
            if (messages != null) {
                executor.execute(() -> quality(messages, level));
            }
        }
    }

    private static void quality(ClientMessages messages, int level) {
        try {
            messages.quality(level);
        } catch (IOException e) {
            // the server is gone
        }
    }

    private void change(Mode wanted) throws IOException {
        Mode before = mode();
        if (wanted != before) {
            try {
                require(wanted);
                become(wanted, before);
            } catch (DesktopProblem e) {
                use.stream().event(e.toEvent());
                return;
            }
        }
        teller.tell();
    }

    /** What begins is recorded first; the log may wait for room, so the right is looked at once more. */
    private void become(Mode wanted, Mode before) throws IOException, DesktopProblem {
        log.starts(wanted);
        boolean done;
        synchronized (changing) {
            done = !stopped.get() && permits(wanted) && mode() == before;
            if (done) {
                set(wanted);
            }
        }
        log.ended(done ? before : wanted);
        if (!done) {
            require(wanted);
        }
    }

    private void set(Mode wanted) {
        ServerOutput output;
        synchronized (this) {
            mode = wanted;
            output = server;
            if (output != null) {
                output.control(wanted == Mode.CONTROL);
            }
        }
        if (output != null && wanted == Mode.VIEW) {
            executor.execute(output::releaseQuietly);
        }
        VncBanner shown = banner;
        if (shown != null) {
            shown.mode(wanted);
        }
    }

    /** Whether it is a screen of this machine: perhaps the one that a question is on. */
    private boolean isOwn() {
        Reach.Route present = route;
        return present != null && present.isOwn();
    }

    private void rights() throws DesktopProblem {
        require(Mode.VIEW);
        Reach.Route present = route;
        Optional<String> objection = present == null ? Optional.empty() : present.objection(permitted());
        if (objection.isPresent()) {
            throw new DesktopProblem(Code.NOT_PERMITTED, objection.get());
        }
        boolean taken;
        synchronized (changing) {
            taken = !stopped.get() && mode() == Mode.CONTROL && !permits(Mode.CONTROL);
            if (taken) {
                // what is taken away needs no record before it is
                set(Mode.VIEW);
                records = records.thenRunAsync(this::recordTaken, executor);
            }
        }
        if (readClipboard() || taken) {
            teller.tellSoon();
        }
    }

    private void recordTaken() {
        try {
            log.starts(Mode.VIEW);
        } catch (IOException e) {
            end(new DesktopProblem(Code.FAILED, "The device could not go on with it: " + e.getMessage() + "."));
        }
        log.ended(Mode.CONTROL);
    }

    private void require(Mode wanted) throws DesktopProblem {
        if (!permits(wanted)) {
            throw new DesktopProblem(
                    Code.NOT_PERMITTED,
                    wanted == Mode.CONTROL
                            ? "You may not control desktops of this device. Ask whoever administers it for the permission."
                            : "You may not see desktops of this device. Ask whoever administers it for the permission.");
        }
    }

    /** Control includes seeing. */
    private boolean permits(Mode wanted) {
        Operations now = permitted();
        return now.allows(Operations.DESKTOP_CONTROL) || (wanted == Mode.VIEW && now.allows(Operations.DESKTOP_VIEW));
    }

    /** Whether something about it has changed. */
    private synchronized boolean readClipboard() {
        Operations now = permitted();
        boolean to = now.allows(Operations.CLIPBOARD_TO_DEVICE);
        boolean from = now.allows(Operations.CLIPBOARD_FROM_DEVICE);
        boolean changed = to != toDevice || from != fromDevice;
        toDevice = to;
        fromDevice = from;
        return changed;
    }

    private synchronized Mode mode() {
        return mode;
    }

    @Override
    public boolean isControl() {
        ServerOutput output = server;
        return output != null && output.isControl();
    }

    @Override
    public boolean isClipboard(Direction direction) {
        return permitted()
                .allows(
                        direction == Direction.TO_DEVICE
                                ? Operations.CLIPBOARD_TO_DEVICE
                                : Operations.CLIPBOARD_FROM_DEVICE);
    }

    @Override
    public boolean passes(Direction direction, long length) throws IOException {
        use.log().clipboard(direction, length);
        return isClipboard(direction) && (direction == Direction.FROM_DEVICE || isControl());
    }

    /** What the client is told. */
    private synchronized Optional<JsonObject> state() {
        ServerOutput output = server;
        if (hello == null || output == null) {
            return Optional.empty();
        }
        return Optional.of(Json.createObjectBuilder()
                .add(
                        "desktop",
                        Json.createObjectBuilder()
                                .add("mode", mode.text())
                                .add("held", output.isHeld())
                                .add(
                                        "clipboard",
                                        Json.createObjectBuilder()
                                                .add("toDevice", toDevice)
                                                .add("fromDevice", fromDevice))
                                .add(
                                        "vnc",
                                        Json.createObjectBuilder()
                                                .add("host", request.target().host())
                                                .add("port", request.target().port())
                                                .add("name", hello.name())))
                .build());
    }
}
