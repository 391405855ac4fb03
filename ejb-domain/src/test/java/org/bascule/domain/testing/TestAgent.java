package org.bascule.domain.testing;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.bascule.domain.device.DeviceChannel;
import org.bascule.domain.device.DeviceChannels;
import org.bascule.domain.enrolment.Enrolments;
import org.bascule.domain.enrolment.TokenCreated;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.B64;
import org.bascule.wire.WireException;
import org.bascule.wire.control.ChannelMessage;
import org.bascule.wire.control.ControlMessage;
import org.bascule.wire.control.ControlTranscript;
import org.bascule.wire.enrol.EnrolAnswer;
import org.bascule.wire.enrol.EnrolRequest;
import org.bascule.wire.enrol.HardwareId;
import org.bascule.wire.keys.DeviceIdentityKey;
import org.bascule.wire.keys.DeviceStaticPublicKey;
import org.bascule.wire.trust.Endorsement;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** An agent's side of enrolment and control channel, with real keys, as far as the domain's tests need it. */
public final class TestAgent {

    private TestDomain domain;
    public DeviceIdentityKey identity;
    public final EnrolAnswer enrolled;
    /** What it presents; replaced at a renewal. */
    public List<String> chain;

    public HardwareId hardware;
    private long counter;

    private TestAgent(TestDomain domain, DeviceIdentityKey identity, EnrolAnswer enrolled, HardwareId hardware) {
        this.domain = domain;
        this.identity = identity;
        this.enrolled = enrolled;
        this.chain = enrolled.chain();
        this.hardware = hardware;
    }

    /** One that came by another way than a token. */
    public static TestAgent of(
            TestDomain domain, DeviceIdentityKey identity, EnrolAnswer enrolled, HardwareId hardware) {
        return new TestAgent(domain, identity, enrolled, hardware);
    }

    /** What a backup of the present state is, on that machine. */
    public TestAgent copiedTo(HardwareId machine) {
        TestAgent copy = new TestAgent(domain, identity, enrolled, machine);
        copy.chain = chain;
        copy.counter = counter;
        return copy;
    }

    /** From now on this agent talks to that server. */
    public TestAgent with(TestDomain server) {
        domain = server;
        return this;
    }

    /** Enrols a new device by a token of this owner. */
    public static TestAgent enrolled(TestDomain domain, Caller owner, String folder) throws RefusedException {
        return enrolled(domain, owner, folder, HardwareId.NONE);
    }

    /** The same on a machine that can be told from others. */
    public static TestAgent enrolled(TestDomain domain, Caller owner, String folder, HardwareId hardware)
            throws RefusedException {
        TokenCreated token = domain.transactions.inNew(
                () -> domain.get(Enrolments.class).create(owner, folder, Duration.ofHours(1), 1));
        DeviceIdentityKey identity = DeviceIdentityKey.generate();
        EnrolRequest request =
                new EnrolRequest(token.token().reveal(), csr(identity), "pump 7", "Debian 12", "0.1", hardware);
        EnrolAnswer answer =
                domain.transactions.inNew(() -> domain.get(Enrolments.class).enrol(request, "198.51.100.20"));
        return new TestAgent(domain, identity, answer, hardware);
    }

    /** A machine of this number. */
    public static HardwareId machine(String number) {
        byte[] root = new byte[32];
        return new HardwareId(
                Optional.of(HardwareId.Kind.SYSTEM.hash(root, number)),
                Optional.empty(),
                List.of(HardwareId.Kind.NIC.hash(root, number)));
    }

    public static EnrolAnswer enrol(TestDomain domain, String token, DeviceIdentityKey identity)
            throws RefusedException {
        EnrolRequest request = new EnrolRequest(token, csr(identity), "pump 7", "Debian 12", "0.1");
        return domain.transactions.inNew(() -> domain.get(Enrolments.class).enrol(request, "198.51.100.20"));
    }

    public static byte[] csr(DeviceIdentityKey identity) {
        try {
            return new JcaPKCS10CertificationRequestBuilder(
                            new X500Principal("CN=ignored"),
                            identity.publicKey().toJca())
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(identity.toJca()))
                    .getEncoded();
        } catch (OperatorCreationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public String uid() {
        return enrolled.uid();
    }

    /** Opens a socket and keeps what the server sends. */
    public Socket open() {
        Socket socket = new Socket();
        domain.get(DeviceChannels.class).opened(socket);
        return socket;
    }

    /** Opens, proves itself and says that it is ready. */
    public Socket online() {
        Socket socket = open();
        socket.receive(auth(socket));
        socket.receive(ready());
        return socket;
    }

    public ChannelMessage.Auth auth(Socket socket) {
        return auth(socket, "bascule.example", TestDomain.SPKI, identity);
    }

    public ChannelMessage.Auth auth(Socket socket, String server, String spki, DeviceIdentityKey signer) {
        byte[] nonce = new byte[ControlTranscript.NONCE];
        nonce[0] = 7;
        try {
            byte[] hash = B64.decode(spki);
            ControlTranscript transcript = new ControlTranscript(
                    socket.sent(ChannelMessage.Hello.class).nonce(), nonce, server, uid(), hash);
            return new ChannelMessage.Auth(nonce, server, uid(), hash, chain, signer.sign(transcript.forAgent()));
        } catch (WireException e) {
            throw new IllegalStateException(e);
        }
    }

    public ChannelMessage.Ready ready() {
        counter = Math.max(counter + 1, domain.clock.instant().getEpochSecond());
        return new ChannelMessage.Ready(endorsement(counter), "0.1", "Debian 12", Optional.empty(), hardware, 0);
    }

    public Endorsement endorsement(long number) {
        Instant now = domain.clock.instant().truncatedTo(ChronoUnit.SECONDS);
        return Endorsement.sign(
                identity,
                uid(),
                enrolled.domain(),
                new DeviceStaticPublicKey(new byte[32]),
                now.minusSeconds(60),
                now.plus(Duration.ofHours(23)),
                number);
    }

    /** The server's side sees this as the endpoint. */
    public final class Socket implements DeviceChannel {
        public final List<ControlMessage> sent = new ArrayList<>();
        public Optional<String> closed = Optional.empty();

        @Override
        public synchronized void send(ControlMessage message) {
            sent.add(message);
        }

        @Override
        public synchronized void close(String code, String detail) {
            if (closed.isEmpty()) {
                closed = Optional.of(code);
            }
        }

        @Override
        public String address() {
            return "198.51.100.20";
        }

        public void receive(ControlMessage message) {
            domain.get(DeviceChannels.class).received(this, message);
        }

        /** The connection is lost. */
        public void lose() {
            domain.get(DeviceChannels.class).closed(this);
        }

        /** The last message of a type that the server sent. */
        public synchronized <T extends ControlMessage> T sent(Class<T> type) {
            return sent.stream()
                    .filter(type::isInstance)
                    .map(type::cast)
                    .reduce((a, b) -> b)
                    .orElseThrow(() -> new AssertionError("no " + type.getSimpleName() + " in " + sent + closed));
        }

        public synchronized boolean has(Class<? extends ControlMessage> type) {
            return sent.stream().anyMatch(type::isInstance);
        }
    }
}
