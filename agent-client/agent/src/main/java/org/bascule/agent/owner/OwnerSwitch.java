package org.bascule.agent.owner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.jspecify.annotations.Nullable;

/**
 * The switch of a running agent. Thread-safe. Changed by {@link #change}, by another process that writes the file, by time and by the key switch; {@link #look} notices the last
 * three and is to be called once a second.
 */
public final class OwnerSwitch {

    /** What the client of a session reads when it is ended by the switch, and what refuses an offer. */
    public static final String SENTENCE = "Remote access was switched off at the device.";

    // codes of events
    private static final String SWITCHED_ON = "switched-on";
    private static final String SWITCHED_OFF = "switched-off";
    private static final String KEY = "key switch";

    private static final System.Logger LOG = System.getLogger(OwnerSwitch.class.getName());
    private static final Duration INPUT_EVERY = Duration.ofSeconds(1);
    /** With {@link #look}, the key is asked within 3 s of being turned; then the command takes as long as it does, {@link KeySwitchReader#COMMAND_TIME} at most. */
    private static final Duration COMMAND_EVERY = Duration.ofSeconds(2);
    /** A reading that takes longer than this is a failure. */
    private static final Duration HANGS = Duration.ofSeconds(10);
    /** By so much the end may move without being news. */
    private static final Duration DRIFT = Duration.ofSeconds(30);

    private final StateFolder folder;
    private final Supplier<Moment> now;
    private final LongSupplier nanos;
    private final Executor executor;
    private final BiConsumer<String, String> events;

    /** Also without a lock: every offer asks. */
    private volatile boolean on;

    // guarded by this
    /** Null if the file cannot be understood. */
    private @Nullable SwitchSetting setting;

    private String problem = "";
    private String stamp = "";
    private boolean keyOn;
    private Instant keySince = Instant.EPOCH;
    private boolean reading;
    private long readAt;
    private SwitchState state;

    /** Guards {@link #listener} and {@link #told}, and orders what is told. */
    private final Object telling = new Object();

    private Runnable listener = () -> {};
    private SwitchState told;

    /**
     * Reads the switch; blocks as long as its key takes to be read.
     *
     * @param nanos a clock that nobody sets
     * @param executor reads the key
     * @param events takes code and detail of what is to be in the audit log
     */
    public OwnerSwitch(
            StateFolder folder,
            Supplier<Moment> now,
            LongSupplier nanos,
            Executor executor,
            BiConsumer<String, String> events)
            throws InterruptedException {
        this.folder = folder;
        this.now = now;
        this.nanos = nanos;
        this.executor = executor;
        this.events = events;
        this.state = unreadable(Instant.EPOCH, "");
        load();
        Optional<KeySwitch> key = key();
        if (key.isPresent()) {
            boolean value = KeySwitchReader.isOn(key.get());
            synchronized (this) {
                keyOn = value;
                readAt = nanos.getAsLong();
            }
        }
        synchronized (this) {
            settle(now.get());
            told = state;
        }
        keep();
    }

    /** Changes the file of an agent that does not run, or does not listen: a running one notices within a second. */
    public static SwitchState changeFile(StateFolder folder, SwitchOrder order, String who, Moment moment)
            throws StateException {
        SwitchSetting present = order instanceof SwitchOrder.Mode && !isReadable(folder)
                ? SwitchSetting.DEFAULT
                : SwitchSetting.load(folder);
        SwitchSetting newer = order.applyTo(present.at(moment), who, moment);
        newer.save(folder);
        return stateOf(newer, true, moment);
    }

    private static boolean isReadable(StateFolder folder) {
        try {
            SwitchSetting.load(folder);
            return true;
        } catch (StateException e) {
            return false;
        }
    }

    /** What the file of an agent that does not run says; with a key switch, as if that were on. */
    public static SwitchState peek(StateFolder folder, Moment moment) {
        try {
            return stateOf(SwitchSetting.load(folder).at(moment), true, moment);
        } catch (StateException e) {
            return unreadable(Instant.EPOCH, String.valueOf(e.getMessage()));
        }
    }

    private static SwitchState unreadable(Instant since, String why) {
        return new SwitchState(false, SwitchMode.ALWAYS, Optional.empty(), "", since, why);
    }

    private static SwitchState stateOf(SwitchSetting setting, boolean key, Moment moment) {
        Optional<SwitchSetting.Off> off = setting.off();
        return new SwitchState(
                off.isEmpty() && (setting.mode() != SwitchMode.KEY_SWITCH || key),
                setting.mode(),
                off.flatMap(value -> value.left(moment)).map(moment.wall()::plus),
                setting.by(),
                setting.at(),
                off.map(SwitchSetting.Off::reason).orElse(""));
    }

    /** Whether anybody is let in now. */
    public boolean isOn() {
        return on;
    }

    public synchronized SwitchState state() {
        return state;
    }

    /** Told after each change, one at a time; it asks {@link #state} what is. When it runs, {@link #isOn} has the new value already. */
    public void onChange(Runnable newListener) {
        synchronized (telling) {
            listener = newListener;
        }
    }

