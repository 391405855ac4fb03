package org.bascule.agent;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.bascule.agent.account.AccountDirectory;
import org.bascule.agent.account.AccountException;
import org.bascule.agent.account.AccountRules;
import org.bascule.agent.assist.AssistanceFolder;
import org.bascule.agent.assist.AssistanceSender;
import org.bascule.agent.channel.ChannelClock;
import org.bascule.agent.channel.ChannelException;
import org.bascule.agent.channel.ChannelListener;
import org.bascule.agent.channel.ChannelProtocol;
import org.bascule.agent.channel.ControlChannel;
import org.bascule.agent.chat.ChatCommands;
import org.bascule.agent.chat.ChatDesk;
import org.bascule.agent.chat.window.ChatWindows;
import org.bascule.agent.consent.ConsentCommands;
import org.bascule.agent.consent.ConsentDesk;
import org.bascule.agent.consent.OwnDemand;
import org.bascule.agent.consent.Question;
import org.bascule.agent.consent.dialog.DialogProcesses;
import org.bascule.agent.desk.ConsentQuestions;
import org.bascule.agent.desk.DeviceDesk;
import org.bascule.agent.endorse.StaticKeys;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.events.EventSpool;
import org.bascule.agent.events.RecentEvents;
import org.bascule.agent.hardware.HardwareProbe;
import org.bascule.agent.identity.DeviceIdentity;
import org.bascule.agent.inventory.InventoryProbe;
import org.bascule.agent.local.LocalCommands;
import org.bascule.agent.local.LocalSocket;
import org.bascule.agent.owner.Moment;
import org.bascule.agent.owner.OwnerSwitch;
import org.bascule.agent.owner.SwitchState;
import org.bascule.agent.page.LocalPage;
import org.bascule.agent.ping.PingCommands;
import org.bascule.agent.ping.ServerPing;
import org.bascule.agent.policy.AgentPolicy;
import org.bascule.agent.relay.RelayFigures;
import org.bascule.agent.session.DeviceSessions;
import org.bascule.agent.session.Relays;
import org.bascule.agent.state.AgentStatus;
import org.bascule.agent.state.DeviceState;
import org.bascule.agent.state.KeySets;
import org.bascule.agent.state.Registration;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.agent.ticket.TicketGate;
import org.bascule.agent.tls.AgentProxy;
import org.bascule.agent.tls.ServerTrust;
import org.bascule.agent.transparency.LogMemory;
import org.bascule.agent.watch.LocalWatch;
import org.bascule.session.client.WarmUp;
import org.bascule.session.network.Network;
import org.bascule.session.network.Proxies;
import org.bascule.session.resume.ResumeTimes;
import org.bascule.session.stream.SessionConfig;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.control.ChannelMessage;
import org.bascule.wire.control.ConsentMessage;
import org.bascule.wire.control.ControlMessage;
import org.bascule.wire.control.OwnerMessage;
import org.bascule.wire.control.ReportMessage;
import org.bascule.wire.control.SessionMessage;
import org.bascule.wire.registry.RelayList;
import org.jspecify.annotations.Nullable;

/** The running agent: everything wired together. */
public final class Agent implements ChannelListener {

    private static final System.Logger LOG = System.getLogger(Agent.class.getName());
    private static final Duration INVENTORY_EVERY = Duration.ofHours(24);
    /** Once, so that the first session does not pay for loading its classes. */
    private static final Duration WARM_UP = Duration.ofMillis(600);

    private static final int STACK = 256 * 1_024;

    private final DeviceState state;
    private final Registration registration;
    private final ChannelClock clock;
    private final EventLog events;
    private final EventSpool spool;
    private final TicketGate gate;
    private final ConsentDesk consent;
    private final OwnDemand ownDemand;
    private final DeviceSessions sessions;
    private final ControlChannel channel;
    private final AssistanceSender assistance;
    private final RelayFigures relayFigures;
    private final OwnerSwitch owner;
    private final LocalPage page;
    private final InventoryProbe inventory;
    private final ThreadPoolExecutor executor;
    private final ScheduledExecutorService timer;
    private final LocalCommands local = new LocalCommands();
    private volatile @Nullable LocalSocket socket;

    // of the channel's thread alone
    private long inventoryTaken;
    private boolean inventoryKnown;
    private boolean warm;

    /** Reads the folder; fails with a sentence for whoever started the agent. */
    public Agent(StateFolder folder) throws StateException, AccountException {
        this(folder, DeviceSessions.Device.SESSIONS);
    }

    /** The same with another configuration of its sessions: for tests. */
    public Agent(StateFolder folder, SessionConfig sessionConfig) throws StateException, AccountException {
        state = new DeviceState(folder);
        registration = state.registration();
        KeySets keySets = KeySets.open(state, registration);
        ServerTrust trust = ServerTrust.of(state.privateCa());
        Proxies proxies = AgentProxy.of(folder);
        AgentPolicy.load(folder);
        clock = new ChannelClock(Clock.systemUTC(), System::nanoTime);
        DeviceIdentity identity = DeviceIdentity.open(state, clock);
        executor = threads();
        timer = Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "timer"));
        StaticKeys staticKeys = new StaticKeys(state, registration, identity, clock);
        gate = new TicketGate(registration, identity, keySets, clock);
        spool = EventSpool.open(
                new StateFolder(folder.subfolder(DeviceState.EVENTS)),
                EventSpool.DEFAULT_BOUND,
                count -> EventLog.lost(clock, count));
        events = new EventLog(spool, clock, this::send);
        RecentEvents recent = RecentEvents.open(folder);
        events.witnessedBy(recent::add);
        owner = ownerSwitch(folder);
        LogMemory log = LogMemory.open(
                folder, keySets, registration.domain(), clock, detail -> events.record("log-forked", detail));
        AccountDirectory accounts = new AccountDirectory();
        Network relayNetwork = trust.relayNetwork(proxies);
        SecureRandom random = new SecureRandom();
        relayFigures = new RelayFigures(relayNetwork, clock, timer, random);
        consent = new ConsentDesk(clock, this::send, events, executor);
        new ConsentCommands(consent, clock).addTo(local);
        consent.add(new DialogProcesses(consent, AccountDirectory.ownUid(), clock, executor));
        ChatDesk chats = new ChatDesk(clock, clock::nanos);
        new ChatCommands(chats).addTo(local);
        chats.onWritten(new ChatWindows(chats, AccountDirectory.ownUid(), executor));
        ownDemand = new OwnDemand(folder, this::send, executor);
        sessions = new DeviceSessions(
                new DeviceSessions.Device(
                        folder,
                        staticKeys,
                        gate,
                        new AccountRules(accounts),
                        AccountDirectory.ownUid(),
                        owner::isOn,
                        Relays.overWebSocket(relayNetwork, relayFigures::roundTrips),
                        log,
                        sessionConfig,
                        ResumeTimes.DEFAULT,
                        clock,
                        consent,
                        chats),
                events,
                this::send,
                executor,
                timer);
        channel = new ControlChannel(
                new ChannelProtocol.Self(
                        registration,
                        identity,
                        HardwareProbe.read(registration.rootHash()),
                        Version.text(),
                        Version.operatingSystem(),
                        log::size),
                keySets,
                staticKeys,
                clock,
                trust.network(proxies),
                random,
                this);
        assistance = new AssistanceSender(AssistanceFolder.in(folder), clock, this::send);
        timer.scheduleWithFixedDelay(assistance::look, 1, 1, TimeUnit.SECONDS);
        owner.onChange(this::switched);
        timer.scheduleWithFixedDelay(this::lookAtSwitch, 1, 1, TimeUnit.SECONDS);
        DeviceDesk desk = new DeviceDesk(
                owner,
                sessions,
                recent,
                new ConsentQuestions(consent),
                chats,
                new LocalWatch(sessions.watched(), executor));
        desk.addTo(local);
        page = new LocalPage(state, registration, Version.text(), desk, events, Clock.systemUTC(), System::nanoTime);
        page.addTo(local);
        new PingCommands(
                        registration.servers(),
                        new ServerPing(trust.network(proxies), proxies),
                        channel::beat,
                        new PingCommands.Relays(relayNetwork, proxies, relayFigures::list),
                        executor)
                .addTo(local);
        sessions.keepForwardsAwayFrom(page::listensAt);
        timer.scheduleWithFixedDelay(consent::sweep, 1, 1, TimeUnit.SECONDS);
        timer.scheduleWithFixedDelay(ownDemand::look, 3, 3, TimeUnit.SECONDS);
        inventory = new InventoryProbe(InventoryProbe.thisProgramme(Main.class.getName(), folder.subfolder("native")));
    }

    private OwnerSwitch ownerSwitch(StateFolder folder) throws StateException {
        try {
            return new OwnerSwitch(folder, () -> Moment.now(Clock.systemUTC()), clock::nanos, executor, events::record);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StateException("The agent was stopped while it read the key switch.", e);
        }
    }

    /** A task that fails is not run again: this one must be. */
    private void lookAtSwitch() {
        try {
            owner.look();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "the switch cannot be looked at", e);
        }
    }

    private void switched() {
        if (!owner.isOn()) {
            sessions.switchedOff();
            for (Question question : consent.open()) {
                consent.answer(question.id(), Optional.empty(), OwnerSwitch.SENTENCE, "the owner's switch");
            }
        }
        tellSwitch();
    }

    private synchronized void tellSwitch() {
        SwitchState present = owner.state();
        LOG.log(System.Logger.Level.INFO, "remote access is {0}", present.on() ? "on" : "switched off");
        // the end by the channel's time, whatever this machine's clock says
        Optional<Instant> until =
                present.until().map(time -> clock.instant().plus(Duration.between(Instant.now(), time)));
        send(new OwnerMessage.Switch(present.on(), present.mode().text(), until, shortened(present.reason())));
    }

    private static String shortened(String reason) {
        return reason.length() > OwnerMessage.Switch.MAX_REASON
                ? reason.substring(0, OwnerMessage.Switch.MAX_REASON)
                : reason;
    }

    /** Small stacks, and gone when idle. */
    private static ThreadPoolExecutor threads() {
        AtomicInteger number = new AtomicInteger();
        return new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                30,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                task -> daemon(task, "agent-" + number.incrementAndGet()));
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(null, task, name, STACK);
        thread.setDaemon(true);
        return thread;
    }

    private boolean send(ControlMessage message) {
        return channel.send(message);
    }

    /** Runs until it is stopped. */
    public void run() throws InterruptedException {
        LOG.log(
                System.Logger.Level.INFO,
                "bascule-agent {0}: device {1} ({2}) of {3}",
                Version.text(),
                registration.name(),
                registration.uid(),
                registration.domainName());
        status(AgentStatus.CONNECTING, "");
        events.record("agent-started", Version.text());
        listenLocally();
        channel.run();
    }

    /** The commands of this machine; without them the device is reachable all the same. */
    private void listenLocally() {
        page.open();
        try {
            socket = LocalSocket.open(state.folder(), local, executor, timer);
        } catch (StateException e) {
            LOG.log(System.Logger.Level.WARNING, "{0}", e.getMessage());
        }
    }

    /** Ends all sessions, says good-bye. */
    public void stop() {
        LOG.log(System.Logger.Level.INFO, "stopping");
        page.close();
        sessions.endAll();
        events.record("agent-stopped", "");
        try {
            LocalSocket listening = socket;
            if (listening != null) {
                listening.close();
            }
            // what ends with the sessions reports itself on other threads
            for (int i = 0; i < 100 && executor.getActiveCount() > 0; i++) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
            channel.stop();
            spool.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing", e);
        }
    }

    private void status(String what, String detail) {
        try {
            new AgentStatus(ProcessHandle.current().pid(), what, clock.instant(), detail).save(state.folder());
        } catch (StateException e) {
            LOG.log(System.Logger.Level.WARNING, "{0}", e.getMessage());
        }
    }

    @Override
    public void ready(ChannelMessage.Welcome welcome, Instant channelStart) {
        LOG.log(System.Logger.Level.INFO, "online as {0}", welcome.name());
        gate.channelStarted(channelStart);
        tellSwitch();
        events.connected();
        assistance.connected();
        ownDemand.connected();
        executor.execute(() -> status(AgentStatus.ONLINE, ""));
        if (!warm) {
            warm = true;
            WarmUp.start(WARM_UP);
        }
        boolean due = !inventoryKnown || clock.nanos() - inventoryTaken > INVENTORY_EVERY.toNanos();
        if (due) {
            inventoryKnown = true;
            inventoryTaken = clock.nanos();
        }
        executor.execute(() -> reportInventory(due));
    }

    private void reportInventory(boolean due) {
        try {
            if (due) {
                state.folder().write(DeviceState.INVENTORY, inventory.run().toString());
            }
            Optional<String> text = state.folder().readText(DeviceState.INVENTORY);
            if (text.isPresent()) {
                JsonObject object =
                        StrictJson.parse(text.get(), InventoryProbe.MAX_LENGTH).object();
                send(new ReportMessage.InventoryReport(object));
            }
        } catch (IOException | StateException | WireException e) {
            LOG.log(System.Logger.Level.WARNING, "the inventory could not be taken: {0}", e.getMessage());
            events.record("inventory-failed", String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void assisted(ReportMessage.AssistState told) {
        assistance.told(told);
    }

    @Override
    public void refused(ChannelException why) {
        if (why.isFinal()) {
            if (why.isProven()) {
                sessions.endAll("the server no longer admits this device");
            }
            events.record("channel-refused", String.valueOf(why.getMessage()));
            status(AgentStatus.REFUSED, String.valueOf(why.getMessage()));
        }
    }

    @Override
    public void lost(ChannelException why) {
        events.disconnected();
        ownDemand.disconnected();
        consent.disconnected();
        events.record("channel-lost", String.valueOf(why.getMessage()));
        if (!why.isFinal()) {
            status(AgentStatus.CONNECTING, String.valueOf(why.getMessage()));
        }
    }

    @Override
    public void offered(SessionMessage.SessionOffer offer) {
        sessions.offered(offer);
    }

    @Override
    public void asked(ConsentMessage.Ask question) {
        if (owner.isOn()) {
            consent.asked(question);
        } else {
            // nobody is asked about what will be refused in any case
            send(new ConsentMessage.Answer(
                    question.sid(), Optional.empty(), OwnerSwitch.SENTENCE, "the owner's switch"));
        }
    }

    @Override
    public void cancelled(ConsentMessage.Cancel cancelled) {
        consent.cancelled(cancelled.sid());
    }

    @Override
    public void relayed(SessionMessage.SessionRelay relay) {
        sessions.relayed(relay);
    }

    @Override
    public void updated(SessionMessage.SessionUpdate update) {
        sessions.updated(update);
    }

    @Override
    public void ended(SessionMessage.SessionEnd end) {
        sessions.ended(end);
    }

    @Override
    public void reserved(SessionMessage.SessionReserve reserve) {
        sessions.reserved(reserve);
    }

    @Override
    public void transportLost(SessionMessage.SessionLost lost) {
        sessions.transportLost(lost);
    }

    @Override
    public void listed(RelayList relays) {
        relayFigures.listed(relays);
    }

    @Override
    public void acknowledged(ReportMessage.EventsAck ack) {
        events.acknowledged(ack.next());
    }
}