    /**
     * Does what the owner wants, at once.
     *
     * @param who for the log, for instance {@code account root on the command line}
     * @throws StateException if it cannot be kept over a restart; it is in effect all the same
     */
    public SwitchState change(SwitchOrder order, String who) throws StateException {
        SwitchState result;
        @Nullable StateException unkept = null;
        synchronized (this) {
            Moment moment = now.get();
            if (setting == null && !(order instanceof SwitchOrder.Mode)) {
                throw new StateException(problem);
            }
            SwitchSetting present = setting == null ? SwitchSetting.DEFAULT : setting;
            if (order instanceof SwitchOrder.Mode) {
                keyOn = on; // until the new key was read
                keySince = moment.wall();
                readAt = nanos.getAsLong() - COMMAND_EVERY.toNanos();
            }
            setting = order.applyTo(present, who, moment);
            problem = "";
            settle(moment);
            result = state;
            try {
                save(setting);
            } catch (StateException e) {
                unkept = e;
            }
        }
        tell();
        readKey();
        if (unkept != null) {
            throw unkept;
        }
        return result;
    }

    /** To be called once a second. */
    public void look() {
        synchronized (this) {
            if (!stamp().equals(stamp)) {
                load();
            }
            settle(now.get());
        }
        tell();
        readKey();
    }

    private synchronized Optional<KeySwitch> key() {
        return setting == null ? Optional.empty() : setting.key();
    }

    /** Reads the file. */
    private synchronized void load() {
        stamp = stamp();
        try {
            setting = SwitchSetting.load(folder);
            problem = "";
        } catch (StateException e) {
            LOG.log(System.Logger.Level.WARNING, "remote access is off: {0}", e.getMessage());
            setting = null;
            problem = String.valueOf(e.getMessage());
        }
    }

    /** Which file it is: every write makes another. */
    private String stamp() {
        Path file = folder.path().resolve(SwitchSetting.FILE);
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.fileKey() + " " + attributes.lastModifiedTime() + " " + attributes.size();
        } catch (IOException e) {
            return "";
        }
    }

    private synchronized void save(SwitchSetting newer) throws StateException {
        newer.save(folder);
        stamp = stamp();
    }

    /** Works out what is now. */
    private synchronized void settle(Moment moment) {
        if (setting == null) {
            state = unreadable(state.at(), problem);
        } else {
            setting = setting.at(moment);
            SwitchState next = stateOf(setting, keyOn, moment);
            boolean byKey = setting.off().isEmpty() && setting.mode() == SwitchMode.KEY_SWITCH;
            state = new SwitchState(
                    next.on(),
                    next.mode(),
                    steady(next.until()),
                    byKey ? KEY : next.by(),
                    byKey ? keySince : next.at(),
                    next.reason());
        }
        on = state.on();
    }

    /** The same as before if it has hardly moved: both clocks are read to the second. */
    private Optional<Instant> steady(Optional<Instant> next) {
        Optional<Instant> last = state.until();
        return next.isPresent()
                        && last.isPresent()
                        && Duration.between(last.get(), next.get()).abs().compareTo(DRIFT) < 0
                ? last
                : next;
    }

    /** What changed the setting becomes an event, once: it is noted in the file after that. */
    private void keep() {
        SwitchSetting present;
        synchronized (this) {
            present = setting;
        }
        if (present == null || present.recorded()) {
            return;
        }
        events.accept(present.off().isPresent() ? SWITCHED_OFF : SWITCHED_ON, detail(present));
        synchronized (this) {
            if (Objects.equals(setting, present)) {
                setting = present.asRecorded();
                try {
                    save(setting);
                } catch (StateException e) {
                    LOG.log(System.Logger.Level.WARNING, "{0}", e.getMessage());
                }
            }
        }
    }

    private static String detail(SwitchSetting present) {
        StringBuilder text = new StringBuilder(
                "by " + present.by() + "; mode " + present.mode().text());
        present.off().ifPresent(off -> {
            off.until().ifPresent(until -> text.append("; until ").append(until));
            if (!off.reason().isEmpty()) {
                text.append(": ").append(off.reason());
            }
        });
        return text.toString();
    }

    private void tell() {
        synchronized (telling) {
            SwitchState present = state();
            if (!present.equals(told)) {
                boolean turned = present.on() != told.on();
                told = present;
                listener.run();
                if (turned && present.by().equals(KEY)) {
                    events.accept(present.on() ? SWITCHED_ON : SWITCHED_OFF, "by " + KEY);
                }
            }
        }
        keep();
    }

    private void readKey() {
        KeySwitch key;
        boolean hangs = false;
        synchronized (this) {
            if (setting == null || setting.key().isEmpty()) {
                return;
            }
            key = setting.key().get();
            long waited = nanos.getAsLong() - readAt;
            if (reading) {
                hangs = waited > HANGS.toNanos();
                if (!hangs) {
                    return;
                }
            } else {
                Duration every = key.command().isEmpty() ? INPUT_EVERY : COMMAND_EVERY;
                if (waited < every.toNanos()) {
                    return;
                }
                reading = true;
                readAt = nanos.getAsLong();
            }
        }
        if (hangs) {
            keyIs(key, false);
        } else {
            executor.execute(() -> read(key));
        }
    }

    private void read(KeySwitch key) {
        boolean value = false;
        try {
            value = KeySwitchReader.isOn(key);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            synchronized (this) {
                reading = false;
            }
            keyIs(key, value);
        }
    }

    private void keyIs(KeySwitch key, boolean value) {
        synchronized (this) {
            if (!key().equals(Optional.of(key)) || keyOn == value) {
                return;
            }
            Moment moment = now.get();
            keyOn = value;
            keySince = moment.wall();
            settle(moment);
        }
        tell();
    }
}
